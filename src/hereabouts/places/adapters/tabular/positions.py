"""Rows into points: many at a time, each wrong one a finding of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
import shapely

from hereabouts.places.adapters.projection import BRITISH_GRID, WGS_84, Places, to_degrees
from hereabouts.places.adapters.tabular.tables import Row, Table
from hereabouts.places.domain.columns import PlaceColumns
from hereabouts.places.domain.numbers import parse_number

PIECE = 5_000
"""Rows turned into points at once: enough to be quick, few enough to stay small."""

GRID_WEST, GRID_SOUTH, GRID_EAST, GRID_NORTH = 0.0, 0.0, 700_000.0, 1_300_000.0
"""The British National Grid, metres."""

Item = TypeVar("Item")


def in_pieces(items: Iterable[Item], size: int = PIECE) -> Iterator[list[Item]]:
    """The items in lists of this size, the last one shorter."""
    running = iter(items)
    while piece := list(islice(running, size)):
        yield piece


def read_places(rows: Sequence[Row], columns: PlaceColumns, table: Table) -> Places:
    """Longitude and latitude of each row; NaN, and a finding, where the row holds no place.

    Shape `(rows, 2)`.
    """
    pairs = [(parse_number(cells[columns.x]), parse_number(cells[columns.y])) for _, cells in rows]
    places = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    within = _within(places, columns.is_projected)
    for at in np.flatnonzero(~within).tolist():
        number, cells = rows[at]
        field = f"{table.columns[columns.x]}, {table.columns[columns.y]}"
        code = "place.not_a_number" if None in pairs[at] else "place.not_on_the_map"
        table.note(number, code, field, f"{cells[columns.x]}, {cells[columns.y]}")
    degrees = np.full(places.shape, np.nan)
    system = BRITISH_GRID if columns.is_projected else WGS_84
    degrees[within] = to_degrees(places[within], system)
    return degrees


def place_rows(
    rows: Sequence[Row], columns: PlaceColumns, table: Table
) -> Iterator[tuple[Row, bytes]]:
    """The rows that hold a place, each with its point as well-known binary."""
    places = read_places(rows, columns, table)
    points = shapely.to_wkb(shapely.points(places))
    for row, point, place in zip(rows, points, places, strict=True):
        if np.isfinite(place).all():
            yield row, point


def _within(places: Places, is_projected: bool) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    west, south, east, north = (
        (GRID_WEST, GRID_SOUTH, GRID_EAST, GRID_NORTH)
        if is_projected
        else (-180.0, -90.0, 180.0, 90.0)
    )
    x, y = places[:, 0], places[:, 1]
    # Nought, nought is how tables write "unknown", in degrees as on the grid.
    is_place = (x != 0) | (y != 0)
    within: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        (x >= west) & (x <= east) & (y >= south) & (y <= north) & is_place
    )
    return within
