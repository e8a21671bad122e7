"""What a generated town reports about itself: files, counts, and the figures it set out to hit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """The shape of the network and the map, to hold against real towns."""

    degree_1: float
    degree_3: float
    degree_4: float
    link_median_m: float
    link_mean_m: float
    link_p90_m: float
    drivable_km: float
    buildings: int
    addressed: float
    bus_stops: int
    residents_per_home: float
    lsoa_residents_mean: float
    lsoa_km2_median: float


@dataclass(frozen=True, slots=True)
class TownSummary:
    """The outcome of one run. `files` maps a file's name to its path, `counts` a kind to a number.

    `centre` is (longitude, latitude) of the market place; `bounds` west, south, east, north.
    """

    name: str
    seed: int
    residents: int
    folder: str
    files: dict[str, str]
    counts: dict[str, int]
    figures: Figures
    centre: tuple[float, float]
    bounds: tuple[float, float, float, float]
