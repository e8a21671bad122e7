"""Lengths, surfaces and distances of shapes in WGS 84, good to a few parts in a thousand."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.kernel.geometry import EARTH_RADIUS_M

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


def surface_km2(shape: shapely.Geometry) -> float:
    """Surface of a polygon or multipolygon. Source: Lambert's cylindrical equal-area projection."""

    def flatten(places: Floats) -> Floats:
        lon, lat = np.radians(places[:, 0]), np.radians(places[:, 1])
        return np.column_stack([lon, np.sin(lat)]) * (EARTH_RADIUS_M / 1000)

    return float(shapely.area(shapely.transform(shape, flatten)))


def lengths_m(shapes: Shapes) -> Floats:
    """Length of each line in metres: the sum of great-circle distances between its points."""
    places, owners = shapely.get_coordinates(shapes, return_index=True)
    lon, lat = np.radians(places).T
    chord = (
        np.sin(np.diff(lat) / 2) ** 2
        + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    )
    steps = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    steps[np.diff(owners) != 0] = 0.0
    lengths: Floats = np.bincount(owners[1:], weights=steps, minlength=len(shapes)).astype(float)
    return lengths


class Plane:
    """A flat map in metres round one latitude: distances are right within a county.

    Source: equirectangular projection.
    """

    def __init__(self, lat: float) -> None:
        self._up = math.radians(EARTH_RADIUS_M)
        self._along = self._up * math.cos(math.radians(lat))

    def place(self, shapes: Shapes) -> Shapes:
        """The shapes in metres."""
        scale = np.array([self._along, self._up])
        placed: Shapes = shapely.transform(shapes, lambda places: places * scale)
        return placed
