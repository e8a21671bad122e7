"""Robust trends: slopes and shifts that a few wild readings cannot make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_POINTS = 400
"""Points from which slopes are taken; more are thinned evenly: every pair of them is looked at."""

SPREAD_OF_NORMAL = 1.4826
"""The standard deviation of normal values over their median absolute deviation."""


@dataclass(frozen=True)
class Trend:
    """A line through readings: its slope, its height at `at`, and how likely chance alone draws it.

    Source: Theil 1950, Sen 1968 (median of slopes); Mann 1945, Kendall 1975 (test for a trend).
    """

    slope: float
    level: float
    at: float
    chance: float

    def value_at(self, moment: float) -> float:
        """The line's height at a time, in the times' own unit."""
        return self.level + self.slope * (moment - self.at)


def trend_of(times: Sequence[float], values: Sequence[float]) -> Trend | None:
    """The trend through readings in the order of their times; None for less than three times."""
    x, y = _thinned(np.asarray(times, dtype=float), np.asarray(values, dtype=float))
    first, second = np.triu_indices(len(x), k=1)
    run = x[second] - x[first]
    rise = y[second] - y[first]
    apart = run != 0
    if len(np.unique(x)) < 3:
        return None
    slope = float(np.median(rise[apart] / run[apart]))
    at = float(np.median(x))
    level = float(np.median(y - slope * (x - at)))
    score = float(np.sign(rise[apart] * np.sign(run[apart])).sum())
    return Trend(slope, level, at, _chance(score, y))


def spread_of(values: Sequence[float]) -> float:
    """Median absolute deviation, as a standard deviation of normal values would be."""
    if len(values) == 0:
        return 0.0
    middle = np.median(values)
    return float(SPREAD_OF_NORMAL * np.median(np.abs(np.asarray(values) - middle)))


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    if len(x) <= MOST_POINTS:
        return x, y
    kept = np.linspace(0, len(x) - 1, MOST_POINTS).round().astype(np.int64)
    return x[kept], y[kept]


def _chance(score: float, values: Floats) -> float:
    """How likely values without a trend reach this score in either direction."""
    count = len(values)
    _, ties = np.unique(values, return_counts=True)
    tied = float((ties * (ties - 1) * (2 * ties + 5)).sum())
    variance = (count * (count - 1) * (2 * count + 5) - tied) / 18.0
    if variance <= 0:
        return 1.0
    distance = max(0.0, abs(score) - 1.0) / math.sqrt(variance)
    return math.erfc(distance / math.sqrt(2.0))
