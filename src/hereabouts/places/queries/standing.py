"""What stands in the gazetteer, for registers that add to it: assets, premises and streets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import shapely
from django.db.models import Max, Min, QuerySet

from hereabouts.kernel.geometry import Box
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import Area, Asset, Identifier, Premises, Street


@dataclass(frozen=True)
class StandingAsset:
    """An asset of another source, with the codes it carries: all, and those of other sources."""

    id: int
    lon: float
    lat: float
    reference: str
    name: str
    codes: tuple[str, ...]
    codes_of_others: tuple[str, ...]


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
    """A street: its lines, its USRN where it is known, and the numbers its own source told."""

    id: int
    geometry: bytes
    usrn: str
    name: str
    told: tuple[str, ...]


def list_assets_of_others(type: str, source: str, scheme: str) -> list[StandingAsset]:
    """Assets of a type that came from other sources, with their identifiers of one scheme."""
    codes = codes_by_feature(Kind.ASSET, scheme)
    others = codes_of_others(Kind.ASSET, source, scheme)
    rows = Asset.objects.filter(type=type, gone_at=None).exclude(source=source).order_by("id")
    columns = ("id", "west", "south", "reference", "name")
    return [
        StandingAsset(
            id=number,
            lon=lon,
            lat=lat,
            reference=reference,
            name=name,
            codes=tuple(codes.get(number, ())),
            codes_of_others=tuple(others.get(number, ())),
        )
        for number, lon, lat, reference, name in rows.values_list(*columns).iterator()
    ]


def list_premises(without_source: str) -> Iterator[StandingPremises]:
    """Every premises that has not gone and came from another source."""
    rows = Premises.objects.filter(gone_at=None).exclude(source=without_source).order_by("id")
    columns = ("id", "uid", "west", "south", "outline", "uprn")
    for number, uid, lon, lat, outline, uprn in rows.values_list(*columns).iterator():
        shape = bytes(outline) if outline is not None else None
        yield StandingPremises(number, uid, lon, lat, shape, uprn)


def list_streets(scheme: str, without_sources: Sequence[str]) -> Iterator[StandingStreet]:
    """Every street that has not gone, with the codes of one scheme that other sources told."""
    told = Identifier.objects.filter(kind=Kind.STREET.value, scheme=scheme)
    codes = _by_feature(told.exclude(source__in=without_sources))
    rows = Street.objects.filter(gone_at=None).order_by("id")
    columns = ("id", "geometry", "usrn", "name")
    for number, geometry, usrn, name in rows.values_list(*columns).iterator():
        told_here = tuple(codes.get(number, ()))
        yield StandingStreet(number, bytes(geometry), usrn, name, told_here)


def codes_by_feature(kind: Kind, scheme: str) -> dict[int, list[str]]:
    """The identifiers of one scheme of every feature of a kind."""
    return _by_feature(Identifier.objects.filter(kind=kind.value, scheme=scheme))


def codes_given_by(kind: Kind, source: str, scheme: str) -> dict[int, list[str]]:
    """The identifiers of one scheme that one source gave features of a kind."""
    rows = Identifier.objects.filter(kind=kind.value, scheme=scheme, source=source)
    return _by_feature(rows)


def codes_of_others(kind: Kind, source: str, scheme: str) -> dict[int, list[str]]:
    """The identifiers of one scheme that any source but this gave features of a kind."""
    rows = Identifier.objects.filter(kind=kind.value, scheme=scheme).exclude(source=source)
    return _by_feature(rows)


def extent() -> Box | None:
    """The box of all areas and streets that are held, or None where there are none."""
    sides = {
        "west": Min("west"),
        "south": Min("south"),
        "east": Max("east"),
        "north": Max("north"),
    }
    boxes = [
        Box(**found)
        for model in (Area, Street)
        if (found := model._default_manager.filter(gone_at=None).aggregate(**sides))["west"]
        is not None
    ]
    if not boxes:
        return None
    return Box(
        min(box.west for box in boxes),
        min(box.south for box in boxes),
        max(box.east for box in boxes),
        max(box.north for box in boxes),
    )


def held_codes(codes: Collection[str]) -> set[str]:
    """Which of these codes are areas that are held."""
    known = Area.objects.filter(gone_at=None).values_list("code", flat=True)
    wanted = set(codes)
    return {code for code in known.iterator() if code in wanted}


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


def _by_feature(rows: QuerySet[Identifier]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for number, value in rows.order_by("id").values_list("feature_id", "value").iterator():
        found.setdefault(number, []).append(value)
    return found
