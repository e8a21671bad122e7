"""Scheduled work of this room; each job calls one action."""

from __future__ import annotations

from hereabouts.people.api import Tidied, tidy


def tidy_daily() -> Tidied:
    """Throw away expired links, sessions, tokens, throttle counts and old security notes."""
    return tidy()
