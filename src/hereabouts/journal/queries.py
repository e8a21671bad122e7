"""Reading the journal: pages of entries, the head, and the walk along the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError
from django.db.models import Exists, OuterRef, QuerySet

from hereabouts.journal.domain.chain import Break, Fault, Head, Link, Walk
from hereabouts.journal.domain.events import (
    EVENT_TYPES,
    WIRE_NAME,
    Position,
    RecordedEvent,
    is_usable_prefix,
    is_usable_subject,
)
from hereabouts.journal.domain.reactions import REACTIONS
from hereabouts.journal.errors import DeliveryNotFound, EntryNotFound
from hereabouts.journal.models import Cursor, Delivery, Entry, HeadRow
from hereabouts.kernel.access import PersonId

LARGEST_PAGE = 1_000
"""Entries that one read returns at most."""

UNDECODABLE = "decode"
"""In what SQLite says of a text that somebody has put other bytes into."""

_LINK_FIELDS = (
    "position",
    "recorded_at",
    "wire_name",
    "subject",
    "actor",
    "is_public",
    "payload",
    "previous",
    "hash",
)


@dataclass(frozen=True)
class Filter:
    """Which entries to read: the beginning of the wire name, the subject, public ones only."""

    type_prefix: str = ""
    subject: str = ""
    is_public: bool = False


@dataclass(frozen=True)
class Page:
    """Some entries, newest first, and the positions that the neighbouring pages go on from."""

    entries: tuple[RecordedEvent, ...]
    newer_than: int | None
    older_than: int | None


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found: how many entries hold, the head, the first break."""

    entries: int
    head: Head
    broken: Break | None


@dataclass(frozen=True)
class StoredDelivery:
    """A delivery that did not succeed at once, as operators see it."""

    id: int
    reaction: str
    position: Position
    subject: str
    state: str
    attempts: int
    due_at: datetime
    failure: str
    discarded_by: PersonId | None
    discard_reason: str
    changed_at: datetime


EVERYTHING = Filter()
OUTSTANDING = (Delivery.State.RETRYING, Delivery.State.WAITING, Delivery.State.PARKED)
"""States that keep later events of the same subject waiting."""


def get_head() -> Head:
    """Where the journal ends."""
    row = HeadRow.objects.first()
    return Head(row.position, row.hash) if row else Head()


def list_after(
    position: int, *, limit: int, through: int | None = None, where: Filter = EVERYTHING
) -> list[RecordedEvent]:
    """Entries after a position, oldest first; `through` bounds what is scanned."""
    entries = _filtered(where).filter(position__gt=position)
    if through is not None:
        entries = entries.filter(position__lte=through)
    return [_recorded(row) for row in entries.order_by("position")[: min(limit, LARGEST_PAGE)]]


def list_before(
    position: int | None, *, limit: int, where: Filter = EVERYTHING
) -> list[RecordedEvent]:
    """Entries before a position (None: the newest), newest first."""
    entries = _filtered(where)
    if position is not None:
        entries = entries.filter(position__lt=position)
    return [_recorded(row) for row in entries.order_by("-position")[: min(limit, LARGEST_PAGE)]]


def get_page(
    *, before: int | None = None, after: int | None = None, size: int = 50, where: Filter
) -> Page:
    """A page of entries, newest first: those before a position, or the ones next after it."""
    if after is not None:
        found = list_after(after, limit=size + 1, where=where)
        entries = list(reversed(found[:size]))
        has_newer, has_older = len(found) > size, after > 0
    else:
        found = list_before(before, limit=size + 1, where=where)
        entries = found[:size]
        has_newer, has_older = before is not None, len(found) > size
    if not entries:
        return Page((), None, None)
    newer = entries[0].position if has_newer else None
    return Page(tuple(entries), newer, entries[-1].position if has_older else None)


def get_entry(position: int) -> RecordedEvent:
    """The entry at a position. Raises: EntryNotFound."""
    row = Entry.objects.filter(position=position).first()
    if row is None:
        raise EntryNotFound(position=position)
    return _recorded(row)


def verify(anchor: Head | None = None, page: int = 2_000) -> Verification:
    """Walk the whole chain and name the first broken link, in flat memory.

    `anchor` is a head that was noted earlier, outside the database: it finds a journal that was
    rewritten from some entry to its end. Entries appended meanwhile are walked too.
    """
    walk, after = Walk(), None
    while True:
        links = _readable_links(after, page)
        if links is None:
            return Verification(walk.head.position, walk.head, walk.stumble())
        for link in links:
            broken = walk.follow(link) or _differs(link, anchor)
            if broken:
                return Verification(broken.position - 1, walk.head, broken)
            after = link.position
        if not links:
            # The head is read after the entries: while somebody appends it is ahead of them,
            # and then they are there to be read.
            head = get_head()
            if head.position <= walk.head.position or not any(_links(after, 1)):
                broken = walk.finish(head) or _is_missing(walk.head, anchor)
                return Verification(walk.head.position, walk.head, broken)


def find_cursor(name: str) -> int | None:
    """How far a follower has read, or None where it has not begun."""
    return Cursor.objects.filter(name=name).values_list("position", flat=True).first()


def find_moved_at(name: str) -> datetime | None:
    """When a follower last moved its cursor, or None where it has not begun."""
    return Cursor.objects.filter(name=name).values_list("moved_at", flat=True).first()


