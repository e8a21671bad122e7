"""What the doors of MQTT need of the room, so that the protocol can be tested without it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeAlias

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.observations import NewObservation, Stored

Outcome: TypeAlias = Stored | Refusal
Outcomes: TypeAlias = Sequence[Outcome]
Done: TypeAlias = Callable[[Outcomes], None]


class StreamUnknown(Exception):  # noqa: N818 - says what to look up, and is no mistake
    """A message is of a stream that memory does not have."""

    def __init__(self, stream_id: int) -> None:
        super().__init__(stream_id)
        self.stream_id = stream_id


class Reads(Protocol):
    """Turns the payloads of one topic into observations, for whoever publishes there.

    Called on the event loop for every message: it may not block. None where the message needs the
    register (a feature that comes with it, say) and has to go the long way.
    """

    def __call__(self, payload: bytes, grant: Grant) -> NewObservation | None:
        """The observation. Raises: Refusal; StreamUnknown."""


class Hub(Protocol):
    """The room, as the listener and the bridge see it."""

    def authenticate(self, username: str, password: str) -> Grant:
        """What a client may do. Blocks. Raises: BadCredentials."""

    def reader_of(self, topic: str) -> Reads | None:
        """How messages of a topic are read; None where each goes the long way.

        Does not block. Raises: Refusal for a topic that takes no messages.
        """

    def submit(
        self, batch: Sequence[NewObservation], done: Done, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Have observations committed; `done` is called on the loop. Raises: IngestFull."""

    def learn(self, stream_ids: frozenset[int]) -> Collection[int]:
        """Look streams up, so that their messages can be read; those that are there.

        Blocks. Raises: StoreAway.
        """

    def create(self, topic: str, payload: bytes, grant: Grant, *, once: bool) -> None:
        """Create what a message describes, the long way; `once`: it may have come before.

        Blocks. Raises: Refusal.
        """
