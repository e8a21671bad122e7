"""Questions about the keys of devices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.keys import (
    KeyCard,
    KeyScope,
    digest_of,
    is_key_shaped,
    is_same_digest,
)
from hereabouts.sensing.models.keys import DeviceKey
from hereabouts.sensing.models.register import Stream, Thing


def find_live_key(secret: str, now: datetime) -> KeyCard | None:
    """The key with this secret, or None where it is unknown, revoked or past its end."""
    if not is_key_shaped(secret):
        return None
    digest = digest_of(secret)
    row = DeviceKey.objects.filter(digest=digest).first()
    if row is None or not is_same_digest(row.digest, digest):
        return None
    card = card_of(row)
    return card if card.is_live(now) else None


def list_keys() -> list[KeyCard]:
    """Every key, newest first."""
    return [card_of(row) for row in DeviceKey.objects.order_by("-created_at", "-id")]


def list_missing(scope: KeyScope, ids: Iterable[int]) -> list[int]:
    """Which of these Things or streams are not there, in order."""
    wanted = set(ids)
    if scope is KeyScope.ALL or not wanted:
        return []
    model = Thing if scope is KeyScope.THINGS else Stream
    held = set(model.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return sorted(wanted - held)


def names_of_targets(cards: Iterable[KeyCard]) -> dict[tuple[KeyScope, int], str]:
    """Names of the Things and streams that keys reach; those that are gone are left out."""
    wanted: dict[KeyScope, set[int]] = {KeyScope.THINGS: set(), KeyScope.STREAMS: set()}
    for card in cards:
        wanted.get(card.scope, set()).update(card.target_ids)
    things = Thing.objects.filter(pk__in=wanted[KeyScope.THINGS]).values_list("pk", "name")
    streams = Stream.objects.filter(pk__in=wanted[KeyScope.STREAMS]).values_list("pk", "name")
    return {(KeyScope.THINGS, key): name for key, name in things} | {
        (KeyScope.STREAMS, key): name for key, name in streams
    }


def card_of(row: DeviceKey) -> KeyCard:
    """A row as a plain value."""
    return KeyCard(
        uid=row.uid,
        name=row.name,
        start=row.start,
        scope=KeyScope(row.scope),
        target_ids=tuple(row.target_ids),
        level=DataClass(row.level),
        made_by=row.made_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
