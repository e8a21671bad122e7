"""How a record becomes a row: one table for each kind, with its key, prefix and columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from operator import attrgetter

import msgspec
import shapely
from django.db import connection, models

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.measures import surface_km2
from hereabouts.places.domain.records import Record
from hereabouts.places.models import (
    Area,
    Asset,
    Feature,
    Ground,
    Label,
    Postcode,
    Premises,
    Segment,
    Street,
)

COMMON = (
    "id",
    "uid",
    "source",
    "source_id",
    "digest",
    "geometry",
    "cell",
    "west",
    "south",
    "east",
    "north",
    "gone_at",
)
"""Columns that every feature has, in the order in which rows hold them."""

ID, UID, SOURCE, SOURCE_ID, DIGEST, GEOMETRY, CELL, WEST, SOUTH, EAST, NORTH, GONE = range(12)

Value = str | int | float | bool | bytes | date | Mapping[str, str] | None
"""What a record's attribute may hold, enumerations apart."""

PLAIN = frozenset({str, int, float, bool, bytes, type(None)})
"""Types that need no second look, which most values are of."""

Row = list[object]
"""A row as the database takes it: the common columns, the kind's own, then its link."""


@dataclass(frozen=True)
class Table:
    """A kind's table: its id prefix, the columns a record fills, and its link to another table.

    Features of a kind with `is_coded` are known by `code`, whatever the source: a ward is one ward.
    `sticky` columns keep what another register told when this one says nothing. A link that is told
    by the record is part of what the source says; others are worked out by nearness. `derived`
    columns are worked out from the shape.
    """

    kind: Kind
    model: type[Feature]
    prefix: str
    own: tuple[str, ...]
    link: str = ""
    is_link_told: bool = False
    is_coded: bool = False
    derive: Callable[[shapely.Geometry], list[object]] | None = None
    derived: tuple[str, ...] = ()
    sticky: frozenset[str] = frozenset()
    limits: Mapping[int, int] = field(init=False)
    mappings: tuple[int, ...] = field(init=False)
    dates: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Learn from the model how long each text may be, and which columns are not plain."""
        fields = [self.model._meta.get_field(name) for name in self.own]
        limits = {at: getattr(found, "max_length", None) for at, found in enumerate(fields)}
        object.__setattr__(self, "limits", {at: most for at, most in limits.items() if most})
        for name, kind in (("mappings", models.JSONField), ("dates", models.DateField)):
            places = tuple(at for at, found in enumerate(fields) if isinstance(found, kind))
            object.__setattr__(self, name, places)

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of a row, in order."""
        return (*COMMON, *self.own, *self.derived, *((self.link,) if self.link else ()))

    def derived_values(self, shape: shapely.Geometry) -> list[object]:
        """The values of the derived columns for a shape in WGS 84."""
        return self.derive(shape) if self.derive else []

    def values(self, record: Record) -> list[Value]:
        """A record's own attributes in column order, enumerations as their values."""
        found = attrgetter(*self.own)(record)
        return [
            value if type(value) in PLAIN else value.value if isinstance(value, Enum) else value
            for value in found
        ]

    def as_stored(self, values: Sequence[Value]) -> list[object]:
        """A record's values as both databases take them."""
        ready: list[object] = list(values)
        for at in (*self.mappings, *self.dates):
            ready[at] = _stored(values[at])
        return ready

    def digest(self, record: Record, values: Sequence[Value]) -> str:
        """A fingerprint of everything a source says about a feature, alike on every machine."""
        said: list[object] = list(values)
        for at in self.mappings:
            value = values[at]
            said[at] = sorted(value.items()) if isinstance(value, Mapping) else value
        body = msgspec.msgpack.encode([record.geometry, said, sorted(record.identifiers)])
        return hashlib.blake2b(body, digest_size=16).hexdigest()


def to_database(values: Sequence[object]) -> list[object]:
    """Values as both databases take them: mappings as JSON text, dates as text on SQLite."""
    return [_stored(value) for value in values]


def _stored(value: object) -> object:
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)
    if isinstance(value, date) and connection.vendor == "sqlite":
        return value.isoformat()
    return value


TABLES: Mapping[Kind, Table] = {
    table.kind: table
    for table in (
        Table(
            Kind.AREA,
            Area,
            "ar",
            ("kind", "code", "name", "name_cy", "valid_from"),
            is_coded=True,
            derive=lambda shape: [round(surface_km2(shape), 6)],
            derived=("size_km2",),
        ),
        Table(
            Kind.STREET,
            Street,
            "st",
            ("name", "name_cy", "ref", "usrn", "road_class", "length_m"),
            sticky=frozenset({"usrn"}),
        ),
        Table(
            Kind.SEGMENT,
            Segment,
            "sg",
            (
                "from_node",
                "to_node",
                "road_class",
                "is_link",
                "name",
                "ref",
                "length_m",
                "lanes",
                "speed_limit_mph",
                "one_way",
                "width_m",
                "surface",
                "cycle",
                "bus",
                "is_lit",
                "is_bridge",
                "is_tunnel",
                "layer",
                "access",
                "tags",
            ),
            link="street_id",
            is_link_told=True,
        ),
        Table(
            Kind.PREMISES,
            Premises,
            "pr",
            (
                "outline",
                "uprn",
                "name",
                "name_cy",
                "unit",
                "number",
                "street_name",
                "locality",
                "town",
                "postcode",
                "use",
                "height_m",
                "levels",
            ),
            link="street_id",
            sticky=frozenset({"uprn", "postcode"}),
        ),
        Table(
            Kind.ASSET,
            Asset,
            "as",
            ("type", "reference", "name", "attributes"),
            link="street_id",
        ),
        Table(
            Kind.POSTCODE,
            Postcode,
            "pc",
            ("code", "quality", "area_codes", "ended"),
            is_coded=True,
        ),
        Table(Kind.GROUND, Ground, "gr", ("kind", "name", "is_tunnel")),
        Table(
            Kind.LABEL,
            Label,
            "lb",
            ("kind", "name", "name_cy", "rank"),
            link="premises_id",
            is_link_told=True,
        ),
    )
}
"""Every kind's table, in an order in which links find their targets already written."""
