"""Distances between many points at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hereabouts.kernel.geometry import EARTH_RADIUS_M

Floats = NDArray[np.float64]

AT_ONCE = 2_000_000
"""Distances held at once where only the least are wanted: 16 MB."""


def distances_m(some: Floats, others: Floats) -> Floats:
    """Great-circle distances in metres: a row for each of `some`, a column for each of `others`.

    Both are (n, 2) with longitude first. Right to about 0.1 m: the chord between unit vectors.
    """
    dots = _on_sphere(some) @ _on_sphere(others).T
    chords = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * dots))
    found: Floats = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, chords / 2.0))
    return found


def nearest_m(some: Floats, others: Floats) -> Floats:
    """Distance in metres from each of `some` to the nearest of `others`; infinite without any."""
    if len(others) == 0:
        return np.full(len(some), np.inf)
    rows = max(1, AT_ONCE // len(others))
    return np.concatenate(
        [
            distances_m(some[start : start + rows], others).min(axis=1)
            for start in range(0, max(1, len(some)), rows)
        ]
    )


def _on_sphere(places: Floats) -> Floats:
    lon, lat = np.radians(np.asarray(places, dtype=float).reshape(-1, 2)).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
