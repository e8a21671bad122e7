"""The writer: one thread of this process that commits what all doors hand in, group by group.

A group is whatever arrived while the one before was committed; decision 0065 says why.
"""

from __future__ import annotations

import logging
import threading
import time
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import DataError, Error, IntegrityError, connection

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest.changes import Changes
from hereabouts.sensing.actions.ingest.group import Group
from hereabouts.sensing.actions.ingest.registry import Registry
from hereabouts.sensing.actions.ingest.runs import RunGroup, RunOutcome
from hereabouts.sensing.actions.ingest.version import hold_register_version
from hereabouts.sensing.domain.observations import NewObservation, Run, Stored
from hereabouts.sensing.errors.ingest import BadObservation, IngestFull, StoreAway
from hereabouts.sensing.ports import store_for

logger = logging.getLogger(__name__)

Outcomes = Sequence[Stored | Refusal]
Done = Callable[[Outcomes], None]
DoneRuns = Callable[[Sequence[RunOutcome]], None]

MOST_ROWS = 200_000
MOST_BYTES = 128 * 1024 * 1024
"""What may wait; beyond either, doors are refused."""
GROUP_ROWS = 5_000
"""A group is closed at so many rows; a larger batch is a group of its own."""
ROW_BYTES = 300
"""Memory of an observation beside its texts."""
RUN_ROW_BYTES = 100
"""The same of one in a run."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds without a new attempt after the database could not be reached."""

REASONS = (
    (("full", "no space"), "the disk is full"),
    (("locked", "lock timeout", "deadlock", "busy"), "the database is busy with another change"),
    (("disk i/o", "could not write", "could not extend"), "the disk cannot be written"),
    (("readonly", "read-only"), "the database cannot be written"),
)
"""Words of a database's own message, and what they mean to a caller."""

REFUSED_ROW = (DataError, IntegrityError, ArithmeticError, ValueError, TypeError)
"""What drivers and databases raise about a single value."""


class Waiting(NamedTuple):
    """A batch in the queue: observations, or runs of them; with a loop, `done` is called on it."""

    units: Sequence[Any]
    done: Callable[[Sequence[Any]], None]
    loop: AbstractEventLoop | None
    are_runs: bool
    rows: int
    size: int


@dataclass
class Statistics:
    """What the writer has done since it started; `last_commit` in seconds of the epoch."""

    queued_rows: int = 0
    queued_bytes: int = 0
    groups: int = 0
    rows: int = 0
    refused: int = 0
    failures: int = 0
    last_commit: float | None = None
    last_failure: str = ""


def size_of(rows: Sequence[NewObservation]) -> int:
    """About how much memory rows take, in bytes."""
    size = ROW_BYTES * len(rows)
    for row in rows:
        if row.result is not None:
            size += len(row.result)
        if row.parameters is not None or row.result_quality is not None:
            size += len(row.parameters or "") + len(row.result_quality or "")
    return size


