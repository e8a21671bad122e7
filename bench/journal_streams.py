"""How soon an event reaches a thousand open streams, beside one stream in the same run.

The server is a process of its own; this one appends the events and holds all the readers, so both
cores are shared. A delay is counted from before the commit to the arrival at the reader.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Self

import django

from bench.figure import Figure, median, percentile

STREAMS = 1_000
EVENTS = 40
PAUSE_S = 0.12
START_S = 30.0
ARRIVAL_S = 30.0


class Reader(asyncio.Protocol):
    """One open stream; notes when each event arrives."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.opened = asyncio.get_running_loop().create_future()
        self.arrivals: dict[int, float] = {}
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = transport
        assert isinstance(transport, asyncio.Transport)
        transport.write(f"GET /events HTTP/1.1\r\nHost: localhost:{self.port}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Note which events are complete now."""
        now = time.perf_counter()
        self.rest += data
        if not self.opened.done() and b"retry:" in self.rest:
            self.opened.set_result(None)
        found = list(re.finditer(rb'"number":(\d+)[^\n]*\n', self.rest))
        for match in found:
            self.arrivals[int(match[1])] = now
        if found:
            self.rest = self.rest[found[-1].end() :]


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """A server on a free port: its port and its process number."""
    run = "from hereabouts.site.cli import main; main()"
    command = [sys.executable, "-c", run, "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            match = re.search(r"http://[^:]+:(\d+)/", line)
            if match:
                yield int(match[1]), process.pid
                return
        raise SystemExit("the server did not start")
    finally:
        process.terminate()
        process.stderr.close()
        process.wait(START_S)


def _append(numbers: range) -> dict[int, float]:
    """Append events one by one, in commits of their own; when each began."""
    from django.db import connection, transaction

    from hereabouts.journal.api import append
    from hereabouts.journal.events import Event, event_type

    @event_type
    @dataclass(frozen=True)
    class Ticked(Event):
        wire_name: ClassVar[str] = "bench.clock.ticked.v1"
        is_public: ClassVar[bool] = True
        number: int

        @classmethod
        def example(cls) -> Self:
            return cls(1)

    began = {}
    for number in numbers:
        time.sleep(PAUSE_S)
        began[number] = time.perf_counter()
        with transaction.atomic():
            append(Ticked(number), subject="clock:1", actor=None)
    connection.close()
    return began


async def _delays_ms(port: int, streams: int, numbers: range) -> list[float]:
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    for _ in range(streams):
        _, reader = await loop.create_connection(lambda: Reader(port), "127.0.0.1", port)
        readers.append(reader)
    await asyncio.wait_for(asyncio.gather(*(reader.opened for reader in readers)), START_S)
    began = await asyncio.to_thread(_append, numbers)
    deadline = loop.time() + ARRIVAL_S
    while any(len(reader.arrivals) < len(numbers) for reader in readers):
        if loop.time() > deadline:
            raise SystemExit("not every event reached every stream")
        await asyncio.sleep(0.05)
    for reader in readers:
        assert isinstance(reader.transport, asyncio.Transport)
        reader.transport.abort()
    return [
        (arrived - began[number]) * 1_000
        for reader in readers
        for number, arrived in reader.arrivals.items()
    ]


def _memory_kb(process: int) -> int:
    with open(f"/proc/{process}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 1_024


def figures() -> Iterator[Figure]:
    """Delays at one and at a thousand streams, and what a stream weighs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    socket.setdefaulttimeout(START_S)
    with server() as (port, process):
        alone = asyncio.run(_delays_ms(port, 1, range(EVENTS)))
        before = _memory_kb(process)
        crowd = asyncio.run(_delays_ms(port, STREAMS, range(EVENTS, 2 * EVENTS)))
        grown = _memory_kb(process) - before
    one = "one stream"
    yield Figure("event to 1,000 streams, median", median(crowd), "ms", "", median(alone), one)
    yield Figure(
        "event to 1,000 streams, 99th percentile",
        percentile(crowd, 0.99),
        "ms",
        "< 500",
        percentile(alone, 0.99),
        one,
    )
    yield Figure("memory of one more stream", grown / STREAMS, "kB")
