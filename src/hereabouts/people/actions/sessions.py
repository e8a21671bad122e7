"""Keeping, noting and ending sessions."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.time import Clock, now
from hereabouts.people.domain.records import SessionRow
from hereabouts.people.domain.roles import PEOPLE_MANAGE
from hereabouts.people.models import Session

UID_PREFIX = "session"


def open_session(row: SessionRow, *, clock: Clock = now) -> bool:
    """Write a new session; False where its digest is taken."""
    moment = clock()
    try:
        with transaction.atomic():
            Session.objects.create(
                digest=row.digest,
                uid=new_uid(UID_PREFIX),
                person_id=row.person_key,
                content=row.content,
                device=row.visit.device,
                network=row.visit.network,
                created_at=moment,
                seen_at=moment,
                expires_at=row.expires_at,
            )
    except IntegrityError:
        return False
    return True


def keep_session(row: SessionRow, *, clock: Clock = now) -> bool:
    """Write a session's new content; False where it was ended meanwhile."""
    changed = Session.objects.filter(digest=row.digest).update(
        person_id=row.person_key,
        content=row.content,
        device=row.visit.device,
        network=row.visit.network,
        seen_at=clock(),
        expires_at=row.expires_at,
    )
    return bool(changed)


def note_session_use(digest: str, *, clock: Clock = now) -> None:
    """Note that a session is in use."""
    Session.objects.filter(digest=digest).update(seen_at=clock())


def end_session(digest: str) -> None:
    """End one session by its digest."""
    Session.objects.filter(digest=digest).delete()


def end_session_of(uid: PersonId, session: str) -> bool:
    """End one of a person's own sessions by its public id; False where it was none of theirs."""
    if not session.isprintable():
        return False
    deleted, _ = Session.objects.filter(person__uid=uid, uid=session).delete()
    return bool(deleted)


def end_all_sessions(uid: PersonId, *, actor: Actor, except_digest: str = "") -> int:
    """Sign a person out everywhere, but for one session where its digest is given.

    Raises: NotAllowed for another's sessions without the permission.
    """
    if actor.person != uid:
        actor.require(PEOPLE_MANAGE)
    ended, _ = Session.objects.filter(person__uid=uid).exclude(digest=except_digest).delete()
    return ended
