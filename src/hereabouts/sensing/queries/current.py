"""What streams say now: latest value, unit, and how fresh it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.queries.newest import Newest, newest_of, now_us

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class StreamNow:
    """A stream with its newest observation that is not from the future.

    Times are aware and UTC, None without observations.

    `text` is its result as JSON text where it is no number; `kind` is its `ResultKind`.
    `property_id` and `definition` are those of a Datastream's ObservedProperty; a MultiDatastream
    has 0 and "".
    """

    id: int
    thing_id: int
    thing_name: str
    name: str
    property_id: int
    property_name: str
    definition: str
    unit: str
    unit_name: str
    data_class: DataClass
    is_multi: bool
    number: float | None
    text: str | None
    at: datetime | None
    received_at: datetime | None
    quality: int
    count: int
    first_at: datetime | None
    kind: int | None = None


def list_streams_now(
    *,
    thing_ids: Iterable[int] | None = None,
    stream_ids: Iterable[int] | None = None,
    property_id: int | None = None,
    level: DataClass = DataClass.OPEN,
    limit: int = 5_000,
) -> list[StreamNow]:
    """Streams with their newest values, by Thing and name. Two reads, as `newest_of` reads."""
    rows = Stream.objects.filter(data_class__lte=int(level))
    if thing_ids is not None:
        rows = rows.filter(thing_id__in=list(thing_ids))
    if stream_ids is not None:
        rows = rows.filter(pk__in=list(stream_ids))
    if property_id is not None:
        rows = rows.filter(observed_property_id=property_id)
    return _with_states(rows.order_by("thing__name", "thing_id", "name", "id")[:limit])


def find_stream_now(stream_id: int, *, level: DataClass = DataClass.OPEN) -> StreamNow | None:
    """One stream with its latest value, or None where there is none the reader may see."""
    return next(iter(list_streams_now(stream_ids=[stream_id], level=level)), None)


def to_datetime(micros: int | None) -> datetime | None:
    """A time of the store as an aware one."""
    return None if micros is None else EPOCH + timedelta(microseconds=micros)


def _with_states(rows: QuerySet[Stream]) -> list[StreamNow]:
    streams = list(rows.select_related("observed_property", "thing"))
    states = StreamState.objects.in_bulk([stream.pk for stream in streams])
    newest = newest_of(states.values(), now_us())
    return [_now(stream, states.get(stream.pk), newest.get(stream.pk)) for stream in streams]


def _now(stream: Stream, state: StreamState | None, newest: Newest | None) -> StreamNow:
    known = stream.observed_property
    return StreamNow(
        id=stream.pk,
        thing_id=stream.thing_id,
        thing_name=stream.thing.name,
        name=stream.name,
        property_id=known.pk if known else 0,
        property_name=known.name if known else stream.name,
        definition=known.definition if known else "",
        unit=stream.unit_symbol or "",
        unit_name=stream.unit_name or "",
        data_class=DataClass(stream.data_class),
        is_multi=stream.is_multi,
        number=newest.number if newest else None,
        text=newest.result if newest else None,
        at=to_datetime(newest.started) if newest else None,
        received_at=to_datetime(state.received) if state else None,
        quality=newest.quality if newest else 0,
        count=state.count if state else 0,
        first_at=to_datetime(state.first_started) if state else None,
        kind=newest.kind if newest else None,
    )
