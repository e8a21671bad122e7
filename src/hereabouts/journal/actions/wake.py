"""A nudge for followers in the same process; those in others look a few times a second."""

from __future__ import annotations

import threading


class Alarm:
    """Threads waiting for something to be appended; missing a nudge costs only time."""

    def __init__(self) -> None:
        self._sleepers: set[threading.Event] = set()
        self._lock = threading.Lock()

    def sleeper(self) -> threading.Event:
        """An event that is set after each append, until it is given back."""
        sleeper = threading.Event()
        with self._lock:
            self._sleepers.add(sleeper)
        return sleeper

    def release(self, sleeper: threading.Event) -> None:
        """Give a sleeper back."""
        with self._lock:
            self._sleepers.discard(sleeper)

    def ring(self) -> None:
        """Wake every sleeper."""
        with self._lock:
            for sleeper in self._sleepers:
                sleeper.set()


ALARM = Alarm()


def wake() -> None:
    """Tell this process's followers that the journal grew."""
    ALARM.ring()
