"""Small areas, middle areas and wards, all made of whole street blocks, so that they tile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.naming.areas import ward_names
from hereabouts.town.plan import (
    RESIDENTS_PER_LSOA,
    RESIDENTS_PER_MSOA,
    RESIDENTS_PER_WARD,
    Plan,
)
from hereabouts.town.statistics.blocks import Blocks, merged
from hereabouts.town.statistics.grouping import group
from hereabouts.town.values import Floats, Ints, Shape

FEWEST_RURAL = 1_000
"""Residents of villages who make a small area of their own."""


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A statistical or electoral area in local metres."""

    code: str
    name: str
    polygon: Shape
    parent: str = ""
    residents: int = 0
    households: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """All areas of the town. The last two have one entry per block."""

    district: Area
    msoas: tuple[Area, ...]
    lsoas: tuple[Area, ...]
    wards: tuple[Area, ...]
    lsoa_of_block: Ints
    ward_of_block: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Geography:
    """What the areas are drawn from. `places` are named quarters: name and point."""

    blocks: Blocks
    built: shapely.Polygon
    name: str
    places: tuple[tuple[str, Floats], ...]


def draw_areas(plan: Plan, ground: Geography, dice: Dice) -> Areas:
    """Small areas in town and country, middle areas of whole small ones, wards of their own."""
    blocks = ground.blocks
    small = _small_groups(plan, ground)
    coarse = merged(blocks, small)
    middle = group(coarse, list(range(len(small))), max(1, round(
        plan.residents / RESIDENTS_PER_MSOA)))  # fmt: skip
    msoas, lsoas = list[Area](), list[Area]()
    lsoa_of = np.zeros(len(blocks.polygons), dtype=np.int64)
    for m, parts in enumerate(middle, start=1):
        members = sorted(block for part in parts for block in small[part])
        msoas.append(_area(blocks, members, (f"X02{m:06d}", f"{ground.name} {m:03d}"), ""))
        for letter, part in enumerate(parts):
            lsoa_of[small[part]] = len(lsoas)
            label = f"{ground.name} {m:03d}{_letters(letter)}"
            code = f"X01{len(lsoas) + 1:06d}"
            lsoas.append(_area(blocks, small[part], (code, label), msoas[-1].code))
    wards, ward_of = _wards(plan, ground, dice)
    everything = list(range(len(blocks.polygons)))
    district = _area(blocks, everything, ("X07000001", ground.name), "")
    return Areas(district, tuple(msoas), tuple(lsoas), wards, lsoa_of, ward_of)


def _small_groups(plan: Plan, ground: Geography) -> list[list[int]]:
    """Blocks of town and of country apart, where the country has people enough."""
    blocks = ground.blocks
    in_town = shapely.contains_xy(ground.built, blocks.middles[:, 0], blocks.middles[:, 1])
    rural = int(blocks.residents[~in_town].sum())
    if rural < FEWEST_RURAL:
        everything = list(range(len(blocks.polygons)))
        return group(blocks, everything, max(1, round(plan.residents / RESIDENTS_PER_LSOA)))
    town = np.flatnonzero(in_town).tolist()
    country = np.flatnonzero(~in_town).tolist()
    urban = plan.residents - rural
    return group(blocks, town, max(1, round(urban / RESIDENTS_PER_LSOA))) + group(
        blocks, country, max(1, round(rural / RESIDENTS_PER_LSOA))
    )


def _wards(plan: Plan, ground: Geography, dice: Dice) -> tuple[tuple[Area, ...], Ints]:
    blocks = ground.blocks
    count = max(3, round(plan.residents / RESIDENTS_PER_WARD))
    tilt = float(dice.stream("wards").uniform(0.35, 0.8))
    groups = group(blocks, list(range(len(blocks.polygons))), count, tilt)
    ward_of = np.zeros(len(blocks.polygons), dtype=np.int64)
    middles = []
    for w, members in enumerate(groups):
        ward_of[members] = w
        weight = blocks.residents[members] + 1e-3
        middles.append(np.average(blocks.middles[members], axis=0, weights=weight))
    names = ward_names(np.array(middles), ground.places, dice)
    wards = [
        _area(blocks, members, (f"X05{w:06d}", name), "X07000001")
        for w, (members, name) in enumerate(zip(groups, names, strict=True), start=1)
    ]
    return tuple(wards), ward_of


def _letters(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else f"Z{index - 25}"


def _area(blocks: Blocks, members: list[int], label: tuple[str, str], parent: str) -> Area:
    shape = shapely.coverage_union_all([blocks.polygons[b] for b in members])
    return Area(
        label[0],
        label[1],
        shape,
        parent,
        residents=int(blocks.residents[members].sum()),
        households=int(blocks.homes[members].sum()),
    )
