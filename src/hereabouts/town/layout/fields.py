"""Fields, hedges, woods and meadows in the land that nothing else uses."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.polygons import across, box_of, cut, largest_in, polygons_in
from hereabouts.town.values import Floats, Patch, Path, Shape

FIELD_M2 = 62_000.0
VERGE_M = 3.0
"""Left open along roads and between fields."""


def lay_fields(open_land: Shape, lines: list[Floats], dice: Dice) -> tuple[list[Patch], list[Path]]:
    """Fields and woods between roads and water, with hedges and ditches along their edges."""
    rng = dice.stream("fields")
    ground = shapely.union_all([open_land.boundary, *[shapely.LineString(line) for line in lines]])
    blocks = [
        face for face in polygons_in(shapely.polygonize([ground]), 2_500.0)
        if open_land.covers(face.representative_point())
    ]  # fmt: skip
    patches: list[Patch] = []
    paths: list[Path] = []
    for block in blocks:
        ground_ = largest_in(block.buffer(-VERGE_M))
        if ground_.is_empty:
            continue
        patches.append(Patch(ground_, {"landuse": "farmland"}))
        for field in _split(block, rng):
            found, edges = _field(field, rng)
            patches += found
            paths += edges
    return patches, paths


def _split(block: shapely.Polygon, rng: np.random.Generator) -> list[shapely.Polygon]:
    waiting, done = [block], list[shapely.Polygon]()
    while waiting:
        piece = waiting.pop(0)
        target = FIELD_M2 * rng.uniform(0.6, 1.9)
        if piece.area < target or box_of(piece).length_m < 120.0:
            done.append(piece)
            continue
        line = across(piece, rng.uniform(0.36, 0.64), rng.uniform(-0.08, 0.08),
                      rng.uniform(-0.2, 0.2))  # fmt: skip
        halves = [h for h in cut(piece, line) if h.area > 1_500.0]
        if len(halves) < 2:
            done.append(piece)
        else:
            waiting += halves
    return done


def _field(field: shapely.Polygon, rng: np.random.Generator) -> tuple[list[Patch], list[Path]]:
    """Pasture or a wood on the farmland, and the hedge or ditch along the field."""
    land = largest_in(field.buffer(-VERGE_M))
    if land.is_empty:
        return [], []
    draw, edged, kind = rng.random(3).tolist()
    patches = []
    if draw < 0.09:
        wood = largest_in(land.buffer(-30.0).buffer(26.0, quad_segs=3))
        if wood.area > 2_000.0:
            patches.append(Patch(wood, {"natural": "wood", "leaf_type": "broadleaved"}))
    elif draw > 0.72:
        patches.append(Patch(land, {"landuse": "meadow"}))
    if edged > 0.6:
        return patches, []
    edge = np.asarray(shapely.get_coordinates(field.exterior))
    half = edge[: max(2, len(edge) // 2 + 1)]
    return patches, [Path(half, {"barrier": "hedge"} if kind < 0.65 else {"waterway": "drain"})]
