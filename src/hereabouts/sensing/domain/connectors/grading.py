"""How good a feed is, from A to E, and why: a rule that is shown with its answer.

Each part is a share: how many were good of how many there were. The grade is that of their weighted
mean, and at most two letters better than the worst part, so that one bad fault cannot hide behind
five good marks. A part of which nothing can be said does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.connectors.records import Gathered, Reading
from hereabouts.sensing.domain.connectors.times import SECOND


class Part(StrEnum):
    """What is looked at."""

    COMPLETE = "complete"
    TIMELY = "timely"
    VALID = "valid"
    PLACED = "placed"
    UNITS = "units"
    UNFLAGGED = "unflagged"


PART_NAMES: Mapping[Part, str] = {
    Part.COMPLETE: N_("Complete"),
    Part.TIMELY: N_("On time"),
    Part.VALID: N_("Readable"),
    Part.PLACED: N_("On the map"),
    Part.UNITS: N_("With known units"),
    Part.UNFLAGGED: N_("Without a quality flag"),
}
PART_SENTENCES: Mapping[Part, str] = {
    Part.COMPLETE: N_("{good} of {of} values that were due between the first and last are there."),
    Part.TIMELY: N_("{good} of {of} streams have a value that is not too old."),
    Part.VALID: N_("{good} of {of} rows could be used."),
    Part.PLACED: N_("{good} of {of} stations have a position."),
    Part.UNITS: N_("{good} of {of} streams have a unit that we know."),
    Part.UNFLAGGED: N_("{good} of {of} new values raised no quality flag."),
}
WEIGHTS: Mapping[Part, float] = {
    Part.COMPLETE: 3,
    Part.TIMELY: 3,
    Part.VALID: 3,
    Part.PLACED: 2,
    Part.UNITS: 2,
    Part.UNFLAGGED: 1,
}
LETTERS = "ABCDE"
LEAST = (0.95, 0.85, 0.7, 0.5)
"""The least share for A, B, C and D."""
AHEAD_OF_WORST = 2


@dataclass(frozen=True)
class Tally:
    """So many good of so many."""

    good: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """The share, or None of nothing."""
        return self.good / self.of if self.of else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.good + other.good, self.of + other.of)


Tallies = Mapping[Part, Tally]


@dataclass(frozen=True)
class Grade:
    """A letter with its parts."""

    letter: str
    share: float
    parts: Tallies


def letter_of(share: float) -> str:
    """The letter of a share from 0 to 1."""
    return LETTERS[next((at for at, least in enumerate(LEAST) if share >= least), len(LEAST))]


def grade_of(parts: Tallies) -> Grade | None:
    """The grade of some parts; None where nothing can be said."""
    shares = {part: share for part, each in parts.items() if (share := each.share) is not None}
    if not shares:
        return None
    weight = sum(WEIGHTS[part] for part in shares)
    mean = sum(WEIGHTS[part] * share for part, share in shares.items()) / weight
    worst = LETTERS.index(letter_of(min(shares.values())))
    place = max(LETTERS.index(letter_of(mean)), worst - AHEAD_OF_WORST)
    return Grade(LETTERS[place], mean, dict(parts))


def add_up(runs: Iterable[Tallies]) -> Tallies:
    """The parts of several runs as one."""
    found: dict[Part, Tally] = {}
    for parts in runs:
        for part, tally in parts.items():
            found[part] = found.get(part, Tally()) + tally
    return found


@dataclass(frozen=True)
class Judged:
    """What is known beside the feed: now, the newest reading of each series before, and flags.

    `placed` and `stations` count the Things of the connector; times in microseconds.
    """

    now: int
    late_after: float
    before: Mapping[str, int]
    flagged: int = 0
    added: int = 0
    placed: int = 0
    stations: int = 0


def judge_run(gathered: Gathered, periods: Mapping[str, float | None], judged: Judged) -> Tallies:
    """The parts of one run; `periods` is how often each series is measured, in seconds."""
    times = _times_of(gathered.readings)
    complete = timely = Tally()
    for key, moments in times.items():
        period_s = periods.get(key)
        period = int(period_s * SECOND) if period_s else _usual_gap(moments)
        if not period:
            continue
        complete += _count_due(moments, period, judged.before.get(key))
        limit = judged.now - int((judged.late_after + 1) * period)
        timely += Tally(int(moments[-1] >= limit), 1)
    with_unit = [each for each in gathered.series.values() if each.has_unit]
    return {
        Part.COMPLETE: complete,
        Part.TIMELY: timely,
        Part.VALID: Tally(gathered.rows - gathered.bad_rows, gathered.rows),
        Part.PLACED: Tally(judged.placed, judged.stations),
        Part.UNITS: Tally(sum(each.unit.is_known for each in with_unit), len(with_unit)),
        Part.UNFLAGGED: Tally(judged.added - judged.flagged, judged.added),
    }


def _times_of(readings: Iterable[Reading]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {}
    for reading in readings:
        found.setdefault(reading.series, set()).add(reading.started)
    return {key: sorted(moments) for key, moments in found.items()}


def _usual_gap(moments: list[int]) -> int:
    """The middle one of the gaps between values; 0 where there are too few."""
    if len(moments) < 3:
        return 0
    gaps = sorted(after - before for before, after in pairwise(moments))
    return gaps[len(gaps) // 2]


def _count_due(moments: list[int], period: int, before: int | None) -> Tally:
    """How many values were due up to the newest, since the last known or the first; what came."""
    start = moments[0] - period if before is None else before
    fresh = sum(moment > start for moment in moments)
    if not fresh:
        return Tally()
    due = max(1, round((moments[-1] - start) / period))
    return Tally(min(fresh, due), due)


def to_plain(parts: Tallies) -> dict[str, list[int]]:
    """The parts as they are kept."""
    return {part.value: [tally.good, tally.of] for part, tally in parts.items() if tally.of}


def from_plain(kept: Mapping[str, list[int]]) -> Tallies:
    """The parts from what is kept."""
    return {Part(name): Tally(*pair) for name, pair in kept.items()}
