"""Coverage and the choice of sites: against brute force, and on real census areas."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import math
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.kernel.geometry import Point
from hereabouts.sensing.domain.coverage import (
    Aim,
    Question,
    SmallArea,
    choose,
    distances_m,
    measure_reach,
    nearest_m,
    places_of,
    plan_sites,
    weights_of,
)
from hereabouts.sensing.domain.coverage.choosing import GUARANTEE
from tests.shared_data import shared_file

NEWPORT = Point(-2.99, 51.58)


def worth(table: np.ndarray, sites: tuple[int, ...]) -> float:
    return float(table[:, list(sites)].max(axis=1, initial=0.0).sum()) if sites else 0.0


def best_of_all(table: np.ndarray, how_many: int) -> float:
    columns = range(table.shape[1])
    return max(
        worth(table, chosen)
        for size in range(how_many + 1)
        for chosen in itertools.combinations(columns, min(size, len(columns)))
    )


tables = st.integers(1, 7).flatmap(
    lambda who: st.integers(1, 7).flatmap(
        lambda sites: st.lists(
            st.lists(st.sampled_from([0, 0, 0, 1, 2, 5, 12]), min_size=sites, max_size=sites),
            min_size=who,
            max_size=who,
        )
    )
)


@settings(max_examples=300, deadline=None)
@given(tables, st.integers(1, 4))
def test_the_choice_is_within_its_guarantee_and_below_its_bound(
    rows: list[list[int]], how_many: int
) -> None:
    table = np.array(rows, dtype=float)
    found = choose(table, how_many)
    best = best_of_all(table, how_many)
    assert len(set(found.sites)) == len(found.sites) <= how_many
    assert found.worth == pytest.approx(worth(table, found.sites))
    assert sum(found.gains) == pytest.approx(found.worth)
    assert found.greedy_worth <= found.worth + 1e-9
    assert found.worth <= best + 1e-9
    assert best <= found.bound + 1e-9
    assert found.worth >= GUARANTEE * best - 1e-9
    assert list(found.gains) == sorted(found.gains, reverse=True)


@settings(max_examples=200, deadline=None)
@given(tables, st.integers(1, 3))
def test_no_single_exchange_improves_the_choice(rows: list[list[int]], how_many: int) -> None:
    table = np.array(rows, dtype=float)
    found = choose(table, how_many)
    for slot, site in itertools.product(range(len(found.sites)), range(table.shape[1])):
        changed = (*found.sites[:slot], site, *found.sites[slot + 1 :])
        assert worth(table, changed) <= found.worth + 1e-6


def test_exchange_escapes_where_greedy_alone_is_caught() -> None:
    # Greedy takes the middle site, which serves four, and then one is out of reach for good.
    table = np.zeros((6, 3))
    table[0:3, 0] = table[3:6, 1] = table[1:5, 2] = 1
    found = choose(table, 2)
    assert found.greedy_worth < found.worth == best_of_all(table, 2)
    assert found.swaps >= 1


@pytest.mark.parametrize(("how_many", "shape"), [(0, (3, 3)), (2, (0, 4)), (2, (4, 0))])
def test_nothing_to_choose_gives_an_empty_choice(how_many: int, shape: tuple[int, int]) -> None:
    found = choose(np.zeros(shape), how_many)
    assert (found.sites, found.worth, found.gap) == ((), 0.0, 0.0)


def test_equal_sites_leave_the_first_and_useless_ones_out() -> None:
    table = np.array([[0.0, 5.0, 5.0, 0.0], [0.0, 5.0, 5.0, 0.0]])
    assert choose(table, 3).sites == (1,)


coordinates = st.tuples(st.floats(-3.2, -2.8), st.floats(51.4, 51.8))


@settings(deadline=None)
@given(st.lists(coordinates, min_size=1, max_size=6), st.lists(coordinates, min_size=1, max_size=6))
def test_distances_are_those_of_the_kernel(
    some: list[tuple[float, float]], others: list[tuple[float, float]]
) -> None:
    found = distances_m(np.array(some), np.array(others))
    for row, one in enumerate(some):
        for column, other in enumerate(others):
            assert found[row, column] == pytest.approx(
                Point(*one).distance_m(Point(*other)), abs=0.2
            )
    assert nearest_m(np.array(some), np.empty((0, 2))).tolist() == [math.inf] * len(some)


def area(code: str, east_m: float, residents: int, decile: int | None = None) -> SmallArea:
    lon = NEWPORT.lon + east_m / (111_195 * math.cos(math.radians(NEWPORT.lat)))
    return SmallArea(code, code, Point(lon, NEWPORT.lat), residents, decile)


ROW = [
    area("a", 0, 1_000, 1),
    area("b", 400, 2_000, 2),
    area("c", 3_000, 1_500, 9),
    area("d", 6_000, 1_200, 1),
    area("e", 6_300, 800, None),
]


def test_reach_counts_residents_by_decile_and_names_whom_it_leaves_out() -> None:
    found = measure_reach(ROW, [ROW[0].place], 500)
    assert (found.residents, found.covered) == (6_500, 3_000)
    assert [(one.decile, one.residents, one.covered) for one in found.deciles] == [
        (1, 2_200, 1_000),
        (2, 2_000, 2_000),
        (9, 1_500, 0),
        (None, 800, 0),
    ]
    assert [one.code for one in found.left_out] == ["c", "d", "e"]
    assert found.share_of((1, 2, 3)) == pytest.approx(3_000 / 4_200)
    assert found.share_of((5,)) is None


def test_no_areas_and_no_sensors_are_answered_and_not_divided_by() -> None:
    assert measure_reach([], [NEWPORT], 500).share == 0.0
    assert measure_reach(ROW, [], 500).covered == 0
    assert plan_sites([], [], [NEWPORT], Question(500, 2)).sites == ()
    assert plan_sites(ROW, [], [], Question(500, 2)).sites == ()


def test_the_plan_says_whom_each_site_brings_in_after_those_before() -> None:
    candidates = [one.place for one in ROW]
    plan = plan_sites(ROW, [ROW[0].place], candidates, Question(500, 2))
    told = [(candidates[site.candidate].lon, site.residents, site.areas) for site in plan.sites]
    assert told == [
        (ROW[3].place.lon, 2_000, ("d", "e")),
        (ROW[2].place.lon, 1_500, ("c",)),
    ]
    assert plan.sites[0].deprived_share == pytest.approx(0.6)
    assert plan.choice.gap == 0.0


def test_deprivation_can_outweigh_numbers() -> None:
    areas = [area("poor", 0, 1_000, 1), area("rich", 5_000, 1_400, 10)]
    candidates = [one.place for one in areas]
    alike = plan_sites(areas, [], candidates, Question(500, 1))
    weighted = plan_sites(areas, [], candidates, Question(500, 1, emphasis=1.0))
    assert (alike.sites[0].areas, weighted.sites[0].areas) == (("rich",), ("poor",))
    assert weights_of([area("none", 0, 100, None)], 1.0).tolist() == [pytest.approx(150.0)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(coordinates, st.integers(0, 3_000)), min_size=1, max_size=8),
    st.lists(coordinates, min_size=1, max_size=6),
    st.lists(coordinates, max_size=2),
    st.integers(1, 3),
)
def test_the_median_plan_never_beats_and_nearly_meets_the_best_average_way(
    people: list[tuple[tuple[float, float], int]],
    sites: list[tuple[float, float]],
    there: list[tuple[float, float]],
    how_many: int,
) -> None:
    areas = [
        SmallArea(str(number), str(number), Point(*place), residents)
        for number, (place, residents) in enumerate(people)
    ]
    sensors, candidates = [Point(*one) for one in there], [Point(*one) for one in sites]
    plan = plan_sites(areas, sensors, candidates, Question(500, how_many, Aim.NEAR))
    ways = distances_m(places_of([one.place for one in areas]), places_of(candidates))
    start = np.minimum(
        nearest_m(places_of([one.place for one in areas]), places_of(sensors)), ways.max()
    )
    saved = np.maximum(0, start[:, None] - ways) * np.array([[one.residents] for one in areas])
    best = best_of_all(saved, how_many)
    assert plan.choice.worth <= best + 1e-3
    assert plan.choice.worth >= GUARANTEE * best - 1e-3
    assert plan.choice.bound >= best - 1e-3


def oxfordshire() -> list[SmallArea]:
    """Census areas of 2021 with residents and deciles of 2025, as published."""
    text = shared_file("place", "areas", "oxfordshire-lsoa2021.geojson").read_text()
    middles = {
        one["properties"]["LSOA21CD"]: shapely.from_geojson(json.dumps(one["geometry"])).centroid
        for one in json.loads(text)["features"]
    }
    people = shared_file("place", "areas", "oxfordshire-census2021-lsoa2021.csv").read_text()
    residents = {row["lsoa21_code"]: row for row in csv.DictReader(people.splitlines())}
    need = shared_file("place", "deprivation", "imd2025-england-lsoa2021.csv.gz").read_bytes()
    rows = csv.DictReader(gzip.decompress(need).decode().splitlines())
    deciles = {row["lsoa21_code"]: row for row in rows}
    return [
        SmallArea(
            code,
            code,
            Point(middle.x, middle.y),
            int(residents[code]["total_residents"]),
            int(deciles[code]["IMD_decile"]),
        )
        for code, middle in sorted(middles.items())
    ]


def test_ten_sensors_for_oxfordshire_are_near_the_best_there_can_be() -> None:
    areas = oxfordshire()
    assert len(areas) == 428
    assert sum(one.residents for one in areas) > 700_000
    centres = [one.place for one in areas]
    plan = plan_sites(areas, [Point(-1.2603, 51.7448)], centres, Question(1_500, 10))
    assert len(plan.sites) == 10
    assert plan.choice.gap < 0.05
    assert plan.residents == pytest.approx(plan.choice.worth)
    sensors = [Point(-1.2603, 51.7448), *(centres[site.candidate] for site in plan.sites)]
    before = measure_reach(areas, sensors[:1], 1_500)
    after = measure_reach(areas, sensors, 1_500)
    assert after.covered - before.covered == plan.residents
    again = plan_sites(areas, sensors[:1], centres, Question(1_500, 10))
    assert again == plan


def test_newport_has_a_hundred_areas_and_one_site_serves_those_around_it() -> None:
    text = shared_file("place", "areas", "newport-lsoa2021.geojson").read_text()
    middles = [
        shapely.from_geojson(json.dumps(one["geometry"])).centroid
        for one in json.loads(text)["features"]
    ]
    areas = [
        SmallArea(str(number), "", Point(middle.x, middle.y), 1_500)
        for number, middle in enumerate(middles)
    ]
    plan = plan_sites(areas, [], [one.place for one in areas], Question(1_000, 5))
    ways = distances_m(places_of([one.place for one in areas]), places_of([a.place for a in areas]))
    assert plan.sites[0].residents == 1_500 * int((ways <= 1_000).sum(axis=0).max())


def test_twenty_sites_among_five_thousand_take_less_than_a_second() -> None:
    rng = np.random.default_rng(3)
    spread = lambda count: [  # noqa: E731 - two lines of data
        Point(-3.2 + 0.4 * x, 51.4 + 0.3 * y) for x, y in rng.random((count, 2))
    ]
    areas = [
        SmallArea(str(number), "", place, int(rng.integers(1_000, 3_000)), number % 10 + 1)
        for number, place in enumerate(spread(500))
    ]
    candidates = spread(5_000)
    for aim in Aim:
        spent = []
        for _ in range(3):
            started = time.process_time()
            plan = plan_sites(areas, [NEWPORT], candidates, Question(1_500, 20, aim, 0.5))
            spent.append(time.process_time() - started)
            assert len(plan.sites) == 20
        assert min(spent) < 1.0
