"""The way in: messages become observations, and are answered after their commit, in order.

All messages of one read of the socket are handed on together; their acknowledgements leave
together. Whoever brings more than can be committed is not read any further.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import NamedTuple

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.sensing.adapters.mqtt.counters import Counters
from hereabouts.sensing.adapters.mqtt.hub import Hub, Outcome, Outcomes, Reads, StreamUnknown
from hereabouts.sensing.adapters.mqtt.settings import BOUNDS, Bounds
from hereabouts.sensing.domain.grants import NOBODY, Grant
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.sensing.errors import IngestFull, NoSuchEntity, StoreAway
from hereabouts.standards.mqtt import Publish

MOST_ROUTES = 10_000
MADE = Stored(0, 0)
"""What came of a message that went the long way."""
AWAY = StoreAway(reason="the service is stopping")

Answers = Callable[[Sequence[Publish], Outcomes], None]
"""Called on the event loop with messages and what came of each, in the order they came in."""


class Routes:
    """How messages of each topic are read; shared by all clients of a door."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._known: dict[str, Reads | None] = {}

    def find(self, topic: str) -> Reads | None:
        """The reader, or None for the long way. Raises: Refusal."""
        try:
            return self._known[topic]
        except KeyError:
            reads = self._hub.reader_of(topic)
            if len(self._known) >= MOST_ROUTES:
                self._known.clear()
            self._known[topic] = reads
            return reads


class Group:
    """Messages that came together, and how many of them still wait for their outcome."""

    __slots__ = ("bytes", "left", "messages", "outcomes")

    def __init__(self, messages: list[Publish]) -> None:
        self.messages = messages
        self.outcomes: list[Outcome | None] = [None] * len(messages)
        self.left = len(messages)
        self.bytes = sum(len(message.payload) for message in messages)

    def settle(self, place: int, outcome: Outcome) -> None:
        """One of them has its outcome."""
        self.outcomes[place] = outcome
        self.left -= 1


class Batch(NamedTuple):
    """Observations of a group on their way to the store, and their places in it."""

    group: Group
    rows: list[NewObservation]
    places: list[int]


