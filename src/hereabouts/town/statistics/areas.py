"""Small areas, middle areas and wards, all made of whole street blocks, so that they tile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.network import Network
from hereabouts.town.layout.polygons import faces
from hereabouts.town.layout.skeleton import Skeleton
from hereabouts.town.plan import (
    RESIDENTS_PER_LSOA,
    RESIDENTS_PER_MSOA,
    RESIDENTS_PER_WARD,
    Plan,
)
from hereabouts.town.values import Floats, Ints


@dataclass(slots=True, eq=False)
class Area:
    """A statistical or electoral area in local metres."""

    code: str
    name: str
    polygon: shapely.Polygon | shapely.MultiPolygon
    parent: str = ""
    residents: int = 0
    households: int = 0


@dataclass(frozen=True, slots=True)
class Blocks:
    """The atoms of all areas: faces between streets, with who lives in them."""

    polygons: tuple[shapely.Polygon, ...]
    residents: Ints
    middles: Floats
    neighbours: tuple[tuple[tuple[int, float], ...], ...]
    """For each block, the blocks it shares an edge with and the length of that edge."""


def cut_blocks(
    skeleton: Skeleton, network: Network, extra: list[Floats], homes: tuple[Floats, Ints]
) -> Blocks:
    """Cut the district along streets, river, railway and the edge of the town."""
    lines = [s.line for s in network.streets]
    lines += [np.asarray(shapely.get_coordinates(skeleton.district.exterior)), skeleton.river]
    lines += [np.asarray(shapely.get_coordinates(skeleton.built.exterior)), *extra]
    if skeleton.railway is not None:
        lines.append(skeleton.railway)
    found = [f for f in faces(lines, 0.0) if skeleton.district.covers(f.representative_point())]
    where, counts = homes
    tree = shapely.STRtree(found)
    which, block = tree.query(shapely.points(where), predicate="intersects")
    owner = np.full(len(where), -1, dtype=np.int64)
    owner[which[::-1]] = block[::-1]
    residents = np.zeros(len(found), dtype=np.int64)
    np.add.at(residents, owner[owner >= 0], counts[owner >= 0])
    middles = np.asarray(shapely.get_coordinates(shapely.point_on_surface(np.array(found))))
    return Blocks(tuple(found), residents, middles, _neighbours(found))


def _neighbours(found: list[shapely.Polygon]) -> tuple[tuple[tuple[int, float], ...], ...]:
    """Blocks that share an edge, from the edges themselves."""
    owners: dict[tuple[tuple[int, int], tuple[int, int]], tuple[int, float]] = {}
    shared: list[dict[int, float]] = [{} for _ in found]
    for i, polygon in enumerate(found):
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.asarray(shapely.get_coordinates(ring))
            steps = np.hypot(*np.diff(points, axis=0).T).tolist()
            cells = [(a, b) for a, b in np.round(points * 1000).astype(np.int64).tolist()]
            for a, b, step in zip(cells[:-1], cells[1:], steps, strict=True):
                key = (a, b) if a < b else (b, a)
                if key not in owners:
                    owners[key] = (i, step)
                elif owners[key][0] != i:
                    j = owners[key][0]
                    shared[i][j] = shared[i].get(j, 0.0) + step
                    shared[j][i] = shared[j].get(i, 0.0) + step
    return tuple(tuple(sorted(s.items())) for s in shared)


def partition(blocks: Blocks, members: list[int], count: int, tilt: float) -> list[list[int]]:
    """Groups of about equal population, each in one piece where the blocks allow it."""
    groups = _halve(blocks, members, count, tilt)
    return _in_one_piece(blocks, groups)


def _halve(blocks: Blocks, members: list[int], count: int, tilt: float) -> list[list[int]]:
    if count <= 1 or len(members) <= 1:
        return [members]
    points = blocks.middles[members]
    people = blocks.residents[members].astype(np.float64)
    weight = people + 1e-3
    middle = np.average(points, axis=0, weights=weight)
    spread = (points - middle) * np.sqrt(weight)[:, None]
    _, vectors = np.linalg.eigh(spread.T @ spread)
    axis = vectors[:, 1]
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    order = np.argsort(np.round((points - middle) @ (turn @ axis), 3), kind="stable")
    left = count // 2
    total = np.cumsum(people[order])
    at = int(np.searchsorted(total, total[-1] * left / count)) + 1
    at = min(max(at, 1), len(members) - 1)
    first = [members[k] for k in order[:at].tolist()]
    rest = [members[k] for k in order[at:].tolist()]
    return _halve(blocks, first, left, tilt) + _halve(blocks, rest, count - left, tilt)


def _in_one_piece(blocks: Blocks, groups: list[list[int]]) -> list[list[int]]:
    """Hand stray blocks to the neighbour they share most of their edge with."""
    owner = {block: g for g, group in enumerate(groups) for block in group}
    for _ in range(6):
        strays = 0
        for g in range(len(groups)):
            members = sorted(b for b, o in owner.items() if o == g)
            parts = _components(blocks, members)
            parts.sort(key=lambda part: (-int(blocks.residents[part].sum()), -len(part), part[0]))
            for part in parts[1:]:
                target = _best_neighbour(blocks, part, owner, g)
                if target is not None:
                    strays += 1
                    owner.update(dict.fromkeys(part, target))
        if not strays:
            break
    result: list[list[int]] = [[] for _ in groups]
    for block in sorted(owner):
        result[owner[block]].append(block)
    return [group for group in result if group]


def _components(blocks: Blocks, members: list[int]) -> list[list[int]]:
    left, found = set(members), list[list[int]]()
    for start in members:
        if start not in left:
            continue
        left.discard(start)
        part, waiting = [], [start]
        while waiting:
            block = waiting.pop()
            part.append(block)
            for other, _ in blocks.neighbours[block]:
                if other in left:
                    left.discard(other)
                    waiting.append(other)
        found.append(sorted(part))
    return found


def _best_neighbour(
    blocks: Blocks, part: list[int], owner: dict[int, int], group: int
) -> int | None:
    edges: dict[int, float] = {}
    for block in part:
        for other, edge in blocks.neighbours[block]:
            if other in owner and owner[other] != group:
                edges[owner[other]] = edges.get(owner[other], 0.0) + edge
    return max(sorted(edges), key=lambda g: edges[g]) if edges else None


@dataclass(frozen=True, slots=True)
class Areas:
    """All areas of the town. `lsoa_of_block` has one entry per block."""

    district: Area
    msoas: tuple[Area, ...]
    lsoas: tuple[Area, ...]
    wards: tuple[Area, ...]
    lsoa_of_block: Ints
    ward_of_block: Ints


def draw_areas(plan: Plan, blocks: Blocks, name: str, dice: Dice) -> Areas:
    """Middle areas, small areas within them, wards of their own, and the district."""
    rng = dice.stream("areas")
    everything = list(range(len(blocks.polygons)))
    small = max(1, round(plan.residents / RESIDENTS_PER_LSOA))
    middle = max(1, round(plan.residents / RESIDENTS_PER_MSOA))
    msoas, lsoas, wards = list[Area](), list[Area](), list[Area]()
    lsoa_of = np.zeros(len(everything), dtype=np.int64)
    ward_of = np.zeros(len(everything), dtype=np.int64)
    for m, group in enumerate(partition(blocks, everything, middle, 0.0), start=1):
        msoas.append(_area(blocks, group, f"X02{m:06d}", f"{name} {m:03d}"))
        share = int(blocks.residents[group].sum()) / max(1, plan.residents)
        parts = partition(blocks, group, max(1, round(share * small)), 0.0)
        for letter, part in enumerate(parts):
            lsoa_of[part] = len(lsoas)
            suffix = chr(ord("A") + letter % 26)
            lsoas.append(
                _area(blocks, part, f"X01{len(lsoas) + 1:06d}", f"{name} {m:03d}{suffix}",
                      msoas[-1].code)
            )  # fmt: skip
    count = max(3, round(plan.residents / RESIDENTS_PER_WARD))
    tilt = float(rng.uniform(0.35, 0.8))
    for w, group in enumerate(partition(blocks, everything, count, tilt), start=1):
        ward_of[group] = len(wards)
        wards.append(_area(blocks, group, f"X05{w:06d}", "", "X07000001"))
    district = _area(blocks, everything, "X07000001", name)
    return Areas(district, tuple(msoas), tuple(lsoas), tuple(wards), lsoa_of, ward_of)


def _area(blocks: Blocks, members: list[int], code: str, name: str, parent: str = "") -> Area:
    shape = shapely.coverage_union_all([blocks.polygons[b] for b in members])
    return Area(code, name, shape, parent, residents=int(blocks.residents[members].sum()))
