"""Cells find every feature whose box touches, whatever its size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx, raises

from hereabouts.kernel.geometry import (
    MAX_RANGES,
    Box,
    NotOnTheMap,
    Point,
    cell_of,
    cell_of_point,
    cell_ranges,
    from_square,
    tile_box,
    to_square,
)

lons = st.floats(-8, 2)
lats = st.floats(49, 61)
sizes = st.sampled_from([0.0, 0.0001, 0.002, 0.01, 0.1, 1.0, 3.0])


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    lon, lat = draw(lons), draw(lats)
    return Box(lon, lat, lon + draw(sizes), lat + draw(sizes))


@given(feature=boxes(), window=boxes())
def test_a_feature_whose_box_touches_the_window_lies_in_its_ranges(
    feature: Box, window: Box
) -> None:
    if feature.touches(window):
        cell = cell_of(feature)
        assert any(first <= cell <= last for first, last in cell_ranges(window))


@given(lon=lons, lat=lats)
def test_a_point_is_found_by_a_box_that_holds_it(lon: float, lat: float) -> None:
    cell = cell_of_point(Point(lon, lat))
    assert any(first <= cell <= last for first, last in cell_ranges(Box(lon, lat, lon, lat)))


@given(window=boxes())
def test_ranges_are_few_and_ordered(window: Box) -> None:
    ranges = cell_ranges(window)
    assert len(ranges) <= 4 * MAX_RANGES
    assert all(first <= last for first, last in ranges)


def test_a_far_feature_is_not_in_the_ranges_of_a_tile() -> None:
    cell = cell_of_point(Point(-1.25, 51.75))
    tile = tile_box(14, 8050, 5440)
    assert not any(first <= cell <= last for first, last in cell_ranges(tile))


@given(lon=lons, lat=lats)
def test_the_square_and_back_is_the_same_place(lon: float, lat: float) -> None:
    assert from_square(*to_square(lon, lat)) == (approx(lon), approx(lat))


def test_distance_of_a_degree_of_latitude() -> None:
    assert Point(-3, 51).distance_m(Point(-3, 52)) == approx(111_195, abs=10)


def test_a_latitude_of_ninety_one_is_refused() -> None:
    with raises(NotOnTheMap, match="not a place"):
        Point(0, 91)
