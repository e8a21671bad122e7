"""Builds segments and streets from the highways of a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.adapters.osm.extract import Extract, Ways
from hereabouts.places.domain.kinds import RoadClass
from hereabouts.places.domain.measures import lengths_m
from hereabouts.places.domain.osm.names import names_of
from hereabouts.places.domain.osm.roads import Road, class_of, road_of
from hereabouts.places.domain.records import SegmentRecord, StreetRecord
from hereabouts.places.domain.streets import Piece, cut, gather, junctions_of

Shapes = NDArray[np.object_]


@dataclass
class _Highway:
    """One way of the network."""

    id: int
    at: int
    road: Road
    name: str
    name_cy: str

    @property
    def key(self) -> Hashable:
        """What segments of one street share: a name, or without one a road number."""
        if self.name:
            return ("name", self.name)
        return ("ref", self.road.ref) if self.road.ref else None


@dataclass
class _Part:
    """One piece of a street."""

    highway: _Highway
    shape: shapely.LineString
    length_m: float


def build_network(extract: Extract, source: str) -> tuple[list[StreetRecord], list[SegmentRecord]]:
    """Streets and segments of a map."""
    ways = extract.ways
    highways = list(_highways(ways))
    nodes = [ways.nodes(highway.at) for highway in highways]
    junctions = junctions_of(nodes)
    pieces = [piece for way, list_ in enumerate(nodes) for piece in cut(way, list_, junctions)]
    if not pieces:
        return [], []
    shapes = _lines(ways, highways, pieces)
    lengths = np.round(lengths_m(shapes), 2)
    keys = [highways[piece.way].key for piece in pieces]
    ends = [(piece.from_node, piece.to_node) for piece in pieces]
    streets: list[StreetRecord] = []
    street_ids = [""] * len(pieces)
    for places in gather(keys, ends, shapes):
        parts = [_Part(highways[pieces[at].way], shapes[at], float(lengths[at])) for at in places]
        street = _street(source, parts)
        streets.append(street)
        for at in places:
            street_ids[at] = street.source_id
    wkb = shapely.to_wkb(shapes)
    segments = [
        _segment(source, highways[piece.way], piece, (street_ids[at], wkb[at], float(lengths[at])))
        for at, piece in enumerate(pieces)
    ]
    return streets, segments


def _highways(ways: Ways) -> Iterable[_Highway]:
    for at, tags in enumerate(ways.tags):
        if "highway" not in tags:
            continue
        road_class = class_of(tags)
        if road_class is None or ways.offsets[at + 1] - ways.offsets[at] < 2:
            continue
        name, name_cy = names_of(tags)
        yield _Highway(int(ways.ids[at]), at, road_of(tags, road_class), name, name_cy)


def _lines(ways: Ways, highways: Sequence[_Highway], pieces: Sequence[Piece]) -> Shapes:
    picks = [
        np.asarray(piece.places, dtype=np.int64) + ways.offsets[highways[piece.way].at]
        for piece in pieces
    ]
    owners = np.repeat(np.arange(len(pieces)), [len(pick) for pick in picks])
    lines: Shapes = shapely.linestrings(ways.places[np.concatenate(picks)], indices=owners)
    return lines


def _street(source: str, parts: Sequence[_Part]) -> StreetRecord:
    """One street of these parts; its properties are those of its greater part by length."""
    highways = [part.highway for part in parts]
    lines = sorted((part.shape for part in parts), key=lambda line: shapely.bounds(line).tolist())

    def most(name: str) -> str:
        return _most((str(getattr(part.highway.road, name)), part.length_m) for part in parts)

    return StreetRecord(
        source=source,
        source_id=f"way/{min(highway.id for highway in highways)}",
        geometry=shapely.to_wkb(shapely.MultiLineString(lines)),
        identifiers=tuple(sorted(set(_numbers(highways)))),
        name=highways[0].name,
        name_cy=_most((part.highway.name_cy, part.length_m) for part in parts),
        ref=most("ref"),
        usrn=most("usrn"),
        road_class=RoadClass(most("road_class")),
        length_m=round(sum(part.length_m for part in parts), 2),
    )


def _numbers(highways: Iterable[_Highway]) -> Iterator[tuple[str, str]]:
    for highway in highways:
        yield "osm", f"way/{highway.id}"
        if highway.road.usrn:
            yield "usrn", highway.road.usrn


def _most(parts: Iterable[tuple[str, float]]) -> str:
    """The text that holds for the greatest length; empty ones do not count."""
    sums: Counter[str] = Counter()
    for text, length in parts:
        if text:
            sums[text] += length  # type: ignore[assignment] # lengths are counted in fractions
    return min(sums, key=lambda text: (-sums[text], text)) if sums else ""


def _segment(
    source: str, highway: _Highway, piece: Piece, known: tuple[str, bytes, float]
) -> SegmentRecord:
    road = highway.road
    street, shape, length_m = known
    again = f".{piece.number}" if piece.number > 1 else ""
    return SegmentRecord(
        source=source,
        source_id=f"way/{highway.id}/{piece.from_node}{again}",
        geometry=shape,
        street_source_id=street,
        from_node=piece.from_node,
        to_node=piece.to_node,
        road_class=road.road_class,
        is_link=road.is_link,
        name=highway.name,
        ref=road.ref,
        length_m=length_m,
        lanes=road.lanes,
        speed_limit_mph=road.speed_limit_mph,
        one_way=road.one_way,
        width_m=road.width_m,
        surface=road.surface,
        cycle=road.cycle,
        bus=road.bus,
        is_lit=road.is_lit,
        is_bridge=road.is_bridge,
        is_tunnel=road.is_tunnel,
        layer=road.layer,
        access=road.access,
        tags=road.tags,
    )
