"""A stream of bytes into packets, in one pass over each chunk.

Made for many small PUBLISH packets: a message costs one slice for its topic (known topics are not
decoded again) and one for its payload. What is incomplete waits in a buffer that is joined once,
so that a peer who sends byte by byte costs no more than its bytes.
"""

from __future__ import annotations

from typing import Final

from hereabouts.standards.mqtt.codes import VERSION_5, Kind, Reason
from hereabouts.standards.mqtt.decoding import check_topic, decode_body
from hereabouts.standards.mqtt.faults import MqttError, malformed
from hereabouts.standards.mqtt.packets import Connect, Packet, Publish
from hereabouts.standards.mqtt.properties import ALLOWED, NONE, Properties, read_properties
from hereabouts.standards.mqtt.wire import Reader, read_text

LARGEST_PACKET: Final = 256 * 1024
LARGEST_CONNECT: Final = 16 * 1024
"""Bytes of a stranger's first packet, which is kept before anybody knows who it is."""
LONGEST_TOPIC: Final = 1_024
"""Bytes of a message's topic."""
MOST_TOPICS: Final = 10_000
"""Topics remembered by those who share a memory of them."""

_FROM_CLIENTS: Final = frozenset(
    {
        Kind.CONNECT,
        Kind.PUBLISH,
        Kind.PUBACK,
        Kind.PUBREC,
        Kind.PUBREL,
        Kind.PUBCOMP,
        Kind.SUBSCRIBE,
        Kind.UNSUBSCRIBE,
        Kind.PINGREQ,
        Kind.DISCONNECT,
        Kind.AUTH,
    }
)
_FROM_SERVERS: Final = frozenset(Kind) - {
    Kind.CONNECT,
    Kind.SUBSCRIBE,
    Kind.UNSUBSCRIBE,
    Kind.PINGREQ,
}


class Decoder:
    """Reads what one peer sends.

    A server gives no version: it is the client's, read from its CONNECT, which has to come first
    and once. A client gives its own. `topics` may be shared by many decoders. `largest` may be
    changed between chunks. After a fault nothing more is read.
    """

    def __init__(
        self,
        version: int = 0,
        *,
        largest: int = LARGEST_PACKET,
        topics: dict[bytes, str] | None = None,
    ) -> None:
        self.version = version
        self.largest = largest
        self.fault: MqttError | None = None
        self._is_server = version == 0
        self._topics = {} if topics is None else topics
        self._rest = bytearray()
        self._needed = 0

    def feed(self, chunk: bytes) -> list[Packet]:
        """The packets that are complete now.

        Where the bytes are wrong, those before are returned and `fault` is set.
        """
        if self.fault is not None:
            return []
        rest = self._rest
        if rest:
            rest += chunk
            if len(rest) < self._needed:
                return []
            chunk = bytes(rest)
            rest.clear()
        packets: list[Packet] = []
        try:
            self._split(chunk, packets)
        except MqttError as fault:
            self.fault = fault
        return packets

    def _split(self, chunk: bytes, packets: list[Packet]) -> None:
        at, size, publish = 0, len(chunk), self._publish
        while at + 1 < size:
            head, length, start = chunk[at], chunk[at + 1], at + 2
            if length > 0x7F:
                length, start = _length(chunk, at + 1)
                if not start:
                    break
            end = start + length
            if length > (self.largest if self.version else LARGEST_CONNECT):
                raise MqttError(Reason.PACKET_TOO_LARGE, "a packet is too large")
            if end > size:
                self._needed = end - at
                self._rest += chunk[at:]
                return
            if head >> 4 == 3 and self.version:
                packets.append(publish(head, chunk, start, end))
            else:
                packets.append(self._other(head, chunk[start:end]))
            at = end
        self._needed = 2
        self._rest += chunk[at:]

    def _publish(self, head: int, chunk: bytes, start: int, end: int) -> Publish:
        qos = head >> 1 & 3
        at = start + 2
        if at > end:
            raise malformed("a packet ends within a field")
        at += chunk[start] << 8 | chunk[start + 1]
        if at > end:
            raise malformed("a packet ends within a field")
        raw = chunk[start + 2 : at]
        topic = self._topics.get(raw) or self._new_topic(raw)
        packet_id = 0
        if qos:
            at += 2
            packet_id = int.from_bytes(chunk[at - 2 : at], "big") if at <= end else 0
        if (not packet_id and qos) or qos == 3 or (not qos and head & 8):
            raise malformed("the quality of a message contradicts its number")
        properties = NONE
        if self.version == VERSION_5:
            properties, at = _publish_properties(chunk, at, end)
        payload = chunk[at:end]
        return Publish(topic, payload, qos, packet_id, head & 8 > 0, head & 1 > 0, properties)

    def _new_topic(self, raw: bytes) -> str:
        if len(raw) > LONGEST_TOPIC:
            raise MqttError(Reason.BAD_TOPIC, "a topic is too long")
        topic = read_text(raw)
        check_topic(topic)
        if len(self._topics) >= MOST_TOPICS:
            self._topics.clear()
        self._topics[raw] = topic
        return topic

    def _other(self, head: int, body: bytes) -> Packet:
        kind = head >> 4
        if kind not in (_FROM_CLIENTS if self._is_server else _FROM_SERVERS):
            raise MqttError(Reason.PROTOCOL_ERROR, f"a packet of type {kind} may not come here")
        if self._is_server and (kind == Kind.CONNECT) == bool(self.version):
            raise MqttError(Reason.PROTOCOL_ERROR, "CONNECT comes first, and once")
        packet = decode_body(head, body, self.version)
        if isinstance(packet, Connect):
            self.version = packet.version
        return packet


def _length(chunk: bytes, at: int) -> tuple[int, int]:
    """A length of two to four bytes and where it ends; 0 where the chunk ends within it."""
    value = 0
    for shift in (0, 7, 14, 21):
        if at >= len(chunk):
            return 0, 0
        byte = chunk[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise malformed("a number has more than four bytes")


def _publish_properties(chunk: bytes, at: int, end: int) -> tuple[Properties, int]:
    if at >= end:
        raise malformed("a packet ends within a field")
    if chunk[at] == 0:
        return NONE, at + 1
    reader = Reader(chunk[at:end])
    return read_properties(reader, ALLOWED[Kind.PUBLISH]), at + reader.at