class Writer:
    """The queue and its thread."""

    def __init__(self, registry: Registry, changes: Changes) -> None:
        self._registry = registry
        self._changes = changes
        self._queue: deque[Waiting] = deque()
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._is_idle = False
        self._is_closing = False
        self._prepared: Any = None
        self._pause = 0.0
        self._retry_at = 0.0
        self.statistics = Statistics()
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._thread.start()

    def put(
        self, rows: Sequence[NewObservation], done: Done, loop: AbstractEventLoop | None
    ) -> None:
        """Queue a batch. Raises: IngestFull."""
        self._put(Waiting(rows, done, loop, False, len(rows), size_of(rows)))

    def put_runs(self, runs: Sequence[Run], done: DoneRuns, loop: AbstractEventLoop | None) -> None:
        """Queue runs. Raises: IngestFull."""
        rows = sum(map(len, runs))
        size = RUN_ROW_BYTES * rows + sum(len(run.texts) * ROW_BYTES for run in runs)
        self._put(Waiting(runs, done, loop, True, rows, size))

    def _put(self, batch: Waiting) -> None:
        figures = self.statistics
        with self._lock:
            if self._is_closing or (
                figures.queued_rows
                and (
                    figures.queued_rows + batch.rows > MOST_ROWS
                    or figures.queued_bytes + batch.size > MOST_BYTES
                )
            ):
                raise IngestFull
            figures.queued_rows += batch.rows
            figures.queued_bytes += batch.size
            self._queue.append(batch)
            if self._is_idle:
                self._arrived.notify()

    def close(self) -> None:
        """Take nothing more, commit what waits, and end."""
        with self._lock:
            self._is_closing = True
            self._arrived.notify()
        self._thread.join()

    @property
    def is_open(self) -> bool:
        """Whether it takes batches."""
        return not self._is_closing and self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._read_register()
            while batches := self._next_group():
                self._serve(batches)
        finally:
            connection.close()
            self._abandon()

    def _serve(self, batches: Sequence[Waiting]) -> None:
        units = [unit for batch in batches for unit in batch.units]
        are_runs = batches[0].are_runs
        outcomes = _refuse(units, StoreAway(reason="something went wrong"), are_runs=are_runs)
        try:
            outcomes = self._commit(units, are_runs=are_runs)
        finally:
            self._answer(batches, outcomes)

    def _abandon(self) -> None:
        """Should the thread end by a mistake of ours, nobody waits for ever."""
        with self._lock:
            self._is_closing = True
            left, self._queue = list(self._queue), deque()
        for batch in left:
            refusal = StoreAway(reason="the service ends")
            self._answer([batch], _refuse(batch.units, refusal, are_runs=batch.are_runs))

    def _next_group(self) -> list[Waiting]:
        """What waits, up to a group of one kind; nothing when the writer is to end."""
        batches: list[Waiting] = []
        rows = size = 0
        with self._lock:
            while not self._queue and not self._is_closing:
                self._is_idle = True
                self._arrived.wait()
                self._is_idle = False
            while self._queue:
                batch = self._queue[0]
                if batches and (
                    rows + batch.rows > GROUP_ROWS or batch.are_runs is not batches[0].are_runs
                ):
                    break
                batches.append(self._queue.popleft())
                rows += batch.rows
                size += batch.size
            self.statistics.queued_rows -= rows
            self.statistics.queued_bytes -= size
        return batches

    def _read_register(self) -> None:
        try:
            self._registry.follow(hold_register_version())
            self._registry.load_all()
        except Error as fault:
            # The register is read with the first group then.
            logger.warning("Ingest started without the register: %s", fault)
            connection.close()

    def _commit(self, units: Sequence[Any], *, are_runs: bool) -> list[Any]:
        """Commit observations or runs, in parts where the database does not take some of them."""
        if not units:
            return []
        if time.monotonic() < self._retry_at:
            refusal = StoreAway(reason="the database cannot be reached")
            return _refuse(units, refusal, are_runs=are_runs)
        received = time.time_ns() // 1000
        kind = RunGroup if are_runs else Group
        group: Group | RunGroup = kind(self._registry, units, received)
        try:
            self._prepare()
            group.store()
        except Exception as fault:
            # Whatever one row breaks, it may cost only its own caller, and never the writer.
            group.undo()
            if isinstance(fault, Error) and not isinstance(fault, REFUSED_ROW):
                return _refuse(units, self._note_away(fault), are_runs=are_runs)
            return self._commit_parts(units, fault, are_runs=are_runs)
        self._note_commit(group)
        return list(group.answers)

    def _commit_parts(self, units: Sequence[Any], fault: Exception, *, are_runs: bool) -> list[Any]:
        if len(units) > 1:
            half = len(units) // 2
            return [
                *self._commit(units[:half], are_runs=are_runs),
                *self._commit(units[half:], are_runs=are_runs),
            ]
        if are_runs:
            return [self._commit(units[0].list_rows(), are_runs=False)]
        if isinstance(fault, REFUSED_ROW):
            return [BadObservation(reason="the database does not take it")]
        logger.error("Storing an observation failed", exc_info=fault)
        return [StoreAway(reason="something went wrong")]

    def _prepare(self) -> None:
        connection.ensure_connection()
        raw = connection.connection
        if raw is not self._prepared:
            store_for(connection.vendor).prepare(raw)
            self._prepared = raw

    def _note_commit(self, group: Group | RunGroup) -> None:
        self._pause = 0.0
        group.settle()
        figures = self.statistics
        figures.groups += 1
        figures.rows += len(group)
        figures.last_commit = time.time()
        if self._changes.is_watched:
            self._changes.publish(group.list_changes())

    def _note_away(self, fault: Error) -> StoreAway:
        reason, is_gone = _explain(fault)
        logger.warning("Observations were not stored: %s (%s)", reason, fault)
        self.statistics.failures += 1
        self.statistics.last_failure = reason
        self._prepared = None
        connection.close()
        if is_gone:
            self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
            self._retry_at = time.monotonic() + self._pause
        return StoreAway(reason=reason)

    def _answer(self, batches: Sequence[Waiting], outcomes: Sequence[Any]) -> None:
        """Tell each caller; those on a loop in one call of that loop."""
        by_loop: dict[AbstractEventLoop, list[tuple[Callable[..., None], Sequence[Any]]]] = {}
        begin = 0
        for batch in batches:
            end = begin + len(batch.units)
            part = outcomes[begin:end]
            begin = end
            if batch.loop is None:
                _tell([(batch.done, part)])
            else:
                by_loop.setdefault(batch.loop, []).append((batch.done, part))
        for loop, told in by_loop.items():
            try:
                loop.call_soon_threadsafe(_tell, told)
            except RuntimeError:
                logger.warning("%d callers were gone when their group was done", len(told))


def _refuse(units: Sequence[Any], refusal: Refusal, *, are_runs: bool) -> list[Any]:
    """The same refusal for every observation."""
    return [[refusal] * len(run) for run in units] if are_runs else [refusal] * len(units)


def _tell(told: Sequence[tuple[Callable[..., None], Sequence[Any]]]) -> None:
    for done, outcomes in told:
        try:
            done(outcomes)
        except Exception:
            # A caller's mistake may not keep the others from their answers.
            logger.exception("A caller failed to take its answer")


def _explain(fault: Error) -> tuple[str, bool]:
    """The reason in plain words, and whether the database is out of reach."""
    text = str(fault).lower()
    for words, reason in REASONS:
        if any(word in text for word in words):
            return reason, False
    return "the database cannot be reached", True
