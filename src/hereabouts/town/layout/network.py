"""One network from many lines: shared vertices where streets meet, none where a bridge passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.layout.curves import measures_m
from hereabouts.town.values import Floats, Ints, Street

SNAP_M = 1.5
"""An end so close to another street meets it."""
MERGE_M = 9.0
"""Two turnings so close together become one junction."""


@dataclass(frozen=True, slots=True)
class Network:
    """Streets as chains of nodes. `xy` has shape (nodes, 2); `degree` counts street ends there."""

    xy: Floats
    degree: Ints
    streets: tuple[Street, ...]


def join(streets: list[Street]) -> Network:
    """Give streets common vertices where they touch or cross, then number all vertices."""
    lines = [_clean(s.line) for s in streets]
    _join_ends(lines)
    _join_crossings(lines)
    for street, line in zip(streets, lines, strict=True):
        street.line = _clean(line)
    kept = [s for s in streets if len(s.line) > 1 and measures_m(s.line)[-1] > 6.0]
    return number(kept)


def number(streets: list[Street]) -> Network:
    """Number vertices by their centimetre, and count how many street ends meet at each."""
    counts = np.array([len(s.line) for s in streets])
    cells = np.round(np.vstack([s.line for s in streets]) * 100.0).astype(np.int64)
    unique, index = np.unique(cells, axis=0, return_inverse=True)
    index = index.reshape(-1).astype(np.int64)
    degree = np.zeros(len(unique), dtype=np.int64)
    start = 0
    for street, count in zip(streets, counts, strict=True):
        chain = index[start : start + count]
        chain = chain[np.concatenate([[True], chain[1:] != chain[:-1]])]
        street.nodes = chain
        np.add.at(degree, chain[1:], 1)
        np.add.at(degree, chain[:-1], 1)
        start += count
    xy = unique / 100.0
    for street in streets:
        street.line = xy[street.nodes]
    return Network(xy, degree, tuple(streets))


def _clean(line: Floats) -> Floats:
    """Without vertices closer than a quarter of a metre to the one before."""
    keep = np.concatenate([[True], np.hypot(*np.diff(line, axis=0).T) > 0.25])
    if not keep[-1] and keep.sum() > 1:
        keep[np.flatnonzero(keep)[-1]] = False
        keep[-1] = True
    keep[0] = True
    return line[keep]


def _insert(line: Floats, points: list[Floats]) -> Floats:
    """The line with extra vertices, each where it is nearest."""
    shape = shapely.LineString(line)
    extra = np.array(points)
    places = shapely.line_locate_point(shape, shapely.points(extra))
    along = measures_m(line)
    fresh = [
        i for i, place in enumerate(places)
        if np.abs(along - place).min() > 0.05 or not _near(line, extra[i])
    ]  # fmt: skip
    where = np.concatenate([along, places[fresh]])
    order = np.argsort(where, kind="stable")
    return np.vstack([line, extra[fresh]])[order]


def _near(line: Floats, point: Floats) -> bool:
    return bool(np.hypot(*(line - point).T).min() < 0.006)


def _join_ends(lines: list[Floats]) -> None:
    """Let every end that touches a street become a vertex of it."""
    shapes = np.array([shapely.LineString(line) for line in lines])
    tree = shapely.STRtree(shapes)
    owners = [(i, end) for i, line in enumerate(lines) for end in (0, -1) if not _closed(line)]
    ends = np.array([lines[i][end] for i, end in owners])
    who, target = tree.query(shapely.points(ends), predicate="dwithin", distance=SNAP_M)
    wanted: dict[int, list[tuple[int, float]]] = {}
    for k, t in zip(who.tolist(), target.tolist(), strict=True):
        if owners[k][0] != t:
            place = float(shapely.line_locate_point(shapes[t], shapely.Point(ends[k])))
            wanted.setdefault(t, []).append((k, place))
    moved: dict[int, Floats] = {}
    for t in sorted(wanted):
        for group in _grouped(sorted(wanted[t], key=lambda pair: pair[1])):
            point = _meeting_point(lines[t], group, ends, moved)
            for k, _ in group:
                moved.setdefault(k, point)
    for k, point in moved.items():
        i, end = owners[k]
        lines[i][end] = point
    for t, pairs in wanted.items():
        lines[t] = _insert(lines[t], [moved[k] for k, _ in pairs])


def _grouped(pairs: list[tuple[int, float]]) -> list[list[tuple[int, float]]]:
    groups: list[list[tuple[int, float]]] = []
    for pair in pairs:
        if groups and pair[1] - groups[-1][0][1] < MERGE_M:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    return groups


def _meeting_point(
    line: Floats, group: list[tuple[int, float]], ends: Floats, moved: dict[int, Floats]
) -> Floats:
    """Where a group of ends meets a street: a vertex already there, or the first of them."""
    for k, _ in group:
        if k in moved:
            return moved[k]
    here = ends[group[0][0]]
    gaps = np.hypot(*(line - here).T)
    nearest = int(gaps.argmin())
    if gaps[nearest] < 1.0 or (nearest in (0, len(line) - 1) and gaps[nearest] < 6.0):
        return np.asarray(line[nearest]).copy()
    return here


def _closed(line: Floats) -> bool:
    return bool(np.hypot(*(line[0] - line[-1])) < 0.02)


def _join_crossings(lines: list[Floats]) -> None:
    """Give two streets that cross a vertex in common."""
    shapes = np.array([shapely.LineString(line) for line in lines])
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="crosses")
    extra: dict[int, list[Floats]] = {}
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        if i >= j:
            continue
        for point in shapely.get_coordinates(shapes[i].intersection(shapes[j])):
            vertex = _existing(lines[i], lines[j], point)
            extra.setdefault(i, []).append(vertex)
            extra.setdefault(j, []).append(vertex)
    for i, points in extra.items():
        lines[i] = _insert(lines[i], points)


def _existing(one: Floats, other: Floats, point: Floats) -> Floats:
    for line in (one, other):
        gaps = np.hypot(*(line - point).T)
        if gaps.min() < 0.5:
            return np.asarray(line[int(gaps.argmin())])
    return point
