"""Streets that end: the estates of the motor age, grown like a tree from the roads round them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.layout.curves import at, heading, left_of, length_m, resample, smooth, turned
from hereabouts.town.layout.polygons import box_of, points_of
from hereabouts.town.values import Floats

STEP_M = 8.0
VOID = 0.8
"""Land farther from a street than this share of the clearance is not left empty."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How an estate grows."""

    clear_m: float
    """Between two streets that face away from each other."""
    pitch_m: float
    """Between two turnings on the same side."""
    longest_m: float
    shortest_m: float
    wander: float
    """Radians a street may turn on each step."""
    edge_m: float = 20.0
    through: float = 0.25
    """Chance that a street which could meet another does."""


class Estate:
    """The growing state of one estate."""

    def __init__(
        self, polygon: shapely.Polygon, around: list[Floats], rule: Growth, rng: np.random.Generator
    ) -> None:
        self.polygon = polygon
        self.rule = rule
        self.rng = rng
        self.streets: list[Floats] = []
        self._inner = polygon.buffer(-rule.edge_m)
        shapely.prepare(self._inner)
        samples = [resample(line, 6.0) for line in around if length_m(line) > 3.0]
        self._points = np.vstack(samples) if samples else np.zeros((0, 2))

    def grow(self, around: list[Floats]) -> list[Floats]:
        """A spine through the estate, then turnings off everything, then turnings off those."""
        self._lay_spine()
        parents = [*self.streets, *around]
        for _ in range(3):
            grown = list[Floats]()
            for parent in parents:
                grown += self._turnings(parent)
            parents = grown
        return self.reach_voids()

    def reach_voids(self) -> list[Floats]:
        """Lead a street to the land farthest from any, until none is far; all new streets."""
        grid = _grid_in(self._inner)
        if not len(grid) or not len(self._points):
            return self.streets
        known = 0
        near = np.full(len(grid), np.inf)
        given_up = np.zeros(len(grid), dtype=np.bool_)
        for _ in range(60):
            near = np.minimum(near, _gaps(grid, self._points[known:]))
            known = len(self._points)
            farthest = int(np.where(given_up, 0.0, near).argmax())
            if given_up[farthest] or near[farthest] < VOID * self.rule.clear_m:
                break
            line = self._towards(grid[farthest])
            if line is None:
                given_up |= _gaps(grid, grid[farthest : farthest + 1]) < 30.0
                continue
            self._keep(line)
            self._turnings(line)
        return self.streets

    def _towards(self, target: Floats) -> Floats | None:
        """A street from the nearest point of any other to the target and a little beyond."""
        gaps = ((self._points - target) ** 2).sum(axis=1)
        start = self._points[int(gaps.argmin())]
        direction = (target - start) / max(1.0, float(np.hypot(*(target - start))))
        if not self.polygon.contains(shapely.Point(start + 12.0 * direction)):
            return None
        bend = self.rng.normal() * 0.4 * self.rule.wander
        line = self._walk(start, direction, bend, self.rule.longest_m)
        if len(line) < 3 or length_m(line) < self.rule.shortest_m:
            return None
        return smooth(line, 1)

    def _keep(self, line: Floats) -> None:
        self.streets.append(line)
        self._points = np.vstack([self._points, resample(line, 6.0)])

    def _lay_spine(self) -> None:
        box = box_of(self.polygon)
        if box.length_m < 2.5 * self.rule.clear_m or not len(self._points):
            return
        across_box = np.array([-box.axis[1], box.axis[0]])
        direction = box.axis if self.rng.random() < 0.6 else across_box
        reach = 0.7 * box.length_m
        t = np.linspace(-1.0, 1.0, 23)
        bow = self.rng.uniform(-0.2, 0.2) * box.width_m
        swing = bow * (1 - t**2) + 0.06 * box.width_m * np.sin(3.5 * t + self.rng.uniform(0, 6))
        normal = np.array([-direction[1], direction[0]])
        line = box.centre + np.outer(t * reach, direction) + np.outer(swing, normal)
        inside = shapely.LineString(line).intersection(self.polygon)
        parts = [g for g in shapely.get_parts(inside) if g.length > 1.6 * self.rule.clear_m]
        for shape in parts[:1]:
            spine = shapely.get_coordinates(shape)
            ends = [self._gap(spine[0]), self._gap(spine[-1])]
            if min(ends) > 4.0:
                continue
            spine = spine if ends[0] <= ends[1] else spine[::-1]
            if max(ends) > 4.0 and length_m(spine) > 60.0:
                total = length_m(spine)
                spine = at(spine, np.linspace(0.0, total - self.rule.edge_m, 20))
            self._keep(spine)

    def _gap(self, point: Floats) -> float:
        if not len(self._points):
            return np.inf
        return float(np.sqrt(((self._points - point) ** 2).sum(axis=1).min()))

    def _turnings(self, parent: Floats) -> list[Floats]:
        total = length_m(parent)
        grown = list[Floats]()
        for side in (1.0, -1.0):
            s = self.rng.uniform(0.45, 0.8) * self.rule.pitch_m * (1.0 if side > 0 else 0.65)
            while s < total - 0.4 * self.rule.pitch_m:
                line = self._turning(parent, s, side)
                if line is not None:
                    self._keep(line)
                    grown.append(line)
                    s += self.rule.pitch_m * self.rng.uniform(0.9, 1.25)
                else:
                    s += 0.3 * self.rule.pitch_m
        return grown

    def _turning(self, parent: Floats, s: float, side: float) -> Floats | None:
        start = at(parent, np.array([s]))[0]
        direction = left_of(heading(parent, s)) * side
        if not self.polygon.contains(shapely.Point(start + 12.0 * direction)):
            return None
        direction = turned(direction, self.rng.normal() * 0.08)
        bend = self.rng.normal() * self.rule.wander
        longest = self.rule.longest_m * self.rng.uniform(0.55, 1.0)
        line = self._walk(start, direction, bend, longest)
        if len(line) < 3 or length_m(line) < self.rule.shortest_m:
            return None
        return smooth(self._joined(line), 1)

    def _walk(self, start: Floats, direction: Floats, bend: float, longest_m: float) -> Floats:
        points = [start]
        here, walked = start, 0.0
        while walked < longest_m:
            direction = turned(direction, bend + self.rng.normal() * 0.25 * self.rule.wander)
            here = here + STEP_M * direction
            walked += STEP_M
            allowed = min(self.rule.clear_m, 0.86 * walked - 3.0)
            if self._gap(here) < allowed or not self._inner.contains(shapely.Point(here)):
                break
            points.append(here)
        return np.array(points)

    def _joined(self, line: Floats) -> Floats:
        """Lead a street on to the one ahead of it, sometimes, where that one is near."""
        if self.rng.random() > self.rule.through:
            return line
        direction = line[-1] - line[-2]
        direction = direction / np.hypot(*direction)
        reach = self.rule.clear_m * 1.35
        probes = line[-1] + np.outer(np.arange(4.0, reach, 2.0), direction)
        for i, probe in enumerate(probes):
            gaps = ((self._points - probe) ** 2).sum(axis=1)
            nearest = int(gaps.argmin())
            if gaps[nearest] < 9.0 and self.polygon.covers(
                shapely.LineString(probes[: i + 1]) if i else shapely.Point(probe)
            ):
                return np.vstack([line, self._points[nearest]])
        return line


def _grid_in(polygon: shapely.Polygon) -> Floats:
    if polygon.is_empty:
        return np.zeros((0, 2))
    west, south, east, north = polygon.bounds
    x, y = np.meshgrid(np.arange(west, east, 16.0), np.arange(south, north, 16.0))
    grid = np.column_stack([x.ravel(), y.ravel()])
    return grid[shapely.contains_xy(polygon, grid[:, 0], grid[:, 1])]


def _gaps(grid: Floats, points: Floats) -> Floats:
    """Distance of each grid point to the nearest of the points."""
    if not len(points):
        return np.full(len(grid), np.inf)
    tree = shapely.STRtree(list(points_of(points)))
    _, distance = tree.query_nearest(points_of(grid), return_distance=True,
                                     all_matches=False)  # fmt: skip
    return np.asarray(distance)
