"""Choosing sites: the facility-location heuristic, for any table of what each site gives to whom.

The worth of a set of sites is the sum, over all who are served, of the most that any site of the
set gives them. Maximal covering and the weighted p-median are both of this form: it never falls as
sites are added and each site adds less the more there are (monotone, submodular). So greedy choice
reaches at least 1 − 1/e of the best there is, and what the best could still reach is bounded from
every state on the way; exchange of single sites then improves on greedy, and prices (`bounding`)
lower the bound.

All gains are kept exact and changed only for those whose best or second best site changed, so a
step costs the few columns that moved and never the whole table.

Source: Nemhauser, Wolsey and Fisher 1978 (greedy and its bound); Teitz and Bart 1968 (exchange);
Whitaker 1983, Resende and Werneck 2007 (fast exchange: gain, loss and extra).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hereabouts.sensing.domain.coverage.bounding import bound_of
from hereabouts.sensing.domain.coverage.ground import Floats

Indices = NDArray[np.int64]

GUARANTEE = 1.0 - 1.0 / np.e
"""The least share of the best possible worth that greedy choice reaches."""

MOST_SWAPS = 200
NOBODY = -1
TOLERANCE = 1e-9
"""Share of the whole by which an exchange has to gain: less is rounding."""


@dataclass(frozen=True)
class Choice:
    """Sites by column, the one that adds most first, with what each adds after those before it.

    `worth` is what they give together, `bound` what no choice of as many sites can exceed,
    `greedy_worth` what greedy choice alone reached, `swaps` the exchanges that improved on it.
    """

    sites: tuple[int, ...]
    gains: tuple[float, ...]
    worth: float
    greedy_worth: float
    bound: float
    swaps: int

    @property
    def gap(self) -> float:
        """How far from the bound, as a share of it: 0 is proved best."""
        return max(0.0, 1.0 - self.worth / self.bound) if self.bound > 0 else 0.0


def choose(given: Floats, how_many: int) -> Choice:
    """The best sites found; `given[who, site]` ≥ 0 is what a site gives to one who is served.

    Deterministic: of equals the first column wins. Fewer sites come back where more add nothing.
    """
    who, sites = given.shape
    if how_many < 1 or who == 0 or sites == 0:
        return Choice((), (), 0.0, 0.0, 0.0, 0)
    kept, table = _distinct(given)
    state = _State(table, min(how_many, table.shape[1]))
    bound = state.grow()
    greedy_worth = state.worth
    swaps = state.exchange()
    bound = min(bound, state.bound(), bound_of(table, state.how_many, state.best, state.worth))
    order, gains = _in_order(table, state.chosen)
    return Choice(
        sites=tuple(int(kept[site]) for site in order),
        gains=gains,
        worth=state.worth,
        greedy_worth=greedy_worth,
        bound=max(bound, state.worth),
        swaps=swaps,
    )


def _distinct(given: Floats) -> tuple[Indices, Floats]:
    """Columns that give anything, the first of those that give the same, in their order."""
    useful = np.flatnonzero(given.any(axis=0))
    columns = np.ascontiguousarray(given[:, useful].T)
    rows: dict[bytes, int] = {}
    for place, row in enumerate(columns):
        rows.setdefault(row.tobytes(), place)
    first = np.fromiter(rows.values(), dtype=np.int64, count=len(rows))
    kept: Indices = useful[first]
    return kept, np.ascontiguousarray(columns[first].T)


class _State:
    """A set of sites that grows and changes, with every site's exact gain at each moment."""

    def __init__(self, table: Floats, how_many: int) -> None:
        self.table = table
        self.how_many = how_many
        self.chosen: list[int] = []
        who, sites = table.shape
        self.best = np.zeros(who)
        self.second = np.zeros(who)
        self.owner = np.full(who, NOBODY)
        self.gain = table.sum(axis=0)
        self.extra = np.zeros((how_many, sites))
        self.least = TOLERANCE * max(1.0, float(table.max(axis=1, initial=0.0).sum()))

    @property
    def worth(self) -> float:
        return float(self.best.sum())

    def bound(self) -> float:
        """What no set of sites can exceed, seen from here."""
        most = np.sort(self.gain)[-self.how_many :]
        ceiling = float(self.table.max(axis=1, initial=0.0).sum())
        return min(self.worth + float(np.maximum(0.0, most).sum()), ceiling)

    def grow(self) -> float:
        """Add the site that gains most until there are enough; the least bound on the way."""
        bound = self.bound()
        while len(self.chosen) < self.how_many:
            site = int(np.argmax(self.gain))
            if self.gain[site] <= self.least:
                break
            self.chosen.append(site)
            self._settle(np.flatnonzero(self.table[:, site] > self.second))
            bound = min(bound, self.bound())
        return bound

    def exchange(self) -> int:
        """Exchange the pair that gains most while any does; how many exchanges there were."""
        for swaps in range(MOST_SWAPS):
            if not self.chosen:
                return swaps
            count = len(self.chosen)
            profit = self.gain + self.extra[:count] - self._losses()[:, np.newaxis]
            slot, site = divmod(int(np.argmax(profit)), profit.shape[1])
            if profit[slot, site] <= self.least:
                return swaps
            old, self.chosen[slot] = self.chosen[slot], site
            touched = (self.table[:, old] > 0) | (self.table[:, site] > 0)
            self._settle(np.flatnonzero(touched))
        return MOST_SWAPS

    def _losses(self) -> Floats:
        """What is lost when the site in each slot goes and the second best steps in."""
        served = self.owner != NOBODY
        lost = np.bincount(
            self.owner[served],
            weights=(self.best - self.second)[served],
            minlength=len(self.chosen),
        )
        found: Floats = lost.astype(np.float64)
        return found

    def _settle(self, rows: Indices) -> None:
        """Work out anew for these who is best and second best, and all that hangs on it."""
        if len(rows) == 0:
            return
        self._count(rows, -1.0)
        mine = self.table[rows][:, self.chosen]
        slot = mine.argmax(axis=1)
        best = mine[np.arange(len(rows)), slot]
        mine[np.arange(len(rows)), slot] = 0.0
        self.best[rows] = best
        self.second[rows] = mine.max(axis=1)
        self.owner[rows] = np.where(best > 0, slot, NOBODY)
        self._count(rows, 1.0)

    def _count(self, rows: Indices, sign: float) -> None:
        table = self.table[rows]
        best, second = self.best[rows, np.newaxis], self.second[rows, np.newaxis]
        self.gain += sign * np.maximum(table - best, 0.0).sum(axis=0)
        owners = self.owner[rows]
        for slot in np.unique(owners[owners != NOBODY]):
            of_slot = owners == slot
            steps_in = np.clip(table[of_slot], second[of_slot], best[of_slot]) - second[of_slot]
            self.extra[slot] += sign * steps_in.sum(axis=0)


def _in_order(table: Floats, chosen: list[int]) -> tuple[list[int], tuple[float, ...]]:
    """The sites as greedy would order them, and what each adds after those before it."""
    left = sorted(chosen)
    order: list[int] = []
    gains: list[float] = []
    best = np.zeros(table.shape[0])
    while left:
        adds = np.maximum(table[:, left] - best[:, np.newaxis], 0.0).sum(axis=0)
        place = int(np.argmax(adds))
        site = left.pop(place)
        order.append(site)
        gains.append(float(adds[place]))
        best = np.maximum(best, table[:, site])
    return order, tuple(gains)
