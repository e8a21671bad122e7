"""What the gazetteer's own words are called: classes of road, uses, kinds, attributes, registers.

English messages marked for the catalogues; a value that is not here is said as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping

from hereabouts.kernel.text import N_

ROADS: Mapping[str, str] = {
    "motorway": N_("a motorway"),
    "trunk": N_("a trunk road"),
    "primary": N_("a main road"),
    "secondary": N_("a main road"),
    "tertiary": N_("a through road"),
    "unclassified": N_("a minor road"),
    "residential": N_("a residential street"),
    "living_street": N_("a street where people walking come first"),
    "pedestrian": N_("a pedestrian street"),
    "service": N_("a service road"),
    "track": N_("a track"),
    "cycleway": N_("a cycleway"),
    "bridleway": N_("a bridleway"),
    "footway": N_("a footway"),
    "path": N_("a path"),
    "steps": N_("a flight of steps"),
}
"""Classes of road in a sentence: "Mill Lane is …"."""

ROAD_NAMES: Mapping[str, str] = {
    "motorway": N_("Motorway"),
    "trunk": N_("Trunk road"),
    "primary": N_("Main road"),
    "secondary": N_("Main road"),
    "tertiary": N_("Through road"),
    "unclassified": N_("Minor road"),
    "residential": N_("Residential street"),
    "living_street": N_("Living street"),
    "pedestrian": N_("Pedestrian street"),
    "service": N_("Service road"),
    "track": N_("Track"),
    "cycleway": N_("Cycleway"),
    "bridleway": N_("Bridleway"),
    "footway": N_("Footway"),
    "path": N_("Path"),
    "steps": N_("Steps"),
}
"""The same as a caption."""

USES: Mapping[str, str] = {
    "house": N_("House"),
    "flats": N_("Flats"),
    "shop": N_("Shop or service"),
    "food": N_("Café or restaurant"),
    "pub": N_("Pub or bar"),
    "hotel": N_("Hotel or guest house"),
    "office": N_("Offices"),
    "school": N_("School or nursery"),
    "hospital": N_("Health care"),
    "worship": N_("Place of worship"),
    "industrial": N_("Industry"),
    "public": N_("Public building"),
    "garage": N_("Garage"),
    "farm": N_("Farm building"),
    "other": N_("Building"),
}

USED_AS: Mapping[str, str] = {
    "house": N_("a house"),
    "flats": N_("a building of flats"),
    "shop": N_("a shop or service"),
    "food": N_("a café or restaurant"),
    "pub": N_("a pub or bar"),
    "hotel": N_("a hotel or guest house"),
    "office": N_("an office building"),
    "school": N_("a school or nursery"),
    "hospital": N_("a place of health care"),
    "worship": N_("a place of worship"),
    "industrial": N_("an industrial building"),
    "public": N_("a public building"),
    "garage": N_("a garage"),
    "farm": N_("a farm building"),
    "other": N_("a building"),
}
"""The same in a sentence: "12 Mill Lane is …"."""

AREAS: Mapping[str, str] = {
    "country": N_("a country"),
    "region": N_("a region"),
    "county": N_("a county"),
    "district": N_("a district"),
    "ward": N_("a ward"),
    "parish": N_("a parish"),
    "community": N_("a community"),
    "lsoa": N_("a neighbourhood for statistics (LSOA)"),
    "msoa": N_("a larger neighbourhood for statistics (MSOA)"),
}
"""Kinds of area in a sentence: "Allt-yr-yn is …"."""

AREA_KINDS: Mapping[str, str] = {
    "country": N_("Country"),
    "region": N_("Region"),
    "county": N_("County"),
    "district": N_("District"),
    "ward": N_("Ward"),
    "parish": N_("Parish"),
    "community": N_("Community"),
    "lsoa": N_("Neighbourhood for statistics (LSOA)"),
    "msoa": N_("Larger neighbourhood for statistics (MSOA)"),
}

AREA_KINDS_SHORT: Mapping[str, str] = {**AREA_KINDS, "lsoa": "LSOA", "msoa": "MSOA"}
"""The same beside a name."""

AREA_KINDS_MANY: Mapping[str, str] = {
    "country": N_("Countries"),
    "region": N_("Regions"),
    "county": N_("Counties"),
    "district": N_("Districts"),
    "ward": N_("Wards"),
    "parish": N_("Parishes"),
    "community": N_("Communities"),
    "lsoa": N_("Neighbourhoods for statistics (LSOA)"),
    "msoa": N_("Larger neighbourhoods for statistics (MSOA)"),
}

LABELS: Mapping[str, str] = {
    "city": N_("City"),
    "town": N_("Town"),
    "village": N_("Village"),
    "suburb": N_("Part of town"),
    "neighbourhood": N_("Neighbourhood"),
    "locality": N_("Locality"),
    "park": N_("Park"),
    "water": N_("Water"),
    "wood": N_("Wood"),
    "allotments": N_("Allotments"),
    "cemetery": N_("Cemetery"),
    "school": N_("School"),
    "hospital": N_("Hospital"),
    "station": N_("Station"),
    "worship": N_("Place of worship"),
    "library": N_("Library"),
    "town_hall": N_("Town hall"),
    "landmark": N_("Landmark"),
}

ATTRIBUTES: Mapping[str, str] = {
    "speed_limit_mph": N_("Speed limit"),
    "one_way": N_("One-way"),
    "lanes": N_("Lanes"),
    "width_m": N_("Width"),
    "surface": N_("Surface"),
    "cycle": N_("Cycling"),
    "bus": N_("Buses"),
    "lit": N_("Street lighting"),
    "access": N_("Who may use it"),
    "structure": N_("Bridges and tunnels"),
}
"""A street's attributes in the order in which its page shows them."""

