"""From longitude and latitude to the units of one tile: where things land, and what is cut off."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from hereabouts.kernel.geometry import from_square, tile_box
from hereabouts.standards.mvt import BUFFER, EXTENT, TileFrame

FRAME = TileFrame(14, 8052, 5446)
BOX = tile_box(14, 8052, 5446)


def fitted(*shapes: shapely.Geometry, tolerance: float = 0.0) -> list[shapely.Geometry | None]:
    return list(FRAME.fitted(np.array(shapes, dtype=object), tolerance))


def at(x: float, y: float) -> tuple[float, float]:
    """The place at these units of the tile."""
    side = 2**FRAME.zoom
    return from_square((FRAME.x + x / EXTENT) / side, (FRAME.y + y / EXTENT) / side)


def test_corners_of_the_tile_are_the_corners_of_the_grid() -> None:
    corners = np.array([(BOX.west, BOX.north), (BOX.east, BOX.south)])
    assert FRAME.to_units(corners) == pytest.approx(np.array([(0, 0), (EXTENT, EXTENT)]), abs=1e-4)


def test_box_reaches_as_far_as_the_buffer() -> None:
    corners = np.array([(FRAME.box.west, FRAME.box.north), (FRAME.box.east, FRAME.box.south)])
    beyond = EXTENT + BUFFER
    assert FRAME.to_units(corners) == pytest.approx(
        np.array([(-BUFFER, -BUFFER), (beyond, beyond)]), abs=1e-4
    )


def test_lines_are_cut_at_the_buffer_and_not_at_the_edge() -> None:
    (line,) = fitted(shapely.LineString([at(-500, 100), at(500, 100)]))
    assert line is not None
    assert line.bounds == pytest.approx((-BUFFER, 100, 500, 100), abs=1e-3)


def test_polygon_around_the_whole_tile_becomes_the_buffered_tile() -> None:
    (area,) = fitted(shapely.box(-10, 45, 5, 60))
    assert area is not None
    assert shapely.area(area) == pytest.approx((EXTENT + 2 * BUFFER) ** 2)


def test_what_lies_elsewhere_or_touches_the_edge_only_is_gone() -> None:
    elsewhere = shapely.LineString([at(9000, 9000), at(9100, 9000)])
    around_the_corner = shapely.LineString([at(-600, 300), at(300, -600)])
    assert fitted(elsewhere, around_the_corner) == [None, None]


def test_concave_polygon_keeps_only_its_parts_inside() -> None:
    comb = [at(4000, 0), at(5000, 0), at(5000, 300), at(4000, 300), at(4000, 200), at(4500, 200)]
    (area,) = fitted(shapely.Polygon([*comb, at(4500, 100), at(4000, 100)]))
    assert area is not None
    assert area.is_valid
    assert area.geom_type == "MultiPolygon"
    assert shapely.area(area) == pytest.approx(2 * 160 * 100, rel=1e-3)


@given(
    st.lists(st.tuples(st.integers(4150, 4170), st.integers(1995, 2005)), min_size=3, max_size=8)
)
@example([(4157, 2002), (4160, 2002), (4162, 2005), (4161, 2002)])
@example([(4158, 2003), (4158, 2003), (4164, 1997)])
def test_a_ring_that_rounding_folds_onto_the_edge_spoils_no_tile(
    corners: list[tuple[int, int]],
) -> None:
    whole = shapely.box(*at(100, 300), *at(200, 200))
    area, kept = fitted(shapely.Polygon([at(x, y) for x, y in corners]), whole)
    assert kept is not None
    assert area is None or area.bounds[2] <= EXTENT + BUFFER


def test_simplifying_never_moves_a_line_further_than_the_tolerance() -> None:
    wiggly = shapely.LineString([at(x, 500 + 3 * (x % 20 == 0)) for x in range(0, 2000, 10)])
    (line,) = fitted(wiggly, tolerance=4)
    assert line is not None
    assert shapely.get_num_coordinates(line) == 2


@given(
    st.floats(-0.5, 1.5, allow_nan=False, allow_subnormal=False),
    st.floats(-0.5, 1.5, allow_nan=False, allow_subnormal=False),
)
def test_every_point_stands_in_exactly_one_tile(across: float, down: float) -> None:
    place = np.array([shapely.Point(at(across * EXTENT, down * EXTENT))], dtype=object)
    tiles = [
        (x, y)
        for x in range(FRAME.x - 1, FRAME.x + 2)
        for y in range(FRAME.y - 1, FRAME.y + 2)
        if TileFrame(FRAME.zoom, x, y).fitted(place)[0] is not None
    ]
    assert len(tiles) == 1
