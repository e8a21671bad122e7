"""Ways are cut at junctions and gathered into streets; nothing is lost on the way."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.measures import lengths_m
from hereabouts.places.domain.streets import Piece, cut, gather, junctions_of

NODES = 14
way_nodes = st.lists(st.integers(1, NODES), min_size=2, max_size=9).map(
    # A node directly after itself is no step.
    lambda nodes: [node for at, node in enumerate(nodes) if at == 0 or nodes[at - 1] != node]
)
networks = st.lists(way_nodes.filter(lambda nodes: len(nodes) > 1), min_size=1, max_size=8)


def place(node: int) -> tuple[float, float]:
    return (-3.0 + node % 4 / 1000, 51.5 + node // 4 / 1000)


def line(nodes: list[int]) -> shapely.Geometry:
    return shapely.LineString([place(node) for node in nodes])


def cut_all(ways: list[list[int]]) -> list[tuple[int, Piece]]:
    junctions = junctions_of(ways)
    return [(at, piece) for at, nodes in enumerate(ways) for piece in cut(at, nodes, junctions)]


def steps(nodes: list[int]) -> Counter[tuple[int, int]]:
    return Counter(pairwise(nodes))


@given(networks)
def test_the_pieces_of_a_way_are_together_exactly_the_way(ways: list[list[int]]) -> None:
    for at, nodes in enumerate(ways):
        pieces = [p for owner, p in cut_all(ways) if owner == at]
        walked: Counter[tuple[int, int]] = Counter()
        for piece in pieces:
            walked += steps([nodes[place] for place in piece.places])
        assert walked == steps(nodes)


@given(networks)
def test_length_is_conserved(ways: list[list[int]]) -> None:
    before = lengths_m(np.array([line(nodes) for nodes in ways], dtype=object)).sum()
    pieces = [line([ways[at][place] for place in piece.places]) for at, piece in cut_all(ways)]
    after = lengths_m(np.array(pieces, dtype=object)).sum()
    assert after == np.float64(before) or abs(after - before) < 1e-6 * max(1.0, before)


@given(networks)
def test_a_piece_ends_at_junctions_or_dead_ends_and_passes_none(ways: list[list[int]]) -> None:
    junctions = junctions_of(ways)
    for at, piece in cut_all(ways):
        nodes = ways[at]
        inner = [nodes[place] for place in piece.places[1:-1]]
        assert not junctions & set(inner)
        for end in (piece.from_node, piece.to_node):
            is_way_end = end in (nodes[0], nodes[-1])
            assert end in junctions or is_way_end


@given(networks)
def test_pieces_of_a_way_have_ids_of_their_own(ways: list[list[int]]) -> None:
    ids = [(at, piece.from_node, piece.number) for at, piece in cut_all(ways)]
    assert len(ids) == len(set(ids))


@given(networks, st.lists(st.sampled_from(["Mill Lane", "High Street", None]), min_size=8))
def test_every_named_piece_is_in_one_street_and_streets_do_not_mix_names(
    ways: list[list[int]], names: list[str | None]
) -> None:
    pieces = cut_all(ways)
    keys = [names[at] for at, _ in pieces]
    shapes = np.array(
        [line([ways[at][place] for place in piece.places]) for at, piece in pieces], dtype=object
    )
    streets = gather(keys, [(p.from_node, p.to_node) for _, p in pieces], shapes)
    gathered = sorted(place for street in streets for place in street)
    assert gathered == [at for at, key in enumerate(keys) if key is not None]
    assert all(len({keys[place] for place in street}) == 1 for street in streets)


def test_a_crossroads_makes_four_pieces() -> None:
    #        4
    #        |
    #   1 -- 2 -- 3
    #        |
    #        5
    ways = [[1, 2, 3], [4, 2, 5]]
    ends = {(piece.from_node, piece.to_node) for _, piece in cut_all(ways)}
    assert ends == {(1, 2), (2, 3), (4, 2), (2, 5)}


def test_a_bend_is_no_junction() -> None:
    [(_, piece)] = cut_all([[1, 2, 3]])
    assert piece.places == (0, 1, 2)


def test_a_roundabout_drawn_from_its_middle_begins_at_its_first_junction() -> None:
    #  8 joins the ring 1-2-3-4 at 3
    ring, arm = [1, 2, 3, 4, 1], [8, 3]
    [first, second] = [piece for _, piece in cut_all([ring, arm])]
    assert (first.from_node, first.to_node) == (3, 3)
    assert [ring[at] for at in first.places] == [3, 4, 1, 2, 3]
    assert (second.from_node, second.to_node) == (8, 3)


def test_a_ring_that_meets_nothing_is_one_piece() -> None:
    [(_, piece)] = cut_all([[1, 2, 3, 1]])
    assert (piece.from_node, piece.to_node) == (1, 1)


def _streets(*parts: tuple[str, tuple[float, float], tuple[float, float]]) -> list[list[int]]:
    names = [name for name, _, _ in parts]
    shapes = np.array([shapely.LineString([a, b]) for _, a, b in parts], dtype=object)
    nodes: dict[tuple[float, float], int] = {}
    ends = [(nodes.setdefault(a, len(nodes)), nodes.setdefault(b, len(nodes))) for _, a, b in parts]
    return gather(names, ends, shapes)


def test_one_name_in_two_parts_of_town_is_two_streets() -> None:
    far = _streets(
        ("Station Road", (-3.0, 51.5), (-3.0, 51.501)),
        ("Station Road", (-2.95, 51.5), (-2.95, 51.501)),
    )
    assert far == [[0], [1]]


def test_the_two_sides_of_a_roundabout_are_one_street() -> None:
    # 0.0005 degrees of latitude are about 56 m.
    near = _streets(
        ("Station Road", (-3.0, 51.5), (-3.0, 51.501)),
        ("Station Road", (-3.0, 51.5015), (-3.0, 51.502)),
    )
    assert near == [[0, 1]]


def test_a_line_is_as_long_as_its_steps() -> None:
    a, b, c = (-3.0, 51.5), (-3.0, 51.51), (-2.99, 51.51)
    expected = Point(*a).distance_m(Point(*b)) + Point(*b).distance_m(Point(*c))
    [length] = lengths_m(np.array([shapely.LineString([a, b, c])], dtype=object))
    assert abs(length - expected) < 1e-6
