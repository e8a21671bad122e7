"""Postcodes of an area that does not exist, a street at a time as the postman walks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hereabouts.town.fabric.buildings import Building
from hereabouts.town.values import Floats

POSTCODE_AREA = "ZX"
"""Not one of the 124 areas in use in the United Kingdom."""
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
HOMES_PER_UNIT = 17
UNITS_PER_SECTOR = 320


@dataclass(frozen=True, slots=True)
class Postcode:
    """One unit postcode at its middle, local metres."""

    code: str
    x: float
    y: float


def give_postcodes(buildings: list[Building], streets: int) -> list[Postcode]:
    """Give every building on a street a postcode; large users share with their neighbours."""
    by_street: list[list[Building]] = [[] for _ in range(streets)]
    for building in buildings:
        if building.street >= 0:
            by_street[building.street].append(building)
    runs = [run for members in by_street for run in _runs(members)]
    middles = np.array([[np.mean([b.x for b in r]), np.mean([b.y for b in r])] for r in runs])
    postcodes: list[Postcode] = []
    for sector, members in enumerate(_sectors(middles)):
        for unit, k in enumerate(members):
            code = _code(sector, unit)
            for building in runs[k]:
                building.postcode = code
            postcodes.append(Postcode(code, *_nearest_to_middle(runs[k])))
    return sorted(postcodes, key=lambda p: p.code)


def _runs(members: list[Building]) -> list[list[Building]]:
    """Neighbouring buildings of a street, cut when a run has enough letter boxes."""
    members = sorted(members, key=lambda b: (b.first_number % 2, b.first_number))
    homes = sum(max(1, b.homes) for b in members)
    if not members:
        return []
    if homes <= 1.5 * HOMES_PER_UNIT:
        return [members]
    runs: list[list[Building]] = [[]]
    size = 0
    for building in members:
        if size >= HOMES_PER_UNIT:
            runs.append([])
            size = 0
        runs[-1].append(building)
        size += max(1, building.homes)
    return runs


def _nearest_to_middle(run: list[Building]) -> tuple[float, float]:
    x, y = float(np.mean([b.x for b in run])), float(np.mean([b.y for b in run]))
    best = min(run, key=lambda b: ((b.x - x) ** 2 + (b.y - y) ** 2, b.x))
    return best.x, best.y


def _sectors(middles: Floats) -> list[list[int]]:
    """Groups of units that lie together, nearest the market place first."""
    groups = [np.arange(len(middles))]
    while len(groups[-1]) > UNITS_PER_SECTOR:
        largest = groups.pop()
        points = middles[largest]
        axis = int(np.ptp(points[:, 1]) > np.ptp(points[:, 0]))
        order = largest[np.argsort(np.round(points[:, axis], 2), kind="stable")]
        groups += [order[: len(order) // 2], order[len(order) // 2 :]]
        groups.sort(key=len)
    groups.sort(key=lambda g: float(np.hypot(*middles[g].mean(axis=0))))
    return [g.tolist() for g in groups]


def _code(sector: int, unit: int) -> str:
    """Outward code, sector digit and two letters, in seven characters as published."""
    district, digit = divmod(sector, 9)
    first, second = divmod(unit, len(UNIT_LETTERS))
    inward = f"{digit + 1}{UNIT_LETTERS[first]}{UNIT_LETTERS[second]}"
    return f"{POSTCODE_AREA + str(district + 1):<4}{inward}"
