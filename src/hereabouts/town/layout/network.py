"""One network from many lines: shared vertices where streets meet, none where a bridge passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.layout.curves import measures_m, part
from hereabouts.town.layout.polygons import points_of
from hereabouts.town.values import Floats, Ints, Street

DRIVABLE = ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
            "living_street")  # fmt: skip
"""Highway classes that general traffic uses."""
SNAP_M = 1.5
"""An end so close to another street meets it."""
MERGE_M = 9.0
"""Two turnings so close together become one junction."""
END_M = 6.0
"""A turning so close to a street's end meets it there."""
CROSSING_M = 17.0
"""Two turnings so close together look like a crossroads."""
STOPPED = 0.5
"""Share of such crossroads where one arm was closed off."""
SHORT_M = 17.0
STUB_M = {"collector": 90.0, "street": 24.0}
"""Longest end beyond the last junction that is given up, by the role of the street."""


@dataclass(frozen=True, slots=True)
class Network:
    """Streets as chains of nodes. `xy` has shape (nodes, 2).

    `degree` counts the ends of drivable streets that meet at each node, two for one that passes.
    """

    xy: Floats
    degree: Ints
    streets: tuple[Street, ...]


def join(streets: list[Street], rng: np.random.Generator) -> Network:
    """Give streets common vertices where they touch or cross, then number all vertices."""
    lines = [_clean(s.line) for s in streets]
    _stop_short(lines, [s.role == "street" for s in streets], rng)
    _join_ends(lines)
    _join_crossings(lines)
    for street, line in zip(streets, lines, strict=True):
        street.line = line
    kept = [s for s in streets if len(s.line) > 1 and measures_m(s.line)[-1] > 6.0]
    return _in_one_piece(_pruned(number(kept)))


def _in_one_piece(network: Network) -> Network:
    """Without streets that no other road leads to."""
    leader = list(range(len(network.xy)))
    for street in network.streets:
        _unite(leader, street.nodes.tolist())
    length: dict[int, float] = {}
    for street in network.streets:
        head = _lead(leader, int(street.nodes[0]))
        length[head] = length.get(head, 0.0) + float(measures_m(street.line)[-1])
    main = max(length, key=lambda head: length[head])
    return number([s for s in network.streets if _lead(leader, int(s.nodes[0])) == main])


def _pruned(network: Network) -> Network:
    """Without the stubs that main streets leave where they run out at water or fields."""
    kept = []
    for street in network.streets:
        for _ in range(2):
            street.line = street.line[::-1]
            street.nodes = street.nodes[::-1]
            longest = STUB_M.get(street.role, 0.0)
            inner = np.flatnonzero(network.degree[street.nodes[:-1]] > 2)
            if not longest or network.degree[street.nodes[-1]] != 1 or not len(inner):
                continue
            last = int(inner[-1])
            along = measures_m(street.line)
            if last and along[-1] - along[last] < longest:
                street.line = street.line[: last + 1]
                street.nodes = street.nodes[: last + 1]
        kept.append(street)
    return number(kept)


def extend(network: Network, ways: list[Street]) -> Network:
    """The network with more ways joined to it; the streets keep their places in the list."""
    ways = [w for w in ways if len(w.line) > 1 and measures_m(w.line)[-1] > 4.0]
    streets = [*network.streets, *ways]
    lines = [s.line for s in network.streets] + [_clean(w.line) for w in ways]
    _join_ends(lines)
    _join_crossings(lines)
    for street, line in zip(streets, lines, strict=True):
        street.line = line
    return number(streets)


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
        if street.highway in DRIVABLE:
            np.add.at(degree, chain[1:], 1)
            np.add.at(degree, chain[:-1], 1)
        start += count
    xy = unique / 100.0
    kept = tuple(street for street in streets if len(street.nodes) > 1)
    for street in kept:
        street.line = xy[street.nodes]
    return Network(xy, degree, kept)


def _clean(line: Floats) -> Floats:
    """Without vertices closer than a quarter of a metre to the one before."""
    keep = np.concatenate([[True], np.hypot(*np.diff(line, axis=0).T) > 0.25])
    if not keep[-1] and keep.sum() > 1:
        keep[np.flatnonzero(keep)[-1]] = False
        keep[-1] = True
    keep[0] = True
    kept: Floats = line[keep]
    return kept


def insert(line: Floats, points: list[Floats]) -> Floats:
    """The line with extra vertices, each put in where the line is nearest to it."""
    shape = shapely.LineString(line)
    extra = np.array(points)
    places: Floats = np.asarray(shapely.line_locate_point(shape, points_of(extra)))
    along = measures_m(line)
    fresh = [
        i for i, place in enumerate(places)
        if np.abs(along - place).min() > 0.05 or not _near(line, extra[i])
    ]  # fmt: skip
    where = np.concatenate([along, places[fresh]])
    order = np.argsort(where, kind="stable")
    longer: Floats = np.vstack([line, extra[fresh]])[order]
    return longer


