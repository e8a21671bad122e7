"""A raw publisher of MQTT: many small messages of quality 1, counted by their acknowledgements.

Runs as a process of its own. Messages are encoded before the clock starts; each has its own stream
in turn, its own time and its own result.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

import uvloop

from hereabouts.standards.mqtt import VERSION_3, Connect, Publish, encode
from hereabouts.standards.sensorthings.times import format_instant

CHUNK = 250
"""Messages in one write."""
ACKNOWLEDGEMENT = 4
"""Bytes of a PUBACK in MQTT 3.1.1."""
CONNACK = 4
LIMIT_S = 60


@dataclass(frozen=True)
class Load:
    """What to publish, and how; `window` messages of a connection may be unacknowledged."""

    port: int
    messages: int
    streams: Sequence[int]
    username: str = "bench"
    password: str = ""
    connections: int = 4
    window: int = 8_000
    began: int = 1_767_225_600
    """Second of the first message's time; a second run begins later."""


def run(load: Load) -> float:
    """Publish from another process; messages acknowledged a second."""
    found = subprocess.run(
        [sys.executable, "-m", "bench.load.mqtt"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    if found.returncode:
        raise SystemExit(found.stderr)
    return float(found.stdout)


class Publisher(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load, chunks: list[bytes]) -> None:
        loop = asyncio.get_running_loop()
        self.load = load
        self.chunks = chunks
        self.ready = loop.create_future()
        self.done = loop.create_future()
        self.sent = self.received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who we are."""
        self.transport = transport = cast(asyncio.Transport, transport)
        hello = Connect(
            f"bench-{id(self)}",
            username=self.load.username,
            password=self.load.password.encode(),
        )
        transport.write(encode(hello, VERSION_3))

    def data_received(self, data: bytes) -> None:
        """Count acknowledgements and send as many again."""
        if not self.ready.done():
            if data[3]:
                raise SystemExit(f"turned away with {data[3]}")
            data = data[CONNACK:]
            self.ready.set_result(None)
        self.received += len(data)
        if self.sent:
            self.go_on()

    def go_on(self) -> None:
        """Fill the window."""
        acknowledged = self.received // ACKNOWLEDGEMENT
        while self.sent < len(self.chunks):
            if self.sent * CHUNK - acknowledged > self.load.window - CHUNK:
                return
            self.transport.write(self.chunks[self.sent])
            self.sent += 1
        if acknowledged >= len(self.chunks) * CHUNK and not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail where this comes too early."""
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed the connection"))


def _chunks(load: Load, turn: int) -> list[bytes]:
    count = load.messages // load.connections // CHUNK
    found = []
    for chunk in range(count):
        parts = []
        for at in range(CHUNK):
            number = (chunk * CHUNK + at) * load.connections + turn
            stream = load.streams[number % len(load.streams)]
            moment = format_instant(
                load.began * 1_000_000 + number // len(load.streams) * 60_000_000 + turn
            )
            body = f'{{"phenomenonTime":"{moment}","result":{20 + number % 1_000 / 100}}}'
            topic = f"v1.1/Datastreams({stream})/Observations"
            packet = Publish(topic, body.encode(), 1, (chunk * CHUNK + at) % 60_000 + 1)
            parts.append(encode(packet, VERSION_3))
        found.append(b"".join(parts))
    return found


async def _publish(load: Load) -> float:
    loop = asyncio.get_running_loop()
    publishers = []
    for turn in range(load.connections):
        chunks = _chunks(load, turn)
        _, publisher = await loop.create_connection(
            lambda chunks=chunks: Publisher(load, chunks), "127.0.0.1", load.port
        )
        publishers.append(publisher)
    await asyncio.gather(*(publisher.ready for publisher in publishers))
    began = time.perf_counter()
    for publisher in publishers:
        publisher.go_on()
    await asyncio.gather(*(publisher.done for publisher in publishers))
    took = time.perf_counter() - began
    return sum(len(publisher.chunks) for publisher in publishers) * CHUNK / took


def main() -> None:
    """Publish what standard input asks for and print the rate."""
    print(uvloop.run(_publish(Load(**json.load(sys.stdin)))))


if __name__ == "__main__":
    main()
