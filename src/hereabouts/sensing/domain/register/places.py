"""The geometry of a Location or feature: GeoJSON, bare or as a Feature, made fit for searching.

What is not GeoJSON by its encoding is kept as it is and never matches a place.
Source: RFC 7946; OGC 18-088, clauses 8.2.2 and 8.2.8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import shapely
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from hereabouts.kernel.geometry import Box, NotOnTheMap, cell_of
from hereabouts.sensing.domain.register.faults import UnusableError

GEOJSON: Final = frozenset(
    {"application/geo+json", "application/vnd.geo+json", "application/geojson"}
)
"""Media types that mean GeoJSON, in 1.1, in 1.0, and by mistake."""

GEOMETRIES: Final = frozenset(
    {
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    }
)
MOST_POSITIONS = 200_000

_VALUE = msgspec.json.Decoder()


@dataclass(frozen=True)
class Place:
    """A geometry as well-known binary (longitude first), its cell and its box."""

    wkb: bytes
    cell: int
    box: Box


def is_geojson(encoding_type: str) -> bool:
    """Whether a media type, with or without parameters, means GeoJSON."""
    return encoding_type.partition(";")[0].strip().lower() in GEOJSON


def read_place(encoding_type: str, value: str, at: str) -> Place | None:
    """The place of a value given as JSON text; None where the encoding is another or it is empty.

    Raises: UnusableError where the encoding says GeoJSON and the value is not.
    """
    if not is_geojson(encoding_type):
        return None
    sent = _VALUE.decode(value)
    geometry = _geometry_of(sent, at)
    if geometry is None or geometry.is_empty:
        return None
    flat = shapely.force_2d(geometry)
    if not flat.is_valid:
        # Searching trips over rings that cross themselves; what was sent is kept beside it.
        flat = shapely.make_valid(flat)
    west, south, east, north = flat.bounds
    try:
        box = Box(west, south, east, north)
    except NotOnTheMap as fault:
        raise UnusableError(
            at, "a position lies outside longitude −180…180, latitude −90…90"
        ) from (fault)
    return Place(shapely.to_wkb(flat), cell_of(box), box)


def _geometry_of(sent: Any, at: str) -> BaseGeometry | None:
    if not isinstance(sent, dict):
        raise UnusableError(at, "it is not a GeoJSON geometry or Feature")
    kind = sent.get("type")
    if kind == "Feature":
        inner = sent.get("geometry")
        return None if inner is None else _geometry_of_geometry(inner, f"{at}/geometry")
    return _geometry_of_geometry(sent, at)


def _geometry_of_geometry(sent: Any, at: str) -> BaseGeometry:
    if not isinstance(sent, dict) or sent.get("type") not in GEOMETRIES:
        raise UnusableError(at, "it is not a GeoJSON geometry or Feature")
    kind = str(sent["type"])
    if kind == "Point":
        # By far the most common; shapely's general reader costs five times as much.
        position = sent.get("coordinates")
        if isinstance(position, list) and _is_position(position):
            return Point(position[0], position[1])
    try:
        geometry = shape(sent)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as fault:
        raise UnusableError(at, f"its coordinates are not those of a {kind}") from fault
    except shapely.errors.ShapelyError as fault:
        raise UnusableError(at, f"its coordinates are not those of a {kind}") from fault
    _check(geometry, kind, at)
    return geometry


def _is_position(value: list[Any]) -> bool:
    return (
        len(value) >= 2
        and all(isinstance(part, int | float) and not isinstance(part, bool) for part in value)
        and all(math.isfinite(part) and abs(part) < 1e15 for part in value)
    )


def _check(geometry: BaseGeometry, kind: str, at: str) -> None:
    if shapely.get_num_coordinates(geometry) > MOST_POSITIONS:
        raise UnusableError(at, f"it has more than {MOST_POSITIONS} positions")
    if kind == "Point" and not geometry.is_empty:
        raise UnusableError(at, "its coordinates are not those of a Point")
    if not all(math.isfinite(edge) for edge in geometry.bounds) and not geometry.is_empty:
        raise UnusableError(at, "a coordinate is not a number")
