"""Back-fill: observations of a file into streams that are there, as often as one likes.

The file is read a chunk at a time while the writer commits the chunk before, so that memory stays
flat. What is in the store already is not added again.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.connectors.imports import record_import
from hereabouts.sensing.adapters.connectors.sources import (
    Chunk,
    Face,
    Instant,
    read_csv,
    read_parquet,
    rows_at_once,
)
from hereabouts.sensing.domain.connectors.backfill import (
    BackfillPlan,
    BackfillSummary,
    is_parquet,
)
from hereabouts.sensing.domain.connectors.numbers import read_value
from hereabouts.sensing.domain.connectors.records import Problem
from hereabouts.sensing.domain.connectors.times import UnreadableTimeError, to_moment
from hereabouts.sensing.domain.observations import NewObservation, ResultKind, Stored
from hereabouts.sensing.errors.connectors import ImportUnusable
from hereabouts.sensing.errors.ingest import StoreAway
from hereabouts.sensing.queries.connectors import feed_words
from hereabouts.sensing.queries.stream_finding import StreamFinder

NUMBER, TRUTH = int(ResultKind.NUMBER), int(ResultKind.TRUTH)
Outcomes = Sequence[Stored | Refusal]
Say = Callable[[str, float], None]


class Submits(Protocol):
    """Takes a batch and tells its outcomes after the commit."""

    def submit(self, batch: Sequence[NewObservation], done: Callable[[Outcomes], None]) -> None:
        """Hand it in. Raises: IngestFull."""


def import_observations(
    path: Path,
    plan: BackfillPlan,
    *,
    ingest: Submits,
    is_dry_run: bool = False,
    say: Say = lambda step, share: None,
) -> BackfillSummary:
    """Import a file; with `is_dry_run`, say what would come of it and write nothing.

    Raises: ImportUnusable where the file or the plan cannot be used, before anything is stored
    where the plan names a stream that is not there; StoreAway; IngestFull. What was stored by then
    stays, and is not added again.
    """
    summary = BackfillSummary(path.name, is_dry_run)
    began = time.monotonic()
    rows = _Rows(plan, summary)
    sending = _Sending(ingest, summary)
    try:
        for chunk in _chunks(path, plan):
            batch, lines = rows.read(chunk)
            if batch and not is_dry_run:
                sending.send(batch, lines)
            say("Reading" if is_dry_run else "Storing", chunk.share)
    finally:
        sending.finish()
    sending.check()
    summary.seconds = time.monotonic() - began
    if not is_dry_run:
        record_import(summary)
    return summary


def _chunks(path: Path, plan: BackfillPlan) -> Iterator[Chunk]:
    size = rows_at_once(len(plan.values))
    if is_parquet(path):
        return read_parquet(path, plan.columns, size)
    return read_csv(path, plan.columns, size, plan.delimiter)


@dataclass
class _Sending:
    """Two batches under way at most: one is read while the other is committed."""

    ingest: Submits
    summary: BackfillSummary
    _places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(2))
    _away: StoreAway | None = None

    def send(self, batch: list[NewObservation], lines: list[int]) -> None:
        self._places.acquire()
        self.check()

        def done(outcomes: Outcomes) -> None:
            self._note(outcomes, lines)
            self._places.release()

        self.ingest.submit(batch, done)

    def finish(self) -> None:
        """Wait for what is under way."""
        self._places.acquire()
        self._places.acquire()

    def check(self) -> None:
        """Raises: StoreAway where a batch was not stored."""
        if self._away is not None:
            self._places.release()
            raise self._away

    def _note(self, outcomes: Outcomes, lines: list[int]) -> None:
        """Count what came of a batch; on the writer's thread, while ours waits or reads."""
        duplicates = refused = 0
        for place, outcome in enumerate(outcomes):
            if isinstance(outcome, Stored):
                duplicates += outcome.is_duplicate
                continue
            refused += 1
            if isinstance(outcome, StoreAway):
                self._away = outcome
                continue
            reason = str(outcome.facts.get("reason", outcome.code))
            self.summary.note(Problem("refused", f"line {lines[place]}", value=reason))
        self.summary.duplicates += duplicates
        self.summary.added += len(outcomes) - duplicates - refused


