"""Land use under everything: quarters, meadows, railway land, fields, woods."""

from __future__ import annotations

import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.fields import lay_fields
from hereabouts.town.layout.network import DRIVABLE, Network
from hereabouts.town.layout.polygons import polygons_in
from hereabouts.town.layout.skeleton import Skeleton
from hereabouts.town.values import HOMES, Patch, Path, Shape, Style, Tags, Zone

VERGE_M = 8.0
LAND_USE: dict[Style, Tags] = {
    Style.CENTRE: {"landuse": "retail"},
    Style.INDUSTRY: {"landuse": "industrial"},
    Style.STATION: {"landuse": "railway"},
}


def lay_land(
    skeleton: Skeleton, zones: list[Zone], network: Network, dice: Dice
) -> tuple[list[Patch], list[Path]]:
    """Patches from the largest to the smallest, and the hedges and ditches of the fields."""
    patches = _quarters(zones)
    used = shapely.union_all([z.polygon.buffer(VERGE_M, quad_segs=2) for z in zones])
    meadows = skeleton.meadows.intersection(skeleton.district).difference(skeleton.water)
    for part in polygons_in(meadows.difference(used), 400.0):
        patches.append(Patch(part, {"landuse": "meadow"}))
    rail = _railway_land(skeleton)
    patches += [Patch(p, {"landuse": "railway"}) for p in polygons_in(rail, 100.0)]
    open_land = skeleton.district.difference(
        shapely.union_all([used, skeleton.meadows, rail.buffer(2.0)])
    )
    lines = [s.line for s in network.streets if s.highway in DRIVABLE]
    fields, edges = lay_fields(open_land.buffer(0), lines, dice)
    return [*fields, *patches], edges


def _railway_land(skeleton: Skeleton) -> Shape:
    if skeleton.railway is None:
        return shapely.Polygon()
    return (
        shapely.LineString(skeleton.railway)
        .buffer(11.0, cap_style="flat")
        .intersection(skeleton.district)
    )


def _quarters(zones: list[Zone]) -> list[Patch]:
    """Residential land by quarter, so that streets between its blocks are covered too."""
    groups: dict[tuple[str, int, str], list[shapely.Polygon]] = {}
    for zone in zones:
        if zone.style in HOMES or zone.style in LAND_USE:
            kind = LAND_USE.get(zone.style, {"landuse": "residential"})["landuse"]
            key = (zone.name, zone.place, kind)
            groups.setdefault(key, []).append(zone.polygon)
    patches = []
    for (name, _, kind), polygons in sorted(groups.items(), key=lambda item: item[0]):
        land = shapely.union_all([p.buffer(VERGE_M, quad_segs=2) for p in polygons])
        for part in polygons_in(shapely.simplify(land, 0.6), 400.0):
            named = name and kind == "residential" and part.area > 60_000.0
            patches.append(Patch(part, {"landuse": kind, **({"name": name} if named else {})}))
    return patches
