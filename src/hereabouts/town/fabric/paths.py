"""Ways on foot and by cycle, and the back lanes: what lies between the streets."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.buildings import Building
from hereabouts.town.layout.countryside import winding
from hereabouts.town.layout.curves import (
    heading,
    left_of,
    length_m,
    measures_m,
    pieces,
    resample,
)
from hereabouts.town.layout.network import DRIVABLE, Network
from hereabouts.town.layout.polygons import points_of
from hereabouts.town.layout.skeleton import Skeleton
from hereabouts.town.plan import Plan
from hereabouts.town.values import Floats, Shape, Shapes, Street, Style, Zone

SNICKET_M = 85.0
"""Longest alley from the end of one street to another."""
ALLEY_OFF_M = 30.4
"""From the middle of a terrace street to the lane behind its yards."""


def lay_paths(
    setting: tuple[Plan, Skeleton, Network],
    zones: list[Zone],
    buildings: list[Building],
    dice: Dice,
) -> list[Street]:
    """Riverside walks, footbridges, alleys between streets, lanes behind terraces."""
    plan, skeleton, network = setting
    walls = shapely.STRtree([b.polygon for b in buildings])
    closed = skeleton.barriers
    ways = _riverside(plan, skeleton)
    ways += _snickets(network, walls, closed)
    ways += _alleys(network, zones, walls, dice)
    ways += _field_paths(setting, zones, walls, dice)
    return ways


def _riverside(plan: Plan, skeleton: Skeleton) -> list[Street]:
    """A path on each bank and bridges on foot between them."""
    ways: list[Street] = []
    river = shapely.LineString(skeleton.river)
    reach = skeleton.built.buffer(350.0).intersection(skeleton.district)
    off = plan.river_m / 2 + 5.5
    for side, highway in ((off, "cycleway"), (-off, "footway")):
        bank = shapely.offset_curve(river, side, quad_segs=2).intersection(reach)
        bank = bank.difference(skeleton.water.buffer(3.0))
        for line in pieces(shapely.simplify(bank, 0.8), 120.0):
            tags = {"surface": "asphalt", "foot": "yes"} if side > 0 else {"surface": "compacted"}
            name = {"name": "Riverside Path"} if side > 0 else {}
            ways.append(Street(line, highway, "path", tags={**tags, **name}))
    for place in _footbridges(plan, skeleton):
        along = heading(skeleton.river, place)
        here = shapely.get_coordinates(river.interpolate(place))[0]
        across = left_of(along) * (off + 0.4)
        line = np.vstack([here - across, here - across * 0.86, here + across * 0.86, here + across])
        ways.append(Street(line, "footway", "footbridge", tags={"surface": "wood"}))
    return ways


def _footbridges(plan: Plan, skeleton: Skeleton) -> list[float]:
    if plan.residents < 4_000:
        return []
    river = shapely.LineString(skeleton.river)
    middle = float(river.project(shapely.Point(0.0, -plan.river_off_m)))
    steps = [0.42, -0.5] if plan.residents < 80_000 else [0.2, -0.22, 0.7, -0.72]
    return [middle + step * plan.radius_m for step in steps]


def _snickets(network: Network, walls: shapely.STRtree, closed: Shape) -> list[Street]:
    """From the end of a street to the next one, where no house is in the way."""
    drivable = [s for s in network.streets if s.highway in DRIVABLE]
    lines = np.array([shapely.LineString(s.line) for s in drivable], dtype=object)
    tree = shapely.STRtree(lines)
    ends = [
        (k, s.line[i])
        for k, s in enumerate(drivable)
        for i in (0, -1)
        if network.degree[s.nodes[i]] == 1 and s.role != "radial"
    ]
    if not ends:
        return []
    points = points_of(np.array([p for _, p in ends]))
    who, near = tree.query(points, predicate="dwithin", distance=SNICKET_M)
    other = np.array([k for k, _ in ends])[who] != near
    who, near = who[other], near[other]
    links: Shapes = np.asarray(shapely.shortest_line(points[who], lines[near]), dtype=object)
    blocked = np.zeros(len(links), dtype=np.bool_)
    blocked[walls.query(links, predicate="dwithin", distance=1.0)[0]] = True
    blocked |= shapely.intersects(links, closed)
    crossing = np.bincount(tree.query(links, predicate="crosses")[0], minlength=len(links))
    found: dict[int, tuple[float, Floats]] = {}
    for w, link, bad in zip(who.tolist(), links, (blocked | (crossing > 0)).tolist(), strict=True):
        if not bad and link.length > 6.0 and (w not in found or link.length < found[w][0]):
            found[w] = (float(link.length), np.asarray(shapely.get_coordinates(link)))
    return [_alley(line, k) for k, (_, (_, line)) in enumerate(sorted(found.items()))]


def _alley(line: Floats, k: int) -> Street:
    """Every eighth is wide enough to cycle."""
    if k % 8 == 0:
        tags = {"surface": "asphalt", "foot": "designated", "bicycle": "designated"}
        return Street(line, "cycleway", "path", tags=tags)
    return Street(line, "footway", "path", tags={"surface": "asphalt"})


def _field_paths(
    setting: tuple[Plan, Skeleton, Network], zones: list[Zone], walls: shapely.STRtree, dice: Dice
) -> list[Street]:
    """A footpath over the fields from each village to the nearest streets of the town."""
    _, skeleton, network = setting
    rng = dice.stream("field paths")
    joints = network.xy[(network.degree == 1) | (network.degree > 2)]
    town = joints[shapely.contains_xy(skeleton.built, joints[:, 0], joints[:, 1])]
    ways: list[Street] = []
    for zone in zones:
        land = zone.polygon.buffer(5.0)
        own = joints[shapely.contains_xy(land, joints[:, 0], joints[:, 1])]
        if not zone.place or not len(own) or not len(town):
            continue
        for gate in own[np.argsort(np.hypot(*own.T), kind="stable")[:6]]:
            target = town[int(np.hypot(*(town - gate).T).argmin())]
            line = winding(gate, target, rng)
            shape = shapely.LineString(line)
            blocked = len(walls.query(shape, predicate="dwithin", distance=1.5))
            if not blocked and not shape.intersects(skeleton.barriers):
                tags = {"surface": "ground", "designation": "public_footpath"}
                ways.append(Street(line, "footway", "path", tags=tags))
                break
    return ways


def _alleys(
    network: Network, zones: list[Zone], walls: shapely.STRtree, dice: Dice
) -> list[Street]:
    """The lane behind a terrace, on one side of about half of the streets."""
    rng = dice.stream("alleys")
    terraces = shapely.union_all([z.polygon for z in zones if z.style is Style.TERRACE])
    shapely.prepare(terraces)
    ways: list[Street] = []
    for street in network.streets:
        if street.style is not Style.TERRACE or street.role != "street":
            continue
        if rng.random() < 0.45 or measures_m(street.line)[-1] < 90.0:
            continue
        line = resample(street.line, 12.0)
        side = float(rng.choice([-1.0, 1.0]))
        curve = shapely.offset_curve(shapely.LineString(line), side * ALLEY_OFF_M)
        for piece in pieces(curve.intersection(terraces), 70.0)[:1]:
            shape = shapely.LineString(piece)
            if not len(walls.query(shape, predicate="dwithin", distance=1.8)):
                tags = {"service": "alley"}
                ways.append(Street(_stretched(piece), "service", "alley", tags=tags))
    return ways


def _stretched(line: Floats) -> Floats:
    """A little longer at both ends, so that it meets the streets it ends near."""
    if length_m(line) < 1.0:
        return line
    first = (line[0] - line[1]) / np.hypot(*(line[0] - line[1]))
    last = (line[-1] - line[-2]) / np.hypot(*(line[-1] - line[-2]))
    return np.vstack([line[0] + first * 0.6, line, line[-1] + last * 0.6])
