"""Fields, hedges, woods and meadows in the land that nothing else uses."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.polygons import across, box_of, cut, polygons_in
from hereabouts.town.values import Floats, Patch, Path, Shape

FIELD_M2 = 62_000.0


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
        for field in _split(block, rng):
            patch, hedges = _field(field, rng)
            patches.append(patch)
            paths += hedges
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


def _field(field: shapely.Polygon, rng: np.random.Generator) -> tuple[Patch, list[Path]]:
    inner = field.buffer(-4.0)
    largest = max(shapely.get_parts(inner), key=lambda g: g.area, default=inner)
    if largest.is_empty or largest.geom_type != "Polygon":
        return Patch(field, {"landuse": "meadow"}), []
    draw = rng.random()
    if draw < 0.09:
        wood = largest.buffer(-14.0).buffer(12.0)
        parts = polygons_in(wood, 2_000.0)
        if parts:
            return Patch(parts[-1], {"natural": "wood", "leaf_type": "broadleaved"}), []
    edge = np.asarray(shapely.get_coordinates(largest.exterior))
    kind = {"landuse": "farmland"} if draw < 0.72 else {"landuse": "meadow"}
    if rng.random() < 0.55:
        tags = {"barrier": "hedge"} if rng.random() < 0.6 else {"waterway": "drain"}
        half = edge[: max(2, len(edge) // 2 + 1)]
        return Patch(largest, kind), [Path(half, tags)]
    return Patch(largest, kind), []
