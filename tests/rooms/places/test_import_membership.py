"""Which areas a place lies in: exact at borders, in holes and in several parts, and kept true."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.geometry import Box, cell_of
from hereabouts.places.actions.importing import import_batch
from hereabouts.places.actions.importing.files import CheckedFile
from hereabouts.places.actions.membership import AreaShape, areas_of_lines, areas_of_points
from hereabouts.places.domain.batch import Batch, Scope
from hereabouts.places.domain.cells import cells_of
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import AreaRecord, AssetRecord, StreetRecord
from hereabouts.places.models import AreaMembership

FILE = CheckedFile("areas.test", 1, "0" * 64)


def area(code: str, shape: shapely.Geometry, kind: str = "ward") -> AreaShape:
    return AreaShape(id=int(code), kind=kind, code=f"W{code}", shape=shape)


def areas_at(areas: list[AreaShape], *places: tuple[float, float]) -> list[set[int]]:
    pairs = areas_of_points(areas, np.array(places, dtype=np.float64).reshape(-1, 2))
    found: list[set[int]] = [set() for _ in places]
    for thing, number in zip(pairs.things.tolist(), pairs.areas.tolist(), strict=True):
        found[thing].add(number)
    return found


WEST, EAST = area("2", shapely.box(0, 0, 1, 1)), area("1", shapely.box(1, 0, 2, 1))


def test_a_point_inside_lies_in_its_area_and_outside_in_none() -> None:
    assert areas_at([WEST, EAST], (0.5, 0.5), (1.5, 0.5), (5.0, 5.0)) == [{2}, {1}, set()]


def test_a_point_on_a_shared_border_lies_in_the_area_with_the_lowest_code_only() -> None:
    assert areas_at([WEST, EAST], (1.0, 0.5), (1.0, 1.0)) == [{1}, {1}]
    assert areas_at([EAST, WEST], (1.0, 0.5)) == [{1}]


def test_a_point_on_an_outer_border_does_not_fall_out() -> None:
    assert areas_at([WEST, EAST], (0.0, 0.5), (2.0, 1.0)) == [{2}, {1}]


def test_borders_are_shared_only_within_a_kind() -> None:
    district = area("9", shapely.box(0, 0, 2, 1), kind="district")
    assert areas_at([WEST, EAST, district], (1.0, 0.5), (0.0, 0.5)) == [{1, 9}, {2, 9}]


def test_areas_of_one_kind_may_overlap_and_a_point_lies_in_both() -> None:
    patch = area("3", shapely.box(0.25, 0, 0.75, 1))
    assert areas_at([WEST, patch], (0.5, 0.5)) == [{2, 3}]


def test_a_hole_is_outside_and_a_second_part_inside() -> None:
    ring = shapely.Polygon(shapely.box(0, 0, 3, 3).exterior, [shapely.box(1, 1, 2, 2).exterior])
    parts = area("4", shapely.MultiPolygon([ring, shapely.box(5, 5, 6, 6)]))
    assert areas_at([parts], (1.5, 1.5), (0.5, 0.5), (5.5, 5.5)) == [set(), {4}, {4}]
    island = area("5", shapely.box(1, 1, 2, 2))
    assert areas_at([parts, island], (1.0, 1.5), (1.5, 1.5)) == [{4}, {5}]


def test_no_areas_or_no_places_make_no_pairs() -> None:
    assert areas_at([], (0.5, 0.5)) == [set()]
    assert areas_at([WEST]) == []


def lines_in(areas: list[AreaShape], *lines: list[tuple[float, float]]) -> list[set[int]]:
    shapes = np.array([shapely.LineString(line) for line in lines], dtype=object)
    pairs = areas_of_lines(areas, shapes)
    found: list[set[int]] = [set() for _ in lines]
    for thing, number in zip(pairs.things.tolist(), pairs.areas.tolist(), strict=True):
        found[thing].add(number)
    return found


def test_a_street_lies_in_every_area_it_passes_through_or_runs_along() -> None:
    crossing, along = [(0.5, 0.5), (1.5, 0.5)], [(1.0, 0.1), (1.0, 0.9)]
    inside, touching = [(0.1, 0.1), (0.2, 0.2)], [(0.5, 0.5), (1.0, 0.5)]
    found = lines_in([WEST, EAST], crossing, along, inside, touching)
    assert found == [{1, 2}, {1, 2}, {2}, {2}]


coordinates = st.floats(0, 4).map(lambda value: round(value, 1))


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=20))
def test_each_point_of_a_chequered_land_lies_in_exactly_one_field(
    places: list[tuple[float, float]],
) -> None:
    fields = [
        area(str(10 * x + y + 1), shapely.box(x, y, x + 1, y + 1))
        for x in range(4)
        for y in range(4)
    ]
    assert [len(found) for found in areas_at(fields, *places)] == [1] * len(places)


lon, lat = st.floats(-179, 178), st.floats(-84, 83)
size = st.floats(0, 1)


@given(st.lists(st.tuples(lon, lat, size, size), min_size=1, max_size=20))
def test_cells_of_many_boxes_are_the_cells_of_each(
    corners: list[tuple[float, float, float, float]],
) -> None:
    boxes = [Box(w, s, w + across, s + up) for w, s, across, up in corners]
    together = cells_of(np.array([[b.west, b.south, b.east, b.north] for b in boxes]))
    assert together.tolist() == [cell_of(box) for box in boxes]


# --- kept true ------------------------------------------------------------------------------------


def load(kind: Kind, *records: AreaRecord | AssetRecord | StreetRecord) -> None:
    batch = Batch(source="test", records={kind: records}, scopes={kind: Scope()})
    import_batch(FILE, "test", lambda: batch, INSTALLATION)


def ward(code: str, west: float, east: float) -> AreaRecord:
    return AreaRecord(
        source="test",
        source_id=code,
        code=code,
        kind="ward",
        name=code,
        geometry=shapely.to_wkb(shapely.box(west, 51, east, 52)),
    )


def bench(name: str, lon: float) -> AssetRecord:
    point = shapely.to_wkb(shapely.Point(lon, 51.5))
    return AssetRecord(source="test", source_id=name, geometry=point, type="bench")


def wards_of_assets() -> dict[str, set[str]]:
    from hereabouts.places.models import Asset

    names = dict(Asset.objects.values_list("id", "source_id"))
    found: dict[str, set[str]] = {name: set() for name in names.values()}
    for number, code in AreaMembership.objects.filter(kind="asset").values_list(
        "feature_id", "area__code"
    ):
        found[names[number]].add(code)
    return found


@pytest.mark.django_db
def test_new_places_find_their_areas_and_new_areas_their_places() -> None:
    load(Kind.ASSET, bench("a", 0.5))
    load(Kind.AREA, ward("W1", 0, 1), ward("W2", 1, 2))
    load(Kind.ASSET, bench("a", 0.5), bench("b", 1.5))
    assert wards_of_assets() == {"a": {"W1"}, "b": {"W2"}}


@pytest.mark.django_db
def test_a_border_that_moves_moves_the_places_between_its_areas() -> None:
    load(Kind.ASSET, bench("a", 0.5), bench("b", 0.9), bench("edge", 1.0), bench("c", 1.5))
    load(Kind.AREA, ward("W1", 0, 1), ward("W2", 1, 2))
    assert wards_of_assets() == {"a": {"W1"}, "b": {"W1"}, "edge": {"W1"}, "c": {"W2"}}
    load(Kind.AREA, ward("W1", 0, 0.8), ward("W2", 0.8, 2))
    assert wards_of_assets() == {"a": {"W1"}, "b": {"W2"}, "edge": {"W2"}, "c": {"W2"}}


@pytest.mark.django_db
def test_when_one_area_goes_its_neighbour_keeps_the_border() -> None:
    load(Kind.ASSET, bench("edge", 1.0))
    load(Kind.AREA, ward("W1", 0, 1), ward("W2", 1, 2))
    load(Kind.AREA, ward("W2", 1, 2))
    assert wards_of_assets() == {"edge": {"W2"}}


@pytest.mark.django_db
def test_a_place_that_moves_or_goes_leaves_its_area() -> None:
    load(Kind.AREA, ward("W1", 0, 1), ward("W2", 1, 2))
    load(Kind.ASSET, bench("a", 0.5), bench("b", 0.6))
    load(Kind.ASSET, bench("a", 1.5))
    assert wards_of_assets() == {"a": {"W2"}, "b": set()}


@pytest.mark.django_db
def test_a_street_knows_each_area_it_passes_through() -> None:
    load(Kind.AREA, ward("W1", 0, 1), ward("W2", 1, 2), ward("W3", 2, 3))
    line = shapely.to_wkb(shapely.MultiLineString([[(0.5, 51.5), (1.5, 51.5)]]))
    load(Kind.STREET, StreetRecord(source="test", source_id="s", geometry=line, name="Long Row"))
    codes = AreaMembership.objects.filter(kind="street").values_list("area__code", flat=True)
    assert sorted(codes) == ["W1", "W2"]
