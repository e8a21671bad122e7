"""The best next sites to close a gap in coverage, each with whom it would bring in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from hereabouts.kernel.geometry import Point
from hereabouts.sensing.domain.coverage.choosing import Choice, choose
from hereabouts.sensing.domain.coverage.ground import Floats, distances_m, nearest_m
from hereabouts.sensing.domain.coverage.reach import (
    DEPRIVED_DECILES,
    SmallArea,
    places_of,
    weights_of,
)


class Aim(StrEnum):
    """What the next sites are to do."""

    COVER = "cover"
    """Bring as many residents as possible within the radius."""
    NEAR = "near"
    """Make the way from residents to the nearest sensor as short as possible."""


@dataclass(frozen=True)
class Question:
    """Where to put some more sensors; `emphasis` as in `weights_of`."""

    radius_m: float
    how_many: int
    aim: Aim = Aim.COVER
    emphasis: float = 0.0


@dataclass(frozen=True)
class Site:
    """A proposed site: its candidate, and whom it brings within the radius after those before.

    `saved_m` is by how much the average way of all residents to the nearest sensor shortens.
    """

    candidate: int
    residents: int
    deprived: int
    areas: tuple[str, ...]
    saved_m: float

    @property
    def deprived_share(self) -> float:
        """Residents of the three most deprived deciles as a share of those brought in."""
        return self.deprived / self.residents if self.residents else 0.0


@dataclass(frozen=True)
class Plan:
    """Sites in the order of what they add, and how good the choice is known to be."""

    question: Question
    sites: tuple[Site, ...]
    residents: int
    deprived: int
    choice: Choice


def plan_sites(
    areas: Sequence[SmallArea],
    sensors: Sequence[Point],
    candidates: Sequence[Point],
    question: Question,
) -> Plan:
    """The best next sites among the candidates, beside the sensors that are there."""
    middles = places_of([area.place for area in areas])
    ways = distances_m(middles, places_of(candidates))
    now = nearest_m(middles, places_of(sensors))
    # Where there is no sensor yet, ways are counted from the furthest there can be.
    start = np.minimum(now, ways.max(initial=0.0))
    weights = weights_of(areas, question.emphasis)[:, np.newaxis]
    if question.aim is Aim.COVER:
        is_new = (ways <= question.radius_m) & (now > question.radius_m)[:, np.newaxis]
        given = is_new * weights
    else:
        given = np.maximum(0.0, start[:, np.newaxis] - ways) * weights
    choice = choose(given, question.how_many)
    found = _explain(areas, ways, _Asked(choice.sites, now, start, question.radius_m))
    return Plan(
        question=question,
        sites=found,
        residents=sum(site.residents for site in found),
        deprived=sum(site.deprived for site in found),
        choice=choice,
    )


@dataclass(frozen=True)
class _Asked:
    """Sites in their order, and the ways to the sensors that are there, true and as counted."""

    sites: tuple[int, ...]
    now: Floats
    start: Floats
    radius_m: float


def _explain(areas: Sequence[SmallArea], ways: Floats, asked: _Asked) -> tuple[Site, ...]:
    """Whom each site brings in, and by how much it shortens the average way, after those before."""
    residents = np.array([area.residents for area in areas], dtype=float)
    deprived = np.array([area.decile in DEPRIVED_DECILES for area in areas], dtype=bool)
    total = residents.sum() or 1.0
    now, start, told = asked.now, asked.start, []
    for site in asked.sites:
        is_new = (ways[:, site] <= asked.radius_m) & (now > asked.radius_m)
        saved = float((residents * np.maximum(0.0, start - ways[:, site])).sum() / total)
        told.append(
            Site(
                candidate=site,
                residents=int(residents[is_new].sum()),
                deprived=int(residents[is_new & deprived].sum()),
                areas=tuple(areas[int(place)].code for place in np.flatnonzero(is_new)),
                saved_m=saved,
            )
        )
        now, start = np.minimum(now, ways[:, site]), np.minimum(start, ways[:, site])
    return tuple(told)
