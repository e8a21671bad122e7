"""Fills each neighbourhood with the streets of its era."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.curves import length_m, pieces
from hereabouts.town.layout.estate import Estate, Growth
from hereabouts.town.layout.polygons import box_of
from hereabouts.town.layout.rounds import rounds
from hereabouts.town.layout.weave import Weave, irregular, weave
from hereabouts.town.values import Floats, Shape, Street, Style, Zone

WEAVES = {
    Style.TERRACE: Weave(spacing_m=61.0, run_m=210.0),
    Style.VILLA: Weave(spacing_m=105.0, run_m=300.0, bow=0.12),
    Style.SEMI: Weave(spacing_m=88.0, run_m=240.0, bow=0.22),
}

GROWTHS = {
    Style.POSTWAR: Growth(72.0, 70.0, 165.0, 46.0, 0.05, through=0.6),
    Style.MODERN: Growth(68.0, 70.0, 170.0, 44.0, 0.10, through=0.5),
    Style.INDUSTRY: Growth(110.0, 150.0, 240.0, 60.0, 0.02, edge_m=45.0, through=0.2),
    Style.VILLAGE: Growth(90.0, 105.0, 200.0, 60.0, 0.07, through=0.5),
}

LEFT_OVER = {
    Style.TERRACE: Growth(60.0, 90.0, 120.0, 40.0, 0.02, through=0.6),
    Style.VILLA: Growth(95.0, 120.0, 160.0, 50.0, 0.04, through=0.5),
    Style.SEMI: Growth(84.0, 100.0, 150.0, 44.0, 0.04, through=0.5),
}
"""How the corners that parallel streets leave over are reached."""

ROUND = 0.4
"""Share of broad neighbourhoods of semis that were laid out in rings."""

HIGHWAY = {Style.CENTRE: "unclassified", Style.INDUSTRY: "unclassified"}


CLOSED_TO_TURNINGS = ("bypass", "roundabout")


def fill(zones: list[Zone], streets: list[Street], dice: Dice) -> list[Street]:
    """Streets inside every neighbourhood; `streets` are those already there."""
    rng = dice.stream("growth")
    tree = shapely.STRtree([shapely.LineString(s.line) for s in streets])
    grown: list[Street] = []
    for zone in zones:
        highway = HIGHWAY.get(zone.style, "residential")
        for line in _lines(zone, streets, tree, rng):
            grown.append(Street(line, highway, "street", zone.style))
    return grown


def _lines(
    zone: Zone, streets: list[Street], tree: shapely.STRtree, rng: np.random.Generator
) -> list[Floats]:
    if zone.style in WEAVES:
        return _woven(zone, streets, tree, rng)
    if zone.style is Style.CENTRE:
        return irregular(zone.polygon, 6_500.0, rng)
    if zone.style in GROWTHS:
        area = zone.polygon if zone.style is Style.VILLAGE else zone.polygon.boundary
        around = streets_along(area, streets, tree)
        return Estate(zone.polygon, around, GROWTHS[zone.style], rng).grow(around)
    return []


def _woven(
    zone: Zone, streets: list[Street], tree: shapely.STRtree, rng: np.random.Generator
) -> list[Floats]:
    """Parallel streets, or now and then rings, and dead ends where those leave land over."""
    rule = WEAVES[zone.style]
    box = box_of(zone.polygon)
    is_round = zone.style is Style.SEMI and box.width_m > max(260.0, 0.7 * box.length_m)
    if is_round and rng.random() < ROUND:
        lines = rounds(zone.polygon, rule.spacing_m, rng)
    else:
        lines = weave(zone.polygon, rule, rng)
    around = streets_along(zone.polygon.boundary, streets, tree)
    rest = Estate(zone.polygon, [*around, *lines], LEFT_OVER[zone.style], rng)
    return [*lines, *rest.reach_voids()]


def streets_along(shape: Shape, streets: list[Street], tree: shapely.STRtree) -> list[Floats]:
    """The parts of existing streets, bypasses aside, that run along or through a shape."""
    rim = shape.buffer(2.0)
    lines: list[Floats] = []
    for i in np.sort(tree.query(rim, predicate="intersects")).tolist():
        if streets[i].role not in CLOSED_TO_TURNINGS:
            along = shapely.LineString(streets[i].line).intersection(rim)
            lines += pieces(along, 5.0)
    return lines


def with_access(zones: list[Zone], streets: list[Street]) -> list[Zone]:
    """Neighbourhoods that some street other than a bypass reaches; the rest stay fields."""
    tree = shapely.STRtree([shapely.LineString(s.line) for s in streets])
    return [
        zone for zone in zones
        if sum(length_m(x) for x in streets_along(zone.polygon.boundary, streets, tree)) > 60.0
    ]  # fmt: skip
