"""Cells of many boxes at once: `kernel.geometry.cell_of`, over arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hereabouts.kernel.geometry import BAND_LEVELS, BAND_SHIFT, LEVEL, MAX_LATITUDE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def cells_of(bounds: Floats) -> Integers:
    """The cell of each box. Shape: `(boxes, 4)` as west, south, east, north in degrees."""
    west, north = _to_square(bounds[:, 0], bounds[:, 3])
    east, south = _to_square(bounds[:, 2], bounds[:, 1])
    size = np.maximum(east - west, south - north)
    limits = np.array([0.5**level for level in BAND_LEVELS])
    # Limits grow from band to band, so the first that is large enough is the one to count from.
    band = len(limits) - np.sum(size[:, None] <= limits[None, :], axis=1).astype(np.int64)
    cells: Integers = (
        (band << BAND_SHIFT)
        | _spread(_grid((west + east) / 2))
        | (_spread(_grid((north + south) / 2)) << 1)
    )
    return cells


def _to_square(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    lat = np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE)
    y = 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * np.pi)
    return (lon + 180) / 360, y


def _grid(share: Floats) -> Integers:
    cells: Integers = np.clip((share * 2**LEVEL).astype(np.int64), 0, 2**LEVEL - 1)
    return cells


def _spread(number: Integers) -> Integers:
    number = (number | number << 16) & 0x0000FFFF0000FFFF
    number = (number | number << 8) & 0x00FF00FF00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F0F0F0F0F
    number = (number | number << 2) & 0x3333333333333333
    return (number | number << 1) & 0x5555555555555555
