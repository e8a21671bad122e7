"""Geometry as vector-tile commands: whole-number grid, valid rings, steps from point to point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.standards.mvt.frame import Geometries
from hereabouts.standards.mvt.wire import Counts, Rows, braid, column, joined, zigzag

Grid = NDArray[np.int32]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

POINT, LINE, POLYGON = 1, 2, 3
MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7


@dataclass(frozen=True)
class Shapes:
    """Commands of the geometries that are left, and which geometry each row came from."""

    places: Places
    kinds: NDArray[np.uint32]
    commands: Rows

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class Paths:
    """Points in runs: rings or lines, each of one part of one feature, all in order."""

    points: Grid
    path_of: Places
    part: Places
    feature: Places

    @property
    def counts(self) -> Counts:
        """How many points each path has."""
        return np.bincount(self.path_of, minlength=len(self.part)).astype(np.int64)

    def with_points(self, keep: Flags) -> Paths:
        """Without some of the points."""
        return Paths(self.points[keep], self.path_of[keep], self.part, self.feature)

    def with_paths(self, keep: Flags) -> Paths:
        """Without some of the paths."""
        renumbered = np.cumsum(keep) - 1
        of_kept = keep[self.path_of]
        return Paths(
            self.points[of_kept],
            renumbered[self.path_of[of_kept]],
            self.part[keep],
            self.feature[keep],
        )


def shapes_of(units: Geometries) -> Shapes:
    """Commands for geometries in tile units, in the same order; what collapses is left out.

    Rings are valid on the whole-number grid, exterior ones clockwise as seen on the screen.
    Source: Mapbox Vector Tile Specification 2.1, section 4.3.
    """
    dimensions = shapely.get_dimensions(units)
    groups = [
        _points(units, np.flatnonzero(dimensions == 0)),
        _lines(units, np.flatnonzero(dimensions == 1)),
        _polygons(units, np.flatnonzero(dimensions == 2)),
    ]
    places = np.concatenate([group.places for group in groups])
    order = np.argsort(places, kind="stable")
    return Shapes(
        places[order],
        np.concatenate([group.kinds for group in groups])[order],
        joined([group.commands for group in groups]).taken(order),
    )


def _points(units: Geometries, places: Places) -> Shapes:
    xy, feature = shapely.get_coordinates(units[places], return_index=True)
    # Rounding down keeps a point of the last half unit inside its own tile.
    grid = np.floor(xy).astype(np.int32)
    left, counts = np.unique(feature, return_counts=True)
    moves = column(MOVE_TO | counts << 3, len(left))
    return _shapes(POINT, places[left], braid(moves, _steps(grid, feature, counts)))


def _lines(units: Geometries, places: Places) -> Shapes:
    parts, feature = shapely.get_parts(units[places], return_index=True)
    xy, path_of = shapely.get_coordinates(parts, return_index=True)
    paths = Paths(np.rint(xy).astype(np.int32), path_of, np.arange(len(parts)), feature)
    paths = paths.with_points(~_repeats(paths.points, paths.path_of))
    paths = paths.with_paths(paths.counts >= 2)
    return _drawn(LINE, places, paths)


def _polygons(units: Geometries, places: Places) -> Shapes:
    snapped = _snapped(units[places])
    parts, part_feature = shapely.get_parts(snapped, return_index=True)
    rings, ring_part = _rings(parts)
    xy, path_of = shapely.get_coordinates(rings, return_index=True)
    paths = Paths(xy.astype(np.int32), path_of, ring_part, part_feature[ring_part])
    paths = paths.with_points(_is_not_last(path_of))
    paths = _straightened(paths)
    return _drawn(POLYGON, places, _wound(paths))


def _rings(parts: Geometries) -> tuple[Geometries, Places]:
    """The rings of polygons and the polygon of each, exteriors before their holes.

    A polygon without holes stands for its own ring: making a geometry of each costs far more than
    reading its points.
    """
    is_plain = shapely.get_num_interior_rings(parts) == 0
    plain, others = np.flatnonzero(is_plain), np.flatnonzero(~is_plain)
    rings, of_other = shapely.get_rings(parts[others], return_index=True)
    part = np.concatenate((plain, others[of_other]))
    order = np.argsort(part, kind="stable")
    return np.concatenate((parts[plain], rings))[order], part[order]


def _snapped(units: Geometries) -> Geometries:
    """Polygons on whole units, each valid there or mended; those that collapse become empty."""
    snapped = units.copy()
    xy, place = shapely.get_coordinates(units, return_index=True)
    fractional = np.unique(place[(xy != np.rint(xy)).any(axis=1)])
    snapped[fractional] = shapely.transform(units[fractional], np.rint)
    west, south, east, north = shapely.bounds(snapped).T
    thin = (east - west <= 1) | (north - south <= 1)
    snapped[thin & (shapely.area(snapped) == 0)] = None
    broken = ~shapely.is_valid(snapped) & ~shapely.is_missing(snapped)
    if broken.any():
        whole = shapely.make_valid(units[broken], method="structure", keep_collapsed=False)
        mended = shapely.set_precision(whole, 1.0, mode="valid_output")
        snapped[broken] = [_polygonal(shape) for shape in mended]
    return snapped


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons: shapely.Geometry = shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])
    return polygons


def _straightened(paths: Paths) -> Paths:
    """Valid rings without repeated points and without points on the line between neighbours.

    Repeated points go first: beside its own double, a corner would look like such a point.
    """
    before, after = _neighbours(paths)
    towards = paths.points - paths.points[before]
    repeated = (towards[:, 0] | towards[:, 1]) == 0
    if repeated.any():
        paths = paths.with_points(~repeated)
        before, after = _neighbours(paths)
        towards = paths.points - paths.points[before]
    return paths.with_points(_cross(towards, towards[after]) != 0)


def _wound(paths: Paths) -> Paths:
    """Rings of a valid polygon, exteriors clockwise on the screen; collapsed ones are dropped."""
    if not len(paths.points):
        return paths.with_paths(np.zeros(len(paths.part), dtype=bool))
    _, after = _neighbours(paths)
    halves = _cross(paths.points, paths.points[after])
    doubled = np.bincount(paths.path_of, weights=halves, minlength=len(paths.part))
    is_exterior = np.concatenate(([True], paths.part[1:] != paths.part[:-1]))
    stands = doubled != 0
    part_stands = np.zeros(int(paths.part[-1]) + 1, dtype=bool)
    part_stands[paths.part[is_exterior & stands]] = True
    turned = (doubled > 0) != is_exterior
    paths = Paths(_reversed(paths, turned), paths.path_of, paths.part, paths.feature)
    return paths.with_paths(stands & part_stands[paths.part])


def _reversed(paths: Paths, turned: Flags) -> Grid:
    counts = paths.counts
    starts = np.cumsum(counts) - counts
    index = np.arange(len(paths.points))
    mirrored = (2 * starts + counts - 1)[paths.path_of] - index
    points: Grid = paths.points[np.where(turned[paths.path_of], mirrored, index)]
    return points


def _drawn(kind: int, places: Places, paths: Paths) -> Shapes:
    """Paths as commands: move to the first point, step along the others, close a ring."""
    counts = paths.counts
    steps = _steps(paths.points, paths.feature[paths.path_of], counts)
    first = np.full(len(counts), 2, dtype=np.int64)
    ends = np.column_stack((first, 2 * (counts - 1))).ravel()
    halves = Rows(steps.values, ends)
    even = np.arange(0, 2 * len(counts), 2)
    pieces = [
        column(MOVE_TO | 1 << 3, len(counts)),
        halves.taken(even),
        column(LINE_TO | (counts - 1) << 3, len(counts)),
        halves.taken(even + 1),
    ]
    if kind == POLYGON:
        pieces.append(column(CLOSE_PATH | 1 << 3, len(counts)))
    left, sizes = np.unique(paths.feature, return_counts=True)
    return _shapes(kind, places[left], braid(*pieces).grouped(sizes))


def _shapes(kind: int, places: Places, commands: Rows) -> Shapes:
    return Shapes(places, np.full(len(places), kind, dtype=np.uint32), commands)


def _steps(points: Grid, feature: Places, counts: Counts) -> Rows:
    """Each point as zigzag steps from the one before it in the same feature, x then y."""
    steps = points.copy()
    goes_on = np.flatnonzero(feature[1:] == feature[:-1]) + 1
    steps[goes_on] -= points[goes_on - 1]
    return Rows(zigzag(steps).ravel(), 2 * counts)


def _neighbours(paths: Paths) -> tuple[Places, Places]:
    """Index of the point before and after each point, going round its ring."""
    counts = paths.counts
    ends = np.cumsum(counts)
    index = np.arange(len(paths.points))
    filled = counts > 0
    before, after = index - 1, index + 1
    before[(ends - counts)[filled]] = (ends - 1)[filled]
    after[(ends - 1)[filled]] = (ends - counts)[filled]
    return before, after


def _cross(a: Grid, b: Grid) -> NDArray[np.int64]:
    left, right = a.astype(np.int64), b.astype(np.int64)
    return left[:, 0] * right[:, 1] - left[:, 1] * right[:, 0]


def _repeats(points: Grid, path_of: Places) -> Flags:
    same = np.zeros(len(points), dtype=bool)
    same[1:] = (points[1:] == points[:-1]).all(axis=1) & (path_of[1:] == path_of[:-1])
    return same


def _is_not_last(path_of: Places) -> Flags:
    flags = np.zeros(len(path_of), dtype=bool)
    flags[:-1] = path_of[1:] == path_of[:-1]
    return flags
