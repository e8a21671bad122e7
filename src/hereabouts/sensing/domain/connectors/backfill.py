"""Which columns of a file of observations are what: the plan of a back-fill, and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hereabouts.sensing.domain.connectors.mapping import (
    Cell,
    UnusableMappingError,
    read_cell,
    read_missing,
    read_moments,
)
from hereabouts.sensing.domain.connectors.records import Problem
from hereabouts.sensing.domain.connectors.times import SECOND, Moments

MOST_KEPT = 1_000
USUAL_MISSING = "No data, NA, NaN, null, -"


@dataclass(frozen=True)
class ValueTarget:
    """A column with values, and the stream's id or property; empty: as other options say."""

    column: str
    target: str = ""

    @property
    def stream_id(self) -> int | None:
        """The id, where the target is one."""
        text = self.target
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True)
class BackfillOptions:
    """What the operator typed."""

    values: Sequence[str]
    time: str
    stream: int | None = None
    stream_column: str = ""
    thing: str = ""
    station: str = ""
    observed: str = ""
    unit: str = ""
    time_format: str = "iso"
    zone: str = "UTC"
    period_s: int = 0
    is_end: bool = False
    missing: str = USUAL_MISSING
    delimiter: str = ""


@dataclass(frozen=True)
class BackfillPlan:
    """The same, made sense of. `station` and `observed` name Thing and property of a row."""

    values: tuple[ValueTarget, ...]
    time_columns: tuple[str, ...]
    moments: Moments
    stream: int | None
    stream_column: str
    station: Cell
    observed: Cell
    unit: Cell
    period_us: int
    is_end: bool
    missing: frozenset[str]
    delimiter: str

    @property
    def stream_ids(self) -> list[int]:
        """The streams that were named by number, for every row."""
        ids = [self.stream, *(value.stream_id for value in self.values)]
        return [stream_id for stream_id in ids if stream_id is not None]

    @property
    def columns(self) -> list[str]:
        """Every column that is needed, each once."""
        named = [*self.time_columns, *(value.column for value in self.values)]
        cells = (self.station.column, self.observed.column, self.unit.column)
        named += [name for name in (self.stream_column, *cells) if name]
        return list(dict.fromkeys(named))


@dataclass
class BackfillSummary:
    """What came of a file. `rows` of the file, `readings` in them, `seconds` it took."""

    file_name: str
    is_dry_run: bool = False
    rows: int = 0
    readings: int = 0
    added: int = 0
    duplicates: int = 0
    streams: set[int] = field(default_factory=set)
    problem_counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0

    def note(self, problem: Problem) -> None:
        """Count a finding, and keep it while there is room."""
        self.count(problem.code)
        if len(self.problems) < MOST_KEPT:
            self.problems.append(problem)

    def count(self, code: str, times: int = 1) -> None:
        """Count a finding that was kept before, so many times."""
        self.problem_counts[code] = self.problem_counts.get(code, 0) + times

    @property
    def finding_count(self) -> int:
        """How many findings there were."""
        return sum(self.problem_counts.values())

    @property
    def is_unusable(self) -> bool:
        """Whether the file has rows and none of them gave an observation that could be stored."""
        usable = self.readings if self.is_dry_run else self.added + self.duplicates
        return self.rows > 0 and not usable


def make_plan(options: BackfillOptions) -> BackfillPlan:
    """Make sense of what was typed. Raises: UnusableMappingError."""
    values = tuple(_target(text) for text in options.values)
    station = Cell(constant=options.thing) if options.thing else read_cell(options.station)
    plan = BackfillPlan(
        values=values,
        time_columns=tuple(part.strip() for part in options.time.split(" + ")),
        moments=read_moments(options.time_format, options.zone),
        stream=options.stream,
        stream_column=options.stream_column,
        station=station,
        observed=read_cell(options.observed),
        unit=read_cell(options.unit),
        period_us=options.period_s * SECOND,
        is_end=options.is_end,
        missing=read_missing(options.missing),
        delimiter=options.delimiter,
    )
    _check(plan)
    return plan


def _target(text: str) -> ValueTarget:
    column, mark, target = text.partition("=")
    if not column.strip() or (mark and not target.strip()):
        raise UnusableMappingError("value", "a value is written COLUMN or COLUMN=STREAM")
    return ValueTarget(column.strip(), target.strip())


def _check(plan: BackfillPlan) -> None:
    if not plan.values:
        raise UnusableMappingError("value", "name the column with the values")
    if plan.stream is not None or plan.stream_column:
        if len(plan.values) > 1 or plan.values[0].target:
            raise UnusableMappingError(
                "value", "where the stream is given, one column has the values"
            )
        return
    for value in plan.values:
        if value.stream_id is not None:
            continue
        if not plan.station.is_given:
            raise UnusableMappingError(
                "value", "say which stream, or which thing with --thing or --station"
            )
        if not value.target and not plan.observed.is_given:
            raise UnusableMappingError(
                "value", "say which property: --value COLUMN=PROPERTY, or --property"
            )


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet by its name."""
    return path.suffix.lower() in (".parquet", ".pq")
