"""The way in: messages become observations, and are answered after their commit, in order.

All messages of one read of the socket are handed on together; their acknowledgements leave
together. Whoever brings more than can be committed is not read any further.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.sensing.adapters.mqtt.counters import Counters
from hereabouts.sensing.adapters.mqtt.hub import Hub, Outcome, Outcomes, Reads
from hereabouts.sensing.adapters.mqtt.settings import BOUNDS, Bounds
from hereabouts.sensing.domain.grants import NOBODY, Grant
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.sensing.errors import IngestFull, StoreAway
from hereabouts.standards.mqtt import Publish

MOST_ROUTES = 10_000
MADE = Stored(0, 0)
"""What came of a message that went the long way."""

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

    __slots__ = ("batch", "bytes", "left", "messages", "outcomes", "places")

    def __init__(self, messages: list[Publish]) -> None:
        self.messages = messages
        self.outcomes: list[Outcome | None] = [None] * len(messages)
        self.batch: list[NewObservation] = []
        self.places: list[int] = []
        self.left = len(messages)
        self.bytes = 0


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
        self._held: deque[Group] = deque()
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
        self._read(group)
        self._messages += len(messages)
        self._bytes += group.bytes
        if group.batch:
            self._submit(group)
        if not group.left:
            self._answer_in_order()
        if self.is_full:
            self._steer()

    def _read(self, group: Group) -> None:
        find, grant, add, at = (
            self._routes.find,
            self.grant,
            group.batch.append,
            group.places.append,
        )
        size = 0
        for place, message in enumerate(group.messages):
            size += len(message.payload)
            try:
                reads = find(message.topic)
                observation = None if reads is None else reads(message.payload, grant)
            except Refusal as refusal:
                group.outcomes[place] = refusal
                group.left -= 1
                continue
            if observation is None:
                self._go_the_long_way(group, place)
                continue
            if message.is_duplicate:
                observation.once = True
            add(observation)
            at(place)
        group.bytes = size

    def _submit(self, group: Group) -> None:
        if self._held:
            self._held.append(group)
            return
        try:
            self._hub.submit(group.batch, partial(self._finish, group), self._loop)
        except IngestFull:
            self._hold(group)

    def _hold(self, group: Group) -> None:
        self._held.appendleft(group)
        self._loop.call_later(self._bounds.retry_seconds, self._try_again)

    def _try_again(self) -> None:
        while self._held:
            group = self._held.popleft()
            try:
                self._hub.submit(group.batch, partial(self._finish, group), self._loop)
            except IngestFull:
                self._hold(group)
                return
        self._steer()

    def _finish(self, group: Group, outcomes: Outcomes) -> None:
        if len(outcomes) == len(group.outcomes):
            group.outcomes = list(outcomes)
        else:
            for place, outcome in zip(group.places, outcomes, strict=True):
                group.outcomes[place] = outcome
        group.left -= len(outcomes)
        if not group.left:
            self._answer_in_order()

    def _go_the_long_way(self, group: Group, place: int) -> None:
        self._slow += 1
        message = group.messages[place]
        work = self._loop.run_in_executor(self._threads, _create, self._hub, message, self.grant)
        work.add_done_callback(partial(self._went, group, place))

    def _went(self, group: Group, place: int, work: asyncio.Future[Outcome]) -> None:
        self._slow -= 1
        group.left -= 1
        away = StoreAway(reason="the service is stopping")
        group.outcomes[place] = away if work.cancelled() else work.result()
        if not group.left:
            self._answer_in_order()

    def _answer_in_order(self) -> None:
        was_full = self.is_full
        while self._waiting and not self._waiting[0].left:
            group = self._waiting.popleft()
            self._messages -= len(group.messages)
            self._bytes -= group.bytes
            outcomes = [entry for entry in group.outcomes if entry is not None]
            self._count(outcomes)
            if not self._is_closed:
                self._answer(group.messages, outcomes)
        if was_full and not self._is_closed:
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


def _create(hub: Hub, message: Publish, grant: Grant) -> Outcome:
    try:
        hub.create(message.topic, message.payload, grant, once=message.is_duplicate)
    except Refusal as refusal:
        return refusal
    return MADE
