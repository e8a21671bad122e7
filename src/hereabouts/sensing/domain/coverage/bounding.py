"""What no choice of sites can exceed, proved without a solver for linear programmes.

Every served one pays a price for being served; a site is worth what it gives above the prices. For
any prices that are not negative, all prices and the worths of the best sites together are a bound
(Lagrangean relaxation of "each is served once"). The prices are then moved against the bound's
slope. With the prices set to what each is given now, this is the bound of greedy choice, so it
begins there and only falls.

Source: Cornuéjols, Fisher and Nemhauser 1977; Held, Wolfe and Crowder 1974 (steps).
"""

from __future__ import annotations

import numpy as np

from hereabouts.sensing.domain.coverage.ground import Floats

MOST_STEPS = 300
LEAST_STEPS = 12
WORK = 80_000_000
"""Entries of the table that are looked at in all: about half a second."""

PATIENCE = 6
"""Steps without a lower bound after which steps get half as long."""

CLOSE = 1e-6
"""Share of the bound from which what was reached counts as proved best."""


def bound_of(table: Floats, how_many: int, prices: Floats, reached: float) -> float:
    """The lowest bound found on what `how_many` columns of `table[who, site]` can give.

    `reached` is the worth of a choice that is known, `prices` where to begin: one for each row.
    """
    least, stride, stale = np.inf, 1.0, 0
    for _ in range(_steps(table)):
        above = table - prices[:, np.newaxis]
        np.maximum(above, 0.0, out=above)
        worth = above.sum(axis=0)
        chosen = np.argsort(-worth, kind="stable")[:how_many]
        bound = float(prices.sum() + worth[chosen].sum())
        stale = 0 if bound < least * (1.0 - CLOSE) else stale + 1
        least = min(least, bound)
        slope = 1.0 - (above[:, chosen] > 0.0).sum(axis=1)
        # A price that is nothing already cannot fall.
        slope[(prices <= 0.0) & (slope > 0.0)] = 0.0
        steepness = float(slope @ slope)
        if least - reached <= CLOSE * least or steepness == 0.0:
            break
        if stale >= PATIENCE:
            stride, stale = stride / 2.0, 0
        prices = np.maximum(0.0, prices - stride * (bound - reached) / steepness * slope)
    return float(least)


def _steps(table: Floats) -> int:
    return int(np.clip(WORK // max(1, table.size), LEAST_STEPS, MOST_STEPS))
