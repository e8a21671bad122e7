"""What is near a point: streets, premises, postcodes, assets, and the areas around it."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from hereabouts.kernel.geometry import Box, Point, box_round
from hereabouts.places.domain.area_order import LOCAL, ordered
from hereabouts.places.domain.found import Address, AreaRef, StreetRef
from hereabouts.places.domain.measuring import distances_m
from hereabouts.places.domain.views import (
    AssetRef,
    NearName,
    NearPostcode,
    NearStreet,
    PremisesRef,
    Whereabouts,
)
from hereabouts.places.models import Area, Asset, Label, Postcode, Premises, Segment
from hereabouts.places.queries.rows import Filtered, in_box

STREET_REACH_M = (60.0, 300.0, 1_500.0)
PREMISES_REACH_M = (40.0, 200.0, 800.0)
POSTCODE_REACH_M = (150.0, 800.0)
ASSET_REACH_M = (120.0,)
NAME_REACH_M = 500.0
WIDE_LABELS = ("city", "town", "village", "suburb")
"""Labels of whole settlements: their point says nothing about what is near."""

MAX_READ = 2_000
"""Features looked at round one point; beyond that the place is too crowded to need more."""

ADDRESS_FIELDS = ("name", "unit", "number", "street_name", "locality", "town", "postcode")


def whereabouts(place: Point) -> Whereabouts:
    """What is at and around a point, nearest first: the answer to "where am I?"."""
    return Whereabouts(
        place=place,
        areas=areas_at(place),
        streets=nearest_streets(place, limit=3),
        premises=nearest_premises(place, limit=5),
        postcode=nearest_postcode(place),
        assets=nearest_assets(place, limit=8),
        names=nearest_names(place),
    )


def nearest_streets(place: Point, limit: int = 1) -> list[NearStreet]:
    """Named or numbered streets within 1.5 km, nearest first, each once."""
    fields = ("street__uid", "street__name", "street__name_cy", "street__ref", "street__road_class")
    for reach in STREET_REACH_M:
        rows = in_box(Segment.objects.exclude(street=None), box_round(place, reach))
        found = list(rows.values_list("geometry", "street__length_m", *fields)[:MAX_READ])
        away = distances_m(place, [bytes(row[0]) for row in found])
        best: dict[str, NearStreet] = {}
        for metres, row in sorted(zip(away, found, strict=True), key=lambda pair: pair[0]):
            _, length_m, uid, name, name_cy, ref, road_class = row
            if metres <= reach and (name or ref):
                street = StreetRef(uid, name or ref, name_cy, road_class, length_m)
                best.setdefault(uid, NearStreet(street, metres))
        if best:
            return list(best.values())[:limit]
    return []


def nearest_premises(place: Point, limit: int = 5, without: str = "") -> list[PremisesRef]:
    """Premises with an address or a name within 800 m, nearest first."""
    for reach in PREMISES_REACH_M:
        rows = in_box(Premises.objects.exclude(number="", name=""), box_round(place, reach))
        found = [
            premises
            for premises in premises_from(rows, place)
            if premises.uid != without and (premises.distance_m or 0) <= reach
        ]
        if found:
            return sorted(found, key=lambda one: one.distance_m or 0)[:limit]
    return []


def premises_from(rows: Filtered[Premises], place: Point | None = None) -> list[PremisesRef]:
    """Premises as they are named, with their distance from a point where one is given."""
    fields = ("uid", "use", "west", "south", "street__name", *ADDRESS_FIELDS)
    found = []
    for uid, use, lon, lat, street, *parts in rows.values_list(*fields)[:MAX_READ]:
        address = address_of(parts, street)
        here = Point(lon, lat)
        metres = place.distance_m(here) if place else None
        found.append(PremisesRef(uid, address, use, here, metres))
    return found


def address_of(parts: Sequence[str], street: str | None = "") -> Address:
    """An address from the columns of `ADDRESS_FIELDS`, on its linked street where it names none."""
    name, unit, number, street_name, locality, town, postcode = parts
    return Address(name, unit, number, street_name or street or "", locality, town, postcode)


def nearest_postcode(place: Point) -> NearPostcode | None:
    """The postcode whose middle, or failing that whose premises, are nearest within 800 m."""
    for table, field in ((Postcode, "code"), (Premises, "postcode")):
        for reach in POSTCODE_REACH_M:
            rows = in_box(table._default_manager.exclude(**{field: ""}), box_round(place, reach))
            found = [
                (place.distance_m(Point(lon, lat)), code)
                for code, lon, lat in rows.values_list(field, "west", "south")[:MAX_READ]
            ]
            if found:
                metres, code = min(found)
                return NearPostcode(code, metres)
    return None


def nearest_assets(place: Point, limit: int = 8, without: str = "") -> list[AssetRef]:
    """Assets within 120 m, nearest first."""
    rows = in_box(Asset.objects.exclude(uid=without), box_round(place, ASSET_REACH_M[0]))
    found = [one for one in assets_from(rows, place) if (one.distance_m or 0) <= ASSET_REACH_M[0]]
    return sorted(found, key=lambda one: one.distance_m or 0)[:limit]


def assets_from(rows: Filtered[Asset], place: Point | None = None) -> list[AssetRef]:
    """Assets as they are named, with their distance from a point where one is given."""
    fields = ("uid", "type", "reference", "name", "west", "south")
    street = ("street__uid", "street__name", "street__name_cy")
    found = []
    for uid, type_, reference, name, lon, lat, *on in rows.values_list(*fields, *street)[:MAX_READ]:
        here = Point(lon, lat)
        ref = StreetRef(*on) if on[0] and on[1] else None
        metres = place.distance_m(here) if place else None
        found.append(AssetRef(uid, type_, reference, name, here, ref, metres))
    return found


def nearest_names(place: Point, limit: int = 4) -> list[NearName]:
    """Named places, such as parks and schools, within 500 m, nearest first."""
    rows = in_box(Label.objects.exclude(kind__in=WIDE_LABELS), box_round(place, NAME_REACH_M))
    fields = ("uid", "name", "name_cy", "kind", "west", "south")
    found = []
    for uid, name, name_cy, kind, lon, lat in rows.values_list(*fields)[:MAX_READ]:
        here = Point(lon, lat)
        found.append(NearName(uid, name, name_cy, kind, here, place.distance_m(here)))
    near = [one for one in found if one.distance_m <= NAME_REACH_M]
    return sorted(near, key=lambda one: one.distance_m)[:limit]


def areas_at(place: Point) -> list[AreaRef]:
    """The areas of today that a point lies in or on the edge of, local ones first."""
    return areas_at_each([place]).get(place, [])


def areas_at_each(places: Sequence[Point], kinds: Sequence[str] = ()) -> dict[Point, list[AreaRef]]:
    """The same for several points at once, all kinds or only some. One read."""
    if not places:
        return {}
    box = Box(
        min(place.lon for place in places),
        min(place.lat for place in places),
        max(place.lon for place in places),
        max(place.lat for place in places),
    )
    rows = in_box(Area.objects.filter(valid_to=None), box)
    rows = rows.filter(kind__in=kinds) if kinds else rows
    points = shapely.points([(place.lon, place.lat) for place in places])
    found: dict[Point, list[AreaRef]] = {place: [] for place in places}
    for shape, *area in rows.values_list("geometry", "code", "kind", "name", "name_cy"):
        geometry = shapely.from_wkb(bytes(shape))
        shapely.prepare(geometry)
        for place, is_inside in zip(places, shapely.intersects(geometry, points), strict=True):
            if is_inside:
                found[place].append(AreaRef(*area))
    return {place: ordered(areas) for place, areas in found.items()}


def local_areas_at(places: Sequence[Point]) -> dict[Point, list[AreaRef]]:
    """The wards, parishes or communities at several points."""
    return areas_at_each(places, LOCAL)
