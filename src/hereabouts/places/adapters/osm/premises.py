"""Builds premises: buildings, the addresses and businesses in them, and those without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.adapters.osm.extract import Extract, Node, Tags
from hereabouts.places.adapters.osm.shapes import Surfaces, middle_of, surfaces_of
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.osm.names import names_of
from hereabouts.places.domain.osm.premises import (
    UNKNOWN_USE,
    address_of,
    has_address,
    height_m,
    is_building,
    is_business,
    levels,
    uprns,
    use_of,
)
from hereabouts.places.domain.records import PremisesRecord

Shapes = NDArray[np.object_]


@dataclass
class _Building:
    """A building with what lies in it."""

    record: PremisesRecord
    nodes: list[Node] = field(default_factory=list)


def build_premises(extract: Extract, source: str, findings: Findings) -> list[PremisesRecord]:
    """Premises of a map.

    A single address or business in a building that has none of its own becomes the building's; of
    several, each is premises at its own point, and the building keeps the outline.
    """
    surfaces = surfaces_of(extract, is_building, findings)
    buildings = _buildings(surfaces, source)
    nodes = [node for node in extract.nodes if _is_premises(node.tags)]
    left = _sort_into(buildings, surfaces.shapes, nodes)
    records: list[PremisesRecord] = []
    for building in buildings:
        records += _settle(building, source)
    records += [_of_node(node, source) for node in left]
    return [*records, *_grounds(extract, source, records, findings)]


def _is_premises(tags: Tags) -> bool:
    return has_address(tags) or is_business(tags) or is_building(tags)


def _buildings(surfaces: Surfaces, source: str) -> list[_Building]:
    if not len(surfaces):
        return []
    points = shapely.to_wkb(middle_of(surfaces.shapes))
    outlines = shapely.to_wkb(surfaces.shapes)
    return [
        _Building(_record(source, surfaces.ids[at], surfaces.tags[at], (points[at], outlines[at])))
        for at in range(len(surfaces))
    ]


def _sort_into(buildings: Sequence[_Building], shapes: Shapes, nodes: Sequence[Node]) -> list[Node]:
    """Give each node to the building round it; those in none are answered."""
    if not nodes or not buildings:
        return list(nodes)
    points = shapely.points([(node.lon, node.lat) for node in nodes])
    inside = shapely.STRtree(points).query(shapes, predicate="covers")
    owners: dict[int, int] = {}
    for building, node in zip(*inside.tolist(), strict=True):
        owners.setdefault(node, building)
    for node, building in sorted(owners.items()):
        buildings[building].nodes.append(nodes[node])
    return [node for at, node in enumerate(nodes) if at not in owners]


def _settle(building: _Building, source: str) -> list[PremisesRecord]:
    """The building's record and those of what remains premises of its own."""
    own = building.record
    has_own = bool(own.number or own.unit)
    doors = [node for node in building.nodes if has_address(node.tags)]
    others = [node for node in building.nodes if not has_address(node.tags)]
    separate: list[Node] = []
    for node in doors:
        if _is_same_door(own, node.tags) or (len(doors) == 1 and not has_own):
            own = _merged(own, node)
        else:
            separate.append(node)
    for node in others:
        is_alone = len(others) == 1 and not separate and not own.name
        if is_alone or names_of(node.tags)[0] == own.name:
            own = _merged(own, node)
        else:
            separate.append(node)
    return [own, *(_of_node(node, source) for node in separate)]


def _is_same_door(own: PremisesRecord, tags: Tags) -> bool:
    address = address_of(tags)
    return bool(own.number) and (own.number, own.unit) == (address.number, address.unit)


def _merged(own: PremisesRecord, node: Node) -> PremisesRecord:
    """The building's record with what a node in it adds; what the building says itself stays."""
    added = _of_node(node, own.source)
    texts = ("uprn", "name", "unit", "number", "street_name", "locality", "town", "postcode")
    more = {name: getattr(own, name) or getattr(added, name) for name in texts}
    name_cy = own.name_cy if own.name else added.name_cy
    use = own.use if own.use != UNKNOWN_USE else added.use
    identifiers = tuple(dict.fromkeys((*own.identifiers, *added.identifiers)))
    return replace(own, **more, name_cy=name_cy, use=use, identifiers=identifiers)


def _of_node(node: Node, source: str) -> PremisesRecord:
    point = shapely.to_wkb(shapely.Point(node.lon, node.lat))
    return _record(source, f"node/{node.id}", node.tags, (point, None))


def _grounds(
    extract: Extract, source: str, others: Sequence[PremisesRecord], findings: Findings
) -> list[PremisesRecord]:
    """Named places with a surface and no one building: a school and its yard, a hospital.

    Grounds on which a building bears the same name are that building's, and not premises again.
    """

    def is_wanted(tags: Tags) -> bool:
        is_place = is_business(tags) or has_address(tags)
        return is_place and not is_building(tags)

    grounds = surfaces_of(extract, is_wanted, findings)
    if not len(grounds):
        return []
    points = shapely.to_wkb(middle_of(grounds.shapes))
    named: dict[str, list[bytes]] = {}
    for other in others:
        if other.name:
            named.setdefault(other.name, []).append(other.geometry)
    return [
        _record(source, grounds.ids[at], grounds.tags[at], (points[at], None))
        for at in range(len(grounds))
        if not _bears_name(grounds.shapes[at], named.get(names_of(grounds.tags[at])[0], ()))
    ]


def _bears_name(ground: shapely.Geometry, points: Sequence[bytes]) -> bool:
    return bool(len(points) and shapely.covers(ground, shapely.from_wkb(list(points))).any())


def _record(
    source: str, source_id: str, tags: Tags, shape: tuple[bytes, bytes | None]
) -> PremisesRecord:
    address, numbers = address_of(tags), uprns(tags)
    name, name_cy = names_of(tags)
    return PremisesRecord(
        source=source,
        source_id=source_id,
        geometry=shape[0],
        outline=shape[1],
        identifiers=(("osm", source_id), *(("uprn", number) for number in numbers)),
        uprn=numbers[0] if len(numbers) == 1 else "",
        name=name or address.house_name or tags.get("brand", ""),
        name_cy=name_cy,
        unit=address.unit,
        number=address.number,
        street_name=address.street,
        locality=address.locality,
        town=address.town,
        postcode=address.postcode,
        use=use_of(tags) or UNKNOWN_USE,
        height_m=height_m(tags),
        levels=levels(tags),
    )
