"""The tail: one thread per process that reads new public events once, for all its streams."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import Error, connection

from hereabouts.journal.actions.wake import ALARM
from hereabouts.journal.domain.stream import Frame, frame
from hereabouts.journal.queries import Filter, get_head, list_after
from hereabouts.journal.web.hub import BEAT_SECONDS, Hub, Listener

POLL_SECONDS = 0.1
"""How often the journal's head is looked at when nobody in this process appends."""
WINDOW = 5_000
"""Positions scanned by one read."""
PAGE = 500
"""Events returned by one read."""
LONGEST_PAUSE_SECONDS = 10.0
OPENING_SECONDS = 2.0

log = logging.getLogger(__name__)


def read_public(
    after: int, through: int, *, type_prefix: str = "", subject: str = ""
) -> tuple[list[Frame], int]:
    """Public events after a position, and the position up to which there are no others."""
    through = min(through, after + WINDOW)
    where = Filter(type_prefix, subject, is_public=True)
    found = list_after(after, limit=PAGE, through=through, where=where)
    reached = found[-1].position if len(found) == PAGE else through
    return [frame(recorded) for recorded in found], reached


class Streams:
    """The hub of this process with the thread that feeds it and the threads that replay."""

    def __init__(self, hub: Hub | None = None) -> None:
        self.hub = Hub() if hub is None else hub
        self._replayers: ThreadPoolExecutor | None = None
        self._tail: threading.Thread | None = None
        self._beat: asyncio.Task[None] | None = None
        self._stop = threading.Event()

    @property
    def is_alive(self) -> bool:
        """Whether new events reach the streams."""
        return self._tail is not None and self._tail.is_alive()

    async def start(self) -> None:
        """Begin to follow the journal; streams are open on return, unless its database is away."""
        loop = asyncio.get_running_loop()
        self._stop.clear()
        self._replayers = ThreadPoolExecutor(4, "journal-replay")
        self._tail = threading.Thread(
            target=self._follow, args=(loop,), name="journal-tail", daemon=True
        )
        self._tail.start()
        self._beat = loop.create_task(self._keep_beating())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.hub.opened.wait(), OPENING_SECONDS)

    def close(self) -> None:
        """Say goodbye to every stream; on the loop's thread."""
        self.hub.close()

    async def stop(self) -> None:
        """End the threads."""
        self.close()
        self._stop.set()
        if self._beat is not None:
            self._beat.cancel()
        if self._tail is not None:
            await asyncio.to_thread(self._tail.join, 5)
        if self._replayers is not None:
            self._replayers.shutdown(wait=False, cancel_futures=True)

    async def replay(self, listener: Listener, through: int) -> tuple[Sequence[Frame], int]:
        """Read a listener's past from the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._replayers, _replay, listener, through)

    async def _keep_beating(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.hub.beat(loop.time())

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        sleeper = ALARM.sleeper()
        pause, position = POLL_SECONDS, None
        try:
            while not self._stop.is_set():
                try:
                    position = self._read_new(loop, position)
                    pause = POLL_SECONDS
                except Error as fault:
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                    log.warning("journal_tail_waits seconds=%.1f fault=%s", pause, type(fault))
                    connection.close()
                sleeper.wait(pause)
                sleeper.clear()
        finally:
            ALARM.release(sleeper)
            connection.close()

    def _read_new(self, loop: asyncio.AbstractEventLoop, position: int | None) -> int:
        head = get_head().position
        if position is None or head < position:
            # The start, or a journal restored to an earlier state.
            loop.call_soon_threadsafe(self.hub.open, head)
            return head
        while position < head and not self._stop.is_set():
            frames, position = read_public(position, head)
            loop.call_soon_threadsafe(self.hub.publish, frames, position)
        return position


def _replay(listener: Listener, through: int) -> tuple[list[Frame], int]:
    wanted = {"type_prefix": listener.type_prefix, "subject": listener.subject}
    try:
        return read_public(listener.position, through, **wanted)
    finally:
        # Replays are rare and short: nothing is kept open for the next one.
        connection.close()


STREAMS = Streams()
"""The streams of this process."""
