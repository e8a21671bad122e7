"""The words the stages hand to each other: streets, zones, buildings, features."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

Shapes = NDArray[np.object_]
"""Geometries, one a row."""
Shape = BaseGeometry

Tags = dict[str, str]


class Style(Enum):
    """What a piece of the town is like: its era, or what it is used for."""

    CENTRE = "centre"
    TERRACE = "terrace"
    VILLA = "villa"
    SEMI = "semi"
    POSTWAR = "postwar"
    MODERN = "modern"
    INDUSTRY = "industry"
    VILLAGE = "village"
    RETAIL = "retail"
    SCHOOL = "school"
    PARK = "park"
    ALLOTMENTS = "allotments"
    CEMETERY = "cemetery"
    HOSPITAL = "hospital"
    STATION = "station"
    SQUARE = "square"
    RIVERSIDE = "riverside"
    COUNTRY = "country"


HOMES = (Style.CENTRE, Style.TERRACE, Style.VILLA, Style.SEMI, Style.POSTWAR, Style.MODERN,
         Style.VILLAGE)  # fmt: skip


@dataclass(slots=True, eq=False)
class Street:
    """A named run of road. `line` has shape (points, 2), local metres, start at the older end."""

    line: Floats
    highway: str
    role: str
    style: Style = Style.COUNTRY
    name: str = ""
    ref: str = ""
    family: int = -1
    """Pieces of one main road share a number."""
    roundabout: bool = False
    nodes: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    tags: Tags = field(default_factory=dict)
    """Tags of its own, on top of those its class gives it."""

    def along(self, line: Floats) -> Street:
        """The same street on another line."""
        return replace(self, line=line, tags=dict(self.tags))


@dataclass(slots=True, eq=False)
class Zone:
    """A piece of land with one character. `polygon` is in local metres."""

    polygon: shapely.Polygon
    style: Style
    quality: float = 0.5
    """How well off the people there are, 0 to 1."""
    name: str = ""
    place: int = 0
    """0 for the town itself, otherwise the number of the village."""


@dataclass(slots=True, eq=False)
class Path:
    """A way that is not a street: footpath, cycleway, service road, hedge, railway, stream."""

    line: Floats
    tags: Tags


@dataclass(slots=True, eq=False)
class Patch:
    """An area that is not a building: land use, water, playing field, car park."""

    polygon: shapely.Polygon
    tags: Tags


@dataclass(slots=True, eq=False)
class Spot:
    """A point feature: stop, lamp, tree, bench. Local metres."""

    x: float
    y: float
    tags: Tags
    on_road: bool = False
    """A point that is a vertex of its street, such as a crossing."""