class Intake:
    """The messages of one connection, between its socket and the store.

    `steer` is called whenever `is_full` may have changed. After `close` nothing is answered, and
    what was handed on is stored all the same.
    """

    def __init__(
        self,
        hub: Hub,
        routes: Routes,
        *,
        answer: Answers,
        steer: Callable[[], None],
        threads: Executor,
        counters: Counters,
        bounds: Bounds = BOUNDS,
    ) -> None:
        self.grant: Grant = NOBODY
        self._hub, self._routes, self._threads = hub, routes, threads
        self._answer, self._steer = answer, steer
        self._counters, self._bounds = counters, bounds
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Group] = deque()
        self._held: deque[Batch] = deque()
        self._messages = self._bytes = self._slow = 0
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be read for now."""
        bounds = self._bounds
        return (
            bool(self._held)
            or self._messages >= bounds.unanswered
            or self._bytes >= bounds.unanswered_bytes
            or self._slow >= bounds.slow
        )

    def close(self) -> None:
        """Answer no more."""
        self._is_closed = True

    def take(self, messages: list[Publish]) -> None:
        """Hand on what came in together."""
        group = Group(messages)
        self._waiting.append(group)
        self._counters.received += len(messages)
        self._messages += len(messages)
        self._bytes += group.bytes
        unknown = self._read(group, range(len(messages)))
        if unknown:
            self._learn(group, unknown)
        self._answer_in_order()

    def _read(self, group: Group, places: Iterable[int]) -> dict[int, int]:
        """Read messages and hand observations on; those of unknown streams, by their places."""
        find, grant, messages = self._routes.find, self.grant, group.messages
        batch = Batch(group, [], [])
        add, note = batch.rows.append, batch.places.append
        unknown: dict[int, int] = {}
        for place in places:
            message = messages[place]
            try:
                reads = find(message.topic)
                observation = None if reads is None else reads(message.payload, grant)
            except StreamUnknown as missing:
                unknown[place] = missing.stream_id
                continue
            except Refusal as refusal:
                group.settle(place, refusal)
                continue
            if observation is None:
                self._go_the_long_way(group, place)
                continue
            if message.is_duplicate:
                observation.once = True
            add(observation)
            note(place)
        if batch.rows:
            self._submit(batch)
        return unknown

    def _submit(self, batch: Batch) -> None:
        if self._held:
            self._held.append(batch)
            return
        try:
            self._hub.submit(batch.rows, partial(self._finish, batch), self._loop)
        except IngestFull:
            self._hold(batch)

    def _hold(self, batch: Batch) -> None:
        self._held.appendleft(batch)
        self._loop.call_later(self._bounds.retry_seconds, self._try_again)

    def _try_again(self) -> None:
        while self._held:
            batch = self._held.popleft()
            try:
                self._hub.submit(batch.rows, partial(self._finish, batch), self._loop)
            except IngestFull:
                self._hold(batch)
                return
        self._steer()

    def _finish(self, batch: Batch, outcomes: Outcomes) -> None:
        group = batch.group
        if len(outcomes) == len(group.outcomes):
            group.outcomes = list(outcomes)
        else:
            for place, outcome in zip(batch.places, outcomes, strict=True):
                group.outcomes[place] = outcome
        group.left -= len(outcomes)
        self._answer_in_order()

    def _learn(self, group: Group, unknown: Mapping[int, int]) -> None:
        """Look streams up, all at once, and read their messages again."""
        self._slow += 1
        ids = frozenset(unknown.values())
        work = self._loop.run_in_executor(self._threads, _learned_or_not, self._hub, ids)
        work.add_done_callback(partial(self._learned, group, unknown))

    def _learned(
        self,
        group: Group,
        unknown: Mapping[int, int],
        work: asyncio.Future[Collection[int] | Refusal],
    ) -> None:
        self._slow -= 1
        found = AWAY if work.cancelled() else work.result()
        if isinstance(found, Refusal):
            for place in unknown:
                group.settle(place, found)
        else:
            again = {}
            for place, stream_id in self._read(group, unknown).items():
                if stream_id in found:
                    # Forgotten in between, because the register changed.
                    again[place] = stream_id
                else:
                    group.settle(place, NoSuchEntity(name=f"Datastream({stream_id})"))
            if again:
                self._learn(group, again)
        self._answer_in_order()

    def _go_the_long_way(self, group: Group, place: int) -> None:
        self._slow += 1
        message = group.messages[place]
        create = partial(
            self._hub.create,
            message.topic,
            message.payload,
            self.grant,
            once=message.is_duplicate,
        )
        work = self._loop.run_in_executor(self._threads, _outcome, create)
        work.add_done_callback(partial(self._went, group, place))

    def _went(self, group: Group, place: int, work: asyncio.Future[Outcome]) -> None:
        self._slow -= 1
        group.settle(place, AWAY if work.cancelled() else work.result())
        self._answer_in_order()

    def _answer_in_order(self) -> None:
        while self._waiting and not self._waiting[0].left:
            group = self._waiting.popleft()
            self._messages -= len(group.messages)
            self._bytes -= group.bytes
            outcomes = [entry for entry in group.outcomes if entry is not None]
            self._count(outcomes)
            if not self._is_closed:
                self._answer(group.messages, outcomes)
        if not self._is_closed:
            self._steer()

    def _count(self, outcomes: Outcomes) -> None:
        counters = self._counters
        refused = [entry for entry in outcomes if isinstance(entry, Refusal)]
        lost = sum(entry.kind is RefusalKind.UNAVAILABLE for entry in refused)
        counters.unanswered += lost
        counters.refused += len(refused) - lost
        counters.stored += len(outcomes) - len(refused)
        counters.duplicates += sum(
            entry.is_duplicate for entry in outcomes if isinstance(entry, Stored)
        )


def _outcome(work: Callable[[], None]) -> Outcome:
    try:
        work()
    except Refusal as refusal:
        return refusal
    return MADE


def _learned_or_not(hub: Hub, stream_ids: frozenset[int]) -> Collection[int] | Refusal:
    try:
        return hub.learn(stream_ids)
    except Refusal as refusal:
        return refusal
