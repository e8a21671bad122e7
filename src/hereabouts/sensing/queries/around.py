"""What is measured at a place: the nearest sensors of a point or street, the sums of an area."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from hereabouts.kernel.geometry import Box, Point, cell_ranges
from hereabouts.places.api import AreaRef, areas_at_each
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.observations import ResultKind
from hereabouts.sensing.domain.quality import AHEAD
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import ThingLocation
from hereabouts.sensing.queries.newest import newest_of, now_us

MOST_THINGS = 2_000
MOST_STREAMS = 20_000
NEAREST_REACH_M = 3_000.0


class NearThing(NamedTuple):
    """A Thing, the middle of its Location's box, and how far that is."""

    id: int
    name: str
    place: Point
    distance_m: float


@dataclass(frozen=True)
class Sum:
    """The latest numbers of one property in one unit: least, middle and most of `count` streams.

    `stream_id` and `thing_id` are of the only one, where there is just one.
    """

    property_id: int
    name: str
    unit: str
    count: int
    least: float
    middle: float
    most: float
    thing_id: int


def things_in(box: Box, place: Point, *, level: DataClass = DataClass.OPEN) -> list[NearThing]:
    """Things in a box, those nearest to a place first, each once. One read."""
    found: dict[int, NearThing] = {}
    for thing_id, name, west, south, east, north in _rows(box, level):
        if thing_id not in found:
            middle = Point((west + east) / 2, (south + north) / 2)
            found[thing_id] = NearThing(thing_id, name, middle, middle.distance_m(place))
    return sorted(found.values(), key=lambda one: (one.distance_m, one.id))


def _rows(box: Box, level: DataClass) -> Sequence[tuple[int, str, float, float, float, float]]:
    in_cells = Q()
    for first, last in cell_ranges(box):
        in_cells |= Q(location__cell__range=(first, last))
    rows = ThingLocation.objects.filter(
        in_cells,
        location__west__lte=box.east,
        location__east__gte=box.west,
        location__south__lte=box.north,
        location__north__gte=box.south,
        thing__data_class__lte=int(level),
    )
    columns = ("west", "south", "east", "north")
    return list(
        rows.values_list("thing_id", "thing__name", *(f"location__{one}" for one in columns))[
            :MOST_THINGS
        ]
    )


def nearest_things(place: Point, limit: int = 3) -> list[NearThing]:
    """The nearest open Things within 3 km. One read."""
    box = Box(place.lon, place.lat, place.lon, place.lat).grown_m(NEAREST_REACH_M)
    found = things_in(box, place)[:limit]
    return [one for one in found if one.distance_m <= NEAREST_REACH_M]


def things_of_area(
    area: AreaRef, box: Box, *, level: DataClass = DataClass.OPEN
) -> list[NearThing]:
    """Things of an area, by distance from its middle. Two reads."""
    things = things_in(box, box.centre, level=level)
    around = areas_at_each([one.place for one in things], [area.kind])
    return [one for one in things if any(a.code == area.code for a in around[one.place])]


_SUMS = """
SELECT s.observed_property_id, p.name, s.unit_symbol, st.latest_number, s.thing_id,
  st.stream_id, st.latest_started
FROM sensing_stream s
JOIN sensing_stream_state st ON st.stream_id = s.id
JOIN sensing_observedproperty p ON p.id = s.observed_property_id
WHERE s.thing_id {among} AND s.data_class = 0 AND st.latest_kind = %s AND st.latest_started >= %s
LIMIT %s
"""


def sums_of(thing_ids: Collection[int], since: int) -> list[Sum]:
    """The newest numbers of open streams of Things that are no older than `since`, by property.

    One read, and as `newest_of` reads.
    """
    if not thing_ids:
        return []
    among, packed = _among(thing_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            _SUMS.format(among=among), [packed, int(ResultKind.NUMBER), since, MOST_STREAMS]
        )
        rows = cursor.fetchall()
    instead = _instead([row[5] for row in rows if row[6] > now_us() + AHEAD], since)
    groups: dict[tuple[int, str, str], list[tuple[float, int]]] = {}
    for property_id, name, unit, latest, thing_id, stream_id, _ in rows:
        number = instead.get(stream_id, latest)
        if number is not None:
            groups.setdefault((property_id, name, unit or ""), []).append((number, thing_id))
    return [_sum(*key, values) for key, values in groups.items()]


def _instead(stream_ids: Collection[int], since: int) -> dict[int, float | None]:
    """By stream whose latest is from the future: the number that it says now, None for none."""
    if not stream_ids:
        return {}
    newest = newest_of(StreamState.objects.filter(pk__in=stream_ids), now_us())
    known = {key: one.number for key, one in newest.items() if one.started >= since}
    return {stream_id: known.get(stream_id) for stream_id in stream_ids}


def _sum(property_id: int, name: str, unit: str, values: list[tuple[float, int]]) -> Sum:
    numbers = [number for number, _ in values]
    return Sum(
        property_id,
        name,
        unit,
        len(values),
        min(numbers),
        median(numbers),
        max(numbers),
        values[0][1],
    )


def _among(ids: Collection[int]) -> tuple[str, str | list[int]]:
    """A condition that a column is one of many ids, and its one parameter."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", list(ids)
    return "IN (SELECT value FROM json_each(%s))", f"[{','.join(str(int(one)) for one in ids)}]"
