"""What the tags of buildings, addresses and businesses say: use, address, height."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hereabouts.places.domain.osm.names import names_of
from hereabouts.places.domain.osm.values import Tags, all_of, first, metres, whole
from hereabouts.places.domain.postcodes import parse_postcode

MOST_LEVELS = 200
TALLEST_M = 1_000.0


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


USES: Mapping[str, tuple[str, ...]] = {
    "house": _words(
        "house detached semidetached_house semi terrace terraced bungalow cottage residential "
        "static_caravan farm houseboat cabin annexe"
    ),
    "flats": ("apartments", "flats", "dormitory", "maisonette"),
    "shop": ("retail", "shop", "supermarket", "kiosk", "mall", "commercial_retail"),
    "office": ("office", "commercial"),
    "school": ("school", "kindergarten", "college", "university"),
    "hospital": ("hospital", "clinic"),
    "worship": _words(
        "church chapel cathedral mosque temple synagogue religious monastery shrine "
        "kingdom_hall gurdwara"
    ),
    "industrial": ("industrial", "warehouse", "factory", "manufacture", "works", "workshop"),
    "public": _words(
        "public civic government library fire_station police train_station transportation "
        "townhall museum community_centre sports_hall sports_centre stadium toilets"
    ),
    "garage": ("garage", "garages", "carport"),
    "hotel": ("hotel", "guest_house"),
    "pub": ("pub", "bar"),
    "farm": ("barn", "farm_auxiliary", "cowshed", "stable", "sty", "silo", "greenhouse"),
}
"""Use of a premises and the values of `building` that mean it."""

AMENITIES: Mapping[str, tuple[str, ...]] = {
    "school": ("school", "kindergarten", "college", "university", "childcare"),
    "hospital": ("hospital", "clinic", "doctors", "dentist"),
    "worship": ("place_of_worship",),
    "public": _words(
        "library townhall courthouse community_centre police fire_station post_office theatre "
        "arts_centre social_facility public_building prison cinema bus_station"
    ),
    "pub": ("pub", "bar", "nightclub"),
    "food": ("restaurant", "cafe", "fast_food", "ice_cream"),
    "shop": ("bank", "pharmacy", "fuel", "car_rental", "veterinary", "marketplace", "car_wash"),
}
"""Use of a premises and the values of `amenity` that mean it."""

OTHER_SIGNS = {
    "shop": "shop",
    "office": "office",
    "craft": "industrial",
    "healthcare": "hospital",
}
"""Keys that tell the use whatever their value."""

TOURISM = {
    "hotel": "hotel",
    "guest_house": "hotel",
    "hostel": "hotel",
    "motel": "hotel",
    "museum": "public",
    "gallery": "public",
}
LEISURE = {
    "sports_centre": "public",
    "fitness_centre": "public",
    "swimming_pool": "",
    "stadium": "public",
}

UNKNOWN_USE = "other"
DOORS = ("addr:housenumber", "addr:housename", "addr:unit", "addr:flats", "addr:door")
"""Keys that tell one door from another."""

SIGNS = frozenset({"amenity", *OTHER_SIGNS, "tourism", "leisure"})
"""Keys that a place to go to has."""

_BY_BUILDING = {value: use for use, values in USES.items() for value in values}
_BY_AMENITY = {value: use for use, values in AMENITIES.items() for value in values}


@dataclass(frozen=True, slots=True)
class Address:
    """An address as tagged; texts are empty where nothing is said."""

    unit: str = ""
    number: str = ""
    house_name: str = ""
    street: str = ""
    locality: str = ""
    town: str = ""
    postcode: str = ""


def is_building(tags: Tags) -> bool:
    """Whether the thing is a building that stands."""
    return tags.get("building", "no") not in ("no", "", "demolished", "razed", "proposed")


def has_address(tags: Tags) -> bool:
    """Whether the tags tell one door from another."""
    return any(tags.get(key, "").strip() for key in DOORS)


def address_of(tags: Tags) -> Address:
    """The address that the tags give."""

    def text(*keys: str) -> str:
        return next((tags[key].strip() for key in keys if tags.get(key, "").strip()), "")

    return Address(
        unit=text("addr:unit", "addr:flats", "addr:door"),
        number=text("addr:housenumber"),
        house_name=text("addr:housename"),
        street=text("addr:street", "addr:place"),
        locality=text("addr:suburb", "addr:hamlet", "addr:village", "addr:locality"),
        town=text("addr:city", "addr:town"),
        postcode=parse_postcode(text("addr:postcode", "postal_code")) or "",
    )


def use_of(tags: Tags) -> str:
    """What the premises is used for; empty where the tags do not say."""
    amenity = _BY_AMENITY.get(first(tags.get("amenity", "")), "")
    if amenity:
        return amenity
    for key, use in OTHER_SIGNS.items():
        if tags.get(key, "no") not in ("no", "vacant"):
            return use
    visited = TOURISM.get(tags.get("tourism", ""), "") or LEISURE.get(tags.get("leisure", ""), "")
    return visited or _BY_BUILDING.get(tags.get("building", ""), "")


def is_business(tags: Tags) -> bool:
    """Whether the thing is a named place that people go to: a shop, a school, a surgery."""
    if SIGNS.isdisjoint(tags) or not (names_of(tags)[0] or tags.get("brand")):
        return False
    return bool(use_of({key: tags[key] for key in tags if key != "building"}))


def height_m(tags: Tags) -> float | None:
    """The height to the top of the roof in metres."""
    height = metres(tags.get("height", "") or tags.get("building:height", ""))
    return height if height is not None and 0 < height <= TALLEST_M else None


def levels(tags: Tags) -> int | None:
    """The number of storeys above ground, the roof apart."""
    return whole(tags.get("building:levels", ""), MOST_LEVELS) or None


def uprns(tags: Tags) -> list[str]:
    """Unique property reference numbers, without leading zeros."""
    found = all_of(tags.get("ref:GB:uprn", ""))
    return [
        number.lstrip("0")
        for number in found
        if number.isascii() and number.isdigit() and 0 < len(number.lstrip("0")) <= 12
    ]
