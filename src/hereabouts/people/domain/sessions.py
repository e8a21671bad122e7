"""How long a session lasts: residents for as long as they come back, desks for a working day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hereabouts.people.domain.roles import Role, must_use_second_step

FRESH = timedelta(minutes=15)
"""For how long after signing in a person may change what protects the account."""

NOTED_EVERY = timedelta(minutes=1)
"""How often a session's last use is written down."""

RENEWED_EVERY = timedelta(days=1)
"""How often a resident's cookie is sent anew, so that it outlives its first fortnight."""


@dataclass(frozen=True)
class SessionLimits:
    """The longest pause, and the longest life, of a session; None where there is no limit."""

    pause: timedelta
    life: timedelta | None


RESIDENT_LIMITS = SessionLimits(pause=timedelta(days=14), life=None)
DESK_LIMITS = SessionLimits(pause=timedelta(minutes=60), life=timedelta(hours=12))


def limits_for(roles: Iterable[Role]) -> SessionLimits:
    """The limits that the strictest of the roles asks for."""
    return DESK_LIMITS if must_use_second_step(roles) else RESIDENT_LIMITS


def is_over(
    limits: SessionLimits, *, signed_in_at: datetime, seen_at: datetime, now: datetime
) -> bool:
    """Whether the session has paused or lived too long."""
    if now - seen_at > limits.pause:
        return True
    return limits.life is not None and now - signed_in_at > limits.life


def is_fresh(signed_in_at: datetime, now: datetime) -> bool:
    """Whether the person signed in so lately that we need not ask again."""
    return now - signed_in_at <= FRESH
