"""Notices layers whose coordinates are written the wrong way round."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.kernel.geometry import Box
from hereabouts.places.adapters.layers.layer import Shapes
from hereabouts.places.errors import LatitudeFirst

FAR_M = 300_000.0
"""A file this far from everything that is held is of another place, or turned round."""


def refuse_latitude_first(name: str, shapes: Shapes, held: Box | None) -> None:
    """Refuse shapes that lie far from all that is held, but would not with their axes swapped.

    Raises: LatitudeFirst. Nothing can be said while nothing is held.
    """
    west, south, east, north = shapely.total_bounds(shapes)
    if held is None or not np.isfinite([west, south, east, north]).all():
        return
    around = held.grown_m(FAR_M)
    is_swappable = -90 <= west and east <= 90
    if is_swappable and not Box(west, south, east, north).touches(around):
        if Box(south, west, north, east).touches(around):
            raise LatitudeFirst(name=name, first=f"{west:.5g}, {south:.5g}")
