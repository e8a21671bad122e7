"""Builds what the map shows round the streets: assets, ground with the sea, and labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.adapters.osm.extract import Extract, Tags
from hereabouts.places.adapters.osm.shapes import Surfaces, middle_of, surfaces_of
from hereabouts.places.domain.asset_types import AssetType, AssetTypes
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.measures import surface_km2
from hereabouts.places.domain.osm.ground import (
    SEA,
    area_kind,
    is_coastline,
    is_covered,
    line_kind,
)
from hereabouts.places.domain.osm.labels import label_of, rank_at_size
from hereabouts.places.domain.osm.names import names_of
from hereabouts.places.domain.osm.values import first, without
from hereabouts.places.domain.records import AssetRecord, GroundRecord, LabelRecord

Shapes = NDArray[np.object_]

SCHEMES = {"naptan:AtcoCode": "naptan", "naptan:NaptanCode": "naptan-short", "wikidata": "wikidata"}
"""Tags that are identifiers of other registers."""

SAME_NAME_WITHIN_DEG = 0.004
"""Two labels of one kind and name nearer than this are one thing, tagged twice."""


# --- assets ---------------------------------------------------------------------------------------


def build_assets(
    extract: Extract, source: str, types: AssetTypes, findings: Findings
) -> Iterator[AssetRecord]:
    """Assets of a map, each at one point."""
    for node in extract.nodes:
        found = types.type_of(node.tags)
        if found is not None:
            point = shapely.to_wkb(shapely.Point(node.lon, node.lat))
            yield _asset(source, f"node/{node.id}", node.tags, (found, point))

    surfaces = surfaces_of(extract, lambda tags: types.type_of(tags) is not None, findings)
    if len(surfaces):
        points = shapely.to_wkb(middle_of(surfaces.shapes))
        for at, tags in enumerate(surfaces.tags):
            found = types.type_of(tags)
            if found is not None:
                yield _asset(source, surfaces.ids[at], tags, (found, points[at]))


def _asset(source: str, source_id: str, tags: Tags, what: tuple[AssetType, bytes]) -> AssetRecord:
    kind, point = what
    reference = next((first(tags[key]) for key in kind.reference if tags.get(key)), "")
    numbers = [(scheme, first(tags[key])) for key, scheme in SCHEMES.items() if tags.get(key)]
    return AssetRecord(
        source=source,
        source_id=source_id,
        geometry=point,
        identifiers=(("osm", source_id), *numbers),
        type=kind.key,
        reference=reference,
        name=names_of(tags)[0],
        attributes=without(tags, {"name", *kind.reference, *kind.telling_keys}),
    )


# --- ground ---------------------------------------------------------------------------------------


def build_ground(extract: Extract, source: str, findings: Findings) -> Iterator[GroundRecord]:
    """What lies on the land: surfaces, lines, and the sea."""
    surfaces = surfaces_of(extract, lambda tags: bool(area_kind(tags)), findings)
    if len(surfaces):
        shapes = shapely.to_wkb(surfaces.shapes)
        for at, tags in enumerate(surfaces.tags):
            yield _ground(source, surfaces.ids[at], (area_kind(tags), tags), shapes[at])
    yield from _line_ground(extract, source)
    yield from _sea(extract, source)


def _line_ground(extract: Extract, source: str) -> Iterator[GroundRecord]:
    ways = extract.ways
    for at, tags in enumerate(ways.tags):
        kind = line_kind(tags) if tags else ""
        if kind and len(ways.line(at)) > 1:
            shape = shapely.to_wkb(shapely.LineString(ways.line(at)))
            # A closed wall round a park is a line here and a surface above.
            yield _ground(source, f"way/{ways.ids[at]}/line", (kind, tags), shape)


def _ground(source: str, source_id: str, what: tuple[str, Tags], shape: bytes) -> GroundRecord:
    kind, tags = what
    return GroundRecord(
        source=source,
        source_id=source_id,
        geometry=shape,
        kind=kind,
        name=names_of(tags)[0],
        is_tunnel=is_covered(tags),
    )


def _sea(extract: Extract, source: str) -> Iterator[GroundRecord]:
    """The sea within the file's box: the parts to the right of the coastline."""
    ways = extract.ways
    coasts = [
        shapely.LineString(ways.line(at))
        for at, tags in enumerate(ways.tags)
        if is_coastline(tags) and len(ways.line(at)) > 1
    ]
    if not coasts:
        return
    box = extract.boundary
    inside = [part for line in coasts for part in _lines_of(shapely.intersection(line, box))]
    if not inside:
        return
    edges = shapely.node(shapely.geometrycollections([shapely.boundary(box), *inside]))
    faces = shapely.get_parts(shapely.polygonize([edges]))
    wet = _right_hand_points(inside)
    for number, face in enumerate(sorted(faces, key=lambda face: face.bounds)):
        if shapely.contains_properly(face, wet).any():
            yield GroundRecord(
                source=source,
                source_id=f"sea/{number}",
                geometry=shapely.to_wkb(face),
                kind=SEA,
            )


