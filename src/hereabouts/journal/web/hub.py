"""Open streams: recent events kept once for all of them, older ones replayed from the database.

Everything here runs on the event loop's thread, so nothing needs a lock. A stream holds no queue
of its own, only the position it has reached: the memory of a thousand streams is one ring.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from hereabouts.journal.domain.stream import OPENING, STOPPING, TOO_SLOW, Frame, heartbeat
from hereabouts.journal.errors import StreamsClosed, StreamsFull

MOST_STREAMS = 2_000
"""Streams open at once in one process; more are asked to come again."""
RING = 4_096
"""Recent events kept in memory; a stream that fell behind them reads from the database."""
CHUNK = 256
"""Events sent at once to one stream."""
BEAT_SECONDS = 15.0
PATIENCE_SECONDS = 30.0
"""How long a reader may leave the same chunk unread."""

Replay = Callable[["Listener", int], Awaitable[tuple[Sequence[Frame], int]]]
"""Reads events for a listener up to a position; the events, and the position now reached."""


@dataclass(eq=False)
class Listener:
    """One open stream: what it wants to hear and how far it has got."""

    position: int
    type_prefix: str = ""
    subject: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    is_beat_due: bool = False
    sending_since: float | None = None

    def wants(self, frame: Frame) -> bool:
        """Whether the stream is to carry this event."""
        return frame.wire_name.startswith(self.type_prefix) and (
            not self.subject or frame.subject == self.subject
        )


class Hub:
    """All open streams of one process."""

    def __init__(self, *, most: int = MOST_STREAMS, ring: int = RING) -> None:
        self.most = most
        self.size = ring
        self.opened = asyncio.Event()
        self.position = 0
        self._floor = 0
        self._ring: deque[Frame] = deque()
        self._listeners: set[Listener] = set()

    def __len__(self) -> int:
        """How many streams are open."""
        return len(self._listeners)

    @property
    def is_open(self) -> bool:
        """Whether streams may be opened and go on."""
        return self.opened.is_set()

    def open(self, position: int) -> None:
        """Begin at the journal's present end."""
        self.opened.set()
        self.position = self._floor = position
        self._ring.clear()

    def close(self) -> None:
        """End every stream with a word of goodbye, and take no new ones."""
        self.opened.clear()
        for listener in self._listeners:
            listener.nudged.set()

    def join(self, after: int | None, *, type_prefix: str, subject: str) -> Listener:
        """Open a stream that goes on after a position; None: from now.

        Raises: StreamsClosed; StreamsFull.
        """
        if not self.is_open:
            raise StreamsClosed
        if len(self._listeners) >= self.most:
            raise StreamsFull
        # A position from the future comes from a journal that was restored since: go on from now.
        start = self.position if after is None else min(after, self.position)
        listener = Listener(start, type_prefix, subject)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a stream."""
        self._listeners.discard(listener)

    def publish(self, frames: Sequence[Frame], through: int) -> None:
        """Take new public events; the journal has been read up to `through`."""
        self._ring.extend(frames)
        while len(self._ring) > self.size:
            self._floor = self._ring.popleft().position
        self.position = max(self.position, through)
        if frames:
            for listener in self._listeners:
                listener.nudged.set()

    def beat(self, moment: float) -> None:
        """Make idle streams say that they live, and end those whose reader does not read."""
        for listener in self._listeners:
            since = listener.sending_since
            if since is not None and moment - since > PATIENCE_SECONDS:
                listener.ended.set()
            listener.is_beat_due = True
            listener.nudged.set()

    async def chunks(self, listener: Listener, replay: Replay) -> AsyncGenerator[bytes, None]:
        """What a stream sends: the past it asked for, then each event as it is recorded."""
        clock = asyncio.get_running_loop().time
        chunk = OPENING
        while True:
            if chunk:
                listener.sending_since = clock()
                yield chunk
                listener.sending_since = None
            if listener.ended.is_set():
                yield TOO_SLOW
                return
            if not self.is_open:
                yield STOPPING
                return
            chunk = await self._next(listener, replay)

    async def _next(self, listener: Listener, replay: Replay) -> bytes:
        if listener.position < self._floor:
            frames, listener.position = await replay(listener, self.position)
            return b"".join(frame.bytes for frame in frames)
        if listener.position < self.position:
            return self._recent(listener)
        if listener.is_beat_due:
            listener.is_beat_due = False
            return heartbeat(listener.position)
        await listener.nudged.wait()
        listener.nudged.clear()
        return b""

    def _recent(self, listener: Listener) -> bytes:
        # Counted from the newest: a stream that keeps up looks at the last few events only.
        newer = 0
        for frame in reversed(self._ring):
            if frame.position <= listener.position:
                break
            newer += 1
        oldest = len(self._ring) - newer
        frames = list(islice(self._ring, oldest, oldest + CHUNK))
        listener.position = frames[-1].position if newer > CHUNK else self.position
        chunk = b"".join(frame.bytes for frame in frames if listener.wants(frame))
        if chunk:
            listener.is_beat_due = False
        return chunk
