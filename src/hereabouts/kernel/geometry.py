"""Points, boxes and cells: enough geometry to find a row with any database's plain index.

Every place is `(longitude, latitude)` in WGS 84, degrees. A *cell* is one 64-bit integer made of a
band (how large the feature is) and the Z-order number of its centre at level 20 of the web map's
grid, so that a map tile, or any box, is a few ranges of one indexed column.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.text import N_

LEVEL = 20
"""Depth of the grid: a cell is about 24 m wide in Britain."""

MAX_LATITUDE = 85.0511287798066
"""Edge of the web map's square. Source: EPSG:3857."""

BAND_LEVELS = (16, 13, 10, 0)
"""A feature is in the first band whose tile at this zoom is at least as wide and high as it."""

BAND_SHIFT = 2 * LEVEL
MAX_RANGES = 8
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius. Source: IUGG."""


class NotOnTheMap(Refusal):
    """A coordinate is not a place on the Earth."""

    code = "geometry.not_on_the_map"
    message = N_(
        "“{value}” is not a place: longitude runs from −180 to 180, latitude from −90 to 90."
    )


@dataclass(frozen=True)
class Point:
    """A place: longitude and latitude in WGS 84, degrees."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        """Refuse what is not a place. Raises: NotOnTheMap."""
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise NotOnTheMap(value=f"{self.lon},{self.lat}")

    def distance_m(self, other: Point) -> float:
        """Great-circle distance in metres. Source: haversine formula."""
        lat_a, lat_b = math.radians(self.lat), math.radians(other.lat)
        half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(other.lon - self.lon) / 2
        chord = (
            math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
        )
        return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


@dataclass(frozen=True)
class Box:
    """A box in WGS 84 degrees: west, south, east, north; it never crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse a box that is inside out or off the map. Raises: NotOnTheMap."""
        if not (-180 <= self.west <= self.east <= 180 and -90 <= self.south <= self.north <= 90):
            raise NotOnTheMap(value=f"{self.west},{self.south},{self.east},{self.north}")

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        return Point((self.west + self.east) / 2, (self.south + self.north) / 2)

    def grown_m(self, metres: float) -> Box:
        """The box with a margin in metres on every side, cut at the edge of the map."""
        up = math.degrees(metres / EARTH_RADIUS_M)
        out = up / max(0.01, math.cos(math.radians(max(abs(self.south), abs(self.north)))))
        return Box(
            max(-180.0, self.west - out),
            max(-90.0, self.south - up),
            min(180.0, self.east + out),
            min(90.0, self.north + up),
        )

    def touches(self, other: Box) -> bool:
        """Whether the boxes share at least a point."""
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )


def box_round(point: Point, metres: float) -> Box:
    """The box that reaches this far from a point in each direction."""
    return Box(point.lon, point.lat, point.lon, point.lat).grown_m(metres)


def to_square(lon: float, lat: float) -> tuple[float, float]:
    """A place on the web map's unit square: x eastwards and y southwards, both 0 to 1."""
    lat = min(MAX_LATITUDE, max(-MAX_LATITUDE, lat))
    y = 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
    return (lon + 180) / 360, y


def from_square(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a point on the web map's unit square."""
    return x * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def tile_box(zoom: int, x: int, y: int) -> Box:
    """The box of a map tile; `y` grows southwards."""
    west, north = from_square(x / 2**zoom, y / 2**zoom)
    east, south = from_square((x + 1) / 2**zoom, (y + 1) / 2**zoom)
    return Box(west, south, east, north)


def cell_of(box: Box) -> int:
    """The cell under which a feature with this box is filed."""
    west, north = to_square(box.west, box.north)
    east, south = to_square(box.east, box.south)
    size = max(east - west, south - north)
    band = next(number for number, level in enumerate(BAND_LEVELS) if size <= 0.5**level)
    return band << BAND_SHIFT | _interleave(_grid((west + east) / 2), _grid((north + south) / 2))


def cell_of_point(point: Point) -> int:
    """The cell of a point."""
    x, y = to_square(point.lon, point.lat)
    return _interleave(_grid(x), _grid(y))


def cell_ranges(box: Box) -> list[tuple[int, int]]:
    """Ranges of cells, first and last included, that hold every feature whose box touches this one.

    They also hold some that do not: compare exact boxes afterwards. At most 8 a band.
    """
    west, north = to_square(box.west, box.north)
    east, south = to_square(box.east, box.south)
    ranges: list[tuple[int, int]] = []
    for band, level in enumerate(BAND_LEVELS):
        # A feature is filed by its centre, so look half its largest size further out.
        margin = 0.5 ** (level + 1) if band else 0.5 ** (BAND_LEVELS[0] + 1)
        window = (
            _grid(west - margin),
            _grid(north - margin),
            _grid(east + margin),
            _grid(south + margin),
        )
        base = band << BAND_SHIFT
        ranges += [(base | first, base | last) for first, last in _cover(window)]
    return ranges


def _grid(share: float) -> int:
    return min((1 << LEVEL) - 1, max(0, int(share * (1 << LEVEL))))


def _interleave(x: int, y: int) -> int:
    return _spread(x) | _spread(y) << 1


def _spread(number: int) -> int:
    number = (number | number << 16) & 0x0000FFFF0000FFFF
    number = (number | number << 8) & 0x00FF00FF00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F0F0F0F0F
    number = (number | number << 2) & 0x3333333333333333
    return (number | number << 1) & 0x5555555555555555


def _cover(window: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Z-order ranges that cover a window of grid columns and rows, bounds included."""
    quads = [(0, 0, LEVEL)]
    while True:
        smaller = [part for quad in quads for part in _split(quad, window)]
        if smaller == quads or len(merged := _merge(smaller)) > MAX_RANGES:
            return _merge(quads)
        quads = smaller
        if len(merged) == MAX_RANGES:
            return merged


def _split(
    quad: tuple[int, int, int], window: tuple[int, int, int, int]
) -> Iterator[tuple[int, int, int]]:
    x, y, height = quad
    west, north, east, south = window
    size = 1 << height
    inside = west <= x and x + size - 1 <= east and north <= y and y + size - 1 <= south
    if inside or height == 0:
        yield quad
        return
    half = size >> 1
    for top in (y, y + half):
        for left in (x, x + half):
            if left <= east and left + half > west and top <= south and top + half > north:
                yield (left, top, height - 1)


def _merge(quads: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(
        (start := _interleave(x, y), start + (1 << 2 * height) - 1) for x, y, height in quads
    ):
        if merged and merged[-1][1] + 1 >= first:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
