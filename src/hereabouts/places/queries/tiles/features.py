"""The rows of each layer of a tile: only the columns it needs, only what its zoom shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from hereabouts.kernel.geometry import Box
from hereabouts.places.domain.map_layers import LINE_KINDS, SMALL_AREAS
from hereabouts.places.models import Area, Asset, Ground, Label, Premises, Segment, Street
from hereabouts.places.queries.tiles.boxes import (
    Condition,
    Row,
    in_box,
    none_of,
    one_of,
    read_rows,
)

Geometry = bytes
STREETS = f"LEFT JOIN {Street._meta.db_table} s ON s.id = f.street_id"
PREMISES = f"LEFT JOIN {Premises._meta.db_table} p ON p.id = f.premises_id"


class GroundRow(NamedTuple):
    """A piece of ground."""

    geometry: Geometry
    kind: str
    name: str
    is_tunnel: bool


class BuildingRow(NamedTuple):
    """A building's outline."""

    geometry: Geometry
    uid: str
    use: str
    height_m: float | None


class SegmentRow(NamedTuple):
    """A segment, with the street it belongs to."""

    geometry: Geometry
    street_uid: str | None
    street_name: str | None
    street_name_cy: str | None
    road_class: str
    is_link: bool
    name: str
    ref: str
    one_way: str
    is_bridge: bool
    is_tunnel: bool
    layer: int


class AreaRow(NamedTuple):
    """An area."""

    geometry: Geometry
    code: str
    kind: str
    name: str
    name_cy: str


class AssetRow(NamedTuple):
    """An asset."""

    geometry: Geometry
    uid: str
    type: str
    name: str
    reference: str


class AddressRow(NamedTuple):
    """An address."""

    geometry: Geometry
    uid: str
    number: str
    name: str


class LabelRow(NamedTuple):
    """A label that is no street's."""

    geometry: Geometry
    kind: str
    name: str
    name_cy: str
    uid: str | None
    rank: int


def list_ground(
    box: Box, shown: Sequence[str], hidden: Sequence[str], smallest: float
) -> list[GroundRow]:
    """Ground of these kinds, or of all but the hidden ones; lines, and areas large enough.

    `smallest` is the least size of an area's box, in square degrees.
    """
    where = in_box(box) & one_of("f.kind", shown) & none_of("f.kind", hidden)
    if smallest > 0:
        lines = one_of("f.kind", sorted(LINE_KINDS))
        large = f"({lines.sql} OR (f.east - f.west) * (f.north - f.south) >= %s)"
        where &= Condition(large, (*lines.values, smallest))
    rows = read_rows(Ground, ("f.geometry", "f.kind", "f.name", "f.is_tunnel"), where)
    return [GroundRow(bytes(row[0]), *row[1:]) for row in rows]


def list_buildings(box: Box) -> list[BuildingRow]:
    """Buildings whose outline lies here."""
    where = in_box(box) & Condition("f.outline IS NOT NULL")
    rows = read_rows(Premises, ("f.outline", "f.uid", "f.use", "f.height_m"), where)
    return [BuildingRow(bytes(row[0]), *row[1:]) for row in rows]
