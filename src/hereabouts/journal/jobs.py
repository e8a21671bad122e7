"""The worker: takes every reaction forward, in a thread of the server or a process of its own."""

from __future__ import annotations

import logging
import threading
import time

from django.db import Error, close_old_connections, connection, transaction

from hereabouts.journal.actions.cursors import hold_cursor, move_cursor
from hereabouts.journal.actions.deliver import Deliverer
from hereabouts.journal.actions.wake import ALARM
from hereabouts.journal.domain.reactions import REACTIONS, Reactions
from hereabouts.journal.queries import find_due_reactions, get_head
from hereabouts.kernel.time import now

POLL_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 15.0
HEARTBEAT = "worker"
"""The cursor that a worker in a process of its own moves to show that it lives."""
HEARTBEAT_SECONDS = 10.0

log = logging.getLogger(__name__)


class Worker:
    """Delivers events to reactions until it is stopped."""

    def __init__(self, reactions: Reactions = REACTIONS, *, shows_life: bool = False) -> None:
        self._deliverers = [Deliverer(reaction) for reaction in reactions]
        self._stop = threading.Event()
        self._sleeper = ALARM.sleeper()
        self._thread: threading.Thread | None = None
        self._shows_life = shows_life
        self._shown_at = float("-inf")
        self.turned_at = time.monotonic()

    def turn(self) -> int:
        """Give each reaction its turn once; how many deliveries were dealt with.

        Two queries while nothing happens, however many reactions there are.
        """
        head, due = get_head().position, find_due_reactions(now())
        done = 0
        for deliverer in self._deliverers:
            done += deliverer.advance(head)
            if deliverer.reaction.name in due:
                done += deliverer.retry()
        return done

    def run(self) -> None:
        """Work until `stop` is called; a database that is away is waited for."""
        pause = POLL_SECONDS
        try:
            while not self._stop.is_set():
                try:
                    pause = 0.0 if self._work() else POLL_SECONDS
                except Error as fault:
                    pause = min(max(pause, POLL_SECONDS) * 2, LONGEST_PAUSE_SECONDS)
                    log.warning("worker_waits seconds=%.1f fault=%s", pause, type(fault).__name__)
                    connection.close()
                self._sleeper.wait(pause)
                self._sleeper.clear()
        finally:
            ALARM.release(self._sleeper)
            connection.close()

    def start(self) -> None:
        """Work in a thread."""
        self._thread = threading.Thread(target=self.run, name="journal-worker", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Finish the delivery at hand and end."""
        self._stop.set()
        self._sleeper.set()
        if self._thread is not None:
            self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        """Whether the thread works and has had a turn lately."""
        is_running = self._thread is not None and self._thread.is_alive()
        return is_running and time.monotonic() - self.turned_at < 60

    def _work(self) -> int:
        close_old_connections()
        done = self.turn()
        self.turned_at = time.monotonic()
        if self._shows_life and self.turned_at - self._shown_at > HEARTBEAT_SECONDS:
            with transaction.atomic():
                move_cursor(hold_cursor(HEARTBEAT), get_head().position)
            self._shown_at = self.turned_at
        return done
