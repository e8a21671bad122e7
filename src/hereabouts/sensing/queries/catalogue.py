"""Sensors as people look for them: by name, by what they measure, by area and by state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from hereabouts.kernel.geometry import Box, Point
from hereabouts.places.api import AreaRef
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.quality import AHEAD
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import ObservedProperty, Stream, Thing
from hereabouts.sensing.models.watching import Finding
from hereabouts.sensing.queries.around import things_in, things_of_area
from hereabouts.sensing.queries.newest import newest_of, now_us

PAGE = 40
MOST_PROPERTIES = 300
LARGEST_ID = 2**62


@dataclass(frozen=True)
class SensorFilter:
    """What somebody looks for; empty or None: anything. `state` is `silent` or `flagged`."""

    words: str = ""
    property_id: int | None = None
    area: tuple[AreaRef, Box] | None = None
    near: tuple[Point, float] | None = None
    state: str = ""


@dataclass(frozen=True)
class SensorRow:
    """A Thing in a list."""

    id: int
    name: str
    description: str
    data_class: DataClass
    is_silent: bool


@dataclass(frozen=True)
class SensorPage:
    """A page of Things by name; `after` asks for the next one, 0 at the end."""

    rows: Sequence[SensorRow]
    count: int
    after: int


@dataclass(frozen=True)
class PropertyCard:
    """An observed property; `streams` counts the Datastreams the reader may see."""

    id: int
    name: str
    description: str
    definition: str
    streams: int


def list_sensors(
    wanted: SensorFilter, *, level: DataClass, after: int = 0, limit: int = PAGE
) -> SensorPage:
    """Things by name, a page after a Thing's id. Four reads, two more with an area."""
    rows = _fitting(wanted, level)
    count = rows.count()
    last = Thing.objects.filter(pk=min(after, LARGEST_ID)).values_list("name", flat=True).first()
    if after and last is not None:
        rows = rows.filter(Q(name__gt=last) | Q(name=last, pk__gt=after))
    found = list(rows.order_by("name", "id")[: limit + 1])
    shown = found[:limit]
    silent = silent_things([row.pk for row in shown])
    return SensorPage(
        [
            SensorRow(
                row.pk, row.name, row.description, DataClass(row.data_class), row.pk in silent
            )
            for row in shown
        ],
        count,
        shown[-1].pk if len(found) > limit else 0,
    )


def _fitting(wanted: SensorFilter, level: DataClass) -> QuerySet[Thing]:
    rows = Thing.objects.filter(data_class__lte=int(level))
    if wanted.words:
        rows = rows.filter(name__icontains=wanted.words)
    if wanted.property_id is not None:
        streams = Stream.objects.filter(
            observed_property_id=min(wanted.property_id, LARGEST_ID), data_class__lte=int(level)
        )
        rows = rows.filter(pk__in=streams.values("thing_id"))
    if wanted.area is not None:
        inside = things_of_area(*wanted.area, level=level)
        rows = rows.filter(pk__in=[one.id for one in inside])
    if wanted.near is not None:
        place, metres = wanted.near
        box = Box(place.lon, place.lat, place.lon, place.lat).grown_m(metres)
        near = [one.id for one in things_in(box, place, level=level) if one.distance_m <= metres]
        rows = rows.filter(pk__in=near)
    return _in_state(rows, wanted.state, level)


def _in_state(rows: QuerySet[Thing], state: str, level: DataClass) -> QuerySet[Thing]:
    if state == "silent":
        return rows.filter(pk__in=_silent().values("thing_id"))
    if state == "flagged":
        streams = Stream.objects.filter(_flagged(), data_class__lte=int(level))
        return rows.filter(pk__in=streams.values("thing_id"))
    return rows


def _flagged() -> Q:
    """Streams whose newest reading has flags: the one that is shown, not one from the future."""
    moment = now_us()
    ahead = StreamState.objects.filter(latest_started__gt=moment + AHEAD)
    doubtful = [pk for pk, one in newest_of(ahead, moment).items() if one.quality]
    known = StreamState.objects.filter(latest_quality__gt=0, latest_started__lte=moment + AHEAD)
    return Q(pk__in=known.values("stream_id")) | Q(pk__in=doubtful)


def _silent() -> QuerySet[Finding]:
    return Finding.objects.filter(
        kind=FindingKind.SILENT.value, cleared_at=None, thing_id__isnull=False
    )


def silent_things(thing_ids: Sequence[int]) -> set[int]:
    """Which of these Things are known to be silent. One read."""
    found = _silent().filter(thing_id__in=list(thing_ids)).values_list("thing_id", flat=True)
    return {one for one in found if one is not None}


def count_sensors(*, level: DataClass) -> tuple[int, int, int]:
    """Things, streams and silent Things that a reader may see. Three reads."""
    things = Thing.objects.filter(data_class__lte=int(level))
    streams = Stream.objects.filter(data_class__lte=int(level))
    silent = _silent().filter(data_class__lte=int(level))
    return things.count(), streams.count(), silent.values("thing_id").distinct().count()


def list_properties(*, level: DataClass) -> list[PropertyCard]:
    """Observed properties that Datastreams the reader may see have, by name. Two reads."""
    counted = dict(
        Stream.objects.filter(data_class__lte=int(level), observed_property__isnull=False)
        .values_list("observed_property_id")
        .annotate(count=Count("id"))
        .order_by()
    )
    rows = ObservedProperty.objects.filter(pk__in=list(counted)).order_by("name", "id")
    return [_property(row, counted[row.pk]) for row in rows[:MOST_PROPERTIES]]


def find_property(property_id: int, *, level: DataClass) -> PropertyCard | None:
    """An observed property that the reader may see, or None."""
    if property_id > LARGEST_ID:
        return None
    row = ObservedProperty.objects.filter(pk=property_id, data_class__lte=int(level)).first()
    if row is None:
        return None
    streams = Stream.objects.filter(observed_property=row, data_class__lte=int(level))
    return _property(row, streams.count())


def _property(row: ObservedProperty, streams: int) -> PropertyCard:
    return PropertyCard(row.pk, row.name, row.description, row.definition, streams)
