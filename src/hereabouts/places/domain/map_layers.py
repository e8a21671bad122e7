"""What the map shows at which zoom, and what lies on top of what; the page is `web/TILES.md`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hereabouts.places.domain.kinds import OneWay, RoadClass

LOWEST_ZOOM, HIGHEST_ZOOM = 8, 16
"""Zooms that have tiles; the map draws the highest one larger when it goes closer."""

LINE_KINDS = frozenset({"river", "stream", "canal", "rail", "tram", "wall", "hedge"})
"""Kinds of ground that are lines; the others are areas."""

_ROADS_FROM: Mapping[int, tuple[RoadClass, ...]] = MappingProxyType(
    {
        8: (RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.PRIMARY),
        10: (RoadClass.SECONDARY,),
        12: (RoadClass.TERTIARY, RoadClass.UNCLASSIFIED),
        13: (RoadClass.RESIDENTIAL, RoadClass.LIVING_STREET, RoadClass.PEDESTRIAN),
    }
)
ALL_ROADS_FROM = 14

_GROUND_FROM: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        8: ("water", "river", "wood", "residential", "industrial"),
        10: ("park", "farmland", "rail", "canal"),
    }
)
MORE_GROUND_FROM = 12
FENCES = ("wall", "hedge")
FENCES_FROM = 16

_LABELS_FROM: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        8: ("city", "town"),
        11: ("village", "suburb"),
        13: ("neighbourhood", "locality", "park", "water", "wood"),
    }
)
ALL_LABELS_FROM = 15

BUILDINGS_FROM = 14
STREET_NAMES_FROM, STREET_NUMBERS_FROM = 13, 10
SMALL_AREAS = ("lsoa", "msoa")
SMALL_AREAS_FROM = 11
ROAD_ASSETS = ("bus_stop", "crossing", "signal")
ROAD_ASSETS_FROM, ALL_ASSETS_FROM = 14, 16
ADDRESSES_FROM = 16

SHORT_NAME = 20
"""Characters of a house name that may stand where a number stands."""

DRAWN_FIRST = (
    RoadClass.STEPS,
    RoadClass.PATH,
    RoadClass.FOOTWAY,
    RoadClass.BRIDLEWAY,
    RoadClass.CYCLEWAY,
    RoadClass.TRACK,
    RoadClass.SERVICE,
    RoadClass.PEDESTRIAN,
    RoadClass.LIVING_STREET,
    RoadClass.RESIDENTIAL,
    RoadClass.UNCLASSIFIED,
    RoadClass.TERTIARY,
    RoadClass.SECONDARY,
    RoadClass.PRIMARY,
    RoadClass.TRUNK,
    RoadClass.MOTORWAY,
)
"""Road classes in drawing order: what comes later lies on top."""

ROAD_ORDER: Mapping[str, int] = MappingProxyType(
    {road.value: place for place, road in enumerate(DRAWN_FIRST)}
)

ONE_WAY: Mapping[str, int] = MappingProxyType({OneWay.FORWARD: 1, OneWay.BACKWARD: -1})


def has_tiles(zoom: int) -> bool:
    """Whether there are tiles of this zoom."""
    return LOWEST_ZOOM <= zoom <= HIGHEST_ZOOM


def road_classes_at(zoom: int) -> tuple[str, ...]:
    """Road classes that are drawn; all of them as no names at all."""
    if zoom >= ALL_ROADS_FROM:
        return ()
    return tuple(road for first, found in _ROADS_FROM.items() if zoom >= first for road in found)


def ground_kinds_at(zoom: int) -> tuple[str, ...]:
    """Kinds of ground that are drawn at low zooms; every kind as no names at all."""
    if zoom >= MORE_GROUND_FROM:
        return ()
    return tuple(kind for first, found in _GROUND_FROM.items() if zoom >= first for kind in found)


def ground_kinds_hidden_at(zoom: int) -> tuple[str, ...]:
    """Kinds of ground that are still left out where every other kind is drawn."""
    return () if zoom >= FENCES_FROM else FENCES


def label_kinds_at(zoom: int) -> tuple[str, ...]:
    """Kinds of label that are shown; all of them as no names at all."""
    if zoom >= ALL_LABELS_FROM:
        return ()
    return tuple(kind for first, found in _LABELS_FROM.items() if zoom >= first for kind in found)


def area_kinds_hidden_at(zoom: int) -> tuple[str, ...]:
    """Kinds of area that are too small to be drawn."""
    return () if zoom >= SMALL_AREAS_FROM else SMALL_AREAS


def asset_types_at(zoom: int) -> tuple[str, ...]:
    """Types of asset that are shown; all of them as no names at all."""
    return () if zoom >= ALL_ASSETS_FROM else ROAD_ASSETS


def tolerance_at(zoom: int) -> float:
    """How far lines and edges may be moved to save points, in tile units (8 to a pixel)."""
    if zoom >= HIGHEST_ZOOM:
        return 0.0
    return {15: 1.0, 14: 2.0}.get(zoom, 4.0)
