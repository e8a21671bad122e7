"""The watcher: a thread that follows new observations and acts when a watched level is crossed.

The writer hands over only rows of watched streams; everything else costs one look-up in a set.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence

from django.db import Error, close_old_connections, connection

from hereabouts.sensing.actions.crossings import Crossed, record_crossings
from hereabouts.sensing.actions.ingest.changes import CHANGES, Change
from hereabouts.sensing.domain.observations import QualityFlag
from hereabouts.sensing.domain.watching import LevelState, Outcome, step
from hereabouts.sensing.queries.watched import Watch, latest_of, list_watches

REFRESH_SECONDS = 10.0
"""How soon a new threshold or alert is heeded."""
MOST_WAITING = 100_000
"""Readings kept for the watcher; beyond them the oldest are passed over, and said so."""
PAUSE_AFTER_FAULT_SECONDS = 5.0

log = logging.getLogger(__name__)

Reading = tuple[int, int, float]
"""Stream id, time in microseconds since 1970 UTC, number."""


class Watches:
    """Every watched level with its state, by stream; on one thread."""

    def __init__(self) -> None:
        self._by_stream: dict[int, dict[Watch, LevelState]] = {}

    @property
    def stream_ids(self) -> frozenset[int]:
        """Streams with a watched level."""
        return frozenset(self._by_stream)

    def refresh(self, found: dict[Watch, LevelState]) -> list[Watch]:
        """Take what is watched now, keep what is known of it; the watches that are new."""
        known = {watch: state for kept in self._by_stream.values() for watch, state in kept.items()}
        self._by_stream = {}
        for watch, state in found.items():
            kept = self._by_stream.setdefault(watch.stream.id, {})
            kept[watch] = known.get(watch, state)
        return [watch for watch in found if watch not in known]

    def take(self, readings: Iterable[Reading]) -> list[Crossed]:
        """What readings mean for the levels watched, in their order."""
        crossed = []
        for stream_id, started, number in readings:
            for watch, state in self._by_stream.get(stream_id, {}).items():
                after, outcome = step(watch.level, state, started, number)
                self._by_stream[stream_id][watch] = after
                if outcome is not Outcome.NOTHING:
                    crossed.append(Crossed(watch, outcome, started, number))
        return crossed


class Watcher:
    """Follows observations until it is stopped."""

    def __init__(self) -> None:
        self.watches = Watches()
        self.watched: frozenset[int] = frozenset()
        self._waiting: deque[Reading] = deque(maxlen=MOST_WAITING)
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._refreshed_at = float("-inf")

    def observe(self, changes: Sequence[Change]) -> None:
        """Take what was committed; called on the writer's thread, so it only picks and hands on."""
        watched = self.watched
        if not watched:
            return
        readings = [
            (row.stream_id, row.started, row.number)
            for row, _ in changes
            if row.stream_id in watched
            and row.number is not None
            # A reading from the future would hide all that come after it.
            and not row.quality & QualityFlag.CLOCK
        ]
        if readings:
            self.take(readings)

    def take(self, readings: Iterable[Reading]) -> None:
        """Keep readings for the watcher's own thread."""
        self._waiting.extend(readings)
        self._wake.set()

    def turn(self) -> int:
        """Heed changes of what is watched, then the readings that wait; how many crossed."""
        if time.monotonic() - self._refreshed_at > REFRESH_SECONDS:
            self.refresh()
        readings = []
        while self._waiting:
            readings.append(self._waiting.popleft())
        crossed = self.watches.take(readings)
        if crossed:
            record_crossings(crossed)
        return len(crossed)

    def refresh(self) -> None:
        """Read what is watched; a new watch begins with the latest value of its stream."""
        fresh = self.watches.refresh(list_watches())
        self.watched = self.watches.stream_ids
        self._refreshed_at = time.monotonic()
        latest = latest_of(sorted({watch.stream.id for watch in fresh}))
        first = [(stream_id, at, number) for stream_id, (at, number) in latest.items()]
        self._waiting.extendleft(first)

    def run(self) -> None:
        """Work until `stop` is called; a database that is away is waited for."""
        try:
            while not self._stop.is_set():
                self._wake.clear()
                pause = 1.0
                try:
                    close_old_connections()
                    self.turn()
                except Error as fault:
                    pause = PAUSE_AFTER_FAULT_SECONDS
                    log.warning("watcher_waits fault=%s", type(fault).__name__)
                    connection.close()
                self._wake.wait(pause)
        finally:
            connection.close()

    def start(self) -> None:
        """Follow the feed of this process and work in a thread."""
        CHANGES.subscribe(self.observe)
        self._thread = threading.Thread(target=self.run, name="sensing-watcher", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Finish what is at hand and end."""
        CHANGES.unsubscribe(self.observe)
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout)
