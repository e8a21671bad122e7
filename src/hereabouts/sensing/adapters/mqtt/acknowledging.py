"""Acknowledgements of what clients publish: after the commit, together, never for what was lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Final, Protocol

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.sensing.adapters.mqtt.hub import Outcomes
from hereabouts.sensing.domain.observations import Stored
from hereabouts.standards.mqtt import (
    VERSION_5,
    Packet,
    Properties,
    Property,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Reason,
    encode_pubacks,
)

LINES_A_MINUTE = 20
"""Refused messages of one client that are written to the log one by one."""
LONGEST_REASON = 300

REASONS: Final = {
    RefusalKind.INVALID: Reason.BAD_PAYLOAD_FORMAT,
    RefusalKind.NOT_ALLOWED: Reason.NOT_AUTHORISED,
    RefusalKind.NOT_SIGNED_IN: Reason.NOT_AUTHORISED,
    RefusalKind.NOT_FOUND: Reason.BAD_TOPIC,
    RefusalKind.TOO_LARGE: Reason.QUOTA_EXCEEDED,
    RefusalKind.TOO_MANY: Reason.QUOTA_EXCEEDED,
}

log = logging.getLogger(__name__)


class Client(Protocol):
    """The session, as its acknowledgements see it."""

    version: int

    @property
    def shown_id(self) -> str:
        """Its name for the log."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def send(self, packet: Packet) -> None:
        """Send a packet."""

    def fail(self) -> None:
        """End, because something could not be committed."""


class RefusedLines:
    """Writes refused messages to the log: so many a minute, then how many more there were."""

    def __init__(self, shown_id: str) -> None:
        self._shown_id = shown_id
        self._since = 0.0
        self._count = 0

    def write(self, topic: str, refusal: Refusal) -> None:
        """Write one, or count it."""
        now = time.monotonic()
        if now - self._since > 60:
            self.close()
            self._since = now
        self._count += 1
        if self._count <= LINES_A_MINUTE:
            log.warning(
                "sensing.publish_refused client=%s topic=%r code=%s reason=%s",
                self._shown_id,
                topic[:200],
                refusal.code,
                ascii(refusal.sentence()[:LONGEST_REASON]),
            )

    def close(self) -> None:
        """Write how many were only counted."""
        if self._count > LINES_A_MINUTE:
            more = self._count - LINES_A_MINUTE
            log.warning("sensing.publish_refused client=%s and %d more", self._shown_id, more)
        self._count = 0


class Acknowledger:
    """Answers to one client; at quality 2 it knows which numbers were taken already."""

    def __init__(self, client: Client) -> None:
        self.explains = True
        """Whether the client wants to read reasons."""
        self._client = client
        self._taken: dict[int, bool] = {}
        """Numbers of quality 2, and whether PUBREC has been sent."""
        self._lines: RefusedLines | None = None

    def fresh(self, messages: list[Publish]) -> list[Publish]:
        """The messages without those of quality 2 that were taken before."""
        if not self._taken and not any(message.qos == 2 for message in messages):
            return messages
        found = []
        for message in messages:
            if message.qos != 2:
                found.append(message)
            elif message.packet_id not in self._taken:
                self._taken[message.packet_id] = False
                found.append(message)
            elif self._taken[message.packet_id]:
                self._client.send(Pubrec(message.packet_id))
        return found

    def release(self, packet_id: int) -> None:
        """The client lets go of a number of quality 2."""
        was_known = self._taken.pop(packet_id, None) is not None
        reason = Reason.SUCCESS if was_known else Reason.PACKET_ID_NOT_FOUND
        self._client.send(Pubcomp(packet_id, reason))

    def answer(self, messages: Sequence[Publish], outcomes: Outcomes) -> None:
        """Acknowledge in order. What could not be committed is not, and ends the connection."""
        numbers: list[int] = []
        for message, outcome in zip(messages, outcomes, strict=True):
            if type(outcome) is Stored and message.qos < 2:
                if message.qos:
                    numbers.append(message.packet_id)
                continue
            if numbers:
                self._client.write(encode_pubacks(numbers))
                numbers = []
            if not self._answer_one(message, outcome):
                return
        if numbers:
            self._client.write(encode_pubacks(numbers))

    def _answer_one(self, message: Publish, outcome: Stored | Refusal) -> bool:
        """False where the connection has to end."""
        reason, properties = Reason.SUCCESS, dict[Property, str]()
        if isinstance(outcome, Refusal):
            if outcome.kind is RefusalKind.UNAVAILABLE:
                self._client.fail()
                return False
            reason = REASONS.get(outcome.kind, Reason.IMPLEMENTATION_SPECIFIC)
            self._refused().write(message.topic, outcome)
            if self.explains:
                properties[Property.REASON_STRING] = outcome.sentence()[:LONGEST_REASON]
        self._acknowledge(message, reason, properties)
        return True

    def _acknowledge(self, message: Publish, reason: Reason, properties: Properties) -> None:
        code = reason if self._client.version == VERSION_5 else 0
        if message.qos == 1:
            self._client.send(Puback(message.packet_id, code, properties))
        elif message.qos == 2:
            self._client.send(Pubrec(message.packet_id, code, properties))
            if code:
                self._taken.pop(message.packet_id, None)
            else:
                self._taken[message.packet_id] = True

    def _refused(self) -> RefusedLines:
        if self._lines is None:
            self._lines = RefusedLines(self._client.shown_id)
        return self._lines

    def close(self) -> None:
        """Write down what was only counted."""
        if self._lines is not None:
            self._lines.close()