def _near(line: Floats, point: Floats) -> bool:
    return bool(np.hypot(*(line - point).T).min() < 0.006)


def _stop_short(lines: list[Floats], minor: list[bool], rng: np.random.Generator) -> None:
    """Of two side streets that would meet head on, usually let one end before the junction."""
    owners, _, wanted = _touching(lines)
    for t in sorted(wanted):
        for group in _grouped(sorted(wanted[t], key=lambda pair: pair[1]), CROSSING_M):
            free = [owners[k] for k, _ in group if minor[owners[k][0]]]
            if len(group) < 2 or not free or rng.random() > STOPPED:
                continue
            i, end = free[-1]
            total = measures_m(lines[i])[-1]
            if total > 3.5 * SHORT_M:
                low, high = (SHORT_M, total) if end == 0 else (0.0, total - SHORT_M)
                lines[i] = part(lines[i], low, high)


def _touching(
    lines: list[Floats],
) -> tuple[list[tuple[int, int]], Floats, dict[int, list[tuple[int, float]]]]:
    """Ends (street, end), their points, and for each street the ends that touch it, where."""
    shapes = np.array([shapely.LineString(line) for line in lines])
    tree = shapely.STRtree(shapes)
    owners = [(i, end) for i, line in enumerate(lines) for end in (0, -1) if not _closed(line)]
    ends = np.array([lines[i][end] for i, end in owners])
    who, target = tree.query(points_of(ends), predicate="dwithin", distance=SNAP_M)
    wanted: dict[int, list[tuple[int, float]]] = {}
    for k, t in zip(who.tolist(), target.tolist(), strict=True):
        if owners[k][0] != t:
            place = float(shapely.line_locate_point(shapes[t], shapely.Point(ends[k])))
            wanted.setdefault(t, []).append((k, place))
    return owners, ends, wanted


def _join_ends(lines: list[Floats]) -> None:
    """Let every end that touches a street become a vertex of it."""
    owners, ends, wanted = _touching(lines)
    rank = {owner: k for k, owner in enumerate(owners)}
    leader = list(range(len(owners)))
    for t in sorted(wanted):
        total = float(measures_m(lines[t])[-1])
        for group in _grouped(sorted(wanted[t], key=lambda pair: pair[1])):
            members = [k for k, _ in group]
            place = group[0][1]
            if min(place, total - place) < END_M and not _closed(lines[t]):
                members.append(rank[(t, 0 if place < total - place else -1)])
            _unite(leader, members)
    spots: dict[int, Floats] = {}
    for k in range(len(owners)):
        spots.setdefault(_lead(leader, k), ends[k])
    _settle(lines, wanted, (leader, spots))
    for k, (i, end) in enumerate(owners):
        lines[i][end] = spots[_lead(leader, k)]
    for t, pairs in sorted(wanted.items()):
        here = {_lead(leader, k): spots[_lead(leader, k)] for k, _ in pairs}
        lines[t] = insert(lines[t], list(here.values()))


def _settle(
    lines: list[Floats],
    wanted: dict[int, list[tuple[int, float]]],
    meetings: tuple[list[int], dict[int, Floats]],
) -> None:
    """Move a meeting point to a vertex that the street it lies on has close by."""
    leader, spots = meetings
    fixed: set[int] = set()
    for t, pairs in sorted(wanted.items()):
        for k, _ in pairs:
            head = _lead(leader, k)
            gaps = np.hypot(*(lines[t] - spots[head]).T)
            nearest = int(gaps.argmin())
            if head not in fixed and 0 < nearest < len(gaps) - 1 and gaps[nearest] < 1.0:
                spots[head] = lines[t][nearest].copy()
                fixed.add(head)


def _lead(leader: list[int], k: int) -> int:
    """The one that speaks for all that are united with `k`."""
    while leader[k] != k:
        leader[k] = leader[leader[k]]
        k = leader[k]
    return k


def _unite(leader: list[int], members: list[int]) -> None:
    """Let ends meet at one point, that of the first of them."""
    heads = [_lead(leader, k) for k in members]
    first = min(heads)
    for head in heads:
        leader[head] = first


def _grouped(
    pairs: list[tuple[int, float]], reach_m: float = MERGE_M
) -> list[list[tuple[int, float]]]:
    groups: list[list[tuple[int, float]]] = []
    for pair in pairs:
        if groups and pair[1] - groups[-1][0][1] < reach_m:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    return groups


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
        lines[i] = insert(lines[i], points)


def _existing(one: Floats, other: Floats, point: Floats) -> Floats:
    for line in (one, other):
        gaps = np.hypot(*(line - point).T)
        if gaps.min() < 0.5:
            return np.asarray(line[int(gaps.argmin())])
    return point
