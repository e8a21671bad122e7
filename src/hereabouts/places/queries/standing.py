"""What stands in the gazetteer, for registers that add to it: assets, premises and streets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import shapely

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import Area, Asset, Identifier, Premises, Street


@dataclass(frozen=True)
class StandingAsset:
    """An asset of another source, with the codes it carries."""

    id: int
    lon: float
    lat: float
    reference: str
    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class StandingPremises:
    """A premises: its point, its outline where it has one, and its UPRN where it is known."""

    id: int
    uid: str
    lon: float
    lat: float
    outline: bytes | None
    uprn: str


@dataclass(frozen=True)
class StandingStreet:
    """A street: its lines, and its USRN where it is known."""

    id: int
    geometry: bytes
    usrn: str
    name: str


def list_assets_of_others(type: str, source: str, scheme: str) -> list[StandingAsset]:
    """Assets of a type that came from other sources, with their identifiers of one scheme."""
    codes = codes_by_feature(Kind.ASSET, scheme)
    rows = Asset.objects.filter(type=type, gone_at=None).exclude(source=source).order_by("id")
    return [
        StandingAsset(number, lon, lat, reference, name, tuple(codes.get(number, ())))
        for number, lon, lat, reference, name in rows.values_list(
            "id", "west", "south", "reference", "name"
        ).iterator()
    ]


def list_premises(without_source: str) -> Iterator[StandingPremises]:
    """Every premises that has not gone and came from another source."""
    rows = Premises.objects.filter(gone_at=None).exclude(source=without_source).order_by("id")
    columns = ("id", "uid", "west", "south", "outline", "uprn")
    for number, uid, lon, lat, outline, uprn in rows.values_list(*columns).iterator():
        shape = bytes(outline) if outline is not None else None
        yield StandingPremises(number, uid, lon, lat, shape, uprn)


def list_streets() -> Iterator[StandingStreet]:
    """Every street that has not gone."""
    rows = Street.objects.filter(gone_at=None).order_by("id")
    for number, geometry, usrn, name in rows.values_list(
        "id", "geometry", "usrn", "name"
    ).iterator():
        yield StandingStreet(number, bytes(geometry), usrn, name)


def codes_by_feature(kind: Kind, scheme: str) -> dict[int, list[str]]:
    """The identifiers of one scheme of every feature of a kind."""
    found: dict[int, list[str]] = {}
    rows = Identifier.objects.filter(kind=kind.value, scheme=scheme).order_by("id")
    for number, value in rows.values_list("feature_id", "value").iterator():
        found.setdefault(number, []).append(value)
    return found


def codes_given_by(kind: Kind, source: str, scheme: str) -> dict[int, list[str]]:
    """The identifiers of one scheme that one source gave features of a kind."""
    found: dict[int, list[str]] = {}
    rows = Identifier.objects.filter(kind=kind.value, scheme=scheme, source=source).order_by("id")
    for number, value in rows.values_list("feature_id", "value").iterator():
        found.setdefault(number, []).append(value)
    return found


def land_of_areas() -> shapely.Geometry | None:
    """The land of all areas that stand, or None where none are held."""
    rows = Area.objects.filter(gone_at=None, valid_to=None).values_list("geometry", flat=True)
    shapes = shapely.from_wkb([bytes(geometry) for geometry in rows.iterator()])
    return shapely.union_all(shapes) if len(shapes) else None


def street_of_each_uprn() -> dict[str, int]:
    """The street of the premises that each known UPRN belongs to."""
    streets = dict(
        Premises.objects.filter(gone_at=None)
        .exclude(street=None)
        .values_list("id", "street_id")
        .iterator()
    )
    found = {
        uprn: streets[number]
        for number, uprns in codes_by_feature(Kind.PREMISES, "uprn").items()
        if number in streets
        for uprn in uprns
    }
    carried = Premises.objects.filter(gone_at=None).exclude(street=None).exclude(uprn="")
    found.update(carried.values_list("uprn", "street_id").iterator())
    return found