VALUES: Mapping[str, Mapping[str, str]] = {
    "one_way": {"yes": N_("one way"), "no": N_("both ways")},
    "lit": {"yes": N_("lit"), "no": N_("not lit")},
    "structure": {"bridge": N_("on a bridge"), "tunnel": N_("in a tunnel"), "none": N_("neither")},
    "cycle": {
        "none": N_("nothing separate"),
        "lane": N_("cycle lane"),
        "track": N_("cycle track"),
        "shared": N_("shared with people walking or with buses"),
        "contraflow": N_("cycling against one-way traffic"),
    },
    "bus": {
        "none": N_("nothing separate"),
        "lane": N_("bus lane"),
        "gate": N_("bus gate"),
        "shared": N_("shared"),
        "contraflow": N_("bus lane against one-way traffic"),
        "track": N_("busway"),
    },
    "surface": {
        "asphalt": N_("asphalt"),
        "paved": N_("paved"),
        "unpaved": N_("unpaved"),
        "concrete": N_("concrete"),
        "paving_stones": N_("paving stones"),
        "sett": N_("stone setts"),
        "cobblestone": N_("cobbles"),
        "gravel": N_("gravel"),
        "fine_gravel": N_("fine gravel"),
        "compacted": N_("compacted stone"),
        "ground": N_("earth"),
        "dirt": N_("earth"),
        "grass": N_("grass"),
    },
    "access": {
        "private": N_("private"),
        "no": N_("closed"),
        "permit": N_("by permit"),
        "destination": N_("access only"),
        "customers": N_("customers"),
        "delivery": N_("deliveries"),
        "permissive": N_("open by the owner’s leave"),
        "yes": N_("everybody"),
    },
}

SCHEMES: Mapping[str, str] = {
    "osm": "OpenStreetMap",
    "usrn": "USRN",
    "uprn": "UPRN",
    "naptan": "NaPTAN",
    "gss": "GSS",
    "toid": "TOID",
    "postcode": N_("Postcode"),
}

SOURCES: Mapping[str, str] = {
    "osm": "OpenStreetMap",
    "openstreetmap": "OpenStreetMap",
    "invented-town": N_("The invented town’s own map"),
    "os-open-uprn": "OS Open UPRN",
    "os-open-usrn": "OS Open USRN",
}
"""Registers by their own names; others are called by what they hold."""

IMPORTERS: Mapping[str, str] = {
    "osm": N_("OpenStreetMap"),
    "areas": N_("Areas"),
    "postcodes": N_("Postcodes"),
    "uprn": N_("Property numbers (UPRN)"),
    "usrn": N_("Street numbers (USRN)"),
    "deprivation": N_("Deprivation"),
    "population": N_("Population"),
    "assets": N_("Assets"),
}

CHANGES: Mapping[str, str] = {
    "appeared": N_("First recorded, from %(source)s"),
    "changed": N_("Changed, as told by %(source)s"),
    "moved": N_("Moved, as told by %(source)s"),
    "went": N_("Gone: no longer named by %(source)s"),
    "returned": N_("Back again, as told by %(source)s"),
}
"""What an import did to a place."""

NUMBERED: Mapping[str, str] = {
    "usrn": N_("Got its street number from %(source)s"),
    "uprn": N_("Got its property number from %(source)s"),
    "identifiers": N_("Got another number from %(source)s"),
}
"""The same where a place was only given another register's number."""

DOMAINS: Mapping[str, str] = {
    "income": N_("income"),
    "employment": N_("work"),
    "education": N_("education and skills"),
    "health": N_("health"),
    "crime": N_("crime"),
    "housing_and_services": N_("housing and services"),
    "living_environment": N_("surroundings"),
    "idaci": N_("children’s households with little income"),
    "idaopi": N_("older people with little income"),
}

KINDS: Mapping[str, str] = {
    "street": N_("Street"),
    "area": N_("Area"),
    "premises": N_("Address"),
    "asset": N_("Asset"),
    "postcode": N_("Postcode"),
    "label": N_("Named place"),
    "segment": N_("Piece of road"),
    "ground": N_("Piece of land"),
}

KINDS_MANY: Mapping[str, str] = {
    "postcode": N_("Postcodes"),
    "street": N_("Streets"),
    "area": N_("Areas"),
    "label": N_("Named places"),
    "premises": N_("Addresses and buildings"),
    "asset": N_("Assets in the street"),
}
"""The groups of a search's answer."""


def as_written(value: str) -> str:
    """A value that has no word of its own, with its underscores as spaces."""
    return value.replace("_", " ")
