"""The bones of the town: river, railway, main roads, rings, and the edge of the built land.

The frame is local metres with the market place at the origin and the river running along x,
south of it; `writing.world` turns and places the finished town.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.curves import (
    at,
    coordinates,
    measures_m,
    part,
    pieces,
    resample,
    smooth,
    wave,
)
from hereabouts.town.layout.network import insert, join
from hereabouts.town.layout.polygons import largest_in
from hereabouts.town.plan import Plan
from hereabouts.town.values import Floats, Shape, Street, Style

BANK_M = 9.0
"""Open land along the water on each side."""
RAIL_HALF_M = 13.0
BRIDGE_M = 4.0
"""From the water's edge to the end of a bridge."""
ROUNDABOUT_M = 17.0


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Everything the neighbourhoods have to fit round."""

    streets: tuple[Street, ...]
    river: Floats
    water: shapely.Polygon
    railway: Floats | None
    built: shapely.Polygon
    district: shapely.Polygon
    centre: shapely.Polygon
    square: shapely.Polygon
    bridgehead: Floats

    @property
    def fringe(self) -> shapely.Polygon:
        """The town with the nearest of its fields: where its statistical areas end."""
        width = 0.08 * float(np.sqrt(self.built.area / np.pi))
        wide = self.built.buffer(width, quad_segs=4).intersection(self.district)
        return largest_in(wide)

    @property
    def meadows(self) -> Shape:
        """The water and the open land along it, a narrow quay in town and broad outside."""
        bank: Shape = self.water.buffer(BANK_M)
        width = 0.35 * float(np.sqrt(self.centre.area))
        for step in (2.0, 3.5, 5.0):
            near = shapely.box(*(step * width * 2.2 * np.array([-1, -9, 1, 9])))
            bank = bank.union(self.water.difference(near).buffer(0.22 * step * width))
        return bank

    @property
    def barriers(self) -> Shape:
        """Land no small street crosses: the water with its banks, and the railway."""
        bank = self.meadows
        if self.railway is None:
            return bank
        return shapely.union(bank, shapely.LineString(self.railway).buffer(RAIL_HALF_M))


def lay_skeleton(plan: Plan, dice: Dice) -> Skeleton:
    """Draw river, railway, radials and rings."""
    rng = dice.stream("skeleton")
    district = _blob(plan.reach_m, 0.07, rng)
    built = _blob(plan.radius_m, 0.26, rng)
    river = _river(plan, rng)
    wet = shapely.LineString(river).buffer(plan.river_m / 2, quad_segs=4, cap_style="flat")
    water = largest_in(wet.intersection(district))
    railway = _railway(plan, rng) if plan.rail_off_m else None
    bridgehead = np.array([0.0, -plan.river_off_m - plan.river_m / 2 - 45.0])
    centre = _centre(plan, rng)
    near, far = _radials(plan, bridgehead, rng)
    rings = _rings(plan, near, far, rng)
    clip = district.buffer(-1.0)
    streets = _streets(plan, (near, far, rings), bridgehead, centre)
    for street in streets:
        street.line = with_bridgeheads(_clipped(street.line, clip), water)
    joined = join(_with_roundabouts(streets), rng)
    return Skeleton(
        streets=joined.streets,
        river=_clipped(river, district),
        water=water,
        railway=None if railway is None else _clipped(railway, district),
        built=largest_in(built.intersection(clip)),
        district=district,
        centre=centre,
        square=_square(plan, near),
        bridgehead=bridgehead,
    )


def _blob(radius_m: float, roughness: float, rng: np.random.Generator) -> shapely.Polygon:
    """A round shape with soft lobes and the area of the circle."""
    angles = np.linspace(0, 2 * np.pi, 121)[:-1]
    radii = np.ones_like(angles)
    for turns in (2, 3, 4, 5, 7, 9):
        radii += (
            roughness
            * rng.normal()
            / turns**0.5
            * 0.6
            * np.cos(turns * angles + rng.uniform(0, 2 * np.pi))
        )
    radii *= 1.0 / np.sqrt(np.mean(radii**2))
    return shapely.Polygon(
        np.column_stack([np.cos(angles), np.sin(angles)]) * (radii * radius_m)[:, None]
    )


def _river(plan: Plan, rng: np.random.Generator) -> Floats:
    x = np.arange(-plan.reach_m * 1.2, plan.reach_m * 1.2, 25.0)
    out = np.maximum(np.abs(x) - plan.centre_m, 0.0)
    calm = 1.0 - np.exp(-((out / (plan.centre_m + 150.0)) ** 2))
    broad = wave(x, rng, 1.3 * plan.radius_m + 700.0) * (0.10 * plan.radius_m + 30.0)
    bends = wave(x, rng, 11.0 * plan.river_m + 330.0) * (1.0 * plan.river_m + 14.0)
    swing = np.clip(calm * (broad + bends) - 0.08 * out, -0.30 * out, 0.10 * out)
    return smooth(np.column_stack([x, -plan.river_off_m + swing]), 1)


def _railway(plan: Plan, rng: np.random.Generator) -> Floats:
    x = np.arange(-plan.reach_m * 1.2, plan.reach_m * 1.2, 40.0)
    y = plan.rail_off_m + wave(x, rng, 5.0 * plan.radius_m) * 0.10 * plan.radius_m
    return np.column_stack([x, np.maximum(y, plan.rail_off_m * 0.8)])


def _centre(plan: Plan, rng: np.random.Generator) -> shapely.Polygon:
    """The old town, closed by the river on one side."""
    disc = _blob(plan.centre_m, 0.09, rng)
    south = -plan.river_off_m + plan.river_m / 2 + BANK_M + 14.0
    half = shapely.box(-4 * plan.centre_m, south, 4 * plan.centre_m, 4 * plan.centre_m)
    shape = disc.intersection(half).buffer(-25.0).buffer(25.0)
    return shapely.Polygon(shape.exterior)


def _square(plan: Plan, near: list[Floats]) -> shapely.Polygon:
    """The market place: a wedge where two of the old roads part."""
    fork = float(measures_m(near[0])[np.hypot(*(near[0] - near[1][0]).T).argmin()])
    size = 62.0 + 0.16 * plan.centre_m
    corners = np.vstack([
        at(near[0], np.array([fork + 8.0, fork + size])),
        at(near[1], np.array([size, 8.0])),
    ])  # fmt: skip
    return largest_in(shapely.Polygon(corners).buffer(-6.4))


def _radial(start: Floats, angle: float, reach_m: float, rng: np.random.Generator) -> Floats:
    radii = np.arange(0.0, reach_m * 1.25, 35.0)
    broad = wave(radii, rng, 0.9 * reach_m) * 0.07 * np.minimum(1.0, radii / 400.0)
    local = wave(radii, rng, 900.0) * 16.0 / np.maximum(radii, 250.0)
    angles = angle + broad + local
    away: Floats = np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
    return start + away


def _radials(
    plan: Plan, bridgehead: Floats, rng: np.random.Generator
) -> tuple[list[Floats], list[Floats]]:
    jitter = np.radians(5.0)
    near_angles = np.linspace(np.radians(14.0), np.radians(164.0), plan.near_radials)
    far_angles = np.linspace(np.radians(-148.0), np.radians(-34.0), plan.far_radials)
    near = [
        _radial(np.zeros(2), a + rng.uniform(-jitter, jitter), plan.reach_m, rng)
        for a in near_angles
    ]
    for i in range(1, len(near) - 1):
        high_street = near[0] if i < len(near) / 2 else near[-1]
        spacing = plan.centre_m * 0.16
        start = at(high_street, np.array([spacing * (1 + (len(near) - 2 > 1) * (i % 2) * 1.1)]))[0]
        near[i] = _radial(start, near_angles[i] + rng.uniform(-jitter, jitter), plan.reach_m, rng)
    far = [
        _radial(bridgehead, a + rng.uniform(-jitter, jitter), plan.reach_m, rng) for a in far_angles
    ]
    return near, far


def _rings(
    plan: Plan, near: list[Floats], far: list[Floats], rng: np.random.Generator
) -> list[Floats]:
    rings = []
    for radius in plan.ring_radii_m:
        circle = coordinates(_blob(radius, 0.05, rng).exterior)
        if not plan.ring_is_whole:
            circle = _arc_between(circle, far[-1], near[-1])
        rings.append(resample(circle, 30.0))
    return rings


def _arc_between(circle: Floats, first: Floats, last: Floats) -> Floats:
    """The part of an anticlockwise circle from one radial round to another."""
    turned_to = np.argmin(np.abs(circle[:-1, 0]) + np.where(circle[:-1, 1] > 0, 1e9, 0.0))
    line = np.vstack([circle[turned_to:-1], circle[: turned_to + 1]])
    shape = shapely.LineString(line)
    start = _crossing_m(shape, first, last=False)
    end = _crossing_m(shape, last, last=True)
    return part(line, start, end)


def _crossing_m(shape: shapely.LineString, other: Floats, *, last: bool) -> float:
    crossings = shapely.get_coordinates(shape.intersection(shapely.LineString(other)))
    found = [float(shape.project(shapely.Point(p))) for p in crossings]
    if not found:
        return float(shape.length) if last else 0.0
    return max(found) if last else min(found)


def _streets(
    plan: Plan,
    lines: tuple[list[Floats], list[Floats], list[Floats]],
    bridgehead: Floats,
    centre: shapely.Polygon,
) -> list[Street]:
    near, far, rings = lines
    high = ["primary", "secondary", "tertiary", "secondary", "primary"]
    low = ["secondary", "primary", "tertiary"]
    streets: list[Street] = []
    for i, line in enumerate(near):
        whole = Street(line, high[i % len(high)], "radial", Style.CENTRE, family=i)
        streets += _at_the_gate(whole, centre)
    for i, line in enumerate(far):
        streets.append(Street(line, low[i % 3], "radial", Style.TERRACE, family=len(near) + i))
    bridge = resample(np.array([[0.0, 0.0], [0.0, bridgehead[1]]]), 10.0)
    streets.append(Street(bridge, "primary", "bridge", Style.CENTRE, family=0))
    streets += _round_the_centre(plan, centre, [*near, bridge])
    for i, line in enumerate(rings):
        outermost = i == len(rings) - 1
        role = "bypass" if outermost else "ring"
        highway = "primary" if outermost else "secondary"
        streets.append(Street(line, highway, role, Style.INDUSTRY, family=40 + i))
    return streets


def _at_the_gate(street: Street, centre: shapely.Polygon) -> list[Street]:
    """A main road in two: within the old town, and beyond it, where its name is another."""
    shape = shapely.LineString(street.line)
    found = []
    for part_, style in ((shape.intersection(centre), Style.CENTRE),
                         (shape.difference(centre), Style.TERRACE)):  # fmt: skip
        for line in pieces(part_, 20.0):
            piece = street.along(_like(line, street.line))
            piece.style = style
            found.append(piece)
    return found


def _round_the_centre(plan: Plan, centre: shapely.Polygon, roads: list[Floats]) -> list[Street]:
    """The road round the old town, in arcs between the roads that leave it."""
    highway = "secondary" if plan.residents >= 8_000 else "unclassified"
    gates = shapely.union_all([shapely.LineString(r).buffer(0.02) for r in roads])
    arcs = pieces(shapely.LineString(centre.exterior).difference(gates), 15.0)
    return [Street(arc, highway, "inner", Style.CENTRE, family=30) for arc in arcs]


def _clipped(line: Floats, area: shapely.Polygon) -> Floats:
    inside = pieces(shapely.LineString(line).intersection(area))
    if not inside:
        return line
    longest = max(inside, key=lambda piece: float(measures_m(piece)[-1]))
    middle = at(longest, np.array([1.0]))[0] - longest[0]
    along = line[min(3, len(line) - 1)] - line[0]
    return longest if float(middle @ along) >= 0 or len(line) > 60 else longest[::-1]


def with_bridgeheads(line: Floats, water: Shape) -> Floats:
    """The line with a vertex where it comes within a bridge's length of the water."""
    shape = shapely.LineString(line)
    edges = shape.intersection(water.buffer(BRIDGE_M).boundary)
    points = [np.asarray(p) for p in shapely.get_coordinates(edges)]
    return insert(line, points) if points else line


