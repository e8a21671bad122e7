"""The atoms of every area: the faces between streets, with who lives in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.layout.polygons import across, box_of, faces, points_of
from hereabouts.town.values import Floats, Ints, Shape

HEAVIEST = 520
"""Residents in one block; a block with more is cut along the backs of its gardens."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Faces that tile the district, with their residents, homes and neighbours."""

    polygons: tuple[Shape, ...]
    residents: Ints
    homes: Ints
    middles: Floats
    neighbours: tuple[tuple[tuple[int, float], ...], ...]
    """For each block, the blocks it shares an edge with and the length of that edge."""


@dataclass(frozen=True, slots=True)
class Dwellers:
    """Where people live: shapes (places, 2), (places,), (places,)."""

    where: Floats
    residents: Ints
    homes: Ints


def cut_blocks(district: shapely.Polygon, lines: list[Floats], people: Dwellers) -> Blocks:
    """Cut the district along streets and the like, then cut what is still too populous."""
    lines = [np.asarray(shapely.get_coordinates(district.exterior)), *lines]
    found = _inside(district, lines)
    for _ in range(4):
        owner = owners(found, people.where)
        cuts = _cuts(found, owner, people)
        if not cuts:
            break
        lines = [*lines, *cuts]
        found = _inside(district, lines)
    owner = owners(found, people.where)
    residents = np.zeros(len(found), dtype=np.int64)
    homes = np.zeros(len(found), dtype=np.int64)
    np.add.at(residents, owner, people.residents)
    np.add.at(homes, owner, people.homes)
    middles = np.asarray(shapely.get_coordinates(shapely.point_on_surface(np.array(found))))
    return Blocks(tuple(found), residents, homes, middles, neighbours_of(found))


def _inside(district: shapely.Polygon, lines: list[Floats]) -> list[shapely.Polygon]:
    return [f for f in faces(lines, 0.0) if district.covers(f.representative_point())]


def owners(found: Sequence[Shape], where: Floats) -> Ints:
    """The block that holds each place; the nearest where one lies on a line."""
    points = points_of(where)
    block, place = shapely.STRtree(list(points)).query(list(found), predicate="contains")
    owner = np.full(len(where), -1, dtype=np.int64)
    owner[place] = block
    lost = np.flatnonzero(owner < 0)
    if len(lost):
        index, nearest = shapely.STRtree(list(found)).query_nearest(points[lost], all_matches=False)
        owner[lost[index]] = nearest
    return owner


def _cuts(found: list[shapely.Polygon], owner: Ints, people: Dwellers) -> list[Floats]:
    residents = np.zeros(len(found), dtype=np.int64)
    np.add.at(residents, owner, people.residents)
    cuts = []
    for block in np.flatnonzero(residents > HEAVIEST).tolist():
        polygon = found[block]
        box = box_of(polygon)
        if box.length_m < 60.0:
            continue
        inside = owner == block
        place = (people.where[inside] - box.centre) @ box.axis / box.length_m + 0.5
        order = np.argsort(place, kind="stable")
        total = np.cumsum(people.residents[inside][order])
        half = float(place[order][int(np.searchsorted(total, total[-1] / 2))])
        line = shapely.LineString(across(polygon, min(max(half, 0.2), 0.8), 0.0))
        parts = [g for g in shapely.get_parts(line.intersection(polygon)) if g.length > 0]
        cuts += [_longer(np.asarray(shapely.get_coordinates(g))) for g in parts]
    return cuts


def _longer(line: Floats) -> Floats:
    """A little beyond both ends, so that it surely cuts."""
    first = line[0] - line[1]
    last = line[-1] - line[-2]
    start = line[0] + 0.4 * first / np.hypot(*first)
    end = line[-1] + 0.4 * last / np.hypot(*last)
    return np.vstack([start[None, :], line, end[None, :]])


def neighbours_of(
    found: list[shapely.Polygon],
) -> tuple[tuple[tuple[int, float], ...], ...]:
    """Blocks that share an edge, from the edges themselves."""
    owners: dict[tuple[float, float, float, float], int] = {}
    shared: list[dict[int, float]] = [{} for _ in found]
    for i, polygon in enumerate(found):
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.asarray(shapely.get_coordinates(ring))
            steps = np.hypot(*np.diff(points, axis=0).T).tolist()
            corners = points.tolist()
            for (ax, ay), (bx, by), step in zip(corners[:-1], corners[1:], steps, strict=True):
                key = (ax, ay, bx, by) if (ax, ay) < (bx, by) else (bx, by, ax, ay)
                j = owners.setdefault(key, i)
                if j != i:
                    shared[i][j] = shared[i].get(j, 0.0) + step
                    shared[j][i] = shared[j].get(i, 0.0) + step
    return tuple(tuple(sorted(s.items())) for s in shared)


def merged(blocks: Blocks, groups: list[list[int]]) -> Blocks:
    """The blocks of a coarser map, one for each group."""
    owner = np.zeros(len(blocks.polygons), dtype=np.int64)
    for g, group in enumerate(groups):
        owner[group] = g
    shared: list[dict[int, float]] = [{} for _ in groups]
    for block, near in enumerate(blocks.neighbours):
        for other, edge in near:
            a, b = int(owner[block]), int(owner[other])
            if a != b:
                shared[a][b] = shared[a].get(b, 0.0) + edge
    return Blocks(
        tuple(shapely.coverage_union_all([blocks.polygons[b] for b in g]) for g in groups),
        np.array([int(blocks.residents[g].sum()) for g in groups], dtype=np.int64),
        np.array([int(blocks.homes[g].sum()) for g in groups], dtype=np.int64),
        np.array([blocks.middles[g].mean(axis=0) for g in groups]),
        tuple(tuple(sorted(s.items())) for s in shared),
    )
