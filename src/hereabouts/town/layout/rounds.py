"""Streets in circles: the show estates of the twenties and thirties, laid out with compasses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.layout.curves import length_m, pieces
from hereabouts.town.layout.weave import clear_of_edges
from hereabouts.town.values import Floats

SPOKE_M = 190.0
"""Along a ring from one radial street to the next."""


@dataclass(frozen=True, slots=True)
class Compass:
    """Where the point of the compasses stands, and how far apart the rings are."""

    centre: Floats
    spacing_m: float
    first_m: float

    def ring(self, radius_m: float) -> Floats:
        """A closed circle with a vertex about every twelve metres."""
        count = max(16, round(2 * np.pi * radius_m / 12.0))
        angles = np.linspace(0.0, 2 * np.pi, count + 1)
        circle = self.centre + radius_m * np.column_stack([np.cos(angles), np.sin(angles)])
        circle[-1] = circle[0]
        return circle

    def spoke(self, angle: float, low_m: float, high_m: float) -> Floats:
        """A straight street from one ring to the next."""
        ends = np.array([[low_m], [high_m]]) * np.array([np.cos(angle), np.sin(angle)])
        line: Floats = self.centre + ends
        return line


def rounds(polygon: shapely.Polygon, spacing_m: float, rng: np.random.Generator) -> list[Floats]:
    """Rings about a green, joined by short straight streets that never line up."""
    middle = polygon.centroid
    compass = Compass(np.array([middle.x, middle.y]), spacing_m, 0.62 * spacing_m)
    corners = np.asarray(shapely.get_coordinates(polygon.exterior))
    reach = float(np.hypot(*(corners - compass.centre).T).max())
    radii = np.arange(compass.first_m, reach, spacing_m).tolist()
    streets: list[Floats] = []
    held: list[float] = []
    for radius in radii:
        kept = _within(polygon, compass.ring(radius), 0.45 * spacing_m)
        if not kept:
            break
        streets += kept
        held.append(radius)
    turn = float(rng.uniform(0.0, 6.3))
    for k, low in enumerate(held):
        high = held[k + 1] if k + 1 < len(held) else reach + 10.0
        count = max(3, round(2 * np.pi * low / SPOKE_M))
        for angle in turn + 1.1 * k + np.arange(count) * 2 * np.pi / count:
            line = shapely.LineString(compass.spoke(float(angle), low, high))
            streets += [p for p in pieces(line.intersection(polygon), 25.0)
                        if np.hypot(*(p - compass.centre).T).min() < low + 1.0]  # fmt: skip
    return streets


def _within(polygon: shapely.Polygon, ring: Floats, clear_m: float) -> list[Floats]:
    """The ring where the neighbourhood has room for it: whole, or in arcs."""
    shape = shapely.LineString(ring)
    if polygon.buffer(-clear_m).covers(shape):
        return [ring]
    arcs = pieces(shape.intersection(polygon), 60.0)
    fitted = [clear_of_edges(arc, polygon, clear_m) for arc in arcs]
    return [arc for arc in fitted if arc is not None and length_m(arc) > 60.0]
