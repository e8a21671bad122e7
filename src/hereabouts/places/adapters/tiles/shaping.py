"""Turning rows of the gazetteer into one layer of a tile: fitted, thinned out and in order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.kernel.geometry import Box
from hereabouts.standards.mvt import Column, Geometries, Layer, TileFrame, Value

PIXELS = 8
"""Tile units in a pixel of a tile drawn 512 pixels wide."""


@dataclass(frozen=True)
class TileRequest:
    """Which tile, of which state of the data, and as of which day."""

    zoom: int
    x: int
    y: int
    version: str
    day: date

    @cached_property
    def frame(self) -> TileFrame:
        """The tile's own grid."""
        return TileFrame(self.zoom, self.x, self.y)

    @cached_property
    def box(self) -> Box:
        """The tile with its buffer."""
        return self.frame.box

    def square_degrees(self, units: float) -> float:
        """Square tile units as square degrees at the middle of the tile."""
        across = 360 / 2.0**self.zoom / self.frame.extent
        height: float = across * math.cos(math.radians(self.box.centre.lat))
        return units * across * height


class Drawable(Protocol):
    """A row with a shape."""

    @property
    def geometry(self) -> bytes:
        """Well-known binary in WGS 84."""


Drawn = TypeVar("Drawn")
Attributes = dict[str, Callable[[Any], Value | None]]  # Any: the layer's own row


def read_shapes(rows: Sequence[Drawable]) -> Geometries:
    """The rows' shapes, in WGS 84."""
    return shapes_from([row.geometry for row in rows])


def shapes_from(found: Sequence[bytes]) -> Geometries:
    """Shapes from well-known binary."""
    shapes: Geometries = np.empty(len(found), dtype=object)
    shapes[:] = shapely.from_wkb(np.array(found, dtype=object))
    return shapes


def layer_of(name: str, rows: Sequence[Drawn], units: Geometries, attributes: Attributes) -> Layer:
    """A layer of rows and their shapes in tile units; one function an attribute."""
    kept = np.flatnonzero(~shapely.is_missing(units))
    left = [rows[place] for place in kept.tolist()]
    columns: dict[str, Column] = {
        key: [value(row) for row in left] for key, value in attributes.items()
    }
    return Layer(name, units[kept], columns)


def largest_first(rows: list[Drawn], shapes: Geometries) -> tuple[list[Drawn], Geometries]:
    """Rows and shapes with large areas before small ones; lines come last."""
    return reordered(rows, shapes, np.argsort(-shapely.area(shapes), kind="stable"))


def reordered(
    rows: list[Drawn], shapes: Geometries, order: NDArray[np.int64]
) -> tuple[list[Drawn], Geometries]:
    """Rows and shapes in another order, or only some of them."""
    return [rows[place] for place in order.tolist()], shapes[order]


def text(value: str | None) -> str | None:
    """A text, or nothing for an empty one."""
    return value or None


def flag(value: object) -> bool | None:
    """True, or nothing: what is not so is left out."""
    return True if value else None
