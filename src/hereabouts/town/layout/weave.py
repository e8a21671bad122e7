"""Streets in parallel: straight for terraces, bowed for the suburbs between the wars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.layout.curves import coordinates, length_m, part, pieces, resample
from hereabouts.town.layout.polygons import across, box_of, cut
from hereabouts.town.values import Floats


@dataclass(frozen=True, slots=True)
class Weave:
    """How a neighbourhood is threaded."""

    spacing_m: float
    run_m: float
    bow: float = 0.0
    """Greatest rise of a street as a share of its length."""
    smallest_m2: float = 0.0


def weave(polygon: shapely.Polygon, rule: Weave, rng: np.random.Generator) -> list[Floats]:
    """Cross streets and the parallel streets between them."""
    box = box_of(polygon)
    bow = rng.uniform(0.35, 1.0) * rule.bow * rng.choice([-1.0, 1.0])
    frame = _Frame(box.centre, box.axis, 4.0 * bow / max(box.length_m, 1.0))
    if box.length_m < 1.25 * box.width_m and rng.random() < 0.5:
        frame = _Frame(box.centre, np.array([-box.axis[1], box.axis[0]]), frame.curvature)
    strips, streets = _cross_cut(polygon, frame, rule, rng)
    lean = rng.choice([-0.22, 0.22])
    for i, strip in enumerate(strips):
        streets += _threads(strip, frame, rule, lean if i % 2 else -lean)
    return streets


@dataclass(frozen=True, slots=True)
class _Frame:
    """Coordinates along and across the weave; the threads are parabolas."""

    origin: Floats
    along: Floats
    curvature: float

    def to_local(self, points: Floats) -> Floats:
        step = points - self.origin
        s = step @ self.along
        t = step @ np.array([-self.along[1], self.along[0]])
        return np.column_stack([s, t + self.curvature * s**2])

    def to_plane(self, s: Floats, t: Floats) -> Floats:
        normal = np.array([-self.along[1], self.along[0]])
        bowed = t - self.curvature * s**2
        return self.origin + np.outer(s, self.along) + np.outer(bowed, normal)


def _cross_cut(
    polygon: shapely.Polygon, frame: _Frame, rule: Weave, rng: np.random.Generator
) -> tuple[list[shapely.Polygon], list[Floats]]:
    local = frame.to_local(shapely.get_coordinates(polygon.exterior))
    low, high = local[:, 0].min(), local[:, 0].max()
    count = max(1, round((high - low) / rule.run_m))
    strips, streets = [polygon], list[Floats]()
    for k in range(1, count):
        s = low + (high - low) * (k + rng.uniform(-0.12, 0.12)) / count
        reach = np.linspace(local[:, 1].min() - 30.0, local[:, 1].max() + 30.0, 9)
        line = frame.to_plane(np.full(9, s), reach)
        next_strips = list[shapely.Polygon]()
        for strip in strips:
            halves = cut(strip, line)
            if len(halves) < 2 or min(h.area for h in halves) < 2_000.0:
                next_strips.append(strip)
                continue
            next_strips += halves
            streets += pieces(shapely.LineString(line).intersection(strip), 30.0)
        strips = next_strips
    return strips, streets


def _threads(strip: shapely.Polygon, frame: _Frame, rule: Weave, lean: float) -> list[Floats]:
    local = frame.to_local(shapely.get_coordinates(strip.exterior))
    low, high = local[:, 1].min(), local[:, 1].max()
    count = round((high - low) / rule.spacing_m)
    if count < 2:
        return []
    reach = np.linspace(local[:, 0].min() - 30.0, local[:, 0].max() + 30.0, 25)
    streets = list[Floats]()
    for k in range(1, count):
        t = low + (high - low) * (k + lean) / count
        line = shapely.LineString(frame.to_plane(reach, np.full(25, t)))
        for piece in pieces(line.intersection(strip), 40.0):
            fitted = clear_of_edges(piece, strip, 0.42 * rule.spacing_m)
            if fitted is not None:
                streets.append(fitted)
    return streets


def clear_of_edges(piece: Floats, polygon: shapely.Polygon, clear_m: float) -> Floats | None:
    """The part of a piece that leaves room for houses on both sides, or nothing."""
    steps = resample(piece, 6.0)
    free = shapely.distance(shapely.points(steps), polygon.exterior) >= clear_m
    if not free.any():
        return None
    runs = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
    starts, ends = runs[0::2], runs[1::2] - 1
    best = int(np.argmax(ends - starts))
    total = length_m(steps)
    step = total / (len(steps) - 1)
    start, end = starts[best] * step, ends[best] * step
    if end - start < 20.0:
        return None
    if start < 2.2 * clear_m:
        start = 0.0
    if total - end < 2.2 * clear_m:
        end = total
    return part(piece, start, end)


def irregular(polygon: shapely.Polygon, target_m2: float, rng: np.random.Generator) -> list[Floats]:
    """The lanes of an old centre: blocks cut across again and again, never quite square."""
    waiting, streets = [polygon], list[Floats]()
    while waiting:
        block = waiting.pop(0)
        if block.area < 1.5 * target_m2 or box_of(block).width_m < 45.0:
            continue
        line = across(block, rng.uniform(0.38, 0.62), rng.uniform(-0.1, 0.1))
        parts = cut(block, line)
        if len(parts) < 2:
            continue
        for piece in pieces(shapely.LineString(line).intersection(block), 25.0):
            streets.append(coordinates(shapely.LineString(piece)))
        waiting += parts
    return streets
