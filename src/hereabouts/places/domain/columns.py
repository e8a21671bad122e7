"""Recognising the columns of a table by the names that publishers usually give them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGITUDE = ("longitude", "lon", "lng", "long", "longtitude", "x_wgs84", "stop_lon")
LATITUDE = ("latitude", "lat", "lattitude", "latitiude", "y_wgs84", "stop_lat")
EASTING = (
    "easting", "eastings", "x_coordinate", "bng_e", "oseast1m", "east1m", "geo_x", "os_x",
    "location_easting_osgr", "easting_m", "x",
)  # fmt: skip
NORTHING = (
    "northing", "northings", "y_coordinate", "bng_n", "osnrth1m", "north1m", "geo_y", "os_y",
    "location_northing_osgr", "northing_m", "y",
)  # fmt: skip
"""Names for the parts of a coordinate; misspellings are those of real open data files."""


def bare(name: str) -> str:
    """A column's name without case, accents, blanks and punctuation: `Post code` is `postcode`."""
    spread = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in spread if letter.isalnum())


def find_column(columns: Sequence[str], names: Iterable[str]) -> int | None:
    """Where the first of these names stands among the columns, or None.

    Earlier names win over later ones, whatever the order of the columns.
    """
    places: dict[str, int] = {}
    for place, column in enumerate(columns):
        places.setdefault(bare(column), place)
    return next((places[bare(name)] for name in names if bare(name) in places), None)


@dataclass(frozen=True)
class PlaceColumns:
    """Where a table keeps its coordinates; `x` is the longitude or the easting."""

    x: int
    y: int
    is_projected: bool


def find_place_columns(columns: Sequence[str]) -> PlaceColumns | None:
    """The columns that hold a place, degrees before grid references, or None."""
    for across, up, is_projected in ((LONGITUDE, LATITUDE, False), (EASTING, NORTHING, True)):
        x, y = find_column(columns, across), find_column(columns, up)
        if x is not None and y is not None:
            return PlaceColumns(x, y, is_projected)
    return None
