"""Properties of the arithmetic that the town is drawn with."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.town.dice import Dice
from hereabouts.town.layout.curves import at, length_m, measures_m, part, resample, smooth
from hereabouts.town.layout.network import insert, join
from hereabouts.town.layout.polygons import across, cut
from hereabouts.town.layout.skeleton import lay_skeleton
from hereabouts.town.layout.weave import Weave, weave
from hereabouts.town.plan import LARGEST, SMALLEST, plan_for
from hereabouts.town.statistics.blocks import Blocks, Dwellers, cut_blocks
from hereabouts.town.statistics.deprivation import AREAS_IN_ENGLAND, deprivation_rows
from hereabouts.town.statistics.grouping import group
from hereabouts.town.values import Floats, Street

metres = st.integers(-400, 400).map(float)
corners = st.lists(st.tuples(metres, metres), min_size=2, max_size=8, unique=True)


def line_of(points: list[tuple[float, float]]) -> Floats:
    return np.array(points, dtype=np.float64)


@given(corners, st.floats(1.0, 90.0))
def test_a_resampled_line_keeps_its_ends_and_is_no_longer(
    points: list[tuple[float, float]], step: float
) -> None:
    line = line_of(points)
    finer = resample(line, step)
    assert np.allclose(finer[[0, -1]], line[[0, -1]])
    assert length_m(finer) <= length_m(line) + 1e-6


@given(corners, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_part_is_as_long_as_asked(
    points: list[tuple[float, float]], one: float, other: float
) -> None:
    line = line_of(points)
    total = length_m(line)
    low, high = sorted((one * total, other * total))
    assert length_m(part(line, low, high)) == pytest.approx(high - low, abs=1e-3)


@given(corners, st.integers(1, 3))
def test_smoothing_keeps_the_ends(points: list[tuple[float, float]], rounds: int) -> None:
    line = line_of(points)
    assert np.allclose(smooth(line, rounds)[[0, -1]], line[[0, -1]])


@given(corners, st.lists(st.floats(0.02, 0.98), min_size=1, max_size=5))
def test_inserted_vertices_are_there_and_in_order(
    points: list[tuple[float, float]], shares: list[float]
) -> None:
    line = line_of(points)
    if not shapely.LineString(line).is_simple:
        return
    extra = list(at(line, np.array(shares) * length_m(line)))
    longer = insert(line, extra)
    assert length_m(longer) == pytest.approx(length_m(line), rel=1e-6, abs=1e-3)
    assert all(np.hypot(*(longer - point).T).min() < 0.01 for point in extra)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(metres, metres, metres, metres), min_size=2, max_size=9, unique=True))
def test_streets_that_cross_have_a_vertex_in_common(
    ends: list[tuple[float, float, float, float]],
) -> None:
    lines = [np.array([[a, b], [c, d]]) for a, b, c, d in ends if np.hypot(a - c, b - d) > 60]
    crossing = [
        (i, j)
        for i in range(len(lines))
        for j in range(i)
        if shapely.LineString(lines[i]).crosses(shapely.LineString(lines[j]))
    ]
    if not crossing:
        return
    network = join([Street(line, "primary", "radial") for line in lines], np.random.default_rng(1))
    shapes = [shapely.LineString(s.line) for s in network.streets]
    for i in range(len(shapes)):
        for j in range(i):
            if shapes[i].crosses(shapes[j]):
                assert set(network.streets[i].nodes.tolist()) & set(
                    network.streets[j].nodes.tolist()
                )


@given(st.floats(0.1, 0.9), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_a_cut_loses_no_land_but_slivers(share: float, bow: float, lean: float) -> None:
    land = shapely.Polygon([(0, 0), (300, 20), (340, 210), (150, 260), (-20, 180)])
    pieces = cut(land, across(land, share, bow, lean))
    assert sum(piece.area for piece in pieces) == pytest.approx(land.area, abs=2.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([50.0, 70.0, 100.0]))
def test_woven_streets_stay_in_their_neighbourhood(seed: int, spacing: float) -> None:
    land = shapely.Polygon([(0, 0), (420, 30), (460, 330), (180, 380), (-40, 240)])
    rule = Weave(spacing_m=spacing, run_m=200.0, bow=0.15)
    for line in weave(land, rule, np.random.default_rng(seed)):
        assert land.buffer(0.01).covers(shapely.LineString(line))


def grid_of_blocks(side: int, seed: int) -> Blocks:
    rng = np.random.default_rng(seed)
    size = 100.0
    edges = [np.array([[0.0, k * size], [side * size, k * size]]) for k in range(1, side)] + [
        np.array([[k * size, 0.0], [k * size, side * size]]) for k in range(1, side)
    ]
    where = rng.uniform(1.0, side * size - 1.0, (side * side * 4, 2))
    people = rng.integers(1, 60, len(where))
    district = shapely.box(0.0, 0.0, side * size, side * size)
    return cut_blocks(district, edges, Dwellers(where, people, np.ones_like(people)))


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 9), st.integers(1, 9), st.integers(0, 99), st.floats(0.0, 1.0))
def test_groups_hold_every_block_once_and_each_in_one_piece(
    side: int, count: int, seed: int, tilt: float
) -> None:
    blocks = grid_of_blocks(side, seed)
    members = list(range(len(blocks.polygons)))
    groups = group(blocks, members, count, tilt)
    assert sorted(block for part_ in groups for block in part_) == members
    for part_ in groups:
        together = shapely.coverage_union_all([blocks.polygons[b] for b in part_])
        assert together.geom_type == "Polygon"


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60))
def test_ranks_of_deprivation_are_distinct_and_in_range(quality: list[float]) -> None:
    codes = [f"X01{k:06d}" for k in range(len(quality))]
    found = deprivation_rows(codes, np.array(quality), Dice(1, 2_000))
    ranks = [int(row[9]) for row in found]
    assert len(set(ranks)) == len(ranks)
    assert all(1 <= rank <= AREAS_IN_ENGLAND for rank in ranks)


@given(st.integers(SMALLEST, LARGEST))
def test_a_plan_leaves_room_for_what_it_holds(residents: int) -> None:
    plan = plan_for(residents)
    assert 0 < plan.river_m < plan.river_off_m < plan.centre_m < plan.radius_m < plan.reach_m
    assert plan.village_residents < residents / 4
    assert list(plan.ring_radii_m) == sorted(plan.ring_radii_m)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([2_000, 11_999, 12_000, 80_000, 500_000]))
def test_any_seed_gives_a_sound_skeleton(seed: int, residents: int) -> None:
    plan = plan_for(residents)
    skeleton = lay_skeleton(plan, Dice(seed, residents))
    assert skeleton.built.is_valid
    assert skeleton.district.covers(skeleton.built)
    assert skeleton.water.is_valid
    assert skeleton.square.area > 200.0
    assert not skeleton.square.intersects(skeleton.water)
    roads = [s for s in skeleton.streets if s.role in ("radial", "bridge", "inner")]
    assert all(measures_m(s.line)[-1] > 5.0 for s in roads)
    crossing = [s for s in roads if skeleton.water.intersects(shapely.LineString(s.line))]
    assert [s.role for s in crossing] == ["bridge"]
    if skeleton.railway is not None:
        assert not skeleton.water.intersects(shapely.LineString(skeleton.railway))
