"""What a feed says, read: stations, series, readings, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hereabouts.kernel.text import N_

MOST_PROBLEMS = 200
"""Problems that are kept in words; all are counted."""

LONGEST_VALUE = 80

PROBLEM_NAMES: Mapping[str, str] = {
    "attribute_unknown": N_("It is neither a number nor a truth value"),
    "no_feature": N_("The service could not place it"),
    "no_reading": N_("It has no reading"),
    "no_station": N_("It does not say which station"),
    "no_time": N_("It has no time"),
    "not_a_number": N_("It is not a number"),
    "not_a_record": N_("It cannot be read as a record"),
    "not_an_entity": N_("It is not an entity"),
    "period_unknown": N_("How often it is measured is not said"),
    "position_unknown": N_("Its position is not known"),
    "position_unusable": N_("Its position is not a point on the Earth"),
    "property_unknown": N_("The property is not in our list; it is kept under its own name"),
    "refused": N_("The store refused it"),
    "several_values": N_("There are several values where one is due"),
    "station_unknown": N_("The feed does not describe its station"),
    "stream_unknown": N_("There is no such stream"),
    "time_ambiguous": N_("The clock showed this time twice; the first is meant"),
    "time_skipped": N_("The clock never showed this time"),
    "time_unreadable": N_("Its time cannot be read"),
    "unit_differs": N_("Its unit is not the stream’s"),
    "unit_unknown": N_("The unit is not in our list; it is kept as it is"),
}
"""What a problem says, by code; a finding of the run."""


class Problem(NamedTuple):
    """Something that was wrong: where (a line or a name), which field, which value.

    `is_mended`: the reading was used all the same.
    """

    code: str
    where: str
    field: str = ""
    value: str = ""
    is_mended: bool = False


class Reading(NamedTuple):
    """A value of a series; times in microseconds since 1970 UTC."""

    series: str
    started: int
    value: float | bool | str
    ended: int | None = None


@dataclass(frozen=True)
class Station:
    """What a Thing is made of; `key` is the feed's own name for it."""

    key: str
    name: str
    description: str = ""
    lon: float | None = None
    lat: float | None = None
    facts: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its name, or its key where the feed has a blank one."""
        return self.name.strip() or self.key

    @property
    def is_placed(self) -> bool:
        """Whether its position is known."""
        return self.lon is not None and self.lat is not None


@dataclass(frozen=True)
class Observed:
    """What is measured; `definition` is an address or a name of our own."""

    name: str
    definition: str
    description: str = ""
    is_known: bool = True


@dataclass(frozen=True)
class Unit:
    """A unit; one that is not known has its own text as `symbol` and no definition."""

    name: str = ""
    symbol: str = ""
    definition: str = ""
    is_known: bool = True

    @property
    def is_none(self) -> bool:
        """Whether the feed names no unit."""
        return not self.symbol


@dataclass(frozen=True)
class Series:
    """What a Datastream is made of; `period_s` is how often a value is due, None: unknown.

    `has_unit` is False for what has none by nature, such as a truth value.
    """

    key: str
    station: str
    observed: Observed
    unit: Unit
    name: str = ""
    period_s: float | None = None
    has_unit: bool = True


@dataclass
class Gathered:
    """All that one fetch or message said. `rows` were looked at; `bad_rows` gave nothing."""

    rows: int = 0
    bad_rows: int = 0
    stations: dict[str, Station] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    problem_counts: dict[str, int] = field(default_factory=dict)

    def note(self, problem: Problem) -> None:
        """Count a problem, and keep it while there is room."""
        self.problem_counts[problem.code] = self.problem_counts.get(problem.code, 0) + 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem._replace(value=problem.value[:LONGEST_VALUE]))

    def note_all(self, problems: Iterable[Problem]) -> None:
        """Count several."""
        for problem in problems:
            self.note(problem)

    @property
    def newest(self) -> int | None:
        """The time of the newest reading, or None."""
        return max((reading.started for reading in self.readings), default=None)


@dataclass(frozen=True)
class Page:
    """A part of a document as it came: its bytes and what kind the sender says they are."""

    body: bytes
    media_type: str = ""


Documents = Mapping[str, Sequence[Page]]
"""What was fetched, by the name of the step; a step that brought nothing new is not there."""
