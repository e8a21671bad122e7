"""Packets into bytes.

Source: OASIS MQTT 3.1.1 and 5.0, chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from hereabouts.standards.mqtt.codes import VERSION_5, Kind
from hereabouts.standards.mqtt.packets import (
    Auth,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Subscription,
    Unsuback,
    Unsubscribe,
)
from hereabouts.standards.mqtt.properties import Properties, write_properties
from hereabouts.standards.mqtt.wire import binary, packed, text, varint


def _framed(head: int, body: bytes) -> bytes:
    return bytes((head,)) + varint(len(body)) + body


def _properties(properties: Properties, version: int) -> bytes:
    return write_properties(properties) if version == VERSION_5 else b""


def _connect(packet: Connect, _: int) -> bytes:
    flags, version = 2 if packet.is_clean else 0, packet.version
    fields = [_properties(packet.properties, version), text(packet.client_id)]
    if packet.will is not None:
        will = packet.will
        flags |= 4 | will.qos << 3 | (0x20 if will.is_retained else 0)
        fields += [_properties(will.properties, version), text(will.topic), binary(will.payload)]
    if packet.username is not None:
        flags |= 0x80
        fields.append(text(packet.username))
    if packet.password is not None:
        flags |= 0x40
        fields.append(binary(packet.password))
    start = text("MQTT") + bytes((version, flags)) + packed(packet.keep_alive, 2)
    return _framed(Kind.CONNECT << 4, start + b"".join(fields))


def _connack(packet: Connack, version: int) -> bytes:
    start = bytes((packet.is_session_present, packet.code))
    return _framed(Kind.CONNACK << 4, start + _properties(packet.properties, version))


def _publish(packet: Publish, version: int) -> bytes:
    head = Kind.PUBLISH << 4 | packet.is_duplicate << 3 | packet.qos << 1 | packet.is_retained
    number = packed(packet.packet_id, 2) if packet.qos else b""
    properties = _properties(packet.properties, version)
    return _framed(head, text(packet.topic) + number + properties + packet.payload)


def _writes_answer(
    head: int,
) -> Callable[[Puback | Pubrec | Pubrel | Pubcomp, int], bytes]:
    def write(packet: Puback | Pubrec | Pubrel | Pubcomp, version: int) -> bytes:
        body = packed(packet.packet_id, 2)
        if version == VERSION_5 and (packet.reason or packet.properties):
            body += bytes((packet.reason,)) + write_properties(packet.properties)
        return _framed(head, body)

    return write


def _options(entry: Subscription, version: int) -> int:
    if version != VERSION_5:
        return entry.qos
    flags = entry.is_not_local << 2 | entry.keeps_retain_flag << 3
    return entry.qos | flags | entry.retain_handling << 4


def _subscribe(packet: Subscribe, version: int) -> bytes:
    body = packed(packet.packet_id, 2) + _properties(packet.properties, version)
    for entry in packet.subscriptions:
        body += text(entry.topic_filter) + bytes((_options(entry, version),))
    return _framed(Kind.SUBSCRIBE << 4 | 2, body)


def _suback(packet: Suback, version: int) -> bytes:
    body = packed(packet.packet_id, 2) + _properties(packet.properties, version)
    return _framed(Kind.SUBACK << 4, body + bytes(packet.codes))


def _unsubscribe(packet: Unsubscribe, version: int) -> bytes:
    body = packed(packet.packet_id, 2) + _properties(packet.properties, version)
    return _framed(
        Kind.UNSUBSCRIBE << 4 | 2, body + b"".join(text(name) for name in packet.topic_filters)
    )


def _unsuback(packet: Unsuback, version: int) -> bytes:
    body = packed(packet.packet_id, 2)
    if version == VERSION_5:
        body += write_properties(packet.properties) + bytes(packet.codes)
    return _framed(Kind.UNSUBACK << 4, body)


def _writes_farewell(head: int) -> Callable[[Disconnect | Auth, int], bytes]:
    def write(packet: Disconnect | Auth, version: int) -> bytes:
        body = b""
        if version == VERSION_5 and (packet.reason or packet.properties):
            body = bytes((packet.reason,)) + write_properties(packet.properties)
        return _framed(head, body)

    return write


# Any: each function takes the one class it stands under.
_BODIES: Final[Mapping[type, Callable[[Any, int], bytes]]] = {
    Connect: _connect,
    Connack: _connack,
    Publish: _publish,
    Puback: _writes_answer(Kind.PUBACK << 4),
    Pubrec: _writes_answer(Kind.PUBREC << 4),
    Pubrel: _writes_answer(Kind.PUBREL << 4 | 2),
    Pubcomp: _writes_answer(Kind.PUBCOMP << 4),
    Subscribe: _subscribe,
    Suback: _suback,
    Unsubscribe: _unsubscribe,
    Unsuback: _unsuback,
    Pingreq: lambda packet, version: b"\xc0\x00",
    Pingresp: lambda packet, version: b"\xd0\x00",
    Disconnect: _writes_farewell(Kind.DISCONNECT << 4),
    Auth: _writes_farewell(Kind.AUTH << 4),
}


def encode(packet: Packet, version: int) -> bytes:
    """A packet's bytes in one version. Raises: ValueError for what that version cannot carry."""
    return _BODIES[type(packet)](packet, version)


def encode_pubacks(packet_ids: Iterable[int]) -> bytes:
    """Many successful PUBACKs at once; the same bytes in both versions."""
    return b"".join([b"\x40\x02" + number.to_bytes(2, "big") for number in packet_ids])


def message_parts(topic: str, payload: bytes, version: int) -> tuple[bytes, bytes]:
    """What of a PUBLISH is the same for all its receivers: before and behind the packet's number.

    See `numbered_message`; made once and sent to many.
    """
    return text(topic), (b"\0" if version == VERSION_5 else b"") + payload


def plain_message(parts: tuple[bytes, bytes]) -> bytes:
    """The PUBLISH of quality 0 with these parts."""
    before, behind = parts
    return b"\x30" + varint(len(before) + len(behind)) + before + behind


def numbered_message(parts: tuple[bytes, bytes], packet_id: int) -> bytes:
    """The PUBLISH of quality 1 with these parts and a number."""
    before, behind = parts
    size = varint(len(before) + 2 + len(behind))
    return b"\x32" + size + before + packet_id.to_bytes(2, "big") + behind
