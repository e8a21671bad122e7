"""Levels that are watched: when a value has crossed one, and when it has come back.

A level is left again only past its margin, so that a value that trembles on it raises one finding
and not a hundred; and it counts as crossed only after it held for a while, where that is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hereabouts.kernel.text import N_


class Comparison(StrEnum):
    """On which side of a level a value is remarkable."""

    ABOVE = "above"
    BELOW = "below"


class FindingKind(StrEnum):
    """What a finding says."""

    THRESHOLD = "threshold"
    SILENT = "silent"
    GAPPY = "gappy"
    DRIFTING = "drifting"
    LOW_BATTERY = "low_battery"
    UNSUPPORTED = "unsupported"
    OVERDUE = "overdue"


FINDING_NAMES = {
    FindingKind.THRESHOLD: N_("A level was crossed"),
    FindingKind.SILENT: N_("Silent"),
    FindingKind.GAPPY: N_("Gaps in its readings"),
    FindingKind.DRIFTING: N_("Drifting"),
    FindingKind.LOW_BATTERY: N_("Low battery"),
    FindingKind.UNSUPPORTED: N_("No longer supported by its maker"),
    FindingKind.OVERDUE: N_("Inspection overdue"),
}


class Outcome(StrEnum):
    """What a new value means for a level."""

    NOTHING = "nothing"
    RAISED = "raised"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Level:
    """A watched level, in the stream's unit; `margin` is how far back a value must come."""

    comparison: Comparison
    value: float
    margin: float = 0.0
    sustained_s: int = 0

    def is_beyond(self, number: float) -> bool:
        """Whether a value is on the remarkable side; exactly on the level is not."""
        if self.comparison is Comparison.ABOVE:
            return number > self.value
        return number < self.value

    def is_back(self, number: float) -> bool:
        """Whether a value has come back past the margin."""
        if self.comparison is Comparison.ABOVE:
            return number <= self.value - self.margin
        return number >= self.value + self.margin


@dataclass(frozen=True)
class LevelState:
    """What is remembered between values; times in microseconds since 1970 UTC."""

    is_raised: bool = False
    beyond_since: int | None = None
    last: int | None = None


def step(
    level: Level, state: LevelState, started: int, number: float
) -> tuple[LevelState, Outcome]:
    """Take one value in the order of its time; older ones than the last are passed over."""
    if state.last is not None and started < state.last:
        return state, Outcome.NOTHING
    state = replace(state, last=started)
    if state.is_raised:
        if level.is_back(number):
            return replace(state, is_raised=False, beyond_since=None), Outcome.CLEARED
        return state, Outcome.NOTHING
    if not level.is_beyond(number):
        return replace(state, beyond_since=None), Outcome.NOTHING
    since = started if state.beyond_since is None else state.beyond_since
    if started - since >= level.sustained_s * 1_000_000:
        return replace(state, is_raised=True, beyond_since=since), Outcome.RAISED
    return replace(state, beyond_since=since), Outcome.NOTHING


QUIET_PERIODS = 3
"""A stream is silent when this many of its usual periods have passed without a reading."""

SHORTEST_SILENCE_S = 600


def silent_after_s(period_s: float) -> float:
    """How long a stream with this usual period may say nothing before it counts as silent."""
    return max(QUIET_PERIODS * period_s, SHORTEST_SILENCE_S)
