"""An area: what it lies in, what lies in it, and what shares its ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely
from django.db.models import Count

from hereabouts.places.domain.area_order import ordered
from hereabouts.places.domain.found import AreaRef, StreetRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import AreaView, Gone
from hereabouts.places.models import Area, AreaMembership, Street
from hereabouts.places.queries.history import gone, history_of
from hereabouts.places.queries.pages.identifiers import identifiers_of
from hereabouts.places.queries.rows import in_box
from hereabouts.places.queries.sources import source_of

STREETS_SHOWN = 12
SHARED = 0.02
"""Share of the smaller area's ground from which two areas overlap; less is a rough edge."""


def find_area(code: str) -> AreaView | Gone | None:
    """Everything known of an area; when it went; or None for an unknown code. Ten reads."""
    area = Area.objects.filter(code=code).select_related("successor").first()
    if area is None:
        return None
    if area.gone_at is not None:
        return gone(Kind.AREA, area, area.name)
    within, holds, overlaps = _relations(area)
    return AreaView(
        kind=Kind.AREA,
        uid=area.code,
        name=area.name,
        name_cy=area.name_cy,
        box=area.box,
        areas=within,
        identifiers=identifiers_of(Kind.AREA, area.pk),
        source=source_of(area.source),
        history=history_of(Kind.AREA, area.uid),
        code=area.code,
        area_kind=area.kind,
        size_km2=area.size_km2,
        valid_from=area.valid_from,
        valid_to=area.valid_to,
        successor=_ref(area.successor) if area.successor else None,
        predecessors=[_ref(one) for one in area.predecessors.defer("geometry")[:10]],
        within=within,
        holds=holds,
        overlaps=overlaps,
        counts=_counts(area.pk),
        streets=_streets(area.pk),
    )


Relations = tuple[list[AreaRef], Mapping[str, Sequence[AreaRef]], list[AreaRef]]


def _relations(area: Area) -> Relations:
    """Areas that contain this one, that lie in it (by kind), and that share some of its ground."""
    mine = shapely.from_wkb(bytes(area.geometry))
    shapely.prepare(mine)
    my_point = mine.point_on_surface()
    within: list[AreaRef] = []
    holds: dict[str, list[AreaRef]] = {}
    overlaps: list[AreaRef] = []
    rows = in_box(Area.objects.filter(valid_to=None), area.box).exclude(pk=area.pk)
    fields = ("geometry", "size_km2", "code", "kind", "name", "name_cy")
    for shape, size_km2, *parts in rows.values_list(*fields):
        other, ref = shapely.from_wkb(bytes(shape)), AreaRef(*parts)
        if size_km2 >= area.size_km2 and other.covers(my_point):
            within.append(ref)
        elif size_km2 <= area.size_km2 and mine.covers(other.point_on_surface()):
            holds.setdefault(ref.kind, []).append(ref)
        elif mine.intersects(other) and _shares_ground(mine, other):
            overlaps.append(ref)
    return (
        ordered(within),
        {kind: ordered(found) for kind, found in holds.items()},
        ordered(overlaps),
    )


def _shares_ground(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    shared = float(shapely.area(shapely.intersection(one, other)))
    return shared > SHARED * min(float(shapely.area(one)), float(shapely.area(other)))


def _counts(area_id: int) -> dict[Kind, int]:
    rows = AreaMembership.objects.filter(area_id=area_id).values_list("kind")
    return {Kind(kind): times for kind, times in rows.annotate(times=Count("id")).order_by()}


def _streets(area_id: int) -> list[StreetRef]:
    members = AreaMembership.objects.filter(area_id=area_id, kind=Kind.STREET.value)
    rows = Street.objects.filter(id__in=members.values("feature_id"), gone_at=None)
    named = rows.exclude(name="").order_by("-length_m")
    fields = ("uid", "name", "name_cy", "road_class", "length_m")
    return [StreetRef(*row) for row in named.values_list(*fields)[:STREETS_SHOWN]]


def _ref(area: Area) -> AreaRef:
    return AreaRef(area.code, area.kind, area.name, area.name_cy)
