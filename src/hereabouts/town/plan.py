"""How large everything is, from the number of residents alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

SMALLEST = 2_000
LARGEST = 500_000

DENSITY_PER_KM2 = 4_300.0
"""Residents in built-up land; 1,760 residents in 0.35 km² is the census's small area."""

RESIDENTS_PER_LSOA = 1_760
RESIDENTS_PER_MSOA = 8_000
RESIDENTS_PER_WARD = 5_200


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes in metres and counts, derived once."""

    residents: int
    villages: int
    village_residents: int
    """In all villages together."""
    radius_m: float
    """Of the built-up town if it were a circle."""
    reach_m: float
    """From the market place to the district's edge."""
    centre_m: float
    """Radius of the old centre."""
    river_m: float
    """Width of the river."""
    river_off_m: float
    """Distance of the river's middle line from the market place."""
    rail_off_m: float
    """Distance of the railway from the market place; 0 where there is none."""
    ring_radii_m: tuple[float, ...]
    """Ring roads from the inside out; the last is the bypass."""
    ring_is_whole: bool
    near_radials: int
    far_radials: int


def plan_for(residents: int) -> Plan:
    """Sizes for a town of so many residents."""
    villages = 0 if residents < 10_000 else min(14, 2 + residents // 25_000)
    village_residents = 0 if not villages else max(villages * 600, round(residents * 0.045))
    urban = residents - village_residents
    radius = math.sqrt(urban / DENSITY_PER_KM2 / math.pi) * 1000.0
    centre = 105.0 + 0.085 * radius
    river = min(70.0, 8.0 + math.sqrt(residents) / 9.0)
    return Plan(
        residents=residents,
        villages=villages,
        village_residents=village_residents,
        radius_m=radius,
        reach_m=radius * 1.45 + (780.0 if villages else 400.0),
        centre_m=centre,
        river_m=river,
        river_off_m=0.7 * centre + river / 2 + 25.0,
        rail_off_m=0.0 if residents < 5_000 else centre + 70.0 + 0.1 * radius,
        ring_radii_m=_rings(residents, radius),
        ring_is_whole=residents >= 80_000,
        near_radials=3 if residents < 10_000 else 4 if residents < 80_000 else 5,
        far_radials=2 if residents < 80_000 else 3,
    )


def _rings(residents: int, radius: float) -> tuple[float, ...]:
    if residents < 12_000:
        return ()
    if residents < 80_000:
        return (0.9 * radius,)
    if residents < 250_000:
        return (0.5 * radius, 0.93 * radius)
    return (0.34 * radius, 0.63 * radius, 0.95 * radius)
