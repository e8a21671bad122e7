"""Whom the sensors there are reach, and whom they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hereabouts.kernel.geometry import Point
from hereabouts.sensing.domain.coverage.ground import Floats, nearest_m

DEPRIVED_DECILES = (1, 2, 3)
DECILES = 10


@dataclass(frozen=True)
class SmallArea:
    """A census area: its middle, who lives there, and its decile, 1 the most deprived."""

    code: str
    name: str
    place: Point
    residents: int
    decile: int | None = None


@dataclass(frozen=True)
class DecileReach:
    """Residents of one decile, and how many of them are covered; None for areas without one."""

    decile: int | None
    residents: int
    covered: int

    @property
    def share(self) -> float:
        """Covered residents as a share of all."""
        return self.covered / self.residents if self.residents else 0.0


@dataclass(frozen=True)
class Reach:
    """Coverage of residents by sensors within a radius: in all, and by decile."""

    radius_m: float
    residents: int
    covered: int
    deciles: tuple[DecileReach, ...]
    left_out: tuple[SmallArea, ...]
    """Areas not covered, those with most residents first."""

    @property
    def share(self) -> float:
        """Covered residents as a share of all."""
        return self.covered / self.residents if self.residents else 0.0

    def share_of(self, deciles: Sequence[int]) -> float | None:
        """Covered residents of some deciles as a share of theirs; None where nobody lives there."""
        found = [one for one in self.deciles if one.decile in deciles]
        residents = sum(one.residents for one in found)
        return sum(one.covered for one in found) / residents if residents else None


def places_of(points: Sequence[Point]) -> Floats:
    """Points as rows of longitude and latitude."""
    return np.array([(point.lon, point.lat) for point in points], dtype=float).reshape(-1, 2)


def measure_reach(areas: Sequence[SmallArea], sensors: Sequence[Point], radius_m: float) -> Reach:
    """Who is covered; an area is, with all its residents, when its middle is within the radius."""
    away = nearest_m(places_of([area.place for area in areas]), places_of(sensors))
    is_covered = away <= radius_m
    left_out = [area for area, covered in zip(areas, is_covered, strict=True) if not covered]
    return Reach(
        radius_m=radius_m,
        residents=sum(area.residents for area in areas),
        covered=sum(area.residents for area, is_in in zip(areas, is_covered, strict=True) if is_in),
        deciles=tuple(_by_decile(areas, is_covered.tolist())),
        left_out=tuple(sorted(left_out, key=lambda area: (-area.residents, area.code))),
    )


def weights_of(areas: Sequence[SmallArea], emphasis: float) -> Floats:
    """Residents of each area, counted up to `1 + emphasis` times the more deprived it is.

    `emphasis` 0 counts everybody alike; with 1 a resident of the first decile counts twice, of the
    tenth once. An area without a decile counts as the middle does.
    """
    residents = np.array([area.residents for area in areas], dtype=float)
    middle = (DECILES + 1) / 2
    deciles = np.array([area.decile or middle for area in areas], dtype=float)
    weights: Floats = residents * (1.0 + emphasis * (DECILES - deciles) / (DECILES - 1))
    return weights


def _by_decile(areas: Sequence[SmallArea], is_covered: Sequence[bool]) -> list[DecileReach]:
    residents: dict[int | None, int] = {}
    covered: dict[int | None, int] = {}
    for area, is_in in zip(areas, is_covered, strict=True):
        residents[area.decile] = residents.get(area.decile, 0) + area.residents
        covered[area.decile] = covered.get(area.decile, 0) + (area.residents if is_in else 0)
    order = sorted(residents, key=lambda decile: (decile is None, decile or 0))
    return [DecileReach(decile, residents[decile], covered[decile]) for decile in order]
