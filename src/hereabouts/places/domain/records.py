"""Records: what importers hand over, free of tables; one class per kind of feature.

Geometry is well-known binary in WGS 84, `(longitude, latitude)`. A record is matched with what the
gazetteer already holds by `source` and `source_id`, then by its other identifiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hereabouts.places.domain.kinds import OneWay, Provision, RoadClass

Identifiers = tuple[tuple[str, str], ...]
"""Pairs of scheme and value: `osm`, `usrn`, `uprn`, `naptan`, `gss`, or a council's own."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What every feature has: where it came from, where it is, and its identifiers."""

    source: str
    source_id: str
    geometry: bytes
    identifiers: Identifiers = ()


@dataclass(frozen=True, kw_only=True)
class AreaRecord(Record):
    """An area of one kind: polygon or multipolygon."""

    kind: str
    code: str
    name: str
    name_cy: str = ""
    valid_from: date | None = None


@dataclass(frozen=True, kw_only=True)
class AreaEnding:
    """From when a code no longer stands, and the code that holds most of its land since then.

    `ended_on` is None for one that stands again.
    """

    code: str
    ended_on: date | None
    successor: str = ""


@dataclass(frozen=True, kw_only=True)
class StreetRecord(Record):
    """A street people name: the segments that share a name (or, unnamed, a number) and touch.

    `geometry` is the multiline of its segments; `source_id` that of its oldest segment's way.
    """

    name: str
    name_cy: str = ""
    ref: str = ""
    usrn: str = ""
    road_class: RoadClass = RoadClass.UNCLASSIFIED
    length_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SegmentRecord(Record):
    """A piece of carriageway or path between two junctions; `source_id` is `way/index`."""

    street_source_id: str
    from_node: int
    to_node: int
    road_class: RoadClass
    is_link: bool = False
    name: str = ""
    ref: str = ""
    length_m: float = 0.0
    lanes: int | None = None
    speed_limit_mph: int | None = None
    one_way: OneWay = OneWay.NO
    width_m: float | None = None
    surface: str = ""
    cycle: Provision = Provision.UNKNOWN
    bus: Provision = Provision.UNKNOWN
    is_lit: bool | None = None
    is_bridge: bool = False
    is_tunnel: bool = False
    layer: int = 0
    access: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PremisesRecord(Record):
    """A building or an address; `geometry` is its point, `outline` the building's polygon."""

    outline: bytes | None = None
    uprn: str = ""
    name: str = ""
    name_cy: str = ""
    unit: str = ""
    number: str = ""
    street_name: str = ""
    locality: str = ""
    town: str = ""
    postcode: str = ""
    use: str = "other"
    height_m: float | None = None
    levels: int | None = None


@dataclass(frozen=True, kw_only=True)
class AssetRecord(Record):
    """Something that stands in the street and that somebody looks after."""

    type: str
    reference: str = ""
    name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GroundRecord(Record):
    """What lies on the land, for the map: water, green, built-up land, railways, walls."""

    kind: str
    name: str = ""
    is_tunnel: bool = False


@dataclass(frozen=True, kw_only=True)
class LabelRecord(Record):
    """A name on the map that is no street's: a town, a park, a school; rank 1 is the largest.

    `premises_source_id` names the premises of the same batch that the label belongs to, if any.
    """

    kind: str
    name: str
    name_cy: str = ""
    rank: int = 6
    premises_source_id: str = ""


@dataclass(frozen=True, kw_only=True)
class PostcodeRecord(Record):
    """A unit postcode at the mean place of its addresses; `code` as `AA9 9AA`."""

    code: str
    quality: str = ""
    area_codes: Mapping[str, str] = field(default_factory=dict)
    ended: date | None = None


CodedRecord = AreaRecord | PostcodeRecord
"""Records of things that are known by one code, whichever source speaks of them."""


@dataclass(frozen=True, kw_only=True)
class DeprivationRecord:
    """One index or domain for one area; rank 1 and decile 1 are the most deprived."""

    area_code: str
    edition: str
    domain: str
    score: float | None
    rank: int | None
    decile: int | None


@dataclass(frozen=True, kw_only=True)
class PopulationRecord:
    """How many people live in an area, and in how many households."""

    area_code: str
    edition: str
    residents: int
    households: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something wrong in the data that did not stop the file: which row, which field, what."""

    code: str
    subject: str
    field: str = ""
    value: str = ""
    repaired: bool = False
