"""Keys of devices: made, noted when used, revoked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, Capability
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.text import N_
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.remembered import GRANTS
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.keys import MAX_DAYS, MAX_KEYS, MAX_TARGETS, KeyScope, new_key
from hereabouts.sensing.errors.keys import BadKey, NoSuchKey
from hereabouts.sensing.events.keys import KeyCreated, KeyRevoked
from hereabouts.sensing.models.keys import NAME_LENGTH, DeviceKey
from hereabouts.sensing.queries.keys import list_missing

CONNECT = Capability("sensing.connect")
READ_SHARED = Capability("sensing.read_shared")
READ_CLOSED = Capability("sensing.read_closed")
UID_PREFIX = "key"
NEEDED = {DataClass.SHARED: READ_SHARED, DataClass.CLOSED: READ_CLOSED}


@dataclass(frozen=True)
class KeyDraft:
    """What a new key is to reach; `target_ids` are Things' or streams', none for every stream."""

    name: str
    scope: KeyScope
    target_ids: tuple[int, ...] = ()
    level: DataClass = DataClass.OPEN
    days: int = 366


def create_key(draft: KeyDraft, *, actor: Actor, clock: Clock = now) -> tuple[str, str]:
    """Make a key and return its public id and its secret, which is never shown again.

    Nobody gives a key more to read than they may read themselves.
    Raises: NotAllowed; BadKey.
    """
    actor.require(CONNECT)
    if draft.level in NEEDED:
        actor.require(NEEDED[draft.level])
    _check(draft)
    key, moment = new_key(), clock()
    with transaction.atomic():
        if DeviceKey.objects.filter(revoked_at=None, expires_at__gt=moment).count() >= MAX_KEYS:
            raise BadKey(reason=N_("there are too many keys; revoke some"))
        row = DeviceKey.objects.create(
            uid=new_uid(UID_PREFIX),
            name=draft.name.strip()[:NAME_LENGTH],
            start=key.start,
            digest=key.digest,
            scope=draft.scope.value,
            target_ids=sorted(set(draft.target_ids)),
            level=int(draft.level),
            made_by=actor.person or "",
            created_at=moment,
            expires_at=moment + timedelta(days=draft.days),
        )
        event = KeyCreated(row.uid, row.scope, len(row.target_ids), draft.days)
        append(event, subject=row.uid, actor=actor.person)
    return row.uid, key.secret


def revoke_key(uid: str, *, actor: Actor, clock: Clock = now) -> bool:
    """Stop a key at once; False where it was stopped already. Raises: NotAllowed; NoSuchKey."""
    actor.require(CONNECT)
    with transaction.atomic():
        row = DeviceKey.objects.select_for_update().filter(uid=uid).first()
        if row is None:
            raise NoSuchKey
        if row.revoked_at is not None:
            return False
        row.revoked_at = clock()
        row.save(update_fields=["revoked_at"])
        append(KeyRevoked(row.uid), subject=row.uid, actor=actor.person)
        transaction.on_commit(GRANTS.forget)
    return True


def note_uses(seen: Mapping[str, datetime]) -> None:
    """Note when keys were last used, by their public ids."""
    with transaction.atomic():
        for uid, moment in seen.items():
            DeviceKey.objects.filter(uid=uid).update(last_used_at=moment)


def _check(draft: KeyDraft) -> None:
    if not draft.name.strip():
        raise BadKey(reason=N_("it needs a name"))
    if not 1 <= draft.days <= MAX_DAYS:
        raise BadKey(reason=N_("it lasts at least a day and at most ten years"))
    if (draft.scope is KeyScope.ALL) != (not draft.target_ids):
        raise BadKey(reason=N_("name the things or streams it is for, or every stream"))
    if len(draft.target_ids) > MAX_TARGETS:
        raise BadKey(reason=N_("it names too many things or streams"))
    missing = list_missing(draft.scope, draft.target_ids)
    if missing:
        raise BadKey(reason=f"there is no {draft.scope.value[:-1]} {missing[0]}")
