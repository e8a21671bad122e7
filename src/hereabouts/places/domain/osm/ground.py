"""What lies on the land: which tags make which kind of ground on the map."""

from __future__ import annotations

from collections.abc import Mapping

from hereabouts.places.domain.osm.premises import is_building
from hereabouts.places.domain.osm.values import Tags

SEA = "water"

AREAS: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
    (
        "water",
        {
            "natural": ("water",),
            "waterway": ("riverbank", "dock"),
            "landuse": ("reservoir", "basin"),
        },
    ),
    ("wetland", {"natural": ("wetland", "mud"), "landuse": ("salt_pond",)}),
    ("sand", {"natural": ("sand", "beach", "shingle")}),
    ("pitch", {"leisure": ("pitch", "track", "bowling_green")}),
    ("allotments", {"landuse": ("allotments",)}),
    ("cemetery", {"landuse": ("cemetery",), "amenity": ("grave_yard",)}),
    (
        "park",
        {
            "leisure": ("park", "common", "playground", "dog_park", "recreation_ground"),
            "landuse": ("recreation_ground", "village_green"),
        },
    ),
    ("garden", {"leisure": ("garden",)}),
    ("wood", {"natural": ("wood",), "landuse": ("forest",)}),
    (
        "grass",
        {
            "landuse": ("grass", "meadow", "flowerbed", "greenfield"),
            "natural": ("grassland", "heath", "scrub", "grass", "fell"),
            "leisure": ("golf_course",),
        },
    ),
    (
        "farmland",
        {
            "landuse": (
                "farmland",
                "farmyard",
                "farm",
                "orchard",
                "vineyard",
                "greenhouse_horticulture",
                "plant_nursery",
            )
        },
    ),
    ("school_grounds", {"amenity": ("school", "college", "university", "kindergarten")}),
    ("hospital_grounds", {"amenity": ("hospital",)}),
    ("car_park", {"amenity": ("parking",)}),
    ("retail", {"landuse": ("retail", "commercial")}),
    ("residential", {"landuse": ("residential", "garages")}),
    (
        "industrial",
        {
            "landuse": (
                "industrial",
                "railway",
                "quarry",
                "landfill",
                "construction",
                "brownfield",
            ),
            "man_made": ("wastewater_plant", "works"),
        },
    ),
)
"""Kinds of area with the tags that make them; the first that fits counts."""

LINES: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
    ("river", {"waterway": ("river", "tidal_channel")}),
    ("canal", {"waterway": ("canal",)}),
    ("stream", {"waterway": ("stream", "drain", "ditch")}),
    ("rail", {"railway": ("rail", "light_rail", "narrow_gauge", "preserved", "subway")}),
    ("tram", {"railway": ("tram",)}),
    ("wall", {"barrier": ("wall", "retaining_wall", "city_wall")}),
    ("hedge", {"barrier": ("hedge",)}),
)
"""Kinds of line with the tags that make them."""

OUT_OF_SIGHT = ("underground", "multi-storey", "rooftop")


def area_kind(tags: Tags) -> str:
    """The kind of ground that a polygon with these tags is; empty for none."""
    if is_building(tags) or tags.get("parking") in OUT_OF_SIGHT:
        return ""
    return _first(AREAS, tags)


def line_kind(tags: Tags) -> str:
    """The kind of ground that a line with these tags is; empty for none."""
    return _first(LINES, tags)


def is_covered(tags: Tags) -> bool:
    """Whether a stream or railway runs below the surface."""
    hidden = tags.get("tunnel", "no") not in ("no", "")
    return hidden or tags.get("location") == "underground" or tags.get("covered") == "yes"


def is_coastline(tags: Tags) -> bool:
    """Whether the line is the edge of the sea, which lies on its right."""
    return tags.get("natural") == "coastline"


def _first(kinds: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...], tags: Tags) -> str:
    for kind, rules in kinds:
        for key, values in rules.items():
            if tags.get(key) in values:
                return kind
    return ""
