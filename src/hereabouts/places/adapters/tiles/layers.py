"""The layers of a place tile, each from one read of the gazetteer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import shapely

from hereabouts.places.adapters.tiles.shaping import (
    PIXELS,
    TileRequest,
    flag,
    largest_first,
    layer_of,
    read_shapes,
    reordered,
    shapes_from,
    text,
)
from hereabouts.places.adapters.tiles.street_layers import streets
from hereabouts.places.domain import map_layers
from hereabouts.places.queries import tiles
from hereabouts.places.queries.asset_types import get_asset_types
from hereabouts.places.queries.tiles.features import AddressRow, AssetRow
from hereabouts.standards.mvt import Layer

SMALLEST_GROUND = 4 * PIXELS**2
SMALLEST_BUILDING = PIXELS**2


def ground(request: TileRequest) -> tuple[Layer, ...]:
    """Land, water and green, and the lines among them."""
    smallest = request.square_degrees(SMALLEST_GROUND)
    shown = map_layers.ground_kinds_at(request.zoom)
    hidden = map_layers.ground_kinds_hidden_at(request.zoom)
    rows = tiles.list_ground(request.box, shown, hidden, smallest)
    rows, shapes = largest_first(rows, read_shapes(rows))
    is_seen = (shapely.get_dimensions(shapes) < 2) | (shapely.area(shapes) >= smallest)
    rows, shapes = reordered(rows, shapes, np.flatnonzero(is_seen))
    units = request.frame.fitted(shapes, map_layers.tolerance_at(request.zoom))
    layer = layer_of(
        "ground",
        rows,
        units,
        {
            "kind": lambda row: row.kind,
            "name": lambda row: text(row.name),
            "tunnel": lambda row: flag(row.is_tunnel),
        },
    )
    return (layer,)


def areas(request: TileRequest) -> tuple[Layer, ...]:
    """Areas valid on the day."""
    hidden = map_layers.area_kinds_hidden_at(request.zoom)
    rows = tiles.list_areas(request.box, hidden, request.day)
    rows, shapes = largest_first(rows, read_shapes(rows))
    units = request.frame.fitted(shapes, map_layers.tolerance_at(request.zoom))
    layer = layer_of(
        "areas",
        rows,
        units,
        {
            "code": lambda row: row.code,
            "kind": lambda row: row.kind,
            "name": lambda row: row.name,
            "name_cy": lambda row: text(row.name_cy) if row.name_cy != row.name else None,
        },
    )
    return (layer,)


def buildings(request: TileRequest) -> tuple[Layer, ...]:
    """Outlines of buildings."""
    found = tiles.list_buildings(request.box, request.version)
    shapes = shapes_from(found.geometry)
    shapes[shapely.area(shapes) < request.square_degrees(SMALLEST_BUILDING)] = None
    columns = {"uid": found.uid, "use": found.use, "height_m": found.height_m}
    return (Layer("buildings", request.frame.fitted(shapes), columns),)


def assets(request: TileRequest) -> tuple[Layer, ...]:
    """What stands in the street."""
    rows = tiles.list_assets(request.box, map_layers.asset_types_at(request.zoom))
    symbols = {key: one.symbol for key, one in get_asset_types().types.items() if one.symbol}
    layer = layer_of(
        "assets",
        rows,
        request.frame.fitted(read_shapes(rows)),
        {
            "uid": lambda row: row.uid,
            "type": lambda row: row.type,
            "symbol": lambda row: symbols.get(row.type),
            "name": lambda row: text(row.name),
            "reference": _reference,
        },
    )
    return (layer,)


def _reference(row: AssetRow) -> str | None:
    """The reference, only where there is no name to call it by."""
    return None if row.name else text(row.reference)


def addresses(request: TileRequest) -> tuple[Layer, ...]:
    """House numbers and short house names."""
    rows = [row for row in tiles.list_addresses(request.box) if _house(row)]
    layer = layer_of(
        "addresses",
        rows,
        request.frame.fitted(read_shapes(rows)),
        {"uid": lambda row: row.uid, "number": _house},
    )
    return (layer,)


def _house(row: AddressRow) -> str | None:
    name = row.name if len(row.name) <= map_layers.SHORT_NAME else ""
    return row.number or name or None


def place_labels(request: TileRequest) -> tuple[Layer, ...]:
    """Names of settlements, parks and public buildings, the important ones first."""
    rows = tiles.list_place_labels(request.box, map_layers.label_kinds_at(request.zoom))
    rows.sort(key=lambda row: (row.rank, row.name))
    layer = layer_of(
        "place_labels",
        rows,
        request.frame.fitted(read_shapes(rows)),
        {
            "kind": lambda row: row.kind,
            "name": lambda row: row.name,
            "name_cy": lambda row: text(row.name_cy) if row.name_cy != row.name else None,
            "uid": lambda row: row.uid,
            "rank": lambda row: row.rank,
        },
    )
    return (layer,)


Builder = Callable[[TileRequest], tuple[Layer, ...]]

BUILDERS: Mapping[str, tuple[int, Builder]] = MappingProxyType(
    {
        "ground": (map_layers.LOWEST_ZOOM, ground),
        "areas": (map_layers.LOWEST_ZOOM, areas),
        "buildings": (map_layers.BUILDINGS_FROM, buildings),
        "streets": (map_layers.LOWEST_ZOOM, streets),
        "assets": (map_layers.ROAD_ASSETS_FROM, assets),
        "addresses": (map_layers.ADDRESSES_FROM, addresses),
        "place_labels": (map_layers.LOWEST_ZOOM, place_labels),
    }
)
"""Each part of a tile: the lowest zoom that has it, and how its layers are made."""
