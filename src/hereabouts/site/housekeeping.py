"""Daily work of an installation: what each room has to throw away in time."""

from __future__ import annotations

import logging
import threading

from django.db import Error, connection

from hereabouts.people.jobs import tidy_daily

DAY_SECONDS = 86_400.0
AFTER_START_SECONDS = 60.0
"""The first round waits, so that a start stays quick."""

log = logging.getLogger(__name__)


class Housekeeping:
    """Runs the daily jobs in a thread until it is stopped."""

    def __init__(self, first: float = AFTER_START_SECONDS, every: float = DAY_SECONDS) -> None:
        self._first, self._every = first, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Finish the job at hand and end."""
        self._stop.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        pause = self._first
        while not self._stop.wait(pause):
            pause = self._every
            try:
                tidied = tidy_daily()
                log.info("housekeeping_done %s", tidied)
            except Error as fault:
                # The database is away: the next round finds the same rows.
                log.warning("housekeeping_failed fault=%s", type(fault).__name__)
            finally:
                connection.close()