def _lines_of(shape: shapely.Geometry) -> list[shapely.Geometry]:
    return [part for part in shapely.get_parts(shape) if shapely.length(part) > 0]


def _right_hand_points(lines: Iterable[shapely.Geometry]) -> Shapes:
    """A point just to the right of the longest step of each line. Source: coastline convention."""
    points = []
    for line in lines:
        places = shapely.get_coordinates(line)
        steps = np.diff(places, axis=0)
        at = int(np.argmax(np.hypot(*steps.T)))
        along = steps[at] / np.hypot(*steps[at])
        points.append((places[at] + places[at + 1]) / 2 + np.array([along[1], -along[0]]) * 1e-6)
    found: Shapes = shapely.points(points)
    return found


# --- labels ---------------------------------------------------------------------------------------


def build_labels(
    extract: Extract, source: str, premises: set[str], findings: Findings
) -> list[LabelRecord]:
    """Names on the map; `premises` are the source ids that are premises too."""

    def is_wanted(tags: Tags) -> bool:
        return label_of(tags) is not None and bool(names_of(tags)[0])

    labels: list[LabelRecord] = []
    surfaces = surfaces_of(extract, is_wanted, findings)
    if len(surfaces):
        labels += _surface_labels(surfaces, source, premises)
    for node in extract.nodes:
        if is_wanted(node.tags):
            point = shapely.Point(node.lon, node.lat)
            labels.append(_label(source, f"node/{node.id}", node.tags, (point, 0.0, premises)))
    return _once(labels)


def _surface_labels(surfaces: Surfaces, source: str, premises: set[str]) -> list[LabelRecord]:
    points = middle_of(surfaces.shapes)
    return [
        _label(
            source,
            surfaces.ids[at],
            surfaces.tags[at],
            (points[at], surface_km2(surfaces.shapes[at]), premises),
        )
        for at in range(len(surfaces))
    ]


def _label(
    source: str, source_id: str, tags: Tags, what: tuple[shapely.Geometry, float, set[str]]
) -> LabelRecord:
    point, size_km2, premises = what
    kind, rank = label_of(tags) or ("locality", 6)
    name, name_cy = names_of(tags)
    return LabelRecord(
        source=source,
        source_id=source_id,
        geometry=shapely.to_wkb(point),
        identifiers=(("osm", source_id),),
        kind=kind,
        name=name,
        name_cy=name_cy,
        rank=rank_at_size(kind, rank, size_km2),
        premises_source_id=source_id if source_id in premises else "",
    )


def _once(labels: Sequence[LabelRecord]) -> list[LabelRecord]:
    """Without labels that repeat the kind and name of an earlier one near by."""
    kept: list[LabelRecord] = []
    places: dict[tuple[str, str], list[shapely.Geometry]] = {}
    for label in labels:
        point = shapely.from_wkb(label.geometry)
        near = places.setdefault((label.kind, label.name), [])
        if all(point.distance(other) > SAME_NAME_WITHIN_DEG for other in near):
            near.append(point)
            kept.append(label)
    return kept
