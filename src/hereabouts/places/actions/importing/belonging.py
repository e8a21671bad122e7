"""Keeps area membership true: new places against all areas, new areas against all places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from hereabouts.kernel.geometry import Box
from hereabouts.places.actions.bulk import in_pieces
from hereabouts.places.actions.importing.endings import EndingPlan
from hereabouts.places.actions.importing.kind_plan import KindPlan
from hereabouts.places.actions.importing.spool import Spool
from hereabouts.places.actions.importing.tables import (
    COMMON,
    GEOMETRY,
    ID,
    SOUTH,
    TABLES,
    WEST,
    Row,
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
    """Pairs to be added, and whose pairs to take away first.

    `without` are features that lose all pairs; `without_kinds` those that lose their pairs with
    areas of `area_kinds`, because such an area changed near them.
    """

    added: Spool[tuple[int, str, int]] = field(default_factory=Spool)
    without: dict[Kind, list[int]] = field(default_factory=dict)
    without_kinds: dict[Kind, Spool[int]] = field(default_factory=dict)
    area_kinds: list[str] = field(default_factory=list)


def plan_memberships(plans: dict[Kind, KindPlan], endings: EndingPlan) -> MembershipPlan:
    """Work out how memberships change with what is planned for each kind."""
    plan = MembershipPlan()
    areas = _Areas(plans.get(Kind.AREA), endings)
    plan.area_kinds = sorted(areas.touched_kinds)
    changed = [area for area in areas.shapes if area.kind.partition("/")[0] in areas.touched_kinds]
    for kind in MEMBERS:
        mine = plans.get(kind)
        moving = {*mine.gone, *mine.moved} if mine else set()
        plan.without[kind] = sorted(moving)
        if mine is not None:
            for rows in in_pieces(_relocated(mine), PIECE):
                _add(plan, kind, rows, areas.shapes)
        if areas.box is not None:
            left = plan.without_kinds.setdefault(kind, Spool())
            for rows in in_pieces(_held(kind, areas.box, moving), PIECE):
                left.extend(row[0] for row in rows)
                _add(plan, kind, rows, changed)
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
    yield from map(_located, plan.inserts)
    for row in plan.updates:
        if row[ID] in plan.moved:
            yield _located(row)


def _located(row: Row) -> Located:
    number, west, south, shape = row[ID], row[WEST], row[SOUTH], row[GEOMETRY]
    if not (isinstance(number, int) and isinstance(west, float) and isinstance(south, float)):
        raise AssertionError("a planned row has an id and a place")
    return number, west, south, shape if isinstance(shape, bytes) else b""


def _held(kind: Kind, box: Box, without: set[int]) -> Iterator[Located]:
    """Held features that touch the box and are not moving."""
    columns = ("id", "west", "south", *(("geometry",) if kind is Kind.STREET else ()))
    rows = TABLES[kind].model._default_manager.filter(
        gone_at=None,
        west__lte=box.east,
        east__gte=box.west,
        south__lte=box.north,
        north__gte=box.south,
    )
    for number, lon, lat, *shape in rows.values_list(*columns).iterator():
        if number not in without:
            yield number, lon, lat, bytes(shape[0]) if shape else b""


class _Areas:
    """The areas as they will be, and where they change.

    A point on a border asks all areas of a kind at once, so a change concerns every feature in the
    boxes of the areas that change, as they were and as they will be.
    """

    def __init__(self, plan: KindPlan | None, endings: EndingPlan) -> None:
        self.shapes: list[AreaShape] = []
        self.touched_kinds: set[str] = set()
        self._bounds: list[tuple[float, ...]] = []
        replaced = {int(str(row[ID])) for row in plan.updates} | set(plan.gone) if plan else set()
        touched = {*plan.gone, *plan.moved} if plan else set()
        changing = endings.has_ended
        has_ended = dict(changing)
        rows = Area.objects.filter(gone_at=None).values_list(
            "id", "kind", "code", "valid_to", "geometry"
        )
        for number, kind, code, ended, wkb in rows.iterator():
            shape = shapely.from_wkb(bytes(wkb))
            has_ended[number] = changing.get(number, ended is not None)
            if number in touched or number in changing:
                self._touch(kind, shape)
            if number not in replaced:
                self.shapes.append(
                    AreaShape(number, _sharing(kind, has_ended[number]), code, shape)
                )
        for row in _planned(plan):
            number, _, _, wkb = _located(row)
            kind, shape = str(row[AREA_KIND]), shapely.from_wkb(wkb)
            if number in touched or number not in replaced:
                self._touch(kind, shape)
            sharing = _sharing(kind, has_ended.get(number, False))
            self.shapes.append(AreaShape(number, sharing, str(row[AREA_CODE]), shape))

    def _touch(self, kind: str, shape: shapely.Geometry) -> None:
        self.touched_kinds.add(kind)
        self._bounds.append(tuple(shapely.bounds(shape).tolist()))

    @property
    def box(self) -> Box | None:
        """The box round everything that changes, or None."""
        if not self._bounds:
            return None
        bounds = np.array(self._bounds)
        west, south = bounds[:, :2].min(axis=0).tolist()
        east, north = bounds[:, 2:].max(axis=0).tolist()
        return Box(west, south, east, north)


def _planned(plan: KindPlan | None) -> Iterator[Row]:
    if plan is not None:
        yield from plan.inserts
        yield from plan.updates


def _sharing(kind: str, has_ended: bool) -> str:
    return f"{kind}/ended" if has_ended else kind
