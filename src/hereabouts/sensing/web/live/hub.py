"""Open streams of live values: the latest of each stream, at most once a second.

Everything here runs on the event loop's thread, so nothing needs a lock. A reader holds no queue:
only the streams it wants and those that changed since it was told last, one value each. What other
processes write is found by looking at the streams in sight every few seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from hereabouts.sensing.errors.watching import LiveFull

MOST_READERS = 1_000
"""Readers at once in one process; more are asked to come again."""
MOST_STREAMS = 500
"""Streams that one reader may follow."""
PAUSE_SECONDS = 1.0
"""Between two messages to one reader."""
BEAT_SECONDS = 15.0
PATIENCE_SECONDS = 30.0
"""How long a reader may leave one message unread."""
LOOK_SECONDS = 10.0
OPENING = b"retry: 5000\n\n"
HEARTBEAT = b": still here\n\n"
GOODBYE = b"event: end\ndata: come again\n\n"
NEVER = -(2**62)


class LiveValue(NamedTuple):
    """The latest value of a stream; `started` in microseconds, `shown` as people read it.

    `truth` is a truth value, which the page says in the reader's language.
    """

    stream_id: int
    started: int
    number: float | None
    shown: str
    truth: bool | None
    flags: tuple[str, ...]


class Seen(NamedTuple):
    """Which streams are open to everybody now, and the latest values of those that have one."""

    open_ids: frozenset[int]
    values: Sequence[LiveValue]


@dataclass(eq=False)
class Reader:
    """One open stream: what it follows, and what it has not been told yet."""

    stream_ids: frozenset[int]
    waiting: dict[int, LiveValue] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    is_beat_due: bool = False
    sending_since: float | None = None
    told_at: float = -PAUSE_SECONDS


Look = Callable[[Collection[int]], Awaitable[Seen | None]]
"""Reads how some streams are; None where the database does not answer."""


class LiveHub:
    """All readers of one process."""

    def __init__(
        self,
        look: Look,
        *,
        most: int = MOST_READERS,
        pause: float = PAUSE_SECONDS,
        look_every: float = LOOK_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.most = most
        self.pause = pause
        self.look_every = look_every
        self.patience = patience
        self.followed: Mapping[int, int] = {}
        """How many readers follow each stream; put anew as a whole, so any thread may look."""
        self._look = look
        self._readers: set[Reader] = set()
        self._latest: dict[int, int] = {}
        self._keeper: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many readers there are."""
        return len(self._readers)

    def join(self, stream_ids: Collection[int]) -> Reader:
        """Follow some streams from now on. Raises: LiveFull."""
        if len(self._readers) >= self.most:
            raise LiveFull
        reader = Reader(frozenset(list(stream_ids)[:MOST_STREAMS]))
        self._readers.add(reader)
        self._recount()
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.get_running_loop().create_task(self._keep())
        return reader

    def leave(self, reader: Reader) -> None:
        """Forget a reader; with the last one the looking ends."""
        self._readers.discard(reader)
        self._recount()
        if not self._readers and self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
            self._latest.clear()

    def close(self) -> None:
        """Say goodbye to every reader: the process ends."""
        for reader in self._readers:
            reader.ended.set()
            reader.nudged.set()

    def _recount(self) -> None:
        counts: dict[int, int] = {}
        for reader in self._readers:
            for stream_id in reader.stream_ids:
                counts[stream_id] = counts.get(stream_id, 0) + 1
        self.followed = counts

    def publish(self, values: Sequence[LiveValue]) -> None:
        """Take new values; one that is no newer than what is known of its stream is passed over."""
        fresh = []
        for one in values:
            if one.stream_id in self.followed and one.started > self._latest.get(
                one.stream_id, NEVER
            ):
                self._latest[one.stream_id] = one.started
                fresh.append(one)
        for reader in self._readers if fresh else ():
            mine = {one.stream_id: one for one in fresh if one.stream_id in reader.stream_ids}
            if mine:
                reader.waiting.update(mine)
                reader.nudged.set()

    async def _keep(self) -> None:
        """Look for what other processes wrote; keep readers alive, and end those that sleep."""
        clock = asyncio.get_running_loop().time
        beat = clock() + BEAT_SECONDS
        while True:
            await asyncio.sleep(self.look_every)
            seen = await self._look(list(self.followed))
            if seen is not None:
                self._leave_out_closed(seen.open_ids)
                self.publish(seen.values)
            moment = clock()
            self._end_sleepers(moment)
            if moment >= beat:
                beat = moment + BEAT_SECONDS
                for reader in self._readers:
                    reader.is_beat_due = True
                    reader.nudged.set()

    def _leave_out_closed(self, open_ids: frozenset[int]) -> None:
        """Tell nobody of streams that are no longer open to everybody."""
        for reader in self._readers:
            for stream_id in reader.stream_ids - open_ids:
                reader.waiting.pop(stream_id, None)
            reader.stream_ids &= open_ids
        self._recount()

    def _end_sleepers(self, moment: float) -> None:
        for reader in self._readers:
            since = reader.sending_since
            if since is not None and moment - since > self.patience:
                reader.ended.set()

    async def chunks(self, reader: Reader) -> AsyncGenerator[bytes, None]:
        """What a reader is sent: values as they come, the last of each stream a second."""
        clock = asyncio.get_running_loop().time
        chunk = OPENING
        while True:
            reader.sending_since = clock()
            yield chunk
            reader.sending_since = None
            if reader.ended.is_set():
                yield GOODBYE
                return
            chunk = await self._next(reader)

    async def _next(self, reader: Reader) -> bytes:
        clock = asyncio.get_running_loop().time
        while not (reader.waiting or reader.is_beat_due or reader.ended.is_set()):
            await reader.nudged.wait()
            reader.nudged.clear()
        reader.is_beat_due = False
        if not reader.waiting:
            return HEARTBEAT
        # What comes while it waits takes the place of what it was about to be told.
        await asyncio.sleep(max(0.0, reader.told_at + self.pause - clock()))
        values, reader.waiting = list(reader.waiting.values()), {}
        reader.told_at = clock()
        return message(values) if values else HEARTBEAT


def message(values: Sequence[LiveValue]) -> bytes:
    """New values as a server-sent event named `values`."""
    body = msgspec.json.encode({"values": [one._asdict() for one in values]})
    return b"event: values\ndata: " + body + b"\n\n"
