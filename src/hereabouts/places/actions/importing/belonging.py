"""Keeps area membership true: new places against all areas, new areas against all places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from hereabouts.places.actions.bulk import in_pieces
from hereabouts.places.actions.importing.compare import KindPlan
from hereabouts.places.actions.importing.spool import Spool
from hereabouts.places.actions.importing.tables import (
    COMMON,
    GEOMETRY,
    ID,
    SOUTH,
    WEST,
    Row,
    TABLES,
)
from hereabouts.places.actions.membership import (
    AreaShape,
    Pairs,
    areas_of_lines,
    areas_of_points,
)
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import Area

POINTS = (Kind.PREMISES, Kind.ASSET, Kind.POSTCODE)
"""Kinds that are in an area as points; streets are in it as lines."""

MEMBERS = (*POINTS, Kind.STREET)
PIECE = 20_000

AREA_KIND, AREA_CODE = len(COMMON), len(COMMON) + 1


@dataclass
class MembershipPlan:
    """Pairs to be added, and whose pairs to take away first."""

    added: Spool[tuple[int, str, int]] = field(default_factory=Spool)
    without_areas: list[int] = field(default_factory=list)
    without_features: dict[Kind, list[int]] = field(default_factory=dict)


def plan_memberships(plans: dict[Kind, KindPlan]) -> MembershipPlan:
    """Work out how memberships change with what is planned for each kind."""
    plan = MembershipPlan()
    settled, touched = _areas(plans.get(Kind.AREA))
    areas = [*settled, *touched]
    if (area_plan := plans.get(Kind.AREA)) is not None:
        plan.without_areas = [*area_plan.gone, *sorted(area_plan.moved)]
    for kind in MEMBERS:
        mine = plans.get(kind)
        moving: set[int] = set()
        if mine is not None:
            moving = {*mine.gone, *mine.moved}
            plan.without_features[kind] = sorted(moving)
            for rows in in_pieces(_relocated(mine), PIECE):
                _add(plan, kind, rows, areas)
        if touched:
            for rows in in_pieces(_held(kind, touched, moving), PIECE):
                _add(plan, kind, rows, touched)
    return plan


Located = tuple[int, float, float, bytes]
"""Id, longitude, latitude and, for lines, the shape."""


def _add(
    plan: MembershipPlan, kind: Kind, rows: Sequence[Located], areas: Sequence[AreaShape]
) -> None:
    if not areas:
        return
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    pairs: Pairs
    if kind is Kind.STREET:
        lines = np.array(shapely.from_wkb([row[3] for row in rows]), dtype=object)
        pairs = areas_of_lines(areas, lines)
    else:
        places = np.array([row[1:3] for row in rows], dtype=np.float64)
        pairs = areas_of_points(areas, places)
    plan.added.extend(
        (area, kind.value, feature)
        for area, feature in zip(pairs.areas.tolist(), ids[pairs.things].tolist(), strict=True)
    )


def _relocated(plan: KindPlan) -> Iterator[Located]:
    for row in _new_shapes(plan):
        yield _located(row)


def _located(row: Row) -> Located:
    number, west, south, shape = row[ID], row[WEST], row[SOUTH], row[GEOMETRY]
    if not (isinstance(number, int) and isinstance(west, float) and isinstance(south, float)):
        raise AssertionError("a planned row has an id and a place")
    return number, west, south, shape if isinstance(shape, bytes) else b""


def _held(kind: Kind, areas: Sequence[AreaShape], without: set[int]) -> Iterator[Located]:
    """Held features that touch the box of these areas and are not moving."""
    bounds = shapely.bounds([area.shape for area in areas])
    west, south = bounds[:, :2].min(axis=0).tolist()
    east, north = bounds[:, 2:].max(axis=0).tolist()
    columns = ("id", "west", "south", *(("geometry",) if kind is Kind.STREET else ()))
    rows = TABLES[kind].model._default_manager.filter(
        gone_at=None, west__lte=east, east__gte=west, south__lte=north, north__gte=south
    )
    for number, lon, lat, *shape in rows.values_list(*columns).iterator():
        if number not in without:
            yield number, lon, lat, bytes(shape[0]) if shape else b""


def _areas(plan: KindPlan | None) -> tuple[list[AreaShape], list[AreaShape]]:
    """Current areas that stay as they are, and those that are new or have a new shape."""
    replaced = {*plan.gone, *plan.moved} if plan else set()
    rows = Area.objects.filter(gone_at=None).values_list("id", "kind", "code", "geometry")
    settled = [
        AreaShape(number, kind, code, shapely.from_wkb(bytes(shape)))
        for number, kind, code, shape in rows.iterator()
        if number not in replaced
    ]
    touched = [] if plan is None else [_area(row) for row in _new_shapes(plan)]
    return settled, touched


def _new_shapes(plan: KindPlan) -> Iterator[Row]:
    yield from plan.inserts
    yield from (row for row in plan.updates if row[ID] in plan.moved)


def _area(row: Row) -> AreaShape:
    number, _, _, shape = _located(row)
    return AreaShape(number, str(row[AREA_KIND]), str(row[AREA_CODE]), shapely.from_wkb(shape))
