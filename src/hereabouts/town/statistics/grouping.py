"""Groups blocks into areas of about equal population, each in one piece."""

from __future__ import annotations

import heapq

import numpy as np

from hereabouts.town.statistics.blocks import Blocks
from hereabouts.town.values import Floats


def group(blocks: Blocks, members: list[int], count: int, tilt: float = 0.0) -> list[list[int]]:
    """Halve again and again, each time sweeping across the long side, turned by `tilt`."""
    pieces = _components(blocks, members)
    if len(pieces) > 1:
        return _grouped_pieces(blocks, pieces, count, tilt)
    if count <= 1 or len(members) <= 1:
        return [members]
    left = count // 2
    first, rest = _sweep(blocks, members, left / count, tilt)
    if not rest:
        return [first]
    people = int(blocks.residents[members].sum())
    share = int(blocks.residents[first].sum()) / people if people else 0.5
    left = min(max(1, round(share * count)), count - 1)
    return group(blocks, first, left, tilt) + group(blocks, rest, count - left, tilt)


def _grouped_pieces(
    blocks: Blocks, pieces: list[list[int]], count: int, tilt: float
) -> list[list[int]]:
    """Pieces that do not touch are grouped each on its own, by their share of the people."""
    people = [int(blocks.residents[piece].sum()) for piece in pieces]
    total = max(1, sum(people))
    found: list[list[int]] = []
    for piece, number in zip(pieces, people, strict=True):
        found += group(blocks, piece, max(1, round(count * number / total)), tilt)
    return found


def _sweep(
    blocks: Blocks, members: list[int], share: float, tilt: float
) -> tuple[list[int], list[int]]:
    """Grow a region from one end until it has its share; what it cuts off joins it."""
    order = _order(blocks, members, tilt)
    wanted = share * float(blocks.residents[members].sum())
    start = min(members, key=lambda block: (order[block], block))
    taken, waiting, people = set[int](), [(order[start], start)], 0.0
    seen = {start}
    inside = set(members)
    while waiting and (people < wanted or not taken):
        _, block = heapq.heappop(waiting)
        size = float(blocks.residents[block])
        if taken and people + size / 2 > wanted:
            break
        taken.add(block)
        people += size
        for other, _ in blocks.neighbours[block]:
            if other in inside and other not in seen:
                seen.add(other)
                heapq.heappush(waiting, (order[other], other))
    left = _components(blocks, [b for b in members if b not in taken])
    left.sort(key=lambda part: (-int(blocks.residents[part].sum()), -len(part), part[0]))
    for part in left[1:]:
        taken.update(part)
    return sorted(taken), sorted(left[0]) if left else []


def _order(blocks: Blocks, members: list[int], tilt: float) -> dict[int, float]:
    """Position of each block along the direction in which the people are most spread."""
    points = blocks.middles[members]
    weight = blocks.residents[members].astype(np.float64) + 1e-3
    middle = np.average(points, axis=0, weights=weight)
    spread = (points - middle) * np.sqrt(weight)[:, None]
    _, vectors = np.linalg.eigh(spread.T @ spread)
    axis: Floats = vectors[:, 1] if vectors[0, 1] >= 0 else -vectors[:, 1]
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    place = np.round((points - middle) @ (turn @ axis), 3)
    return dict(zip(members, place.tolist(), strict=True))


def _components(blocks: Blocks, members: list[int]) -> list[list[int]]:
    left, found = set(members), list[list[int]]()
    for start in members:
        if start not in left:
            continue
        left.discard(start)
        part, waiting = list[int](), [start]
        while waiting:
            block = waiting.pop()
            part.append(block)
            for other, _ in blocks.neighbours[block]:
                if other in left:
                    left.discard(other)
                    waiting.append(other)
        found.append(sorted(part))
    return found
