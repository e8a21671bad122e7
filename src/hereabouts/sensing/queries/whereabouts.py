"""Where Things stand: those in a box, and those of a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from django.db.models import Q

from hereabouts.kernel.geometry import Box, Point, cell_ranges
from hereabouts.places.api import areas_at
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.register import ThingLocation

MOST_THINGS = 2_000
NEAR_STREET_M = 60.0
"""A sensor this near to a street's line box counts as in the street."""
NEAR_POINT_M = 250.0


@dataclass(frozen=True)
class StandingThing:
    """A Thing and where it stands; `place` is a point inside its Location."""

    id: int
    name: str
    description: str
    place: Point
    data_class: DataClass


def list_things_in(
    box: Box, *, level: DataClass = DataClass.OPEN, limit: int = MOST_THINGS
) -> list[StandingThing]:
    """Things whose Location touches a box, by name; each once. One read."""
    in_cells = Q()
    for first, last in cell_ranges(box):
        in_cells |= Q(location__cell__range=(first, last))
    rows = (
        ThingLocation.objects.filter(
            in_cells,
            location__west__lte=box.east,
            location__east__gte=box.west,
            location__south__lte=box.north,
            location__north__gte=box.south,
            thing__data_class__lte=int(level),
        )
        .order_by("thing__name", "thing_id", "location_id")
        .values_list(
            "thing_id",
            "thing__name",
            "thing__description",
            "thing__data_class",
            "location__geometry",
        )[:limit]
    )
    found: dict[int, StandingThing] = {}
    for thing_id, name, description, data_class, geometry in rows:
        if thing_id not in found:
            place = _point_in(geometry)
            found[thing_id] = StandingThing(
                thing_id, name, description, place, DataClass(data_class)
            )
    return list(found.values())


def list_things_of_area(
    code: str, box: Box, *, level: DataClass = DataClass.OPEN
) -> list[StandingThing]:
    """Things that stand in an area, by name; the box is the area's. One read a Thing in the box."""
    return [
        thing
        for thing in list_things_in(box, level=level)
        if any(area.code == code for area in areas_at(thing.place))
    ]


def list_things_near(
    place: Point, metres: float = NEAR_POINT_M, *, level: DataClass = DataClass.OPEN
) -> list[tuple[StandingThing, float]]:
    """Things within a distance in metres of a point, nearest first, with the distance."""
    box = Box(place.lon, place.lat, place.lon, place.lat).grown_m(metres)
    away = [(thing, thing.place.distance_m(place)) for thing in list_things_in(box, level=level)]
    return sorted(
        ((thing, distance) for thing, distance in away if distance <= metres),
        key=lambda pair: (pair[1], pair[0].id),
    )


def places_of(thing_ids: Sequence[int]) -> dict[int, Point]:
    """Where each of these Things stands; those without a GeoJSON Location are left out."""
    rows = (
        ThingLocation.objects.filter(thing_id__in=thing_ids, location__geometry__isnull=False)
        .order_by("-location_id")
        .values_list("thing_id", "location__geometry")
    )
    return {thing_id: _point_in(geometry) for thing_id, geometry in rows}


def _point_in(geometry: bytes | memoryview | None) -> Point:
    """A point inside a stored geometry. The rows were chosen to have one."""
    inside = shapely.from_wkb(bytes(geometry or b"")).representative_point()
    return Point(inside.x, inside.y)
