"""Threads for what blocks: reads and changes of the register, as many as the database bears."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_

T = TypeVar("T")

log = logging.getLogger(__name__)


class TooBusy(Refusal):
    """More requests are waiting than can be answered soon."""

    code = "sta.too_busy"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The service is very busy; try again in a few seconds.")


class DatabaseAway(Refusal):
    """The database is locked or cannot be reached."""

    code = "sta.database_away"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The database does not answer just now. Nothing was changed.")


class Threads:
    """A few threads behind a queue of bounded length."""

    def __init__(self, size: int, longest_queue: int) -> None:
        self._pool = ThreadPoolExecutor(size, "sta")
        self._size = size
        self._most = size + longest_queue
        self._in_hand = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run something that blocks.

        Raises: TooBusy; DatabaseAway.
        """
        if self._in_hand >= self._most:
            raise TooBusy
        self._in_hand += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, _on_fresh, work)
        finally:
            self._in_hand -= 1

    def close(self, let_go: Callable[[], None] | None = None) -> None:
        """Finish what is in hand and let the threads and their connections go.

        `let_go` is called in each thread.
        """
        barrier = threading.Barrier(self._size)
        for _ in range(self._size):
            self._pool.submit(_let_go, barrier, let_go)
        self._pool.shutdown()


def _on_fresh(work: Callable[[], T]) -> T:
    """Run on a database connection that is not stale."""
    close_old_connections()
    try:
        return work()
    except (OperationalError, InterfaceError) as fault:
        log.warning("database_away fault=%s", fault)
        raise DatabaseAway from fault
    finally:
        close_old_connections()


def _let_go(barrier: threading.Barrier, also: Callable[[], None] | None) -> None:
    """Close this thread's connections; the barrier keeps each thread to one turn."""
    barrier.wait()
    connections.close_all()
    if also is not None:
        also()
