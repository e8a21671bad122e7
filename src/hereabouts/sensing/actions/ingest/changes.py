"""The feed of new observations inside this process: what was committed, a group at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hereabouts.sensing.domain.observations import NewObservation

logger = logging.getLogger(__name__)


class Change(NamedTuple):
    """A committed observation and its id; `row.quality` holds its flags.

    `row.feature_id` is None where the observation has the stream's standing feature.
    """

    row: NewObservation
    id: int


Observer = Callable[[Sequence[Change]], None]
"""Told of each group after its commit, on the writer's thread: it hands on and returns at once."""


class Changes:
    """Observers of new observations; they may come and go from any thread."""

    def __init__(self) -> None:
        self._observers: tuple[Observer, ...] = ()
        self._lock = threading.Lock()

    @property
    def is_watched(self) -> bool:
        """Whether anybody observes."""
        return bool(self._observers)

    def subscribe(self, observer: Observer) -> None:
        """Tell an observer of every group from now on."""
        with self._lock:
            self._observers = (*self._observers, observer)

    def unsubscribe(self, observer: Observer) -> None:
        """Tell an observer no more; nothing happens where it was not told."""
        with self._lock:
            self._observers = tuple(known for known in self._observers if known != observer)

    def publish(self, changes: Sequence[Change]) -> None:
        """Tell every observer; one that fails is logged and misses this group alone."""
        for observer in self._observers:
            try:
                observer(changes)
            except Exception:
                # An observer's mistake may not stop the writer or the observers after it.
                logger.exception("An observer of %d new observations failed", len(changes))


CHANGES = Changes()
"""The feed of this process."""
