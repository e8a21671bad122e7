"""Who is reached by the sensors there are, and the best next sites: over real residents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hereabouts.kernel.geometry import Point
from hereabouts.places.api import AssetFilter, AssetRef, list_assets, peopled_areas
from hereabouts.sensing.domain.coverage import (
    Aim,
    Plan,
    Question,
    Reach,
    SmallArea,
    measure_reach,
    nearest_m,
    places_of,
    plan_sites,
)
from hereabouts.sensing.domain.deployments.choices import Choices
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.deployments.sensed import list_live_places

READ_AT_ONCE = 1_900
MOST_READ = 60_000
MOST_CANDIDATES = 5_000


@dataclass(frozen=True)
class Candidate:
    """A place that could carry a sensor: an asset, or else the middle of an area."""

    place: Point
    asset: AssetRef | None = None
    area: SmallArea | None = None


@dataclass(frozen=True)
class Coverage:
    """Who is reached today and, with the proposal, tomorrow."""

    measure: str
    sensors: int
    now: Reach
    then: Reach | None
    areas: Sequence[SmallArea]
    places: Sequence[Point]


def list_small_areas() -> list[SmallArea]:
    """Small areas with their residents and deciles; empty where no figures are loaded."""
    return [
        SmallArea(one.area.code, one.area.name, one.middle, one.residents, one.decile)
        for one in peopled_areas()
    ]


def find_coverage(
    measure: str,
    choices: Choices,
    *,
    radius_m: float,
    proposed: Point | None = None,
    level: DataClass = DataClass.SHARED,
) -> Coverage | None:
    """Coverage by live sensors of a measure; None where no figures of residents are loaded."""
    areas = list_small_areas()
    if not areas:
        return None
    places = list_live_places(measure, choices, level=level)
    then = measure_reach(areas, [*places, proposed], radius_m) if proposed else None
    now = measure_reach(areas, places, radius_m)
    return Coverage(measure, len(places), now, then, areas, places)


def find_next_sites(
    coverage: Coverage, choices: Choices, question: Question
) -> tuple[Plan, Sequence[Candidate]]:
    """The best next sites beside the sensors there are, and the candidates they are from."""
    candidates = _worth_a_look(list_candidates(choices), coverage, question)
    plan = plan_sites(coverage.areas, coverage.places, [one.place for one in candidates], question)
    return plan, candidates


def list_candidates(choices: Choices) -> list[Candidate]:
    """Assets that can carry a sensor, in the order of their types; empty without any."""
    found: list[Candidate] = []
    for asset_type in choices.mounts:
        after = ""
        while len(found) < MOST_READ:
            page = list_assets(AssetFilter(type=asset_type), after, READ_AT_ONCE)
            found += [Candidate(asset.place, asset=asset) for asset in page.items]
            after = page.after
            if not after:
                break
    return found


def _worth_a_look(
    candidates: list[Candidate], coverage: Coverage, question: Question
) -> list[Candidate]:
    """Those that could help, thinned evenly where there are very many; area middles without any."""
    if candidates and question.aim is Aim.COVER:
        left = places_of([area.place for area in coverage.now.left_out])
        away = nearest_m(places_of([one.place for one in candidates]), left)
        close = np.flatnonzero(away <= question.radius_m)
        candidates = [candidates[int(place)] for place in close]
    if not candidates:
        return [Candidate(area.place, area=area) for area in coverage.areas]
    step = -(-len(candidates) // MOST_CANDIDATES)
    return candidates[::step]
