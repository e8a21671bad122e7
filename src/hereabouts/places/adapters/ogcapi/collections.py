"""The collections that the gazetteer publishes, in words: titles, properties, what may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hereabouts.kernel.text import N_
from hereabouts.standards.ogcapi.model import Collection, Property, Type

AREA = Property("area", N_("Code of an area that the feature lies in"), is_queryable=True)
NAME = Property("name", N_("Name"), is_queryable=True)
NAME_CY = Property("name_cy", N_("Name in Welsh, where it differs"))
REF = Property("ref", N_("Road number"), is_queryable=True)
ROAD_CLASS = Property("road_class", N_("Class of road"), is_queryable=True)
LENGTH = Property("length_m", N_("Length in metres"), Type.NUMBER)
STREET = Property("street", N_("Id of its street"), is_queryable=True)

AREAS = Collection(
    "areas",
    N_("Areas"),
    N_("Wards, districts, parishes, statistical areas and the council’s own patches."),
    "Geometry",
    (
        Property("code", N_("Code"), is_queryable=True),
        Property("kind", N_("Kind of area"), is_queryable=True),
        NAME,
        NAME_CY,
        Property("valid_from", N_("First day it is valid"), Type.DATE),
        Property("valid_to", N_("First day it is no longer valid"), Type.DATE),
        Property("successor", N_("Code of the area that follows it")),
        Property("size_km2", N_("Size in square kilometres"), Type.NUMBER),
    ),
    (AREA,),
)

STREETS = Collection(
    "streets",
    N_("Streets"),
    N_("Streets as people name them, each with all its parts."),
    "MultiLineString",
    (
        NAME,
        NAME_CY,
        REF,
        Property("usrn", N_("Unique Street Reference Number"), is_queryable=True),
        ROAD_CLASS,
        LENGTH,
    ),
    (AREA,),
)

SEGMENTS = Collection(
    "segments",
    N_("Street segments"),
    N_("Pieces of carriageway or path from one junction to the next."),
    "LineString",
    (
        STREET,
        ROAD_CLASS,
        Property("is_link", N_("Whether it is a slip road"), Type.BOOLEAN),
        NAME,
        REF,
        LENGTH,
        Property("lanes", N_("Number of lanes"), Type.INTEGER, is_queryable=True),
        Property(
            "speed_limit_mph",
            N_("Speed limit in miles an hour"),
            Type.INTEGER,
            is_queryable=True,
        ),
        Property("one_way", N_("Direction traffic may take"), is_queryable=True),
        Property("width_m", N_("Width in metres"), Type.NUMBER),
        Property("surface", N_("Surface"), is_queryable=True),
        Property("cycle", N_("What it gives to people cycling"), is_queryable=True),
        Property("bus", N_("What it gives to buses"), is_queryable=True),
        Property("is_lit", N_("Whether it is lit"), Type.BOOLEAN, is_queryable=True),
        Property("is_bridge", N_("Whether it is a bridge"), Type.BOOLEAN, is_queryable=True),
        Property("is_tunnel", N_("Whether it is a tunnel"), Type.BOOLEAN, is_queryable=True),
        Property("layer", N_("Level above or below the ground"), Type.INTEGER),
        Property("access", N_("Who may use it"), is_queryable=True),
    ),
    (AREA,),
    has_tiles=False,
)

PREMISES = Collection(
    "premises",
    N_("Premises"),
    N_("Buildings and addresses, each at its point; nobody’s name is among them."),
    "Point",
    (
        Property("uprn", N_("Unique Property Reference Number"), is_queryable=True),
        NAME,
        NAME_CY,
        Property("unit", N_("Flat or unit")),
        Property("number", N_("House number"), is_queryable=True),
        Property("street_name", N_("Street in the address"), is_queryable=True),
        STREET,
        Property("locality", N_("Locality")),
        Property("town", N_("Town")),
        Property("postcode", N_("Postcode"), is_queryable=True),
        Property("use", N_("Use"), is_queryable=True),
        Property("height_m", N_("Height in metres"), Type.NUMBER),
        Property("levels", N_("Number of storeys"), Type.INTEGER),
    ),
    (AREA,),
)

ASSETS = Collection(
    "assets",
    N_("Assets"),
    N_("Lamps, bins, benches, trees and whatever else stands in the street."),
    "Point",
    (
        Property("type", N_("Type"), is_queryable=True),
        Property("reference", N_("Reference on it"), is_queryable=True),
        NAME,
        STREET,
        Property("attributes", N_("What else its source says"), Type.OBJECT),
    ),
    (AREA,),
)

POSTCODES = Collection(
    "postcodes",
    N_("Postcodes"),
    N_("Unit postcodes, each at the middle of its addresses."),
    "Point",
    (
        Property("code", N_("Postcode"), is_queryable=True),
        Property("quality", N_("How exact its place is")),
        Property("ended", N_("Day it went out of use"), Type.DATE),
    ),
    (AREA,),
    has_tiles=False,
)

COLLECTIONS: Mapping[str, Collection] = MappingProxyType(
    {
        collection.id: collection
        for collection in (AREAS, STREETS, SEGMENTS, PREMISES, ASSETS, POSTCODES)
    }
)

TILE_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "areas": ("areas",),
        "streets": ("streets",),
        "premises": ("buildings", "addresses"),
        "assets": ("assets",),
    }
)
"""Which parts of a place tile show a collection."""

TITLE = N_("Open data")
DESCRIPTION = N_(
    "Areas, streets, premises and assets of the gazetteer, for anyone to use: as pages of "
    "features, as whole files, and as vector tiles."
)
