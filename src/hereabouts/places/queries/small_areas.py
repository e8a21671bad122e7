"""The smallest areas whose residents are known, with their middles: what coverage is counted by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import shapely

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.models import Area, Population
from hereabouts.places.queries.living import neighbourhoods


@dataclass(frozen=True)
class PeopledArea:
    """An area with its middle, its residents, and its decile of deprivation where it has one.

    The middle is the centroid, or a point inside where the centroid lies outside.
    """

    area: AreaRef
    middle: Point
    residents: int
    decile: int | None


def peopled_areas() -> list[PeopledArea]:
    """Areas of today with residents, of the kind there are most of, by code. Four reads."""
    counted = Population.objects.values("area_code")
    rows = Area.objects.filter(gone_at=None, valid_to=None, code__in=counted).order_by("code")
    kinds = Counter(rows.values_list("kind", flat=True))
    if not kinds:
        return []
    kind = max(sorted(kinds), key=lambda one: kinds[one])
    fields = ("geometry", "code", "kind", "name", "name_cy")
    found = [
        (AreaRef(*ref), _middle(bytes(shape)))
        for shape, *ref in rows.filter(kind=kind).values_list(*fields)
    ]
    known = {one.area.code: one for one in neighbourhoods([area for area, _ in found])}
    return [
        PeopledArea(area, middle, known[area.code].residents or 0, known[area.code].decile)
        for area, middle in found
    ]


def _middle(shape: bytes) -> Point:
    geometry = shapely.from_wkb(shape)
    middle = geometry.centroid
    inside = middle if geometry.covers(middle) else geometry.representative_point()
    return Point(inside.x, inside.y)
