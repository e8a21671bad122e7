"""Which areas a place lies in: decided exactly, for many places and areas at once.

Rules for points, so that none falls out at a border and none counts twice:

- A point inside an area belongs to it; a hole is not inside.
- A point on the border that areas of one kind share belongs to one of them, the one with the
  lowest code; where it is inside another area of that kind, it belongs to that one only.

A line belongs to every area through which it passes, or along whose border it runs; touching the
border with its end is neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.actions.bulk import MOST_PARAMETERS, in_pieces
from hereabouts.places.models import AreaMembership

Integers = NDArray[np.int64]
Places = NDArray[np.float64]
Shapes = NDArray[np.object_]

SHORTEST = 1e-6
"""Degrees that a line has to share with an area: about 10 cm."""


@dataclass(frozen=True)
class AreaShape:
    """An area: enough to say what lies in it. The shape is in WGS 84.

    Borders are shared within a `kind`; areas that stand and those that ended do not share.
    """

    id: int
    kind: str
    code: str
    shape: shapely.Geometry


@dataclass(frozen=True)
class Pairs:
    """Which thing lies in which area. Both shapes `(pairs,)`: places in the input, ids of areas."""

    things: Integers
    areas: Integers


def areas_of_points(areas: Sequence[AreaShape], places: Places) -> Pairs:
    """The areas of each point. Shape: `(places, 2)` as longitude and latitude."""
    if not areas or not len(places):
        return _none()
    shapes = _shapes(areas)
    points: Shapes = np.asarray(shapely.points(places), dtype=object)
    tree = shapely.STRtree(points)
    touched_area, touched = tree.query(shapes, predicate="intersects")
    inner_area, inner = tree.query(shapes, predicate="contains_properly")
    keep_areas, keep = inner_area.tolist(), inner.tolist()
    inside = set(zip(keep, keep_areas, strict=True))
    if len(inside) < len(touched):
        border = sorted(
            (int(place), areas[area].kind, areas[area].code, int(area))
            for area, place in zip(touched_area, touched, strict=True)
            if (int(place), int(area)) not in inside
        )
        settled = {(place, areas[area].kind) for place, area in inside}
        for place, kind, _, area in border:
            if (place, kind) not in settled:
                settled.add((place, kind))
                keep.append(place)
                keep_areas.append(area)
    return _pairs(keep, [areas[at].id for at in keep_areas])


def areas_of_lines(areas: Sequence[AreaShape], lines: Shapes) -> Pairs:
    """The areas of each line or multiline, in WGS 84."""
    if not areas or not len(lines):
        return _none()
    shapes = _shapes(areas)
    tree = shapely.STRtree(lines)
    inner_area, inner = tree.query(shapes, predicate="contains_properly")
    met_area, met = tree.query(shapes, predicate="intersects")
    is_inside = np.isin(met * len(areas) + met_area, inner * len(areas) + inner_area)
    crossing, crossing_area = met[~is_inside], met_area[~is_inside]
    shared = shapely.length(shapely.intersection(lines[crossing], shapes[crossing_area]))
    passes = shared > SHORTEST
    things = np.concatenate([inner, crossing[passes]])
    found = np.concatenate([inner_area, crossing_area[passes]])
    return _pairs(things, [areas[at].id for at in found])


def delete_memberships(kind: str, ids: Iterable[int], area_kinds: Sequence[str]) -> None:
    """Take features of a kind out of all areas of some kinds, in the caller's transaction."""
    if not area_kinds:
        return
    for piece in in_pieces(ids, MOST_PARAMETERS - len(area_kinds)):
        rows = AreaMembership.objects.filter(
            kind=kind, feature_id__in=piece, area__kind__in=area_kinds
        )
        rows._raw_delete(rows.db)


def _shapes(areas: Sequence[AreaShape]) -> Shapes:
    return np.array([area.shape for area in areas], dtype=object)


def _pairs(things: Sequence[int] | Integers, areas: Sequence[int]) -> Pairs:
    return Pairs(np.asarray(things, dtype=np.int64), np.asarray(areas, dtype=np.int64))


def _none() -> Pairs:
    return _pairs([], [])
