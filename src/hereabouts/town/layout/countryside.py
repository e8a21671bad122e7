"""The land round the town: villages, the lanes between them, fields, woods and farms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.curves import (
    at,
    length_m,
    part,
    pieces,
    resample,
    smooth,
)
from hereabouts.town.layout.skeleton import Skeleton
from hereabouts.town.plan import Plan
from hereabouts.town.values import Floats, Shape, Street, Style, Zone

VILLAGE_DENSITY_PER_KM2 = 2_700.0


@dataclass(frozen=True, slots=True)
class Village:
    """A place of its own: its middle, and the land it is built on."""

    number: int
    centre: Floats
    land: shapely.Polygon


def settle(plan: Plan, skeleton: Skeleton, dice: Dice) -> tuple[list[Village], list[Street]]:
    """Villages in the open land, and lanes from each to its neighbours and the main roads."""
    rng = dice.stream("villages")
    villages = _villages(plan, skeleton, rng)
    lanes: list[Street] = []
    for village in villages:
        for target in _targets(village, villages, skeleton):
            line = winding(village.centre, target, rng)
            if _may_run(line, skeleton, lanes):
                lanes.append(Street(line, "unclassified", "lane", Style.COUNTRY))
    return villages, lanes


def village_zones(villages: list[Village], skeleton: Skeleton) -> list[Zone]:
    """One zone a village, without the land its main roads and the water take."""
    found = []
    for village in villages:
        land = village.land.difference(skeleton.barriers)
        for polygon in shapely.get_parts(land):
            if polygon.geom_type == "Polygon" and polygon.area > 8_000.0:
                found.append(Zone(polygon, Style.VILLAGE, 0.8, place=village.number))
    return found


def _villages(plan: Plan, skeleton: Skeleton, rng: np.random.Generator) -> list[Village]:
    """Far from the town, the water and each other; half of them on a main road."""
    if not plan.villages:
        return []
    size = plan.village_residents / plan.villages / VILLAGE_DENSITY_PER_KM2
    radius = float(np.sqrt(size / np.pi)) * 1000.0
    open_land = (
        skeleton.district.buffer(-radius * 1.5)
        .difference(skeleton.built.buffer(radius + 180.0))
        .difference(skeleton.water.buffer(radius + 60.0))
    )
    if skeleton.railway is not None:
        open_land = open_land.difference(shapely.LineString(skeleton.railway).buffer(radius))
    west, south, east, north = skeleton.district.bounds
    found: list[Village] = []
    spots = rng.uniform((west, south), (east, north), (900, 2))
    spots = spots[shapely.contains_xy(open_land, spots[:, 0], spots[:, 1])]
    roads = [s for s in skeleton.streets if s.role == "radial"]
    for k in range(plan.villages):
        if not len(spots):
            break
        gaps = _spread(spots, found)
        centre = spots[int(gaps.argmax())]
        if k % 2 == 0:
            centre = _onto_road(centre, roads, open_land)
        angles = np.linspace(0, 2 * np.pi, 49)[:-1]
        radii = radius * (1 + 0.2 * np.sin(2 * angles + rng.uniform(0, 6))
                          + 0.1 * np.sin(3 * angles + rng.uniform(0, 6)))  # fmt: skip
        ring = centre + np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
        found.append(Village(k + 1, centre, shapely.Polygon(ring)))
    return found


def _spread(spots: Floats, found: list[Village]) -> Floats:
    if not found:
        return np.hypot(spots[:, 0], spots[:, 1]) * -1.0
    gaps: Floats = np.min([np.hypot(*(spots - v.centre).T) for v in found], axis=0)
    return gaps


def _onto_road(centre: Floats, roads: list[Street], land: Shape) -> Floats:
    point = shapely.Point(centre)
    shapes = [shapely.LineString(r.line) for r in roads]
    nearest = min(shapes, key=lambda shape: shape.distance(point))
    inside = nearest.intersection(land)
    if inside.is_empty:
        return centre
    return np.asarray(shapely.get_coordinates(shapely.shortest_line(inside, point))[0])


def _targets(village: Village, villages: list[Village], skeleton: Skeleton) -> list[Floats]:
    """The nearest neighbours, and the main roads on either side."""
    others = [v for v in villages if v is not village]
    others.sort(key=lambda v: float(np.hypot(*(v.centre - village.centre))))
    targets = [v.centre for v in others[:2]]
    open_roads = [
        shapely.LineString(s.line).difference(skeleton.built)
        for s in skeleton.streets
        if s.role == "radial"
    ]
    here = shapely.Point(village.centre)
    roads = [road for road in open_roads if not road.is_empty]
    roads.sort(key=lambda road: road.distance(here))
    for road in roads[:3]:
        if road.distance(here) > 25.0:
            targets.append(shapely.get_coordinates(shapely.shortest_line(road, here))[0])
    return _apart(targets, village.centre)


def _apart(targets: list[Floats], centre: Floats) -> list[Floats]:
    """Targets, the nearest first, that lie in clearly different directions."""
    kept: list[Floats] = []
    for target in sorted(targets, key=lambda t: float(np.hypot(*(t - centre)))):
        towards = (target - centre) / np.hypot(*(target - centre))
        if all(towards @ ((k - centre) / np.hypot(*(k - centre))) < 0.6 for k in kept):
            kept.append(target)
    return kept


def winding(start: Floats, end: Floats, rng: np.random.Generator) -> Floats:
    """A way that never quite goes straight from one point to another."""
    gap = float(np.hypot(*(end - start)))
    count = max(3, int(gap / 130.0))
    line = start + np.outer(np.linspace(0, 1, count + 1), end - start)
    normal = np.array([-(end - start)[1], (end - start)[0]]) / max(gap, 1.0)
    swing = np.cumsum(rng.normal(0.0, 17.0, count + 1))
    t = np.linspace(0, 1, count + 1)
    swing = swing - swing[0] - (swing[-1] - swing[0]) * t
    return resample(smooth(line + np.outer(swing, normal), 2), 25.0)


def _may_run(line: Floats, skeleton: Skeleton, lanes: list[Street]) -> bool:
    """Not through the water or the town, and not along a lane that is there already."""
    shape = shapely.LineString(line)
    if shape.intersects(skeleton.water.buffer(20.0)) or shape.intersects(skeleton.built):
        return False
    if not skeleton.district.covers(shape):
        return False
    middle = shapely.LineString(part(line, 0.3 * length_m(line), 0.7 * length_m(line)))
    return all(shapely.LineString(lane.line).distance(middle) > 90.0 for lane in lanes)


def farm_sites(lanes: list[Floats], dice: Dice) -> list[tuple[Floats, Floats]]:
    """Farms beside lanes: middle of the yard, and direction of the track to it."""
    rng = dice.stream("farms")
    sites = []
    for line in lanes:
        total = length_m(line)
        for place in np.arange(260.0, total - 200.0, 620.0):
            here = at(line, np.array([place, place + 5.0]))
            along = (here[1] - here[0]) / 5.0
            side = np.array([-along[1], along[0]]) * rng.choice([-1.0, 1.0])
            sites.append((here[0] + side * rng.uniform(70.0, 160.0), -side))
    return sites


def outside(line: Floats, area: Shape) -> list[Floats]:
    """The parts of a line outside an area."""
    return pieces(shapely.LineString(line).difference(area), 150.0)
