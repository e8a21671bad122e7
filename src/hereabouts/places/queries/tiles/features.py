"""The rows of each layer of a tile: only the columns it needs, only what its zoom shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from hereabouts.kernel.geometry import Box
from hereabouts.places.domain.map_layers import LINE_KINDS
from hereabouts.places.models import Area, Asset, Ground, Label, Premises, Segment, Street
from hereabouts.places.queries.tiles.boxes import (
    Condition,
    in_box,
    none_of,
    one_of,
    read_rows,
)
from hereabouts.places.queries.tiles.outlines import REACH_M, wide_buildings

Geometry = bytes
STREETS = f"LEFT JOIN {Street._meta.db_table} s ON s.id = f.street_id"
PREMISES = f"LEFT JOIN {Premises._meta.db_table} p ON p.id = f.premises_id"


class GroundRow(NamedTuple):
    """A piece of ground."""

    geometry: Geometry
    kind: str
    name: str
    is_tunnel: bool


class BuildingColumns(NamedTuple):
    """Buildings, a column each: there are thousands, and a row each would cost as much again."""

    geometry: Sequence[Geometry] = ()
    uid: Sequence[str] = ()
    use: Sequence[str] = ()
    height_m: Sequence[float | None] = ()


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
    return list(map(GroundRow._make, rows))


def list_buildings(box: Box, version: str) -> BuildingColumns:
    """Buildings whose outline may reach into the box; `version` is the data's.

    Some only lie near it: cut their outlines afterwards.
    """
    near = in_box(box.grown_m(REACH_M))
    wide = wide_buildings(version).ids_in(box)
    if wide:
        near = Condition(f"({near.sql} OR {one_of('f.id', wide).sql})", (*near.values, *wide))
    where = near & Condition("f.outline IS NOT NULL")
    rows = read_rows(Premises, ("f.outline", "f.uid", "f.use", "f.height_m"), where)
    return BuildingColumns(*zip(*rows, strict=True))


def list_segments(box: Box, classes: Sequence[str]) -> list[SegmentRow]:
    """Segments of these classes, or of every class when none is named."""
    where = in_box(box) & one_of("f.road_class", classes)
    columns = (
        "f.geometry",
        "s.uid",
        "s.name",
        "s.name_cy",
        "f.road_class",
        "f.is_link",
        "f.name",
        "f.ref",
        "f.one_way",
        "f.is_bridge",
        "f.is_tunnel",
        "f.layer",
    )
    rows = read_rows(Segment, columns, where, join=STREETS)
    return list(map(SegmentRow._make, rows))


def list_areas(box: Box, hidden: Sequence[str], day: date) -> list[AreaRow]:
    """Areas that are valid on the day, of all but the hidden kinds."""
    where = in_box(box) & none_of("f.kind", hidden) & valid_on(day)
    rows = read_rows(Area, ("f.geometry", "f.code", "f.kind", "f.name", "f.name_cy"), where)
    return list(map(AreaRow._make, rows))


def valid_on(day: date) -> Condition:
    """Areas valid on this day; the last day is the one before `valid_to`."""
    return Condition(
        "(f.valid_from IS NULL OR f.valid_from <= %s) AND (f.valid_to IS NULL OR f.valid_to > %s)",
        (day, day),
    )


def list_assets(box: Box, types: Sequence[str]) -> list[AssetRow]:
    """Assets of these types, or of every type when none is named."""
    where = in_box(box) & one_of("f.type", types)
    rows = read_rows(Asset, ("f.geometry", "f.uid", "f.type", "f.name", "f.reference"), where)
    return list(map(AssetRow._make, rows))


def list_addresses(box: Box) -> list[AddressRow]:
    """Premises with a number, or with a name and a street or postcode to be found in."""
    where = in_box(box) & Condition(
        "(f.number <> '' OR (f.name <> '' AND (f.street_name <> '' OR f.postcode <> '')))"
    )
    rows = read_rows(Premises, ("f.geometry", "f.uid", "f.number", "f.name"), where)
    return list(map(AddressRow._make, rows))


def list_place_labels(box: Box, kinds: Sequence[str]) -> list[LabelRow]:
    """Labels of these kinds, or of every kind when none is named."""
    where = in_box(box) & one_of("f.kind", kinds)
    columns = ("f.geometry", "f.kind", "f.name", "f.name_cy", "p.uid", "f.rank")
    rows = read_rows(Label, columns, where, join=PREMISES)
    return list(map(LabelRow._make, rows))
