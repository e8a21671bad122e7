"""The built-in listener with nothing behind it: reads observations and acknowledges them unkept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

import django
import uvloop

from hereabouts.sensing.adapters.mqtt.hub import Done, Reads
from hereabouts.sensing.adapters.mqtt.listener import Listener, Reader
from hereabouts.sensing.adapters.mqtt.settings import ListenerSettings
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.standards.mqtt import Reason
from hereabouts.standards.sensorthings.topics import read_create_topic

STORED = Stored(1, 1)


class Sink:
    """A hub that reads every message and stores none."""

    def authenticate(self, username: str, password: str) -> Grant:
        """Let everybody in."""
        return Grant(observes_all=True)

    def reader_of(self, topic: str) -> Reads | None:
        """Read as the room does."""
        stream_id = read_create_topic(topic).parent_id
        from hereabouts.sensing.adapters.observations import parse_observation

        return lambda payload, grant: parse_observation(payload, stream_id, 0)

    def submit(
        self, batch: Sequence[NewObservation], done: Done, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Answer at the loop's next turn."""
        loop.call_soon(done, [STORED] * len(batch))

    def learn(self, stream_ids: frozenset[int]) -> Collection[int]:
        """Every stream is known."""
        return stream_ids

    def create(self, topic: str, payload: bytes, grant: Grant, *, once: bool) -> None:
        """Nothing comes here."""
        raise AssertionError("nothing goes the long way")


class Nobody:
    """Subscriptions of nobody."""

    async def add(self, reader: Reader, topic_filter: str, qos: int) -> Reason:
        """Refuse."""
        return Reason.NOT_AUTHORISED

    def remove(self, reader: Reader, topic_filter: str) -> bool:
        """There is none."""
        return False

    def remove_all(self, reader: Reader) -> None:
        """There are none."""

    def count(self, reader: Reader) -> int:
        """None."""
        return 0

    async def recheck(self, reader: Reader) -> None:
        """There are none."""


async def _listen() -> None:
    threads = ThreadPoolExecutor(1)
    listener = Listener(Sink(), Nobody(), ListenerSettings(port=0), threads=threads)
    await listener.start()
    print(listener.port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    uvloop.run(_listen())
