"""Where two departments are about to buy the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hereabouts.kernel.access import Actor
from hereabouts.sensing.domain.coverage import distances_m, places_of
from hereabouts.sensing.domain.deployments.choices import Choices
from hereabouts.sensing.domain.deployments.steps import State
from hereabouts.sensing.domain.deployments.views import Card
from hereabouts.sensing.queries.deployments.register import visible_to
from hereabouts.sensing.queries.deployments.rows import card_of

ABOUT_TO = (State.PROPOSED.value, State.AGREED.value)
MOST_PAIRS = 200


@dataclass(frozen=True)
class Pair:
    """Two deployments of different departments that measure the same near each other."""

    one: Card
    other: Card
    measures: tuple[str, ...]
    distance_m: float


def list_pairs(choices: Choices, *, actor: Actor) -> list[Pair]:
    """Pairs within the reach of what both would measure, nearest first. One read."""
    rows = visible_to(actor).filter(state__in=ABOUT_TO).order_by("id")
    cards = [card_of(row) for row in rows]
    by_measure: dict[str, list[Card]] = {}
    for card in cards:
        for key in card.measures:
            by_measure.setdefault(key, []).append(card)
    found: dict[tuple[int, int], Pair] = {}
    for key, same in by_measure.items():
        reach = choices.reach_m([key])
        for one, other, metres in _close(same, reach):
            held = found.get((one.id, other.id))
            measures = (*held.measures, key) if held else (key,)
            found[one.id, other.id] = Pair(one, other, measures, metres)
    order = sorted(found.values(), key=lambda pair: (pair.distance_m, pair.one.id, pair.other.id))
    return order[:MOST_PAIRS]


def _close(cards: list[Card], reach_m: float) -> list[tuple[Card, Card, float]]:
    if len(cards) < 2:
        return []
    places = places_of([card.place for card in cards])
    away = distances_m(places, places)
    is_close = np.triu(away <= reach_m, k=1)
    return [
        (cards[one], cards[other], float(away[one, other]))
        for one, other in combinations(range(len(cards)), 2)
        if is_close[one, other] and cards[one].department != cards[other].department
    ]
