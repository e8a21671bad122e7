"""Throwing away what has had its time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from hereabouts.kernel.time import Clock, now
from hereabouts.people.domain.security import (
    ENDED_LINKS_KEPT,
    ENDED_SESSIONS_KEPT,
    ENDED_TOKENS_KEPT,
    NOTES_KEPT,
)
from hereabouts.people.models import SecurityNote, Session, SignInLink, ThrottleEntry, Token


@dataclass(frozen=True)
class Tidied:
    """How many rows of each table went."""

    links: int
    sessions: int
    tokens: int
    security_notes: int
    throttle_entries: int


def tidy(*, clock: Clock = now) -> Tidied:
    """Delete links, sessions, tokens, notes and throttle counts past the time we keep them."""
    moment = clock()
    ended_tokens = moment - ENDED_TOKENS_KEPT
    old = (
        SignInLink.objects.filter(expires_at__lt=moment - ENDED_LINKS_KEPT),
        Session.objects.filter(expires_at__lt=moment - ENDED_SESSIONS_KEPT),
        Token.objects.filter(Q(expires_at__lt=ended_tokens) | Q(revoked_at__lt=ended_tokens)),
        SecurityNote.objects.filter(at__lt=moment - NOTES_KEPT),
        ThrottleEntry.objects.filter(expires__lt=moment),
    )
    return Tidied(*(rows.delete()[0] for rows in old))
