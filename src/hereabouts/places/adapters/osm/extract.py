"""Reads a map file into arrays: every way with its nodes, every tagged node, every relation."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from hereabouts.places.adapters.osm.files import MapFile
from hereabouts.places.domain.batch import Findings, Say
from hereabouts.places.domain.records import Finding
from hereabouts.places.errors import FileDamaged, NothingToImport

Tags = dict[str, str]

UNDEFINED = 2_147_483_647
"""What the library puts in place of a coordinate it does not know."""

PRECISION = 1e7
READING = "Reading the map"

UNREADABLE = (RuntimeError, ValueError, osmium.InvalidLocationError)
"""What the library raises: for broken packing or XML, for what is no number, for no place."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node that has tags."""

    id: int
    lon: float
    lat: float
    tags: Tags


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation: members are type (`n`, `w` or `r`), id and role."""

    id: int
    tags: Tags
    members: list[tuple[str, int, str]]


@dataclass
class Ways:
    """All ways, their nodes in one array; those of way `i` are `offsets[i]` to `offsets[i + 1]`."""

    ids: NDArray[np.int64]
    tags: list[Tags]
    offsets: NDArray[np.int64]
    refs: NDArray[np.int64]
    places: NDArray[np.float64]
    by_id: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """Number the ways by id."""
        self.by_id = {number: at for at, number in enumerate(self.ids.tolist())}

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    def nodes(self, at: int) -> list[int]:
        """Ids of a way's nodes in its direction."""
        nodes: list[int] = self.refs[self.offsets[at] : self.offsets[at + 1]].tolist()
        return nodes

    def line(self, at: int) -> NDArray[np.float64]:
        """A way's points. Shape: `(nodes, 2)` in WGS 84."""
        return self.places[self.offsets[at] : self.offsets[at + 1]]

    def is_closed(self, at: int) -> bool:
        """Whether the way ends where it began and has a surface."""
        first, last = self.offsets[at], self.offsets[at + 1] - 1
        return bool(last - first >= 3 and self.refs[first] == self.refs[last])


@dataclass
class Extract:
    """Everything a map file holds."""

    ways: Ways
    nodes: list[Node]
    relations: list[Relation]
    box: tuple[float, float, float, float] | None
    generator: str

    @property
    def boundary(self) -> shapely.Geometry:
        """The box that the file speaks for, in WGS 84.

        The one in its header; without one, the box that every way reaches into, since extracts
        keep whole each way that touches them.
        """
        if self.box is not None:
            return shapely.box(*self.box)
        return shapely.box(*(_common_box(self.ways) or _whole_box(self)))


