"""How readings are looked at: in which steps, where they have gaps, what is usual.

Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from hereabouts.kernel.text import N_

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WIDTHS = (
    *(MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR),
    *(DAY, 7 * DAY, 30 * DAY, 365 * DAY),
)
"""Steps a chart may have."""
MOST_STEPS = 300
GAP_STEPS = 4
"""So many usual steps without a reading are a gap, and the line is broken there."""
USUAL_SPAN = 7 * DAY
LEAST_USUAL = 84
"""Hours with readings, of the 168 of a week, from which on we say what is usual."""
TAIL = 0.1


class Span(StrEnum):
    """How far back a chart looks."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    YEAR = "365d"
    ALL = "all"


SPAN_NAMES = {
    Span.DAY: N_("24 hours"),
    Span.WEEK: N_("7 days"),
    Span.MONTH: N_("30 days"),
    Span.YEAR: N_("A year"),
    Span.ALL: N_("All"),
}
SPANS = {Span.DAY: DAY, Span.WEEK: 7 * DAY, Span.MONTH: 30 * DAY, Span.YEAR: 365 * DAY}


@dataclass(frozen=True)
class Spot:
    """What a stream read at a moment, or within a step that begins then."""

    start: int
    count: int
    least: float
    most: float
    mean: float
    quality: int = 0


@dataclass(frozen=True)
class Usual:
    """Between which values the middle four fifths of a week's hours lie."""

    low: float
    high: float

    def side_of(self, number: float) -> int:
        """-1 below what is usual, 1 above, 0 within."""
        return (number > self.high) - (number < self.low)


def width_for(span: int, most: int = MOST_STEPS) -> int:
    """The smallest step of which no more than so many make up a span."""
    return next((width for width in WIDTHS if span <= width * most), WIDTHS[-1])


def break_lines(spots: Sequence[Spot], width: int = 0) -> list[list[Spot]]:
    """Readings in order of time, parted where one or more are missing.

    `width` of the steps, 0 for single readings: then their own usual distance counts.
    """
    if not spots:
        return []
    longest = width * 1.5 if width else _usual_distance(spots) * GAP_STEPS
    lines = [[spots[0]]]
    for before, spot in itertools.pairwise(spots):
        if spot.start - before.start > longest:
            lines.append([])
        lines[-1].append(spot)
    return lines


def _usual_distance(spots: Sequence[Spot]) -> float:
    between = [after.start - before.start for before, after in itertools.pairwise(spots)]
    return median(between) if between else 0.0


def usual_of(hours: Sequence[float]) -> Usual | None:
    """What is usual in a week's hourly means; None where there are too few."""
    if len(hours) < LEAST_USUAL:
        return None
    ordered = sorted(hours)
    cut = int(len(ordered) * TAIL)
    return Usual(ordered[cut], ordered[-1 - cut])
