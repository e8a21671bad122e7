"""Outlines of buildings, and which of two that overlap gives way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from hereabouts.town.fabric.frontages import Slots
from hereabouts.town.layout.network import Network
from hereabouts.town.values import Flags, Floats, Shape, Shapes, Zone

ROAD_CLEAR_M = 5.4
"""From the middle of any street to any wall."""

OUTLINES: dict[str, tuple[tuple[float, float], ...]] = {
    "plain": ((-0.5, 0.0), (0.5, 0.0), (0.5, 1.0), (-0.5, 1.0)),
    "outrigger": (
        (-0.5, 0.0), (0.5, 0.0), (0.5, 0.66), (0.08, 0.66), (0.08, 1.0), (-0.5, 1.0),
    ),
    "ell": ((-0.5, 0.0), (0.12, 0.0), (0.12, 0.22), (0.5, 0.22), (0.5, 1.0), (-0.5, 1.0)),
}  # fmt: skip
"""Corners in units of width along the street and depth away from it."""


def outlines(slots: Slots, chosen: Flags) -> Shapes:
    """Building outlines of the chosen slots; others stay empty."""
    shapes = np.full(len(slots.section), None, dtype=object)
    plots = [s.plot for s in slots.sections]
    width = np.array([p.width_m for p in plots])[slots.section]
    depth = np.array([p.depth_m for p in plots])[slots.section]
    depth = depth * (1.0 + 0.09 * np.sin(slots.place_m * 0.37))
    kind = np.array([p.shape for p in plots])[slots.section]
    for name, corners in OUTLINES.items():
        rows = np.flatnonzero(chosen & (kind == name))
        if not len(rows):
            continue
        local = np.array(corners)
        mirror = np.where(np.floor(slots.place_m[rows] / width[rows]) % 2 > 0, 1.0, -1.0)
        x = local[None, :, 0] * (width[rows] * mirror)[:, None]
        y = local[None, :, 1] * depth[rows][:, None]
        points = (
            slots.front[rows][:, None, :]
            + x[:, :, None] * slots.along[rows][:, None, :]
            + y[:, :, None] * slots.away[rows][:, None, :]
        )
        shapes[rows] = shapely.polygons(points)
    return shapes


def standing(
    slots: Slots, network: Network, zones: list[Zone], keep_out: Sequence[Shape]
) -> tuple[Flags, Shapes]:
    """Which slots can be built on, and the outlines of those that can."""
    everything = np.ones(len(slots.section), dtype=np.bool_)
    shapes = outlines(slots, everything)
    alive = _in_own_zone(slots, zones)
    alive &= _clear_of_streets(shapes, network)
    if keep_out:
        hit, _ = shapely.STRtree(list(keep_out)).query(shapes, predicate="intersects")
        alive[hit] = False
    rows = np.flatnonzero(alive)
    alive[rows[~first_come(shapes[rows])]] = False
    return alive, shapes


def _in_own_zone(slots: Slots, zones: list[Zone]) -> Flags:
    plots = [s.plot for s in slots.sections]
    depth = np.array([p.depth_m for p in plots])[slots.section]
    back = slots.front + slots.away * depth[:, None]
    owner = np.array([s.zone for s in slots.sections], dtype=np.int64)[slots.section]
    polygons = np.array([z.polygon for z in zones], dtype=object)
    shapely.prepare(polygons)
    return np.asarray(shapely.contains_xy(polygons[owner], back[:, 0], back[:, 1]))


def _clear_of_streets(shapes: Shapes, network: Network) -> Flags:
    lines = [shapely.LineString(s.line) for s in network.streets]
    tree = shapely.STRtree(lines)
    hit, _ = tree.query(shapes, predicate="dwithin", distance=ROAD_CLEAR_M)
    clear = np.ones(len(shapes), dtype=np.bool_)
    clear[hit] = False
    return clear


def first_come(shapes: Shapes) -> Flags:
    """Keep each shape unless it overlaps one kept before it; touching walls are allowed."""
    alive = np.ones(len(shapes), dtype=np.bool_)
    if not len(shapes):
        return alive
    slim = shapely.buffer(shapes, -0.2, quad_segs=1, join_style="mitre")
    tree = shapely.STRtree(slim)
    first, second = tree.query(slim, predicate="intersects")
    before = first < second
    first, second = first[before], second[before]
    order = np.lexsort((second, first))
    for i, j in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if alive[i]:
            alive[j] = False
    return alive


def middles(shapes: Shapes) -> Floats:
    """Centroids, shape (shapes, 2)."""
    return np.asarray(shapely.get_coordinates(shapely.centroid(shapes)))