class _Rows:
    """Turns chunks into observations."""

    def __init__(self, plan: BackfillPlan, summary: BackfillSummary) -> None:
        self._plan = plan
        self._summary = summary
        self._finder = StreamFinder(feed_words())
        self._told: set[tuple[str, ...]] = set()
        for stream_id in plan.stream_ids:
            if self._finder.unit_of(stream_id) is None:
                raise ImportUnusable(reason=f"there is no Datastream {stream_id}")

    def read(self, chunk: Chunk) -> tuple[list[NewObservation], list[int]]:
        """The observations of a chunk, and the line each stands on."""
        self._summary.rows += len(chunk.where) + len(chunk.problems)
        for problem in chunk.problems:
            self._summary.note(problem)
        batch: list[NewObservation] = []
        lines: list[int] = []
        times = self._times(chunk)
        for value in self._plan.values:
            streams = self._streams(chunk, value.target, value.stream_id)
            cells = chunk.columns[value.column]
            self._take(value.column, (times, streams, cells, chunk.where), (batch, lines))
        self._summary.readings += len(batch)
        return batch, lines

    def _take(
        self,
        column: str,
        source: tuple[Sequence[int | None], Sequence[int | None], Sequence[Any], Sequence[int]],
        into: tuple[list[NewObservation], list[int]],
    ) -> None:
        batch, lines = into
        period, is_end = self._plan.period_us, self._plan.is_end
        seen: set[int] = set()
        for started, stream_id, cell, line in zip(*source, strict=True):
            if started is None or stream_id is None:
                continue
            kind = NUMBER
            try:
                number = float(cell)
            except (ValueError, TypeError):
                number = math.nan
            if not math.isfinite(number) or cell is True or cell is False:
                value = self._value(column, cell, line)
                if value is None:
                    continue
                number, kind = float(value), TRUTH if isinstance(value, bool) else NUMBER
            ended = None
            if period:
                started, ended = (
                    (started - period, started) if is_end else (started, started + period)
                )
            batch.append(
                NewObservation(
                    stream_id=stream_id,
                    started=started,
                    kind=kind,
                    number=number,
                    ended=ended,
                    once=True,
                )
            )
            lines.append(line)
            seen.add(stream_id)
        self._summary.streams |= seen

    def _value(self, column: str, cell: Any, line: int) -> float | bool | None:
        """The value of a cell that is no plain number; None for a missing one, or a finding."""
        if cell is None or str(cell).strip().lower() in self._plan.missing:
            return None
        value = read_value(cell)
        if value is None and not (isinstance(cell, float) and math.isnan(cell)):
            self._summary.note(Problem("not_a_number", f"line {line}", column, str(cell)[:80]))
        return value

    def _times(self, chunk: Chunk) -> list[int | None]:
        columns = [chunk.columns[name] for name in self._plan.time_columns]
        if len(columns) == 1:
            cells: Sequence[Any] = columns[0]
        else:
            cells = [
                " ".join(str(part).strip() for part in parts)
                for parts in zip(*columns, strict=True)
            ]
        read = self._plan.moments.read
        found: list[int | None] = []
        for cell, line in zip(cells, chunk.where, strict=True):
            try:
                if isinstance(cell, Instant):
                    found.append(int(cell))
                    continue
                text = _face(cell) if isinstance(cell, Face) else str(cell or "")
                found.append(read(text)[0])
            except UnreadableTimeError as fault:
                code = fault.code if cell not in (None, "") else "no_time"
                field_name = self._plan.time_columns[0]
                self._summary.note(Problem(code, f"line {line}", field_name, str(cell)[:80]))
                found.append(None)
        return found

    def _streams(self, chunk: Chunk, target: str, stream_id: int | None) -> Sequence[int | None]:
        """The stream of each row for one column of values."""
        plan, size = self._plan, len(chunk.where)
        fixed = plan.stream if plan.stream is not None else stream_id
        if fixed is not None:
            found: list[int | None] = [fixed] * size
        elif plan.stream_column:
            found = self._named_streams(chunk)
        elif self._is_constant(target) and size:
            found = self._looked_up(chunk, target, 1, size) * size
        else:
            found = self._looked_up(chunk, target, size)
        if fixed is None and not self._is_constant(target):
            return self._checked(chunk, found)
        # The same stream all along, unless the unit says otherwise.
        if plan.unit.column or not size:
            return self._checked(chunk, found)
        return self._checked(chunk, found[:1], size) * size

    def _is_constant(self, target: str) -> bool:
        """Whether Thing and property are the same in every row."""
        plan = self._plan
        return not (plan.stream_column or plan.station.column) and bool(
            target or not plan.observed.column
        )

    def _named_streams(self, chunk: Chunk) -> list[int | None]:
        found: list[int | None] = []
        for cell, line in zip(chunk.columns[self._plan.stream_column], chunk.where, strict=True):
            text = str(cell).strip()
            if text.isascii() and text.isdigit() and len(text) < 19:
                found.append(int(text))
            else:
                self._tell("stream_unknown", line, text)
                found.append(None)
        return found

    def _looked_up(self, chunk: Chunk, target: str, size: int, alike: int = 1) -> list[int | None]:
        """The streams of the first rows, by Thing and property; each stands for rows alike."""
        plan = self._plan
        things = _cells(chunk, plan.station.column, plan.station.constant, size)
        if target:
            observed: Sequence[str] = [target] * size
        else:
            observed = _cells(chunk, plan.observed.column, plan.observed.constant, size)
        found: list[int | None] = []
        for thing, name, line in zip(things, observed, chunk.where[:size], strict=True):
            stream_id = self._finder.find(thing, name)
            if stream_id is None:
                count = self._finder.count(thing, name)
                said = f"{thing}: {name}" + (f" ({count} streams match)" if count else "")
                self._tell("stream_unknown", line, said, alike)
            found.append(stream_id)
        return found

    def _checked(self, chunk: Chunk, streams: list[int | None], alike: int = 1) -> list[int | None]:
        """The same, without streams that are not there or whose unit is another.

        Each of `streams` stands for so many rows alike.
        """
        plan = self._plan
        units = None
        if plan.unit.is_given:
            units = _cells(chunk, plan.unit.column, plan.unit.constant, len(chunk.where))
        faults: dict[tuple[int, str], tuple[str, str] | None] = {}
        found: list[int | None] = []
        for place, stream_id in enumerate(streams):
            if stream_id is None:
                found.append(None)
                continue
            named = (stream_id, units[place] if units is not None else "")
            if named not in faults:
                faults[named] = self._fault_of(*named)
            fault = faults[named]
            if fault is not None:
                self._tell(fault[0], chunk.where[place], fault[1], alike)
            found.append(stream_id if fault is None else None)
        return found

    def _fault_of(self, stream_id: int, unit_text: str) -> tuple[str, str] | None:
        """Code and value of what is wrong with a stream for rows of such a unit, or None."""
        unit = self._finder.unit_of(stream_id)
        if unit is None:
            return "stream_unknown", str(stream_id)
        if unit_text and feed_words().find_unit(unit_text) != unit:
            return "unit_differs", f"{unit_text}, stream {stream_id}: {unit.symbol}"
        return None

    def _tell(self, code: str, line: int, value: str, rows: int = 1) -> None:
        """Count a finding about a stream on each of its rows; keep it on its first line only."""
        if (code, value) in self._told:
            self._summary.count(code, rows)
            return
        self._told.add((code, value))
        self._summary.note(Problem(code, f"line {line}", value=value[:80]))
        self._summary.count(code, rows - 1)


def _cells(chunk: Chunk, column: str, constant: str, size: int) -> Sequence[str]:
    if not column:
        return [constant] * size
    return [str(cell).strip() if cell is not None else "" for cell in chunk.columns[column]]


def _face(micros: int) -> str:
    """A clock's face as text without a zone, so that the plan's zone counts."""
    return to_moment(micros).astimezone(UTC).replace(tzinfo=None).isoformat()
