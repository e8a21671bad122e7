"""Threads for what blocks on the database, and their connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import Error, close_old_connections, connections

from hereabouts.sensing.errors import StoreAway


class DatabaseThreads(ThreadPoolExecutor):
    """A few threads, each with a database connection of its own."""

    def __init__(self, size: int, name: str) -> None:
        super().__init__(size, name)
        self._size = size

    def close(self) -> None:
        """Finish what is in hand and let the threads and their connections go. Blocks."""
        barrier = threading.Barrier(self._size)
        for _ in range(self._size):
            self.submit(_let_go, barrier)
        self.shutdown()


def _let_go(barrier: threading.Barrier) -> None:
    """Close this thread's connections; the barrier keeps each thread to one turn."""
    barrier.wait()
    connections.close_all()


@contextmanager
def fresh_connection() -> Iterator[None]:
    """A database connection of this thread that is not stale. Raises: StoreAway."""
    close_old_connections()
    try:
        yield
    except Error as fault:
        raise StoreAway(reason="the database does not answer") from fault
    finally:
        close_old_connections()
