"""Senders of observations that write down what was acknowledged, through every fault.

Each observation has a number of its own, which is its result and gives its stream and its time.
"""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from hereabouts.standards.mqtt import (
    VERSION_3,
    Connack,
    Connect,
    Decoder,
    Puback,
    Publish,
    encode,
)
from hereabouts.standards.sensorthings.times import format_instant
from tests.faults.sensing_hub import ROOT, Hub

BEGAN = 1_767_225_600_000_000
PACKET_IDS = 60_000
SERVER_AWAY = 3
"""Return code of MQTT 3.1.1: server unavailable."""


class Ledger:
    """What was sent and what was acknowledged, by number."""

    def __init__(self, streams: Sequence[int]) -> None:
        self.streams = streams
        self.acknowledged: dict[str, set[int]] = {}
        self._numbers = itertools.count(1)
        self.last = 0

    def take(self) -> int:
        number = next(self._numbers)
        self.last = max(self.last, number)
        return number

    def acknowledge(self, way: str, numbers: Sequence[int]) -> None:
        self.acknowledged.setdefault(way, set()).update(numbers)

    def stream_of(self, number: int) -> int:
        return self.streams[number % len(self.streams)]

    def body_of(self, number: int) -> dict[str, object]:
        moment = format_instant(BEGAN + number * 1_000_000)
        return {"phenomenonTime": moment, "resultTime": moment, "result": number}

    def judge(self, rows: Sequence[tuple[int, int, float]]) -> Counter[str]:
        """Every acknowledged one is there, none twice, none that nobody sent; counts by way."""
        found = Counter(int(row[2]) for row in rows)
        twice = [number for number, count in found.items() if count > 1]
        assert not twice, f"stored twice: {twice[:20]} ({len(twice)})"
        for way, numbers in self.acknowledged.items():
            lost = numbers - found.keys()
            assert not lost, f"acknowledged by {way} and lost: {sorted(lost)[:20]} ({len(lost)})"
        for stream_id, started, value in rows:
            number = int(value)
            assert 0 < number <= self.last
            expected = (self.stream_of(number), BEGAN + number * 1_000_000)
            assert (stream_id, started) == expected
        return Counter({way: len(numbers) for way, numbers in self.acknowledged.items()})


@dataclass
class Refusals:
    """What senders were told instead, by status."""

    counts: Counter[int] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)


class Sender(threading.Thread, ABC):
    """Sends until it is told to stop; through faults it begins anew, as devices do."""

    def __init__(self, hub: Hub, ledger: Ledger) -> None:
        super().__init__(daemon=True)
        self.hub, self.ledger = hub, ledger
        self.is_over = threading.Event()
        self.refusals = Refusals()
        self.crash: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.is_over.is_set():
                try:
                    self.send()
                except (OSError, http.client.HTTPException, EOFError):
                    time.sleep(0.005)
        except BaseException as fault:
            self.crash = fault
            raise

    @abstractmethod
    def send(self) -> None:
        """Connect and send until something breaks."""


class Poster(Sender):
    """Single observations by POST; what is not acknowledged is never sent again."""

    way = "POST"

    def send(self) -> None:
        caller = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=30)
        try:
            while not self.is_over.is_set():
                self.post(caller)
        finally:
            caller.close()

    def post(self, caller: http.client.HTTPConnection) -> None:
        number = self.ledger.take()
        stream = self.ledger.stream_of(number)
        body = self.ledger.body_of(number)
        status, _ = self.ask(caller, f"/Datastreams({stream})/Observations", body)
        if status == 201:
            self.ledger.acknowledge(self.way, [number])

    def ask(self, caller: http.client.HTTPConnection, path: str, body: object) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.hub.token}", "Host": "localhost"}
        caller.request("POST", f"{ROOT}{path}", json.dumps(body), headers)
        answer = caller.getresponse()
        told = answer.read()
        self.refusals.counts[answer.status] += 1
        if answer.status != 201:
            self.refusals.texts.add(f"{answer.status} {told.decode()}")
            assert answer.status == 503, told
            assert answer.getheader("retry-after"), told
            self.is_over.wait(0.05)
        return answer.status, told


