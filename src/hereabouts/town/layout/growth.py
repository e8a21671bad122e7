"""Fills each neighbourhood with the streets of its era."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.curves import length_m, pieces
from hereabouts.town.layout.estate import Estate, Growth
from hereabouts.town.layout.weave import Weave, irregular, weave
from hereabouts.town.values import Floats, Street, Style, Zone

WEAVES = {
    Style.TERRACE: Weave(spacing_m=58.0, run_m=190.0),
    Style.VILLA: Weave(spacing_m=105.0, run_m=260.0, bow=0.12),
    Style.SEMI: Weave(spacing_m=80.0, run_m=230.0, bow=0.22),
}

GROWTHS = {
    Style.POSTWAR: Growth(62.0, 62.0, 130.0, 36.0, 0.05, through=0.3),
    Style.MODERN: Growth(58.0, 60.0, 150.0, 34.0, 0.12, through=0.12),
    Style.INDUSTRY: Growth(110.0, 150.0, 240.0, 60.0, 0.02, edge_m=45.0, through=0.2),
    Style.VILLAGE: Growth(62.0, 80.0, 130.0, 40.0, 0.09, through=0.2),
}

HIGHWAY = {Style.CENTRE: "unclassified", Style.INDUSTRY: "unclassified"}


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
        return weave(zone.polygon, WEAVES[zone.style], rng)
    if zone.style is Style.CENTRE:
        return irregular(zone.polygon, 6_500.0, rng)
    if zone.style in GROWTHS:
        around = _around(zone.polygon, streets, tree)
        return Estate(zone.polygon, around, GROWTHS[zone.style], rng).grow(around)
    return []


def _around(
    polygon: shapely.Polygon, streets: list[Street], tree: shapely.STRtree
) -> list[Floats]:
    """The parts of existing streets that run along a neighbourhood's edge."""
    rim = polygon.boundary.buffer(2.0)
    found = np.sort(tree.query(rim, predicate="intersects"))
    lines: list[Floats] = []
    for i in found.tolist():
        along = shapely.LineString(streets[i].line).intersection(rim)
        lines += [piece for piece in pieces(along, 5.0) if length_m(piece) > 5.0]
    return lines
