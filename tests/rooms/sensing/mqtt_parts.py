"""A client of MQTT for tests, and a hub without a database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.adapters.mqtt.hub import Done, Outcomes, Reads, StreamUnknown
from hereabouts.sensing.adapters.mqtt.listener import Listener
from hereabouts.sensing.adapters.mqtt.notices import Notice
from hereabouts.sensing.adapters.mqtt.settings import Bounds, ListenerSettings
from hereabouts.sensing.domain.grants import NOBODY, DataClass, Grant
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.sensing.errors import BadCredentials, BadObservation, IngestFull, NotPermitted
from hereabouts.standards.mqtt import (
    Connack,
    Connect,
    Decoder,
    Packet,
    Publish,
    Reason,
    Subscribe,
    Subscription,
    encode,
)

P = TypeVar("P", bound=Packet)
WAIT_S = 10.0


class Client:
    """Speaks MQTT with the codec alone, so that it can also misbehave."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, version: int
    ) -> None:
        self.reader, self.writer, self.version = reader, writer, version
        self.decoder = Decoder(version)
        self.packets: list[Packet] = []

    def send(self, *packets: Packet) -> None:
        self.writer.write(b"".join(encode(packet, self.version) for packet in packets))

    async def next(self) -> Packet:
        """The next packet; raises EOFError where the connection ends first."""
        while not self.packets:
            async with asyncio.timeout(WAIT_S):
                data = await self.reader.read(65_536)
            if not data:
                raise EOFError
            self.packets += self.decoder.feed(data)
            assert self.decoder.fault is None
        return self.packets.pop(0)

    async def expect(self, kind: type[P]) -> P:
        """The next packet, which has to be of a kind."""
        packet = await self.next()
        assert isinstance(packet, kind), packet
        return packet

    async def subscribe(self, *topics: str, qos: int = 0) -> tuple[int, ...]:
        """Subscribe; the codes of the answer."""
        from hereabouts.standards.mqtt import Suback

        self.send(Subscribe(1, tuple(Subscription(topic, qos) for topic in topics)))
        return (await self.expect(Suback)).codes

    async def is_closed(self) -> bool:
        """Whether the other side has closed, reading what is left."""
        try:
            while True:
                await self.next()
        except (EOFError, ConnectionError):
            return True


