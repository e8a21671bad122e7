"""Makes areas of shapes: repairs what crosses itself, keeps what has a surface."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from hereabouts.places.adapters.layers import Layer, Shapes
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.records import Finding
from hereabouts.places.errors import NotAnArea

POLYGONAL = (3, 6)
WORDS = {
    0: "points", 1: "lines", 2: "lines", 4: "points", 5: "lines", 7: "collections",
}  # fmt: skip


def polygons_of(shapes: Shapes, names: Sequence[str], layer: Layer, findings: Findings) -> Shapes:
    """Valid polygons and multipolygons, None where a feature has no surface.

    Every repair and every loss is a finding with the feature's code. Raises: NotAnArea when no
    feature of the layer has a surface by nature.
    """
    kinds = shapely.get_type_id(shapes)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    collections = kinds == 7
    flat = there & ~np.isin(kinds, (*POLYGONAL, 7))
    if there.any() and flat[there].all():
        words = sorted({WORDS[int(kind)] for kind in kinds[there]})
        raise NotAnArea(name=layer.name, found=" and ".join(words))
    made: Shapes = np.full(len(shapes), None, dtype=object)
    sound = there & shapely.is_valid(shapes) & np.isin(kinds, POLYGONAL)
    made[sound] = shapes[sound]
    for place in np.flatnonzero(~sound).tolist():
        subject = names[place] or f"{layer.name}, feature {place + 1}"
        if flat[place]:
            findings.add(Finding("area.not_a_surface", subject, value=WORDS[int(kinds[place])]))
        elif not there[place]:
            # Impossible coordinates have been reported already.
            if layer.shapes[place] is None and place not in layer.unreadable:
                findings.add(Finding("area.no_geometry", subject))
        else:
            why = "collection" if collections[place] else shapely.is_valid_reason(shapes[place])
            made[place] = _repaired(shapes[place])
            code = "area.invalid_geometry"
            is_repaired = made[place] is not None
            findings.add(Finding(code, subject, "geometry", why[:200], repaired=is_repaired))
    return made


def _repaired(shape: BaseGeometry) -> BaseGeometry | None:
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [part for part in _parts(mended) if part.geom_type == "Polygon" and part.area > 0]
    if not parts:
        return None
    union = shapely.union_all(np.array(parts, dtype=object))
    return shapely.normalize(union) if shapely.get_type_id(union) in POLYGONAL else None


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    """The simple shapes within nested collections."""
    if not hasattr(shape, "geoms"):
        return [shape]
    return [part for inner in shape.geoms for part in _parts(inner)]
