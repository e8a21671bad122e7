"""From places to tile units: projecting, cutting at the edge and leaving out what nobody sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.kernel.geometry import MAX_LATITUDE, Box, from_square

EXTENT = 4096
"""Units along a tile's side. Source: the usual value of Mapbox Vector Tile."""

BUFFER = 64
"""Units beyond each edge that lines and polygons keep, so that strokes meet across tiles."""

Geometries = NDArray[np.object_]
Coordinates = NDArray[np.float64]


@dataclass(frozen=True)
class TileFrame:
    """One tile's own grid: x eastwards and y southwards from its north-west corner."""

    zoom: int
    x: int
    y: int
    extent: int = EXTENT
    buffer: int = BUFFER

    @property
    def box(self) -> Box:
        """The tile with its buffer, in WGS 84."""
        side, more = 2.0**self.zoom, self.buffer / self.extent
        west, north = from_square(
            max(0.0, (self.x - more) / side), max(0.0, (self.y - more) / side)
        )
        east, south = from_square(
            min(1.0, (self.x + 1 + more) / side), min(1.0, (self.y + 1 + more) / side)
        )
        return Box(west, south, east, north)

    def to_units(self, places: Coordinates) -> Coordinates:
        """Places as tile units. Shapes: `(n, 2)` degrees, longitude first; `(n, 2)` units."""
        latitude = np.radians(np.clip(places[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
        side = 2.0**self.zoom
        across = (places[:, 0] / 360 + 0.5) * side - self.x
        down = (0.5 - np.arcsinh(np.tan(latitude)) / (2 * np.pi)) * side - self.y
        return np.column_stack((across, down)) * self.extent

    def fitted(self, places: Geometries, tolerance: float = 0.0) -> Geometries:
        """Geometries in tile units, cut to the buffered tile, simplified by so many units.

        Shapes: `(n,)` in WGS 84; `(n,)`, with None where nothing is left. Points are kept only
        inside the tile itself, so that each stands in exactly one tile. Corners of lines and
        polygons come rounded to whole units already, save where they were cut.
        """
        is_point = shapely.get_dimensions(places) == 0
        fitted = places.copy()
        fitted[is_point] = shapely.transform(places[is_point], self.to_units)
        fitted[~is_point] = shapely.transform(places[~is_point], self._to_whole_units)
        fitted = self._cut(fitted)
        if tolerance > 0:
            is_line = shapely.get_dimensions(fitted) == 1
            fitted[is_line] = shapely.simplify(fitted[is_line], tolerance, preserve_topology=False)
            fitted[~is_line] = shapely.simplify(fitted[~is_line], tolerance)
        return fitted

    def _to_whole_units(self, places: Coordinates) -> Coordinates:
        return np.rint(self.to_units(places))

    def _cut(self, units: Geometries) -> Geometries:
        bounds = shapely.bounds(units)
        is_point = shapely.get_dimensions(units) == 0
        edge = np.where(is_point, 0, self.buffer)[:, None]
        low, high = -edge[:, 0], self.extent + edge[:, 0]
        west, south, east, north = bounds.T
        inside = (west >= low) & (south >= low) & (east <= high) & (north <= high)
        outside = ~((west <= high) & (south <= high) & (east >= low) & (north >= low))
        cut = units.copy()
        cut[outside] = None
        crossing = ~inside & ~outside & ~is_point
        if crossing.any():
            cut[crossing] = self._clipped(units[crossing])
        cut[is_point & ((east >= self.extent) | (south >= self.extent) | ~inside)] = None
        return cut

    def _clipped(self, units: Geometries) -> Geometries:
        low, high = float(-self.buffer), float(self.extent + self.buffer)
        clipped = _clip(units, (low, low, high, high))
        # A polygon that only touches the edge comes back as a line, or as polygons and lines.
        wanted = shapely.get_dimensions(units)
        for place in np.flatnonzero(
            (shapely.get_type_id(clipped) == shapely.GeometryType.GEOMETRYCOLLECTION)
            | (shapely.get_dimensions(clipped) != wanted)
        ):
            clipped[place] = _only(clipped[place], int(wanted[place]))
        clipped[shapely.is_empty(clipped)] = None
        return clipped


def _clip(units: Geometries, window: tuple[float, float, float, float]) -> Geometries:
    try:
        clipped: Geometries = shapely.clip_by_rect(units, *window)
    except shapely.GEOSException:
        # The quick clip stumbles over a ring that rounding has folded onto the edge, and says not
        # which. The exact one takes any ring that is valid.
        clipped = shapely.intersection(shapely.make_valid(units), shapely.box(*window))
    return clipped


def _only(mixture: shapely.Geometry, dimension: int) -> shapely.Geometry | None:
    parts = shapely.get_parts(mixture)
    parts = parts[shapely.get_dimensions(parts) == dimension]
    if not len(parts):
        return None
    join = shapely.multipolygons if dimension == 2 else shapely.multilinestrings
    joined: shapely.Geometry = join(parts)
    return joined
