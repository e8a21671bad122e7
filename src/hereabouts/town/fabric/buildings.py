"""Buildings with their homes, people and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.footprints import standing
from hereabouts.town.fabric.frontages import Slots, find_slots
from hereabouts.town.layout.network import Network
from hereabouts.town.values import Flags, Shape, Shapes, Street, Style, Tags, Zone

ADDRESSED = 0.62
"""Share of buildings whose address the map knows."""


@dataclass(slots=True, eq=False)
class Building:
    """One outline, with what is inside it."""

    polygon: shapely.Polygon
    x: float
    y: float
    building: str
    homes: int
    levels: int
    zone: int
    street: int = -1
    number: str = ""
    first_number: int = 0
    use: str = ""
    residents: int = 0
    addressed: bool = False
    postcode: str = ""
    tags: Tags = field(default_factory=dict)


def build(
    network: Network, zones: list[Zone], keep_out: Sequence[Shape], dice: Dice
) -> tuple[list[Building], tuple[Slots, Flags, Shapes]]:
    """Put up the buildings along every street and number them; also where each was put."""
    slots = find_slots(network, zones, dice)
    alive, shapes = standing(slots, network, zones, keep_out)
    buildings = _buildings(slots, alive, shapes)
    _number(buildings, slots, alive, network.streets)
    return buildings, (slots, alive, shapes)


def _buildings(slots: Slots, alive: Flags, shapes: Shapes) -> list[Building]:
    rows = np.flatnonzero(alive)
    middle = shapely.get_coordinates(shapely.centroid(shapes[rows]))
    found = []
    for row, (x, y) in zip(rows.tolist(), middle.tolist(), strict=True):
        section = slots.sections[slots.section[row]]
        plot = section.plot
        found.append(
            Building(shapes[row], x, y, plot.building, plot.homes, plot.levels, section.zone,
                     street=section.street, use=plot.use)
        )  # fmt: skip
    return found


def _number(
    buildings: list[Building], slots: Slots, alive: Flags, streets: tuple[Street, ...]
) -> None:
    """Odd numbers on the left and even on the right, from the older end.

    Pieces of one street, parted by a roundabout or a river, are numbered on from the middle out.
    """
    rows = np.flatnonzero(alive)
    middle = [float(np.hypot(*s.line[0])) for s in streets]
    order = sorted(
        range(len(rows)),
        key=lambda k: (middle[buildings[k].street], buildings[k].street,
                       float(slots.place_m[rows[k]]), k),
    )  # fmt: skip
    following: dict[tuple[str, int], int] = {}
    for k in order:
        building = buildings[k]
        side = slots.sections[slots.section[rows[k]]].side
        key = (streets[building.street].name, side)
        first = following.get(key, 1 if side > 0 else 2)
        last = first + 2 * (_doors(building) - 1)
        building.first_number = first
        building.number = str(first) if first == last else f"{first}-{last}"
        following[key] = last + 2


def _doors(building: Building) -> int:
    """How many house numbers a building takes."""
    is_shared = building.building == "apartments" or building.use
    is_split = building.levels == 3 and building.homes == 2
    return 1 if is_shared or is_split else max(1, building.homes)


PER_HOME = {Style.CENTRE: 1.75, Style.TERRACE: 2.3, Style.VILLA: 2.3, Style.SEMI: 2.5,
            Style.POSTWAR: 2.45, Style.MODERN: 2.6, Style.VILLAGE: 2.4}  # fmt: skip


MOST_PER_HOME = 2.45
TALLEST = 3
"""How many times over a block of flats may grow to house everybody."""


def build_up(buildings: list[Building], residents: int) -> None:
    """Make the blocks of flats taller where there are too few homes for the residents."""
    flats = [b for b in buildings if b.building == "apartments"]
    homes = sum(b.homes for b in buildings)
    in_flats = sum(b.homes for b in flats)
    wanting = residents / MOST_PER_HOME - homes
    if wanting <= 0 or not in_flats:
        return
    growth = min(float(TALLEST), 1.0 + wanting / in_flats)
    for flat in flats:
        flat.homes = round(flat.homes * growth)
        flat.levels = round(flat.levels * growth)


def people(buildings: list[Building], zones: list[Zone], residents: int, in_villages: int) -> None:
    """Share the residents out over the homes of town and villages, so that they add up exactly."""
    homes = [b for b in buildings if b.homes]
    village = [b for b in homes if zones[b.zone].place]
    town = [b for b in homes if not zones[b.zone].place]
    in_villages = in_villages if village else 0
    for group, total in ((village, in_villages), (town, residents - in_villages)):
        weight = np.array(
            [b.homes * PER_HOME.get(zones[b.zone].style, 2.3) * (0.75 if b.homes > 6 else 1.0)
             for b in group]
        )  # fmt: skip
        if not group:
            continue
        exact = np.cumsum(weight) / weight.sum() * total
        whole = np.diff(np.concatenate([[0], np.round(exact).astype(np.int64)]))
        for building, count in zip(group, whole.tolist(), strict=True):
            building.residents = count


def choose_addressed(buildings: list[Building], streets: tuple[Street, ...], dice: Dice) -> None:
    """Mark whole streets as surveyed, main ones first, until the share of addresses is right."""
    rng = dice.stream("addresses")
    count: dict[str, int] = dict.fromkeys((s.name for s in streets if s.name), 0)
    main = {s.name for s in streets if s.role in ("radial", "bridge", "inner")}
    for building in buildings:
        if building.number:
            count[streets[building.street].name] += 1
    wanted = ADDRESSED * len(buildings)
    names = sorted(count)
    order = [names[k] for k in rng.permutation(len(names)).tolist()]
    order.sort(key=lambda name: name not in main)
    surveyed: set[str] = set()
    total = 0
    for name in order:
        if total + count[name] <= wanted + 3:
            surveyed.add(name)
            total += count[name]
    for building in buildings:
        known = bool(building.number) and streets[building.street].name in surveyed
        building.addressed = known
