"""Streets and the lines their names run along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from hereabouts.places.adapters.tiles.shaping import (
    PIXELS,
    TileRequest,
    flag,
    layer_of,
    read_shapes,
    text,
)
from hereabouts.places.domain import map_layers
from hereabouts.places.queries import tiles
from hereabouts.places.queries.tiles.features import SegmentRow
from hereabouts.standards.mvt import Geometries, Layer

SHORTEST_NAME = 12 * PIXELS
"""Units of a line on which no name fits, even when the tile is drawn twice as large."""


class Named(NamedTuple):
    """Segments that carry one text."""

    uid: str | None
    name: str | None
    name_cy: str | None
    ref: str | None
    road_class: str


def streets(request: TileRequest) -> tuple[Layer, ...]:
    """Segments in drawing order, and the lines for their names; one read serves both."""
    rows = tiles.list_segments(request.box, map_layers.road_classes_at(request.zoom))
    rows.sort(key=lambda row: (row.layer, map_layers.ROAD_ORDER.get(row.road_class, 0)))
    units = request.frame.fitted(read_shapes(rows), map_layers.tolerance_at(request.zoom))
    return _segments(rows, units), _labels(request, rows, units)


def _segments(rows: list[SegmentRow], units: Geometries) -> Layer:
    return layer_of(
        "streets",
        rows,
        units,
        {
            "uid": lambda row: row.street_uid or "",
            "class": lambda row: row.road_class,
            "link": lambda row: flag(row.is_link),
            "name": lambda row: text(row.street_name or row.name),
            "name_cy": _welsh_name,
            "ref": lambda row: text(row.ref),
            "oneway": lambda row: map_layers.ONE_WAY.get(row.one_way),
            "bridge": lambda row: flag(row.is_bridge),
            "tunnel": lambda row: flag(row.is_tunnel),
        },
    )


def _labels(request: TileRequest, rows: list[SegmentRow], units: Geometries) -> Layer:
    merged: list[Named] = []
    lines: list[Geometries] = []
    for first, text_of in LABELS:
        if request.zoom >= first:
            texts, found = _merged([text_of(row) for row in rows], units)
            merged += texts
            lines.append(found)
    together = np.concatenate([np.empty(0, dtype=object), *lines])
    if request.zoom < map_layers.HIGHEST_ZOOM:
        together[shapely.length(together) < SHORTEST_NAME] = None
    return layer_of(
        "street_labels",
        merged,
        together,
        {
            "uid": lambda row: row.uid,
            "name": lambda row: row.name,
            "name_cy": lambda row: row.name_cy,
            "ref": lambda row: row.ref,
            "class": lambda row: row.road_class,
        },
    )


def _by_name(row: SegmentRow) -> Named | None:
    name = row.street_name or row.name
    if not name:
        return None
    return Named(row.street_uid or "", name, _welsh_name(row), None, row.road_class)


def _welsh_name(row: SegmentRow) -> str | None:
    """The Welsh name of a segment's street where it differs from the usual one."""
    differs = row.street_name_cy != (row.street_name or row.name)
    return text(row.street_name_cy) if differs else None


def _by_number(row: SegmentRow) -> Named | None:
    return Named(None, None, None, row.ref, row.road_class) if row.ref else None


LABELS: tuple[tuple[int, Callable[[SegmentRow], Named | None]], ...] = (
    (map_layers.STREET_NAMES_FROM, _by_name),
    (map_layers.STREET_NUMBERS_FROM, _by_number),
)
"""Texts that run along lines: the lowest zoom that has them, and a segment's text."""


def _merged(texts: Sequence[Named | None], units: Geometries) -> tuple[list[Named], Geometries]:
    """Lines with one text joined where their ends meet; the most important roads first."""
    groups: dict[Named, int] = {}
    of_row = np.array(
        [-1 if text is None else groups.setdefault(text, len(groups)) for text in texts],
        dtype=np.int64,
    )
    parts, row_of_part = shapely.get_parts(units, return_index=True)
    group = of_row[row_of_part]
    # Drawing order puts the important roads last; their names have to be placed first.
    order = np.argsort(group, kind="stable")[np.count_nonzero(group < 0) :]
    present, index = np.unique(group[order], return_inverse=True)
    lines: Geometries = np.empty(len(present), dtype=object)
    lines[:] = shapely.line_merge(shapely.multilinestrings(parts[order], indices=index))
    names = list(groups)
    found = [names[place] for place in present.tolist()]
    return found[::-1], lines[::-1]
