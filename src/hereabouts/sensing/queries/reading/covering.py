"""Which cells lie wholly inside an area, and which meet its edge: only the latter are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import shapely

from hereabouts.kernel.geometry import BAND_LEVELS, LEVEL, tile_box

Ranges: TypeAlias = list[tuple[int, int]]
"""First and last cells, included."""
_Tile: TypeAlias = tuple[int, int, int, int]
"""Zoom, column, row, and the number of its first cell."""

MOST_TILES = 160
"""Tiles on the edge are parted no further once there are so many."""
FURTHEST = 85.0
"""Cells are made for latitudes up to here; the map's square ends a little beyond."""
_GROWTH = 360 * 0.5 ** (BAND_LEVELS[0] + 1) + 1e-9
"""Tiles are taken larger by this, in degrees: so far what is filed in one may reach out of it."""


def can_cover(shape: Any) -> bool:
    """Whether cells can tell what lies inside a geometry: it is a sound area on the map."""
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shapely.is_empty(shape):
        return False
    _, south, _, north = shapely.bounds(shape)
    return bool(south >= -FURTHEST and north <= FURTHEST and shapely.is_valid(shape))


def cover(shape: Any) -> tuple[Ranges, Ranges]:
    """Ranges of cells of the first band: what they hold is wholly inside, or may meet the edge."""
    inside: list[_Tile] = []
    edge: list[_Tile] = [(0, 0, 0, 0)]
    while len(edge) < MOST_TILES and edge[0][0] < LEVEL:
        tiles = [part for tile in edge for part in _parts(tile)]
        boxes = _boxes(tiles)
        touched = shapely.intersects(shape, boxes)
        within = shapely.contains_properly(shape, boxes)
        inside += [tile for tile, is_so in zip(tiles, within, strict=True) if is_so]
        edge = [
            tile
            for tile, is_met, is_within in zip(tiles, touched, within, strict=True)
            if is_met and not is_within
        ]
        if not edge:
            break
    return _ranges(inside), _ranges(edge)


def _parts(tile: _Tile) -> list[_Tile]:
    zoom, column, row, first = tile
    size = 1 << 2 * (LEVEL - zoom - 1)
    return [
        (zoom + 1, 2 * column + (part & 1), 2 * row + (part >> 1), first + part * size)
        for part in range(4)
    ]


def _boxes(tiles: Sequence[_Tile]) -> Any:
    boxes = [tile_box(zoom, column, row) for zoom, column, row, _ in tiles]
    return shapely.box(
        [box.west - _GROWTH for box in boxes],
        [box.south - _GROWTH for box in boxes],
        [box.east + _GROWTH for box in boxes],
        [box.north + _GROWTH for box in boxes],
    )


def _ranges(tiles: Sequence[_Tile]) -> Ranges:
    """In order, neighbours joined."""
    ranges: Ranges = []
    for zoom, _, _, first in sorted(tiles, key=lambda tile: tile[3]):
        last = first + (1 << 2 * (LEVEL - zoom)) - 1
        if ranges and ranges[-1][1] + 1 == first:
            ranges[-1] = (ranges[-1][0], last)
        else:
            ranges.append((first, last))
    return ranges
