"""Distances on the ground, in metres, near one place, without projecting anything far."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

from hereabouts.kernel.geometry import EARTH_RADIUS_M, Point


def distances_m(place: Point, shapes: Sequence[bytes]) -> list[float]:
    """Distance from a point to each shape (well-known binary, WGS 84), in metres.

    On a plane that touches the Earth at the point: right to a part in a thousand within 50 km.
    """
    if not shapes:
        return []
    up = math.radians(EARTH_RADIUS_M)
    scale = np.array([up * math.cos(math.radians(place.lat)), up])
    here = np.array([place.lon, place.lat])
    flat = shapely.transform(np.array(shapely.from_wkb(shapes)), lambda xy: (xy - here) * scale)
    found: list[float] = shapely.distance(flat, shapely.Point(0, 0)).tolist()
    return found
