"""Reference numbers for properties and streets, in ranges that nobody allots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.fabric.buildings import Building
from hereabouts.town.values import Floats, Street

FIRST_UPRN = 990_000_000_001
"""Twelve figures; those in use begin with 1 or 2, or are shorter."""
FIRST_USRN = 99_500_001
"""Eight figures, beyond the blocks that street authorities hold."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property number at its door. Local metres."""

    uprn: int
    x: float
    y: float
    street: int


def number_properties(buildings: list[Building]) -> tuple[list[Property], dict[int, int]]:
    """A number for every home and every other building with an address.

    The second result maps a building's place in the list to its first number.
    """
    properties: list[Property] = []
    first: dict[int, int] = {}
    for k, building in enumerate(buildings):
        if not building.number:
            continue
        first[k] = FIRST_UPRN + len(properties)
        for x, y in _doors(building):
            properties.append(Property(FIRST_UPRN + len(properties), x, y, building.street))
    return properties, first


def _doors(building: Building) -> list[tuple[float, float]]:
    """Doors side by side in a row, all at one point in a block of flats."""
    count = max(1, building.homes)
    if count == 1 or "-" not in building.number:
        return [(building.x, building.y)] * count
    corners: Floats = np.asarray(shapely.get_coordinates(building.polygon))
    edge = corners[1] - corners[0]
    shares = (np.arange(count) + 0.5) / count - 0.5
    return [(building.x + float(edge[0]) * s, building.y + float(edge[1]) * s) for s in shares]


def number_streets(streets: tuple[Street, ...]) -> dict[str, int]:
    """A number for every street name, in the order of the names."""
    names = sorted({s.name for s in streets if s.name})
    return {name: FIRST_USRN + k for k, name in enumerate(names)}
