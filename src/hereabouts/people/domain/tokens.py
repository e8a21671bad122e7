"""Tokens for programs: their shape, what they may carry and for how long."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from hereabouts.kernel.access import Capability
from hereabouts.people.domain.links import digest_of
from hereabouts.people.domain.roles import TOKEN_CAPABILITIES

MARK = "hereabouts_"
"""Every token begins so, that scanners for leaked secrets can find it."""

SHOWN = len(MARK) + 6
MAX_DAYS = 366
MAX_TOKENS = 20
MAX_LENGTH = 200


@dataclass(frozen=True)
class NewToken:
    """A token as it is shown once: `secret` leaves, `digest` and `start` are kept."""

    secret: str
    digest: str
    start: str


def new_token() -> NewToken:
    """A fresh token with 256 random bits."""
    secret = MARK + secrets.token_urlsafe(32)
    return NewToken(secret, digest_of(secret), secret[:SHOWN])


def is_token_shaped(secret: str) -> bool:
    """Whether the text could be one of ours, before anything is looked up."""
    return secret.startswith(MARK) and len(secret) <= MAX_LENGTH and secret.isascii()


def is_same_digest(kept: str, offered: str) -> bool:
    """Whether two digests agree, in a time that does not tell where they differ."""
    return hmac.compare_digest(kept.encode(), offered.encode())


def find_refused_scope(
    wanted: Iterable[Capability], held: frozenset[Capability]
) -> Capability | None:
    """The first scope that no token may carry or that the owner lacks; None when all are fine."""
    return next((name for name in sorted(wanted) if name not in TOKEN_CAPABILITIES & held), None)


def is_lifetime(days: int) -> bool:
    """Whether a token may last so many days."""
    return 1 <= days <= MAX_DAYS