def is_subject_held(reaction: str, subject: str) -> bool:
    """Whether an earlier event of the subject keeps a reaction waiting."""
    return Delivery.objects.filter(
        reaction=reaction, subject=subject, state__in=OUTSTANDING
    ).exists()


def find_due_reactions(moment: datetime) -> frozenset[str]:
    """Names of the reactions that have something to attempt again."""
    states = (Delivery.State.RETRYING, Delivery.State.WAITING)
    due = Delivery.objects.filter(state__in=states, due_at__lte=moment)
    return frozenset(due.values_list("reaction", flat=True).distinct())


def list_due_deliveries(reaction: str, moment: datetime, limit: int) -> list[Delivery]:
    """Deliveries to attempt now, oldest first; at most the first of each subject."""
    earlier = Delivery.objects.filter(
        reaction=OuterRef("reaction"),
        subject=OuterRef("subject"),
        position__lt=OuterRef("position"),
        state__in=OUTSTANDING,
    )
    due = Delivery.objects.filter(
        ~Exists(earlier),
        reaction=reaction,
        state__in=(Delivery.State.RETRYING, Delivery.State.WAITING),
        due_at__lte=moment,
    )
    return list(due.order_by("position")[:limit])


def list_parked(*, before: int | None = None, limit: int = 100) -> list[StoredDelivery]:
    """Deliveries that wait for a person, newest first, before a delivery's number."""
    rows = Delivery.objects.filter(state=Delivery.State.PARKED)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_stored(row) for row in rows.order_by("-pk")[: min(limit, LARGEST_PAGE)]]


def get_delivery(delivery_id: int) -> StoredDelivery:
    """One delivery. Raises: DeliveryNotFound."""
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row is None:
        raise DeliveryNotFound(delivery=delivery_id)
    return _stored(row)


def count_parked() -> int:
    """How many deliveries wait for a person."""
    return Delivery.objects.filter(state=Delivery.State.PARKED).count()


def find_oldest_undelivered() -> datetime | None:
    """When the oldest event was recorded that a reaction has not yet been given, or None."""
    oldest: datetime | None = None
    for reaction in REACTIONS:
        reached = find_cursor(reaction.name)
        if reached is None and not reaction.reads_history:
            continue
        where = Filter(type_prefix=reaction.event_class.wire_name)
        waiting = list_after(reached or 0, limit=1, where=where)
        if waiting and (oldest is None or waiting[0].recorded_at < oldest):
            oldest = waiting[0].recorded_at
    return oldest


def _stored(row: Delivery) -> StoredDelivery:
    return StoredDelivery(
        id=row.pk,
        reaction=row.reaction,
        position=Position(row.position),
        subject=row.subject,
        state=row.state,
        attempts=row.attempts,
        due_at=row.due_at,
        failure=row.failure,
        discarded_by=PersonId(row.discarded_by) if row.discarded_by else None,
        discard_reason=row.discard_reason,
        changed_at=row.changed_at,
    )


def _links(after: int | None, limit: int) -> Iterator[Link]:
    rows = Entry.objects.order_by("position")
    if after is not None:
        rows = rows.filter(position__gt=after)
    for row in rows.values_list(*_LINK_FIELDS)[:limit]:
        yield Link(*row)


def _readable_links(after: int | None, limit: int) -> list[Link] | None:
    """Links up to the first that cannot be read; None where that is the very next."""
    try:
        return list(_links(after, limit))
    except OperationalError as fault:
        if UNDECODABLE not in str(fault):
            raise
    return _readable_links(after, limit // 2) if limit > 1 else None


def _differs(link: Link, anchor: Head | None) -> Break | None:
    if anchor is None or link.position != anchor.position or link.hash == anchor.hash:
        return None
    return Break(link.position, Fault.ANCHOR, link.hash)


def _is_missing(head: Head, anchor: Head | None) -> Break | None:
    if anchor is None or anchor.position <= head.position:
        return None
    return Break(head.position + 1, Fault.HEAD, str(anchor.position))


def _filtered(where: Filter) -> QuerySet[Entry]:
    if not is_usable_prefix(where.type_prefix) or not is_usable_subject(where.subject or "x"):
        # No entry can have it, and a database may refuse even to look for it.
        return Entry.objects.none()
    entries = Entry.objects.all()
    if where.is_public:
        entries = entries.filter(is_public=True).exclude(wire_name__in=_withdrawn())
    if WIRE_NAME.fullmatch(where.type_prefix):
        entries = entries.filter(wire_name=where.type_prefix)
    elif where.type_prefix:
        entries = entries.filter(wire_name__startswith=where.type_prefix)
    if where.subject:
        entries = entries.filter(subject=where.subject)
    return entries


def _withdrawn() -> list[str]:
    """Types that were public once and are so no longer: their old entries are hidden too."""
    return [cls.wire_name for cls in EVENT_TYPES if not cls.is_public]


def _recorded(row: Entry) -> RecordedEvent:
    payload: Mapping[str, Any] = json.loads(row.payload)  # Any: JSON of types not known here
    return RecordedEvent(
        position=Position(row.position),
        recorded_at=datetime.fromisoformat(row.recorded_at),
        wire_name=row.wire_name,
        subject=row.subject,
        actor=PersonId(row.actor) if row.actor else None,
        is_public=row.is_public,
        payload=payload,
        hash=row.hash,
        event=EVENT_TYPES.read(row.wire_name, payload),
    )