@dataclass
class _Raw:
    """What is gathered while reading."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    tags: list[Tags] = field(default_factory=list)
    offsets: array[int] = field(default_factory=lambda: array("q", [0]))
    refs: array[int] = field(default_factory=lambda: array("q"))
    xs: array[int] = field(default_factory=lambda: array("i"))
    ys: array[int] = field(default_factory=lambda: array("i"))
    nodes: list[Node] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)

    @property
    def lacks_nodes(self) -> bool:
        """Whether a way names a node whose place is not known."""
        return UNDEFINED in self.xs


def load(file: MapFile, say: Say, findings: Findings) -> Extract:
    """Read the whole file.

    Raises: FileDamaged for one that breaks off; NothingToImport for one without ways and nodes.
    """
    say(READING, 0.0)
    store = osmium.index.create_map("flex_mem")
    try:
        processor = _processor(file, store)
        box, generator = _header(processor)
        raw = _read(processor, findings)
        if raw.lacks_nodes:
            # Some files name nodes before they place them: the second reading knows all.
            findings.forget("osm.")
            raw = _read(_processor(file, store), findings)
    except UNREADABLE as fault:
        raise FileDamaged(name=file.path.name, reason=_reason(fault)) from fault
    if not raw.ids and not raw.nodes:
        raise NothingToImport(name=file.path.name)
    say(READING, 1.0)
    return Extract(_ways(raw, findings), raw.nodes, raw.relations, box, generator)


def _processor(file: MapFile, store: object) -> osmium.FileProcessor:
    untagged = osmium.filter.EmptyTagFilter()
    untagged.enable_for(osmium.osm.NODE)
    source = osmium.io.File(str(file.path), file.format)
    # The library takes a table too, though it only says so of names.
    return osmium.FileProcessor(source).with_locations(store).with_filter(untagged)  # type: ignore[arg-type]


def _header(
    processor: osmium.FileProcessor,
) -> tuple[tuple[float, float, float, float] | None, str]:
    header = processor.header
    box, generator = header.box(), header.get("generator", "")
    if not box.valid():
        return None, generator
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat), generator


def _read(processor: osmium.FileProcessor, findings: Findings) -> _Raw:
    raw = _Raw()
    for thing in processor:
        if isinstance(thing, osmium.osm.Changeset) or thing.deleted:
            continue
        try:
            tags = dict(thing.tags)
        except UnicodeDecodeError:
            findings.add(Finding("osm.text_unreadable", f"{_WORDS[thing.type_str()]}/{thing.id}"))
            continue
        if isinstance(thing, osmium.osm.Node):
            _take_node(raw, thing, tags)
        elif isinstance(thing, osmium.osm.Way):
            _take_way(raw, thing, tags)
        elif isinstance(thing, osmium.osm.Relation):
            _take_relation(raw, thing, tags)
    return raw


def _take_node(raw: _Raw, node: osmium.osm.Node, tags: Tags) -> None:
    place = node.location
    if place.valid():
        raw.nodes.append(Node(node.id, place.lon, place.lat, tags))


def _take_way(raw: _Raw, way: osmium.osm.Way, tags: Tags) -> None:
    for node in way.nodes:
        raw.refs.append(node.ref)
        raw.xs.append(node.x)
        raw.ys.append(node.y)
    raw.ids.append(way.id)
    raw.offsets.append(len(raw.refs))
    raw.tags.append(tags)


def _take_relation(raw: _Raw, relation: osmium.osm.Relation, tags: Tags) -> None:
    if tags.get("type") == "multipolygon":
        members = [(member.type, member.ref, member.role) for member in relation.members]
        raw.relations.append(Relation(relation.id, tags, members))


_WORDS = {"n": "node", "w": "way", "r": "relation"}


def _ways(raw: _Raw, findings: Findings) -> Ways:
    """The ways as arrays, without the nodes whose place is not known."""
    xs, ys = np.frombuffer(raw.xs, dtype=np.int32), np.frombuffer(raw.ys, dtype=np.int32)
    refs, offsets = np.frombuffer(raw.refs, dtype=np.int64), np.frombuffer(raw.offsets, np.int64)
    known = (xs != UNDEFINED) & (np.abs(xs) <= 180 * PRECISION) & (np.abs(ys) <= 90 * PRECISION)
    if not known.all():
        lost = np.add.reduceat(np.append(~known, False).astype(np.int64), offsets[:-1])
        lost[np.diff(offsets) == 0] = 0
        for at in np.flatnonzero(lost):
            subject = f"way/{raw.ids[at]}"
            findings.add(Finding("osm.nodes_missing", subject, "nodes", str(lost[at]), True))
        offsets = np.concatenate([[0], np.cumsum(known)])[offsets]
    places = np.column_stack([xs[known], ys[known]]) / PRECISION
    return Ways(np.array(raw.ids), raw.tags, offsets, refs[known], places)


def _common_box(ways: Ways) -> tuple[float, float, float, float] | None:
    filled = np.flatnonzero(np.diff(ways.offsets) > 0)
    if not len(filled):
        return None
    starts = ways.offsets[filled]
    # An empty way in between ends where it begins, so the next filled one begins where this ends.
    east, north = np.maximum.reduceat(ways.places, starts).T
    west, south = np.minimum.reduceat(ways.places, starts).T
    box = (float(east.min()), float(north.min()), float(west.max()), float(south.max()))
    return box if box[0] < box[2] and box[1] < box[3] else None


def _whole_box(extract: Extract) -> tuple[float, float, float, float]:
    places = list(_all_places(extract))
    return tuple(np.concatenate([np.min(places, axis=0), np.max(places, axis=0)]).tolist())


def _all_places(extract: Extract) -> Iterator[tuple[float, float]]:
    yield from map(tuple, extract.ways.places.tolist())
    for node in extract.nodes:
        yield node.lon, node.lat


def _reason(fault: Exception) -> str:
    text = " ".join(str(fault).split()).rstrip(".")
    return f"the library that reads it says “{text[:120]}”"
