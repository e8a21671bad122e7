"""Everything that is known of one place, as its page shows it: plain values, no tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from hereabouts.kernel.geometry import Box, Point
from hereabouts.places.domain.found import Address, AreaRef, StreetRef
from hereabouts.places.domain.kinds import Kind

Identifiers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Source:
    """Where a statement comes from: the register, its credit, and when it was loaded."""

    name: str
    attribution: str = ""
    imported_at: datetime | None = None
    file_name: str = ""
    importer: str = ""


@dataclass(frozen=True)
class PremisesRef:
    """Premises by address, with a distance in metres where one was asked for."""

    uid: str
    address: Address
    use: str
    place: Point
    distance_m: float | None = None


@dataclass(frozen=True)
class AssetRef:
    """An asset by type and name, with a distance in metres where one was asked for."""

    uid: str
    type: str
    reference: str
    name: str
    place: Point
    street: StreetRef | None = None
    distance_m: float | None = None


@dataclass(frozen=True)
class NearStreet:
    """A street and how far away it is, in metres."""

    street: StreetRef
    distance_m: float


@dataclass(frozen=True)
class NearName:
    """A named place, such as a park or a school, and how far away it is, in metres."""

    uid: str
    name: str
    name_cy: str
    kind: str
    place: Point
    distance_m: float


@dataclass(frozen=True)
class NearPostcode:
    """A postcode and how far away its middle is, in metres."""

    code: str
    distance_m: float


@dataclass(frozen=True)
class PastChange:
    """What an import did to a feature, and when."""

    change: str
    at: datetime
    source: str
    fields: Sequence[str] = ()
    importer: str = ""

    @property
    def is_only_numbers(self) -> bool:
        """Whether another register's number was added, and nothing else happened."""
        told = set(self.fields)
        return self.change == "changed" and bool(told) and told <= {"identifiers", "uprn", "usrn"}


@dataclass(frozen=True)
class Neighbourhood:
    """A statistical area and how people live there; rank 1 and decile 1 are the most deprived."""

    area: AreaRef
    residents: int | None = None
    households: int | None = None
    population_edition: str = ""
    decile: int | None = None
    rank: int | None = None
    deprivation_edition: str = ""
    domains: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PlaceView:
    """What every place page has."""

    kind: Kind
    uid: str
    name: str
    name_cy: str = ""
    box: Box
    areas: Sequence[AreaRef] = ()
    identifiers: Identifiers = ()
    source: Source
    history: Sequence[PastChange] = ()

    @property
    def middle(self) -> Point:
        """The middle of its box."""
        return self.box.centre


@dataclass(frozen=True)
class Share:
    """A value of a street's attribute and the length of the street that has it; None is unknown."""

    value: str | None
    length_m: float


@dataclass(frozen=True, kw_only=True)
class StreetView(PlaceView):
    """A street; `attributes` say how much of its length is what, longest first."""

    ref: str
    usrn: str
    road_class: str
    length_m: float
    segment_count: int
    attributes: Mapping[str, Sequence[Share]]
    meets: Sequence[StreetRef]
    premises_count: int
    premises: Sequence[PremisesRef]
    assets: Mapping[str, int]
    postcodes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class PremisesView(PlaceView):
    """A building or an address."""

    address: Address
    use: str
    uprn: str
    height_m: float | None
    levels: int | None
    has_outline: bool
    place: Point
    street: StreetRef | None
    next_door: Sequence[PremisesRef]
    assets: Sequence[AssetRef]


@dataclass(frozen=True, kw_only=True)
class AssetView(PlaceView):
    """Something in the street."""

    type: str
    reference: str
    attributes: Mapping[str, str]
    place: Point
    street: StreetRef | None
    premises: Sequence[PremisesRef]
    assets: Sequence[AssetRef]


@dataclass(frozen=True, kw_only=True)
class AreaView(PlaceView):
    """An area; `within` contain it, `holds` lie in it, `overlaps` share some of its ground."""

    code: str
    area_kind: str
    size_km2: float
    valid_from: date | None
    valid_to: date | None
    successor: AreaRef | None
    predecessors: Sequence[AreaRef]
    within: Sequence[AreaRef]
    holds: Mapping[str, Sequence[AreaRef]]
    overlaps: Sequence[AreaRef]
    counts: Mapping[Kind, int]
    streets: Sequence[StreetRef]


@dataclass(frozen=True, kw_only=True)
class PostcodeView(PlaceView):
    """A postcode: the register's point, or the middle of the addresses that have it."""

    quality: str
    ended: date | None
    place: Point
    premises_count: int
    premises: Sequence[PremisesRef]
    streets: Sequence[StreetRef]


@dataclass(frozen=True)
class Whereabouts:
    """What is at and around a point."""

    place: Point
    areas: Sequence[AreaRef]
    streets: Sequence[NearStreet]
    premises: Sequence[PremisesRef]
    postcode: NearPostcode | None
    assets: Sequence[AssetRef]
    names: Sequence[NearName] = ()


@dataclass(frozen=True)
class Gone:
    """A feature that is no longer there: since when, by whose word, and what there is instead."""

    kind: Kind
    uid: str
    name: str
    gone_at: datetime
    source: Source
    place: Point
    instead: Sequence[StreetRef | PremisesRef | AreaRef] = ()