@asynccontextmanager
async def dialled(port: int, version: int = 4) -> AsyncIterator[Client]:
    """A connection on which nothing was said yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Client(reader, writer, version)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def connected(
    port: int, connect: Connect | None = None, *, password: str = "all"
) -> AsyncIterator[Client]:
    """A client that was let in."""
    hello = connect or Connect("meter", username="meter", password=password.encode())
    async with dialled(port, hello.version) as client:
        client.send(hello)
        answer = await client.expect(Connack)
        assert answer.code == 0, answer
        yield client


class Body(msgspec.Struct):
    """What the hub of the tests takes: a number and a stream."""

    result: float
    stream: int = 1


class FakeHub:
    """A hub that keeps observations in a list; it can be full, away, or slow to commit."""

    def __init__(self) -> None:
        self.grants = {
            "all": Grant(observes_all=True),
            "closed": Grant(level=DataClass.CLOSED),
            "one": Grant(stream_ids=frozenset({1})),
        }
        self.stored: list[NewObservation] = []
        self.batches: list[int] = []
        self.created: list[tuple[str, bytes]] = []
        self.known = {1}
        self.learned: list[frozenset[int]] = []
        self.is_full = False
        self.refuses_all: Refusal | None = None
        self.holds = False
        self.held: list[Callable[[], None]] = []
        self.lock = threading.Lock()

    def authenticate(self, username: str, password: str) -> Grant:
        if not username and not password:
            return NOBODY
        if password not in self.grants:
            raise BadCredentials
        return self.grants[password]

    def reader_of(self, topic: str) -> Reads | None:
        if topic == "v1.1/Things":
            return None
        if topic != "v1.1/Observations":
            raise BadObservation(reason="the topic is not known")
        return self.read

    def read(self, payload: bytes, grant: Grant) -> NewObservation | None:
        try:
            body = msgspec.json.decode(payload, type=Body)
        except msgspec.DecodeError as fault:
            raise BadObservation(reason=str(fault)) from fault
        if body.stream not in self.known:
            raise StreamUnknown(body.stream)
        if not grant.may_observe(body.stream, 0):
            raise NotPermitted(reason="it does not reach this stream")
        return NewObservation(body.stream, 0, 0, body.result)

    def submit(
        self, batch: Sequence[NewObservation], done: Done, loop: asyncio.AbstractEventLoop
    ) -> None:
        if self.is_full:
            raise IngestFull

        def tell(outcomes: Outcomes) -> None:
            loop.call_soon_threadsafe(done, outcomes)

        def commit() -> None:
            if self.refuses_all is not None:
                tell([self.refuses_all] * len(batch))
                return
            with self.lock:
                self.batches.append(len(batch))
                begin = len(self.stored)
                self.stored.extend(batch)
            tell([Stored(begin + at, row.stream_id, row.once) for at, row in enumerate(batch)])

        if self.holds:
            self.held.append(commit)
        else:
            threading.Thread(target=commit).start()

    def learn(self, stream_ids: frozenset[int]) -> Collection[int]:
        self.learned.append(stream_ids)
        found = {stream_id for stream_id in stream_ids if stream_id < 100}
        # The first time they are forgotten before they can be used.
        self.known |= found if len(self.learned) > 1 else set()
        return found

    def create(self, topic: str, payload: bytes, grant: Grant, *, once: bool) -> None:
        if not grant.observes_all:
            raise NotPermitted(reason="it does not reach the register")
        self.created.append((topic, payload))


class FakeSubscriptions:
    """Takes every topic but those with a wildcard, and lets tests send to all."""

    def __init__(self) -> None:
        self.readers: dict[object, dict[str, int]] = {}
        self.rechecked: list[object] = []

    async def add(self, reader: object, topic_filter: str, qos: int) -> Reason:
        if "#" in topic_filter:
            return Reason.WILDCARDS_NOT_SUPPORTED
        self.readers.setdefault(reader, {})[topic_filter] = qos
        return Reason.SUCCESS

    def remove(self, reader: object, topic_filter: str) -> bool:
        return self.readers.get(reader, {}).pop(topic_filter, None) is not None

    def remove_all(self, reader: object) -> None:
        self.readers.pop(reader, None)

    def count(self, reader: object) -> int:
        return len(self.readers.get(reader, {}))

    async def recheck(self, reader: object) -> None:
        self.rechecked.append(reader)

    def send(self, topic: str, payload: bytes) -> None:
        notice = Notice(topic, payload)
        for reader, topics in list(self.readers.items()):
            if topic in topics:
                reader.notify(notice, topics[topic])  # type: ignore[attr-defined]  # a session


@asynccontextmanager
async def listening(
    hub: FakeHub,
    subscriptions: FakeSubscriptions | None = None,
    bounds: Bounds | None = None,
    settings: ListenerSettings | None = None,
) -> AsyncIterator[Listener]:
    """A listener on a free port."""
    threads = ThreadPoolExecutor(4)
    listener = Listener(
        hub,
        subscriptions or FakeSubscriptions(),
        settings or ListenerSettings(port=0),
        threads=threads,
        bounds=bounds or Bounds(),
    )
    assert await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()
        threads.shutdown(wait=False)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(WAIT_S):
        while not is_so():
            await asyncio.sleep(0.005)


def message(number: int, *, qos: int = 1, result: object = 1, duplicate: bool = False) -> Publish:
    """An observation on its way to the hub."""
    body = msgspec.json.encode({"result": result})
    return Publish("v1.1/Observations", body, qos, number if qos else 0, duplicate)
