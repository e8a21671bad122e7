"""The hub under a steady load at every door: does its memory stay flat?

Single POSTs, data arrays, MQTT of quality 1, pages, expansions and a subscriber, each at a fixed
pace, for `HEREABOUTS_BENCH_SOAK` seconds (60; the figure in the documents took 600). Memory is the
server process's own, without mapped files, read every second; the slope is fitted over the time
after the first quarter, the warm-up: of 600 seconds 150, in which every question has been asked
once and the pages the writer keeps have been dropped once, when somebody else wrote. Until then
they grow by 110 bytes an observation. Times of observations run about as fast as the clock; with a
second each, ten minutes would hold nine days of minutes, whose texts are remembered (20,000 of
them, 5 MB) and would fill all through the run.
`HEREABOUTS_BENCH_DATABASE=postgres` soaks on a PostgreSQL.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path

from bench.figure import Figure
from bench.load.sensing_world import postgres
from bench.sensing_reads import NESTED, address_of
from hereabouts.standards.mqtt import VERSION_3, Connect, Subscribe, Subscription, encode
from hereabouts.standards.sensorthings.times import format_instant
from tests.faults.sensing_hub import Hub
from tests.faults.sensing_senders import (
    BEGAN,
    ArrayPoster,
    Ledger,
    Poster,
    Publisher,
    Sender,
    sending,
)

SECONDS = float(os.environ.get("HEREABOUTS_BENCH_SOAK", "60"))
STREAMS = 200
MEGABYTE = 2**20


class SteadyLedger(Ledger):
    """A thousand observations to a second of their own time."""

    def body_of(self, number: int) -> dict[str, object]:
        """An observation at a time that no other has."""
        moment = format_instant(BEGAN + number * 1_000)
        return {"phenomenonTime": moment, "resultTime": moment, "result": number}


class SteadyPoster(Poster):
    """A hundred single observations a second."""

    def post(self, caller: http.client.HTTPConnection) -> None:
        """Wait for the pace, then post."""
        self.is_over.wait(0.01)
        super().post(caller)


class SteadyArrays(ArrayPoster):
    """Five arrays of 200 rows a second."""

    rows = 200

    def post(self, caller: http.client.HTTPConnection) -> None:
        """Wait for the pace, then post."""
        self.is_over.wait(0.2)
        super().post(caller)


class SteadyPublisher(Publisher):
    """A thousand messages a second, in windows of 100."""

    window = 100

    def fill(self, raw: socket.socket) -> None:
        """Send a window when the last one is through."""
        if not self.waiting:
            self.is_over.wait(0.1)
            super().fill(raw)


class Reader(Sender):
    """Asks for pages in turn, twenty a second."""

    def send(self) -> None:
        """Ask until it is over."""
        streams = self.ledger.streams
        with closing(http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=30)) as caller:
            turn = 0
            while not self.is_over.is_set():
                self.is_over.wait(0.05)
                stream = streams[turn % len(streams)]
                paths = (
                    f"Datastreams({stream})/Observations?$orderby=phenomenonTime desc",
                    NESTED,
                    f"Observations?$filter=result gt {turn % 1_000}&$count=true",
                    f"Datastreams({stream})/Observations?$filter=result gt {turn % 1_000}",
                )
                turn += 1
                caller.request("GET", address_of(paths[turn % len(paths)]))
                answer = caller.getresponse()
                answer.read()
                assert answer.status == 200, answer.status


class Listener(Sender):
    """Hears every new observation."""

    heard = 0

    def send(self) -> None:
        """Listen until it is over."""
        with socket.create_connection(("127.0.0.1", self.hub.mqtt_port), timeout=30) as raw:
            wish = Subscribe(1, (Subscription("v1.1/Observations", 0),))
            raw.sendall(encode(Connect("listener"), VERSION_3) + encode(wish, VERSION_3))
            raw.settimeout(1)
            while not self.is_over.is_set():
                try:
                    data = raw.recv(1 << 20)
                except TimeoutError:
                    continue
                if not data:
                    raise EOFError
                self.heard += len(data)


def figures() -> Iterator[Figure]:
    """Memory at the beginning and the end, and its slope between."""
    is_postgres = os.environ.get("HEREABOUTS_BENCH_DATABASE") == "postgres"
    name = "postgresql" if is_postgres else "sqlite"
    place = postgres() if is_postgres else nullcontext("")
    with place as database, Hub(Path(os.environ["HEREABOUTS_HOME"]), database) as hub:
        ledger = SteadyLedger(hub.make_streams(STREAMS))
        kinds: tuple[Callable[[Hub, Ledger], Sender], ...] = (
            SteadyPoster, SteadyArrays, SteadyPublisher, Reader, Listener,
        )  # fmt: skip
        senders = [kind(hub, ledger) for kind in kinds]
        with sending(*senders):
            memory = _watch(hub)
        counts = {way: len(found) for way, found in ledger.acknowledged.items()}
        rows = len(hub.check_pieces())
    settled = memory[len(memory) // 4 :]
    yield Figure(f"{name}: soak, stored", sum(counts.values()) / SECONDS, "obs/s")
    yield Figure(f"{name}: soak, acknowledged and not found", sum(counts.values()) - rows, "", "0")
    yield Figure(f"{name}: soak, memory after a quarter", settled[0][1] / MEGABYTE, "MB")
    yield Figure(f"{name}: soak, memory at the end", settled[-1][1] / MEGABYTE, "MB")
    asked = "flat"
    yield Figure(f"{name}: soak, slope of memory", _slope(settled) * 60, "MB/min", asked)


def _watch(hub: Hub) -> list[tuple[float, float]]:
    """Seconds and bytes, once a second."""
    found = []
    began = time.monotonic()
    while (now := time.monotonic() - began) < SECONDS:
        found.append((now, float(hub.own_bytes())))
        threading.Event().wait(1)
    return found


def _slope(points: list[tuple[float, float]]) -> float:
    """Megabytes a second, by least squares."""
    middle = sum(at for at, _ in points) / len(points)
    mean = sum(value for _, value in points) / len(points)
    above = sum((at - middle) * (value - mean) for at, value in points)
    return above / sum((at - middle) ** 2 for at, _ in points) / MEGABYTE
