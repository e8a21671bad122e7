"""Appending: the one way into the journal, in the transaction of the change itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from hereabouts.journal.actions.wake import wake
from hereabouts.journal.domain.chain import GENESIS, Link, digest
from hereabouts.journal.domain.events import (
    LARGEST_PAYLOAD,
    Event,
    Position,
    find_oversized_field,
    is_usable_subject,
    write_payload,
)
from hereabouts.journal.errors import EventTooLarge, OutsideTransactionError, SubjectUnusable
from hereabouts.journal.models import Entry, HeadRow
from hereabouts.kernel.access import PersonId
from hereabouts.kernel.time import now, to_rfc3339

BATCH = 1_000
"""Entries written by one statement when many are appended."""


@dataclass(frozen=True)
class Fact:
    """An event and what it is about."""

    event: Event
    subject: str


def append(event: Event, *, subject: str, actor: PersonId | None) -> Position:
    """Record an event in the caller's transaction and return its position.

    Whoever appends holds the journal until the transaction ends, so append last. Nothing is
    recorded when the transaction is rolled back, and no position is lost.
    Raises: OutsideTransactionError outside `transaction.atomic`; EventTooLarge; SubjectUnusable.
    """
    last = append_all([Fact(event, subject)], actor=actor)
    if last is None:
        raise AssertionError("one event was given and none was recorded")
    return last


def append_all(facts: Iterable[Fact], *, actor: PersonId | None) -> Position | None:
    """Record many events in the caller's transaction, in their order; the last position.

    None where there were none. Raises: as `append`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransactionError("an event is recorded in the transaction of its change")
    waiting = iter(facts)
    batch = list(islice(waiting, BATCH))
    if not batch:
        return None
    head = _hold_head()
    while batch:
        links = list(_link(head, batch, actor))
        Entry.objects.bulk_create([Entry(**dataclasses.asdict(link)) for link in links])
        head.position, head.hash = links[-1].position, links[-1].hash
        batch = list(islice(waiting, BATCH))
    head.save(update_fields=["position", "hash"])
    transaction.on_commit(wake)
    return Position(head.position)


def _hold_head() -> HeadRow:
    """The head, locked until the transaction ends.

    PostgreSQL locks the row; SQLite has locked the whole database when the transaction began.
    """
    held = HeadRow.objects.select_for_update()
    head = held.first()
    if head is not None:
        return head
    HeadRow.objects.bulk_create([HeadRow(position=0, hash=GENESIS)], ignore_conflicts=True)
    return held.get()


def _link(head: HeadRow, facts: list[Fact], actor: PersonId | None) -> Iterator[Link]:
    position, previous = head.position, head.hash
    for fact in facts:
        position += 1
        draft = Link(
            position=position,
            recorded_at=to_rfc3339(now()),
            wire_name=fact.event.wire_name,
            subject=_check_subject(fact.subject),
            actor=actor or "",
            is_public=fact.event.is_public,
            payload=_payload(fact.event),
            previous=previous,
            hash="",
        )
        previous = digest(draft)
        yield dataclasses.replace(draft, hash=previous)


def _check_subject(subject: str) -> str:
    if not is_usable_subject(subject):
        raise SubjectUnusable(subject=repr(subject[:60]))
    return subject


def _payload(event: Event) -> str:
    field = find_oversized_field(event)
    if field is not None:
        raise EventTooLarge(event=event.wire_name, field=field)
    payload = write_payload(event)
    if len(payload) > LARGEST_PAYLOAD:
        raise EventTooLarge(event=event.wire_name, field="*")
    return payload.decode()
