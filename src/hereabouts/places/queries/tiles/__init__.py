"""What lies in a map tile, a layer at a time: one statement each, ranging over cells."""

from hereabouts.places.queries.tiles.features import (
    list_addresses,
    list_areas,
    list_assets,
    list_buildings,
    list_ground,
    list_place_labels,
    list_segments,
)
from hereabouts.places.queries.tiles.version import data_version

__all__ = [
    "data_version",
    "list_addresses",
    "list_areas",
    "list_assets",
    "list_buildings",
    "list_ground",
    "list_place_labels",
    "list_segments",
]