class ArrayPoster(Poster):
    """CreateObservations, some rows of several streams at a time."""

    way = "CreateObservations"
    rows = 60

    def post(self, caller: http.client.HTTPConnection) -> None:
        numbers = [self.ledger.take() for _ in range(self.rows)]
        groups: dict[int, list[int]] = {}
        for number in numbers:
            groups.setdefault(self.ledger.stream_of(number), []).append(number)
        body = [
            {
                "Datastream": {"@iot.id": stream},
                "components": ["phenomenonTime", "resultTime", "result"],
                "dataArray": [list(self.ledger.body_of(number).values()) for number in part],
            }
            for stream, part in groups.items()
        ]
        status, told = self.ask(caller, "/CreateObservations", body)
        if status != 201:
            return
        order = [number for part in groups.values() for number in part]
        answers = json.loads(told)
        assert len(answers) == len(order)
        for number, answer in zip(order, answers, strict=True):
            if not answer.startswith("error"):
                self.ledger.acknowledge(self.way, [number])
            else:
                self.refusals.texts.add(answer)


class Publisher(Sender):
    """MQTT at quality 1: what was not acknowledged is sent again first, marked as a duplicate."""

    way = "MQTT"
    window = 150
    username, password = "device", ""
    topic = "v1.1/Datastreams({})/Observations"

    def __init__(self, hub: Hub, ledger: Ledger, *, port: int = 0) -> None:
        super().__init__(hub, ledger)
        self.port = port or hub.mqtt_port
        self.waiting: dict[int, int] = {}
        self.duplicates = 0
        self._packet_ids = itertools.cycle(range(1, PACKET_IDS))

    def body_of(self, number: int) -> dict[str, object]:
        """What is published."""
        return self.ledger.body_of(number)

    def send(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as raw:
            decoder, packets = Decoder(VERSION_3), deque[object]()

            def receive() -> object:
                while not packets:
                    data = raw.recv(65_536)
                    if not data:
                        raise EOFError
                    packets.extend(decoder.feed(data))
                    assert decoder.fault is None
                return packets.popleft()

            word = self.password or self.hub.token
            hello = Connect(f"device-{id(self)}", username=self.username, password=word.encode())
            raw.sendall(encode(hello, VERSION_3))
            welcome = receive()
            assert isinstance(welcome, Connack) and welcome.code in (0, SERVER_AWAY), welcome
            if welcome.code:
                # The word cannot be checked just now.
                self.is_over.wait(0.05)
                raise EOFError
            self._go_on(raw, receive)

    def _go_on(self, raw: socket.socket, receive: Callable[[], object]) -> None:
        again = [self._packet(key, number, again=True) for key, number in self.waiting.items()]
        self.duplicates += len(again)
        if again:
            raw.sendall(b"".join(again))
        while self.waiting or not self.is_over.is_set():
            self.fill(raw)
            if not self.waiting:
                continue
            found = receive()
            assert isinstance(found, Puback), found
            self.ledger.acknowledge(self.way, [self.waiting.pop(found.packet_id)])

    def fill(self, raw: socket.socket) -> None:
        """Send as many more as may wait for their acknowledgement."""
        fresh = []
        while not self.is_over.is_set() and len(self.waiting) < self.window:
            key, number = next(self._packet_ids), self.ledger.take()
            self.waiting[key] = number
            fresh.append(self._packet(key, number))
        if fresh:
            raw.sendall(b"".join(fresh))

    def _packet(self, key: int, number: int, *, again: bool = False) -> bytes:
        topic = self.topic.format(self.ledger.stream_of(number))
        body = json.dumps(self.body_of(number)).encode()
        return encode(Publish(topic, body, 1, key, is_duplicate=again), VERSION_3)


@contextmanager
def sending(*senders: Sender, seconds: float = 30.0) -> Iterator[None]:
    """Senders at work; at the end they finish, and none of them met what it did not expect."""
    for sender in senders:
        sender.start()
    try:
        yield
    finally:
        for sender in senders:
            sender.is_over.set()
        for sender in senders:
            sender.join(seconds)
    for sender in senders:
        assert sender.crash is None, sender.crash
        assert not sender.is_alive(), f"{sender} does not end"
