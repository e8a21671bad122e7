"""Cuts ways into segments at junctions and gathers segments into the streets people name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.domain.measures import Plane

NEAR_M = 250.0
"""Parts with one name that do not touch are one street when they lie no further apart: the sides of
a roundabout or a dual carriageway, a street that a main road cut in two. Parts further apart are
different streets. Source: in a city of 160,000 such parts of one street are up to 202 m apart, and
different streets of one name at least 1.4 km."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a way between two junctions: places in its list of nodes, the last included.

    In a closed way the places may run past its end and go on from the start.
    """

    way: int
    places: tuple[int, ...]
    from_node: int
    to_node: int
    number: int
    """1, and 2 and on where the way leaves the same node again."""


def junctions_of(ways: Iterable[Sequence[int]]) -> set[int]:
    """Nodes at which a way meets another or itself; ends that meet nothing are not among them."""
    visits: Counter[int] = Counter()
    for nodes in ways:
        visits.update(nodes[:-1] if _is_closed(nodes) else nodes)
    return {node for node, count in visits.items() if count > 1}


def cut(way: int, nodes: Sequence[int], junctions: set[int]) -> Iterator[Piece]:
    """The pieces of one way in its own direction, together exactly the way.

    A closed way begins at its first junction wherever it was drawn from; without any junction it is
    one piece from a node to itself. A way of fewer than two nodes has no pieces.
    """
    places = _from_a_junction(nodes, junctions)
    starts: Counter[int] = Counter()
    begin = 0
    for at in range(1, len(places)):
        if at == len(places) - 1 or nodes[places[at]] in junctions:
            piece = tuple(places[begin : at + 1])
            first = nodes[piece[0]]
            starts[first] += 1
            yield Piece(way, piece, first, nodes[piece[-1]], starts[first])
            begin = at


def gather(
    keys: Sequence[Hashable], ends: Sequence[tuple[int, int]], shapes: NDArray[np.object_]
) -> list[list[int]]:
    """Segments that share a key and touch, or almost: lists of places, each list one street.

    Segments whose key is None belong to no street. `shapes` are lines in WGS 84.
    """
    sets = _Sets(len(keys))
    at_node: dict[tuple[Hashable, int], int] = {}
    for place, (key, nodes) in enumerate(zip(keys, ends, strict=True)):
        if key is None:
            continue
        for node in nodes:
            sets.join(place, at_node.setdefault((key, node), place))
    _join_near(keys, shapes, sets)
    streets: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        if key is not None:
            streets.setdefault(sets.top(place), []).append(place)
    return list(streets.values())


def _join_near(keys: Sequence[Hashable], shapes: NDArray[np.object_], sets: _Sets) -> None:
    """Join parts of one name that lie near each other."""
    parts: dict[Hashable, set[int]] = {}
    for place, key in enumerate(keys):
        if key is not None:
            parts.setdefault(key, set()).add(sets.top(place))
    several = {key for key, tops in parts.items() if len(tops) > 1}
    places = [place for place, key in enumerate(keys) if key in several]
    if not places:
        return
    lat = float(shapely.bounds(shapes[places[0]])[1])
    flat = Plane(lat).place(shapes[places])
    pairs = shapely.STRtree(flat).query(flat, predicate="dwithin", distance=NEAR_M)
    for one, other in pairs.T:
        if keys[places[one]] == keys[places[other]]:
            sets.join(places[one], places[other])


def _is_closed(nodes: Sequence[int]) -> bool:
    return len(nodes) > 2 and nodes[0] == nodes[-1]


def _from_a_junction(nodes: Sequence[int], junctions: set[int]) -> list[int]:
    places = list(range(len(nodes)))
    if not _is_closed(nodes) or nodes[0] in junctions:
        return places
    start = next((at for at in places if nodes[at] in junctions), 0)
    return [*places[start:-1], *places[: start + 1]]


class _Sets:
    """Joins places into sets. Source: union-find with path halving."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def top(self, place: int) -> int:
        """The place that stands for the whole set."""
        above = self._above
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Make one set of two; the lower place stands for it."""
        low, high = sorted((self.top(one), self.top(other)))
        self._above[high] = low
