"""Which named things are written on the map, as what, and how large."""

from __future__ import annotations

from collections.abc import Mapping

from hereabouts.places.domain.osm.values import Tags

PLACES: Mapping[str, tuple[str, int]] = {
    "city": ("city", 1),
    "town": ("town", 2),
    "village": ("village", 3),
    "suburb": ("suburb", 3),
    "quarter": ("suburb", 4),
    "hamlet": ("village", 4),
    "neighbourhood": ("neighbourhood", 4),
    "locality": ("locality", 5),
    "isolated_dwelling": ("locality", 6),
    "farm": ("locality", 6),
}
"""Kinds of settlement with the label's kind and rank."""

THINGS: tuple[tuple[str, str, str, int], ...] = (
    ("amenity", "hospital", "hospital", 3),
    ("railway", "station", "station", 3),
    ("railway", "halt", "station", 4),
    ("amenity", "bus_station", "station", 4),
    ("leisure", "park", "park", 4),
    ("leisure", "nature_reserve", "park", 4),
    ("landuse", "recreation_ground", "park", 5),
    ("leisure", "common", "park", 5),
    ("landuse", "village_green", "park", 5),
    ("natural", "water", "water", 4),
    ("landuse", "reservoir", "water", 4),
    ("natural", "wood", "wood", 5),
    ("landuse", "forest", "wood", 5),
    ("landuse", "allotments", "allotments", 6),
    ("landuse", "cemetery", "cemetery", 5),
    ("amenity", "grave_yard", "cemetery", 6),
    ("amenity", "university", "school", 4),
    ("amenity", "college", "school", 4),
    ("amenity", "school", "school", 5),
    ("amenity", "townhall", "town_hall", 4),
    ("amenity", "library", "library", 5),
    ("amenity", "place_of_worship", "worship", 6),
    ("tourism", "museum", "landmark", 4),
    ("tourism", "attraction", "landmark", 5),
    ("historic", "castle", "landmark", 4),
    ("leisure", "stadium", "landmark", 4),
    ("amenity", "theatre", "landmark", 5),
)
"""Key and value of other named things, with the label's kind and rank."""

_BY_TAG = {(key, value): (kind, rank) for key, value, kind, rank in reversed(THINGS)}
_ORDER = tuple(dict.fromkeys(key for key, _, _, _ in THINGS))

LARGE_KM2 = 0.15
"""A green or a water of this size is written one size larger."""

GROWING = frozenset({"park", "water", "wood"})


def label_of(tags: Tags) -> tuple[str, int] | None:
    """The kind and rank of the label a named thing carries, or None."""
    settlement = PLACES.get(tags.get("place", ""))
    if settlement:
        return settlement
    found = (_BY_TAG.get((key, tags[key])) for key in _ORDER if key in tags)
    return next((label for label in found if label), None)


def rank_at_size(kind: str, rank: int, size_km2: float) -> int:
    """The rank of a label on a surface of this size."""
    return rank - 1 if kind in GROWING and size_km2 >= LARGE_KM2 else rank
