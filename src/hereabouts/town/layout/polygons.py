"""Arithmetic on polygons: boxes, cuts, pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.values import Floats, Shape, Shapes


@dataclass(frozen=True, slots=True)
class Box:
    """The smallest rotated rectangle round a shape."""

    centre: Floats
    axis: Floats
    length_m: float
    width_m: float


def points_of(where: Floats) -> Shapes:
    """Points at coordinates of shape (points, 2)."""
    return np.asarray(shapely.points(where), dtype=object).reshape(-1)


def largest_in(shape: Shape) -> shapely.Polygon:
    """The largest polygon of a geometry; an empty one where there is none."""
    return max(polygons_in(shape), key=lambda polygon: polygon.area, default=shapely.Polygon())


def box_of(shape: Shape) -> Box:
    """The smallest rotated rectangle, long side along `axis`."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))[:4]
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    one, two = float(np.hypot(*first)), float(np.hypot(*second))
    axis, length, width = (first / one, one, two) if one >= two else (second / two, two, one)
    if axis[0] < 0 or (axis[0] == 0 and axis[1] < 0):
        axis = -axis
    return Box(corners.mean(axis=0), axis, length, width)


def polygons_in(shape: Shape, smallest_m2: float = 0.0) -> list[shapely.Polygon]:
    """The polygons of a geometry at least so large, in a stable order."""
    parts = [g for g in shapely.get_parts(shape) if g.geom_type == "Polygon"]
    kept = [g for g in parts if g.area >= smallest_m2 and g.area > 0]
    return sorted(kept, key=lambda g: (round(g.centroid.x, 3), round(g.centroid.y, 3), g.area))


def faces(lines: list[Floats], smallest_m2: float = 1.0) -> list[shapely.Polygon]:
    """The faces between lines."""
    if not lines:
        return []
    noded = shapely.unary_union([shapely.LineString(line) for line in lines])
    return polygons_in(shapely.polygonize([noded]), smallest_m2)


def cut(polygon: shapely.Polygon, line: Floats) -> list[shapely.Polygon]:
    """The pieces of a polygon on the two sides of a line."""
    noded = shapely.union(polygon.boundary, shapely.LineString(line))
    found = polygons_in(shapely.polygonize([noded]), 1.0)
    return [piece for piece in found if polygon.contains(piece.representative_point())]


def across(polygon: shapely.Polygon, share: float, bow: float, lean: float = 0.0) -> Floats:
    """A cut across the long axis at a share of its length, bowed by a share of the width.

    `lean` turns it from the square, in radians.
    """
    box = box_of(polygon)
    normal = np.array([-box.axis[1], box.axis[0]]) * np.cos(lean) + box.axis * np.sin(lean)
    reach = box.width_m * 0.75 + 20.0
    t = np.linspace(-1.0, 1.0, 15)
    along = (share - 0.5) * box.length_m + bow * box.width_m * (1.0 - t**2)
    return box.centre + np.outer(along, box.axis) + np.outer(t * reach, normal)


def tidy(polygon: Shape, smallest_m2: float) -> list[shapely.Polygon]:
    """Valid polygons without slivers."""
    shape = polygon if polygon.is_valid else shapely.make_valid(polygon)
    return polygons_in(shape.buffer(-2.0).buffer(2.0, join_style="mitre"), smallest_m2)
