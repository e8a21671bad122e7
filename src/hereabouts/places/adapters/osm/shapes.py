"""Makes surfaces of closed ways and of multipolygon relations, mended where they are broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.adapters.osm.extract import Extract, Relation, Tags, Ways
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.records import Finding

Shapes = NDArray[np.object_]


@dataclass
class Surfaces:
    """Surfaces with their ids (`way/1` or `relation/1`) and tags; all three of one length."""

    ids: list[str]
    tags: list[Tags]
    shapes: Shapes

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    def those(self, keep: Sequence[bool] | NDArray[np.bool_]) -> Surfaces:
        """Only the ones that are to be kept."""
        chosen = np.flatnonzero(np.asarray(keep, dtype=bool))
        return Surfaces(
            [self.ids[at] for at in chosen], [self.tags[at] for at in chosen], self.shapes[chosen]
        )


def surfaces_of(
    extract: Extract, is_wanted: Callable[[Tags], bool], findings: Findings
) -> Surfaces:
    """Every surface with tags that are wanted, relations first.

    An outer ring that repeats its relation's tags, or lends them to a relation without any, is not
    a surface of its own.
    """
    ids: list[str] = []
    tags: list[Tags] = []
    shapes: list[shapely.Geometry] = []
    lent: set[int] = set()
    for relation in extract.relations:
        own = _tags_of(relation, extract.ways)
        if not is_wanted(own):
            continue
        shape = _assemble(relation, extract.ways, findings)
        if shape is not None:
            ids.append(f"relation/{relation.id}")
            tags.append(own)
            shapes.append(shape)
            lent.update(_outer_rings(relation, extract.ways))
    ways = [
        at
        for at, own in enumerate(extract.ways.tags)
        if own and at not in lent and is_wanted(own) and extract.ways.is_closed(at)
    ]
    closed = _close(extract.ways, ways)
    every = Surfaces(
        ids + [f"way/{extract.ways.ids[at]}" for at in ways],
        tags + [extract.ways.tags[at] for at in ways],
        np.array([*shapes, *closed], dtype=object),
    )
    return _mend(every, findings)


def middle_of(shapes: Shapes) -> Shapes:
    """A point on each surface: its centre of gravity, or where that lies outside, one inside."""
    centres: Shapes = shapely.centroid(shapes)
    outside = ~shapely.covers(shapes, centres)
    if outside.any():
        centres[outside] = shapely.point_on_surface(shapes[outside])
    return centres


def _close(ways: Ways, chosen: Sequence[int]) -> Shapes:
    if not chosen:
        return np.array([], dtype=object)
    picks = [np.arange(ways.offsets[at], ways.offsets[at + 1]) for at in chosen]
    rings = np.repeat(np.arange(len(chosen)), [len(pick) for pick in picks])
    closed: Shapes = shapely.polygons(
        shapely.linearrings(ways.places[np.concatenate(picks)], indices=rings)
    )
    return closed


def _mend(surfaces: Surfaces, findings: Findings) -> Surfaces:
    """Mend what crosses itself, and leave out what has no surface at all."""
    if not len(surfaces):
        return surfaces
    broken = np.flatnonzero(~shapely.is_valid(surfaces.shapes))
    keep = np.ones(len(surfaces), dtype=bool)
    for at in broken:
        mended = _surface_only(shapely.make_valid(surfaces.shapes[at]))
        keep[at] = mended is not None
        reason = shapely.is_valid_reason(surfaces.shapes[at])
        findings.add(
            Finding("geometry.invalid", surfaces.ids[at], "geometry", reason, mended is not None)
        )
        if mended is not None:
            surfaces.shapes[at] = mended
    keep &= shapely.area(surfaces.shapes) > 0
    return surfaces if keep.all() else surfaces.those(keep)


def _surface_only(shape: shapely.Geometry) -> shapely.Geometry | None:
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept = [part for part in parts if isinstance(part, shapely.Polygon)]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _tags_of(relation: Relation, ways: Ways) -> Tags:
    """A relation's tags; for one of the old kind, which has none, those of its first outer ring."""
    own = {key: value for key, value in relation.tags.items() if key != "type"}
    if own:
        return own
    rings = _outer_rings(relation, ways)
    return ways.tags[rings[0]] if rings else {}


def _outer_rings(relation: Relation, ways: Ways) -> list[int]:
    return [
        ways.by_id[ref]
        for kind, ref, role in relation.members
        if kind == "w" and role in ("outer", "") and ref in ways.by_id
    ]


def _assemble(relation: Relation, ways: Ways, findings: Findings) -> shapely.Geometry | None:
    subject = f"relation/{relation.id}"
    outer = _lines(relation, ways, ("outer", ""))
    inner = _lines(relation, ways, ("inner",))
    missing = sum(1 for kind, ref, _ in relation.members if kind == "w" and ref not in ways.by_id)
    if missing:
        findings.add(Finding("osm.members_missing", subject, "members", str(missing)))
    faces, is_open = _faces(outer)
    if is_open and not missing:
        findings.add(Finding("multipolygon.open", subject, "members"))
    if not len(faces):
        return None
    holes, _ = _faces(inner)
    return _surface_only(shapely.unary_union([_without_holes(face, holes) for face in faces]))


def _lines(relation: Relation, ways: Ways, roles: tuple[str, ...]) -> list[shapely.Geometry]:
    return [
        shapely.LineString(ways.line(ways.by_id[ref]))
        for kind, ref, role in relation.members
        if kind == "w"
        and role in roles
        and ref in ways.by_id
        and len(ways.line(ways.by_id[ref])) > 1
    ]


def _faces(lines: Iterable[shapely.Geometry]) -> tuple[Shapes, bool]:
    """The surfaces between lines that join up, and whether some do not."""
    noded = shapely.node(shapely.geometrycollections(list(lines)))
    found, cuts, dangles, _ = shapely.polygonize_full([noded])
    is_open = not (shapely.is_empty(cuts) and shapely.is_empty(dangles))
    return np.array(shapely.get_parts(found), dtype=object), is_open


def _without_holes(face: shapely.Geometry, holes: Shapes) -> shapely.Geometry:
    # A face inside a hole is an island, from which that hole takes nothing.
    cutting = holes[~shapely.covers(holes, face)] if len(holes) else holes
    return shapely.difference(face, shapely.unary_union(cutting)) if len(cutting) else face
