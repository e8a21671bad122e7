"""Time as every room means it: aware, UTC inside, and passed in rather than looked up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Anything that answers the present moment, aware and in UTC."""


def now() -> datetime:
    """The present moment, aware and in UTC; the one clock that reads the machine."""
    return datetime.now(UTC)


def to_rfc3339(moment: datetime) -> str:
    """An aware time as text with microseconds and `Z`, so that it sorts as it happened.

    Raises: ValueError for a naive time. Source: RFC 3339.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone has no place here")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