def _with_roundabouts(streets: list[Street]) -> list[Street]:
    """Replace each crossing of a ring with a radial by a roundabout."""
    rings = [s for s in streets if s.role in ("ring", "bypass")]
    radials = [s for s in streets if s.role == "radial"]
    found: list[Floats] = []
    for ring in rings:
        for radial in radials:
            shared = shapely.LineString(ring.line).intersection(shapely.LineString(radial.line))
            for point in shapely.get_coordinates(shared):
                if all(np.hypot(*(point - other)) > 3 * ROUNDABOUT_M for other in found):
                    found.append(point)
    if not found:
        return streets
    discs = [shapely.Point(p).buffer(ROUNDABOUT_M, quad_segs=5) for p in found]
    inside = shapely.union_all(discs)
    kept: list[Street] = []
    for street in streets:
        rest = shapely.LineString(street.line).difference(inside)
        kept += [street.along(_like(line, street.line)) for line in pieces(rest, 5.0)]
    circles = [coordinates(shapely.orient_polygons(d, exterior_cw=True).exterior) for d in discs]
    return kept + [Street(c, "primary", "roundabout", family=41, roundabout=True) for c in circles]


def _like(line: Floats, whole: Floats) -> Floats:
    """A piece running the same way as the line it was cut from."""
    shape = shapely.LineString(whole)
    if np.allclose(whole[0], whole[-1]):
        return line
    ends = [shape.project(shapely.Point(p)) for p in (line[0], line[-1])]
    return line if ends[0] <= ends[1] else line[::-1]
