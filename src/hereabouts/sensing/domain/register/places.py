"""The geometry of a Location or feature: GeoJSON, bare or as a Feature, made fit for searching.

What is not GeoJSON by its encoding is kept as it is and never matches a place.
Source: RFC 7946; OGC 18-088, clauses 8.2.2 and 8.2.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
import shapely
from shapely.geometry import GeometryCollection, Point, shape
from shapely.geometry.base import BaseGeometry

from hereabouts.kernel.geometry import Box, NotOnTheMap, cell_of
from hereabouts.sensing.domain.register.faults import UnusableError

GEOJSON: Final = frozenset(
    {"application/geo+json", "application/vnd.geo+json", "application/geojson"}
)
"""Media types that mean GeoJSON, in 1.1, in 1.0, and by mistake."""

COLLECTION: Final = "GeometryCollection"
DEPTHS: Final = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How many lists stand round a position."""
GEOMETRIES: Final = frozenset(DEPTHS) | {COLLECTION}
MOST_POSITIONS = 200_000
"""In one list."""

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
    kind = sent.get("type") if isinstance(sent, dict) else None
    if not isinstance(kind, str) or kind not in GEOMETRIES:
        raise UnusableError(at, "it is not a GeoJSON geometry or Feature")
    if kind == COLLECTION:
        parts = sent.get("geometries")
        if not isinstance(parts, list):
            raise UnusableError(at, f"a {COLLECTION} has a list of geometries")
        return GeometryCollection(
            [_geometry_of_geometry(part, f"{at}/geometries[{n}]") for n, part in enumerate(parts)]
        )
    try:
        coordinates = _flat(sent.get("coordinates"), DEPTHS[kind], kind)
        if kind == "Point":
            # By far the most common; the general reader costs five times as much.
            return Point(coordinates) if coordinates else Point()
        return shape({"type": kind, "coordinates": coordinates})
    except (ValueError, IndexError, shapely.errors.ShapelyError) as fault:
        raise UnusableError(at, f"its coordinates are not those of a {kind}") from fault


def _flat(sent: Any, depth: int, kind: str) -> list[Any]:
    """Coordinates with two numbers a position, whatever heights were sent.

    Raises: ValueError where they are not those of so many lists inside each other.
    """
    if not isinstance(sent, list):
        raise ValueError(kind)
    if depth:
        if len(sent) > MOST_POSITIONS:
            raise ValueError(kind)
        return [_flat(part, depth - 1, kind) for part in sent]
    if not sent and kind == "Point":
        return []
    if len(sent) < 2 or not all(map(_is_number, sent)):
        raise ValueError(kind)
    return [float(sent[0]), float(sent[1])]


def _is_number(value: Any) -> bool:
    return type(value) in {int, float} and abs(value) < 1e15
