"""Asks a server over many connections, one request at a time on each, and says how it went.

`run` starts a process that sends the given requests in turn and round again. Nothing is pipelined:
each connection waits for its answer, so what is measured is what callers would see.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import cycle
from typing import cast

import msgspec
import uvloop

LENGTH = b"content-length: "
END = b"\r\n\r\n"
MARGIN_S = 60.0


class Load(msgspec.Struct, frozen=True):
    """What to send where: whole requests, how many connections, how long."""

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float


class Outcome(msgspec.Struct, frozen=True):
    """What came back: answers, how many were no success, seconds, and each answer's ms, sorted."""

    answers: int
    failures: int
    seconds: float
    times_ms: Sequence[float]
    received: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The time within which that share of the answers came."""
        return self.times_ms[min(len(self.times_ms) - 1, int(share * len(self.times_ms)))]


def run(load: Load) -> Outcome:
    """Run the load in a process of its own. Raises: RuntimeError when answers were refusals."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load.http"],
        input=msgspec.msgpack.encode(load),
        capture_output=True,
        timeout=load.seconds + MARGIN_S,
        check=False,
    )
    if done.returncode or done.stderr or not done.stdout:
        raise RuntimeError(f"left with {done.returncode}: {done.stderr.decode()}")
    outcome = msgspec.msgpack.decode(done.stdout, type=Outcome)
    if outcome.failures:
        raise RuntimeError(f"{outcome.failures} of {outcome.answers} answers were no success")
    return outcome


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.rest = b""
        self.missing = 0
        self.began = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask at once."""
        self.transport = cast(asyncio.Transport, transport)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Only at the end is that no failure."""
        if not self.state.is_over:
            self.state.failures += 1
            self.state.answers += 1

    def data_received(self, data: bytes) -> None:
        """Take what came; when the answer is whole, ask again."""
        self.state.received += len(data)
        if self.missing:
            self.missing -= len(data)
        else:
            self.rest += data
            head = self.rest.find(END)
            if head < 0:
                return
            self._read_head(head)
        if self.missing <= 0:
            self._complete()

    def _read_head(self, head: int) -> None:
        if self.rest[9:10] != b"2":
            self.state.failures += 1
        at = self.rest.find(LENGTH, 0, head)
        length = 0
        if at >= 0:
            length = int(self.rest[at + len(LENGTH) : self.rest.find(b"\r", at)])
        self.missing = length - (len(self.rest) - head - len(END))
        self.rest = b""

    def _complete(self) -> None:
        now = time.perf_counter()
        self.missing = 0
        self.state.answers += 1
        self.state.times.append(now - self.began)
        if now < self.state.deadline:
            self._ask()
        elif self.transport is not None:
            self.state.is_over = True
            self.state.open -= 1
            self.transport.close()

    def _ask(self) -> None:
        assert self.transport is not None
        self.began = time.perf_counter()
        self.transport.write(next(self.state.requests))


class State:
    """What the connections share."""

    def __init__(self, load: Load) -> None:
        self.requests = cycle(load.requests)
        self.times: list[float] = []
        self.answers = self.failures = self.received = 0
        self.open = load.connections
        self.is_over = False
        self.began = time.perf_counter()
        self.deadline = self.began + load.seconds


async def _drive(load: Load) -> Outcome:
    loop = asyncio.get_running_loop()
    state = State(load)
    for _ in range(load.connections):
        await loop.create_connection(lambda: Caller(state), "127.0.0.1", load.port)
    while state.open and time.perf_counter() < state.deadline + 10:
        await asyncio.sleep(0.01)
    took = time.perf_counter() - state.began
    times = sorted(value * 1000 for value in state.times)
    return Outcome(state.answers, state.failures, took, times, state.received)


def main() -> None:
    """Read the load, run it, write the outcome."""
    load = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Load)
    outcome = uvloop.run(_drive(load))
    sys.stdout.buffer.write(msgspec.msgpack.encode(outcome))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
