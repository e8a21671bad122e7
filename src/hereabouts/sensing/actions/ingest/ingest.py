"""The door of ingest: hand observations in from any thread or loop, and hear after the commit."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

from django.db import connection, transaction

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest.changes import CHANGES, Changes
from hereabouts.sensing.actions.ingest.group import Group
from hereabouts.sensing.actions.ingest.registry import Registry, StreamInfo
from hereabouts.sensing.actions.ingest.runs import RunOutcome
from hereabouts.sensing.actions.ingest.writer import (
    Done,
    DoneRuns,
    Outcomes,
    Statistics,
    Writer,
)
from hereabouts.sensing.domain.observations import NewObservation, Run, Stored
from hereabouts.sensing.ports import RawConnection


class Ingest:
    """The writer of a process and what it knows of streams.

    Observations that were handed in belong to it: it sets their quality and feature.
    """

    def __init__(self, changes: Changes = CHANGES) -> None:
        self.changes = changes
        self.registry = Registry()
        self._writer: Writer | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the writer, where it does not run."""
        self._open()

    def stop(self) -> None:
        """Commit what waits and end; what is handed in later starts it again."""
        with self._lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
            self.registry.clear()

    def submit(
        self,
        batch: Sequence[NewObservation],
        done: Done,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Hand in a batch from any thread; `done` gets one outcome a row, in order.

        `done` is called on the loop that is given, with all others of its group in one call;
        without one, on the writer's thread, where it returns at once. Raises: IngestFull.
        """
        writer = self._writer
        if writer is None or not writer.is_open:
            writer = self._open()
        writer.put(batch, done, loop)

    def submit_runs(
        self,
        runs: Sequence[Run],
        done: DoneRuns,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Hand in runs, none of them empty; one outcome for each. Raises: IngestFull."""
        writer = self._writer
        if writer is None or not writer.is_open:
            writer = self._open()
        writer.put_runs(runs, done, loop)

    def write_runs_blocking(self, runs: Sequence[Run]) -> Sequence[RunOutcome]:
        """Hand in runs as `write_blocking` does. Raises: IngestFull."""
        found: list[RunOutcome] = []
        is_told = threading.Event()

        def done(outcomes: Sequence[RunOutcome]) -> None:
            found.extend(outcomes)
            is_told.set()

        self.submit_runs(runs, done)
        is_told.wait()
        return found

    async def write(self, batch: Sequence[NewObservation]) -> Outcomes:
        """Hand in a batch and wait for its commit. Raises: IngestFull."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[Outcomes] = loop.create_future()

        def done(outcomes: Outcomes) -> None:
            if not told.done():
                told.set_result(outcomes)

        self.submit(batch, done, loop)
        return await told

    def write_blocking(self, batch: Sequence[NewObservation]) -> Outcomes:
        """Hand in a batch from a thread outside any transaction, and wait. Raises: IngestFull."""
        found: list[Stored | Refusal] = []
        is_told = threading.Event()

        def done(outcomes: Outcomes) -> None:
            found.extend(outcomes)
            is_told.set()

        self.submit(batch, done)
        is_told.wait()
        return found

    def find_stream(self, stream_id: int) -> StreamInfo | None:
        """What memory has of a stream, at once; None is no proof that there is none."""
        return self.registry.find(stream_id)

    @property
    def statistics(self) -> Statistics:
        """What the writer has done since it started."""
        writer = self._writer
        return Statistics() if writer is None else writer.statistics

    def _open(self) -> Writer:
        with self._lock:
            if self._writer is None or not self._writer.is_open:
                self._writer = Writer(self.registry, self.changes)
            return self._writer


INGEST = Ingest()
"""The ingest of this process."""


def append_within(
    raw: RawConnection, rows: Sequence[NewObservation], changes: Changes = CHANGES
) -> list[Stored | Refusal]:
    """Store observations in the transaction this thread has open on Django's connection.

    For what belongs to a larger change of the register; observers hear of them after its commit.
    A refused row is not stored; the caller decides what that means for the others.
    """
    if raw is not connection.connection or not connection.in_atomic_block:
        raise AssertionError("observations are stored within the transaction of this thread")
    group = Group(Registry(), rows, time.time_ns() // 1000)
    group.write()

    def publish() -> None:
        if changes.is_watched:
            changes.publish(group.list_changes())

    transaction.on_commit(publish)
    return group.answers
