"""Keys of devices and gateways: their shape, what they reach, and for how long."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hereabouts.kernel.access import Capability
from hereabouts.kernel.desk import DeskEntry
from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.grants import DataClass, Grant

MARK = "hereaboutskey_"
"""Every key begins so: scanners for leaked secrets can find it, and no token of a person does."""

SHOWN = len(MARK) + 6
MAX_DAYS = 3_660
"""Ten years: as long as a sensor lives."""
MAX_KEYS = 10_000
MAX_TARGETS = 500
MAX_LENGTH = 100


class KeyScope(StrEnum):
    """What a key may add observations to."""

    ALL = "all"
    THINGS = "things"
    STREAMS = "streams"


DESK_ENTRY = DeskEntry(
    "sensing_keys:desk",
    N_("Device keys"),
    N_("Which devices and gateways may add readings, and to what."),
    Capability("sensing.connect"),
    order=65,
)
"""The page of the desk."""

SCOPE_NAMES = {
    KeyScope.ALL: N_("Every stream"),
    KeyScope.THINGS: N_("The streams of some things"),
    KeyScope.STREAMS: N_("Some streams"),
}


@dataclass(frozen=True)
class NewKey:
    """A key as it is shown once: `secret` leaves, `digest` and `start` are kept."""

    secret: str
    digest: str
    start: str


@dataclass(frozen=True)
class KeyCard:
    """What pages and rules know of a key; `target_ids` are Things' or streams', as `scope` says."""

    uid: str
    name: str
    start: str
    scope: KeyScope
    target_ids: tuple[int, ...]
    level: DataClass
    made_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Whether the key still opens anything."""
        return self.revoked_at is None and now < self.expires_at


def new_key() -> NewKey:
    """A fresh key with 256 random bits."""
    secret = MARK + secrets.token_urlsafe(32)
    return NewKey(secret, digest_of(secret), secret[:SHOWN])


def digest_of(secret: str) -> str:
    """How a key is kept; its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_key_shaped(secret: str) -> bool:
    """Whether the text could be one of ours, before anything is looked up."""
    return secret.startswith(MARK) and len(secret) <= MAX_LENGTH and secret.isascii()


def is_same_digest(kept: str, offered: str) -> bool:
    """Whether two digests agree, in a time that does not tell where they differ."""
    return hmac.compare_digest(kept.encode(), offered.encode())


def grant_of(card: KeyCard) -> Grant:
    """What a key allows: to read up to its level and to add observations, nothing else."""
    targets = frozenset(card.target_ids)
    return Grant(
        level=card.level,
        observes_all=card.scope is KeyScope.ALL,
        stream_ids=targets if card.scope is KeyScope.STREAMS else frozenset(),
        thing_ids=targets if card.scope is KeyScope.THINGS else frozenset(),
    )
