"""Places as items of a list of links, each with what tells it from the others."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from hereabouts.design.api import distance
from hereabouts.places.domain import wording
from hereabouts.places.domain.found import AreaRef, Hit, StreetRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import AssetRef, NearName, NearStreet, PremisesRef
from hereabouts.places.web.links import href_at, href_of
from hereabouts.places.web.words.describing import asset_title
from hereabouts.places.web.words.names import (
    area_text,
    asset_name,
    link_to,
    name_text,
    said_areas,
    street_text,
    word,
)

Item = dict[str, str]


def street_items(streets: Sequence[StreetRef]) -> list[Item]:
    """Streets by name."""
    return [link_to(Kind.STREET, one.uid, street_text(one)) for one in streets]


def near_street_items(streets: Sequence[NearStreet]) -> list[Item]:
    """Streets by name with their distance."""
    return [
        link_to(Kind.STREET, one.street.uid, street_text(one.street), distance(one.distance_m))
        for one in streets
    ]


def area_items(areas: Sequence[AreaRef], *, with_kind: bool = True) -> list[Item]:
    """Areas by name, with their kind where they are of several."""
    if not with_kind:
        return [link_to(Kind.AREA, one.code, name_text(one.name, one.name_cy)) for one in areas]
    return [link_to(Kind.AREA, one.code, area_text(one), _kind_note(one.kind)) for one in areas]


def premises_items(premises: Sequence[PremisesRef]) -> list[Item]:
    """Premises by address, or by their use where they have none."""
    return [
        link_to(
            Kind.PREMISES,
            one.uid,
            one.address.short or word(wording.USES, one.use),
            _use_note(one),
        )
        for one in premises
    ]


def door_items(premises: Sequence[PremisesRef]) -> list[Item]:
    """Premises of one street by number, with their name."""
    return [
        link_to(Kind.PREMISES, one.uid, _door(one), one.address.name if one.address.number else "")
        for one in premises
    ]


def _door(one: PremisesRef) -> str:
    doors = [part for part in (one.address.unit, one.address.number) if part]
    return ", ".join(doors) or one.address.short or word(wording.USES, one.use)


def asset_items(assets: Sequence[AssetRef]) -> list[Item]:
    """Assets by type and name, with their distance or their street."""
    return [
        link_to(Kind.ASSET, one.uid, asset_title(one.type, one.reference, one.name), _where(one))
        for one in assets
    ]


def name_items(names: Sequence[NearName]) -> list[Item]:
    """Named places with what they are and their distance."""
    return [
        {
            "href": href_at(one.place),
            "text": name_text(one.name, one.name_cy),
            "note": f"{word(wording.LABELS, one.kind)}, {distance(one.distance_m)}",
        }
        for one in names
    ]


def hit_item(hit: Hit) -> Item:
    """Something that was found: its name, and what and where it is."""
    href = href_of(hit.kind, hit.uid) or (href_at(hit.place) if hit.place else "/")
    return {"href": href, "text": hit_title(hit), "note": hit_note(hit)}


def hit_title(hit: Hit) -> str:
    """What something found is called."""
    if hit.kind is Kind.PREMISES and hit.address:
        return hit.address.line or word(wording.USES, hit.what)
    if hit.kind is Kind.ASSET:
        return asset_title(hit.what, "", hit.name)
    return name_text(hit.name, hit.name_cy)


def hit_note(hit: Hit) -> str:
    """What and where something found is: "Street in Allt-yr-yn ward"."""
    what = _what(hit)
    where = said_areas(hit.areas)
    if hit.street and where:
        return gettext("%(what)s on %(street)s, %(areas)s") % {
            "what": what,
            "street": street_text(hit.street),
            "areas": where,
        }
    return gettext("%(what)s in %(areas)s") % {"what": what, "areas": where} if where else what


def _what(hit: Hit) -> str:
    if hit.kind is Kind.STREET:
        return word(wording.ROAD_NAMES, hit.what)
    if hit.kind is Kind.PREMISES:
        return word(wording.USES, hit.what)
    if hit.kind is Kind.ASSET:
        return asset_name(hit.what)
    if hit.kind is Kind.LABEL:
        return word(wording.LABELS, hit.what)
    if hit.kind is Kind.AREA:
        return word(wording.AREA_KINDS, hit.what)
    return word(wording.KINDS, hit.kind.value)


def _kind_note(kind: str) -> str:
    return "" if kind in ("ward", "parish", "community") else word(wording.AREA_KINDS_SHORT, kind)


def _use_note(one: PremisesRef) -> str:
    if one.distance_m is not None:
        return distance(one.distance_m)
    return "" if one.use in ("house", "other") else word(wording.USES, one.use)


def _where(one: AssetRef) -> str:
    if one.distance_m is not None:
        return distance(one.distance_m)
    return street_text(one.street) if one.street else ""
