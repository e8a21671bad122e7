"""The hits of one page with what tells them apart: address, street, and the areas they lie in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.found import Address, AreaRef, Hit, StreetRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import Area, Asset, Label, Premises, Street
from hereabouts.places.queries.areas import areas_of_many

Details = Mapping[str, tuple[int, Hit]]
"""By public id: the internal id, and what is to be said."""


def described(hits: Sequence[Hit]) -> list[Hit]:
    """The hits with their details, in the same order. One read a kind, and one for the areas."""
    known: dict[Kind, dict[str, tuple[int, Hit]]] = {}
    for kind, read in _READERS.items():
        uids = [hit.uid for hit in hits if hit.kind is kind]
        if uids:
            known[kind] = dict(read(uids))
    ids = {
        (kind, key)
        for kind, details in known.items()
        if kind is not Kind.AREA
        for key, _ in details.values()
    }
    areas = areas_of_many(ids)
    return [_complete(hit, known, areas) for hit in hits]


def _complete(
    hit: Hit,
    known: Mapping[Kind, Details],
    areas: Mapping[tuple[Kind, int], Sequence[AreaRef]],
) -> Hit:
    key, said = known.get(hit.kind, {}).get(hit.uid, (0, hit))
    return replace(
        said,
        rank=hit.rank,
        is_guess=hit.is_guess,
        is_part=hit.is_part,
        areas=areas.get((hit.kind, key), ()),
    )


def _streets(uids: Sequence[str]) -> Details:
    rows = Street.objects.filter(uid__in=uids)
    fields = ("id", "uid", "name", "name_cy", "ref", "road_class", "west", "south", "east", "north")
    return {
        uid: (
            key,
            Hit(Kind.STREET, uid, name or ref, name_cy, road_class, place=_middle(*box)),
        )
        for key, uid, name, name_cy, ref, road_class, *box in rows.values_list(*fields)
    }


def _areas(codes: Sequence[str]) -> Details:
    rows = Area.objects.filter(code__in=codes)
    fields = ("id", "code", "name", "name_cy", "kind", "west", "south", "east", "north")
    return {
        code: (key, Hit(Kind.AREA, code, name, name_cy, kind, place=_middle(*box)))
        for key, code, name, name_cy, kind, *box in rows.values_list(*fields)
    }


def _premises(uids: Sequence[str]) -> Details:
    rows = Premises.objects.filter(uid__in=uids)
    parts = ("name", "unit", "number", "street_name", "locality", "town", "postcode")
    fields = ("id", "uid", "name_cy", "use", "street__name", "west", "south", *parts)
    found: dict[str, tuple[int, Hit]] = {}
    for key, uid, name_cy, use, street, lon, lat, *address in rows.values_list(*fields):
        whole = Address(*address)
        if not whole.street and street:
            whole = replace(whole, street=street)
        name = whole.short or whole.line
        hit = Hit(Kind.PREMISES, uid, name, name_cy, use, address=whole, place=Point(lon, lat))
        found[uid] = (key, hit)
    return found


def _assets(uids: Sequence[str]) -> Details:
    rows = Asset.objects.filter(uid__in=uids)
    fields = ("id", "uid", "type", "reference", "name", "west", "south")
    street = ("street__uid", "street__name", "street__name_cy")
    found: dict[str, tuple[int, Hit]] = {}
    for key, uid, type_, reference, name, lon, lat, *on in rows.values_list(*fields, *street):
        ref = StreetRef(on[0], on[1], on[2]) if on[0] and on[1] else None
        hit = Hit(Kind.ASSET, uid, name or reference, "", type_, street=ref, place=Point(lon, lat))
        found[uid] = (key, hit)
    return found


def _labels(uids: Sequence[str]) -> Details:
    rows = Label.objects.filter(uid__in=uids)
    fields = ("id", "uid", "name", "name_cy", "kind", "west", "south", "east", "north")
    return {
        uid: (key, Hit(Kind.LABEL, uid, name, name_cy, kind, place=_middle(*box)))
        for key, uid, name, name_cy, kind, *box in rows.values_list(*fields)
    }


def _middle(west: float, south: float, east: float, north: float) -> Point:
    return Point((west + east) / 2, (south + north) / 2)


_READERS: dict[Kind, Callable[[Sequence[str]], Details]] = {
    Kind.STREET: _streets,
    Kind.AREA: _areas,
    Kind.PREMISES: _premises,
    Kind.ASSET: _assets,
    Kind.LABEL: _labels,
}
