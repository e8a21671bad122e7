"""Bodies of packets into values, everything but PUBLISH (see `framing`).

Source: OASIS MQTT 3.1.1 and 5.0, chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from hereabouts.standards.mqtt.codes import VERSION_3, VERSION_5, Kind, Reason
from hereabouts.standards.mqtt.faults import MqttError, malformed
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
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Subscription,
    Unsuback,
    Unsubscribe,
    Will,
)
from hereabouts.standards.mqtt.properties import ALLOWED, NONE, WILL, Properties, read_properties
from hereabouts.standards.mqtt.wire import Reader

_CLEAN, _HAS_WILL, _WILL_RETAIN, _HAS_PASSWORD, _HAS_USERNAME = 0x02, 0x04, 0x20, 0x40, 0x80
_QOS_SHIFT = 3


def _properties(reader: Reader, kind: Kind, version: int) -> Properties:
    return read_properties(reader, ALLOWED[kind]) if version == VERSION_5 else NONE


def _packet_id(reader: Reader) -> int:
    found = reader.number(2)
    if found == 0:
        raise MqttError(Reason.PROTOCOL_ERROR, "a packet has the number 0")
    return found


def _read_connect(reader: Reader, _: int) -> Connect:
    if reader.binary() != b"MQTT":
        raise MqttError(Reason.UNSUPPORTED_VERSION, "this is not MQTT 3.1.1 or 5.0")
    version, flags, keep_alive = reader.number(1), reader.number(1), reader.number(2)
    if version not in (VERSION_3, VERSION_5):
        raise MqttError(Reason.UNSUPPORTED_VERSION, f"the protocol level {version} is not known")
    _check_flags(flags, version)
    properties = _properties(reader, Kind.CONNECT, version)
    client_id = reader.text()
    will = _read_will(reader, flags, version) if flags & _HAS_WILL else None
    username = reader.text() if flags & _HAS_USERNAME else None
    password = reader.binary() if flags & _HAS_PASSWORD else None
    is_clean = bool(flags & _CLEAN)
    return Connect(client_id, version, is_clean, keep_alive, username, password, will, properties)


def _check_flags(flags: int, version: int) -> None:
    qos = flags >> _QOS_SHIFT & 3
    has_will = flags & _HAS_WILL
    if flags & 1 or qos == 3 or (not has_will and (qos or flags & _WILL_RETAIN)):
        raise malformed("the flags of CONNECT contradict each other")
    if version == VERSION_3 and flags & _HAS_PASSWORD and not flags & _HAS_USERNAME:
        raise malformed("a password stands without a name")


def _read_will(reader: Reader, flags: int, version: int) -> Will:
    properties = read_properties(reader, WILL) if version == VERSION_5 else NONE
    topic, payload = reader.text(), reader.binary()
    check_topic(topic)
    return Will(topic, payload, flags >> _QOS_SHIFT & 3, bool(flags & _WILL_RETAIN), properties)


def check_topic(topic: str) -> None:
    """Refuse what cannot be a message's topic. Raises: MqttError."""
    if not topic or "+" in topic or "#" in topic:
        raise MqttError(Reason.BAD_TOPIC, "a message's topic is empty or has a wildcard")


def _read_connack(reader: Reader, version: int) -> Connack:
    flags, code = reader.number(1), reader.number(1)
    if flags > 1:
        raise malformed("CONNACK has flags that are not known")
    return Connack(code, bool(flags), _properties(reader, Kind.CONNACK, version))


_Answer: TypeAlias = type[Puback] | type[Pubrec] | type[Pubrel] | type[Pubcomp]


def _reads_answer(made: _Answer, kind: Kind) -> Callable[[Reader, int], Packet]:
    def read(reader: Reader, version: int) -> Packet:
        packet_id = _packet_id(reader)
        if version != VERSION_5 or reader.is_done:
            return made(packet_id)
        reason = reader.number(1)
        return made(packet_id, reason, _tail(reader, kind))

    return read


def _tail(reader: Reader, kind: Kind) -> Properties:
    """Properties that may be left out at the end of a packet of MQTT 5."""
    return NONE if reader.is_done else read_properties(reader, ALLOWED[kind])


def _read_subscribe(reader: Reader, version: int) -> Subscribe:
    packet_id = _packet_id(reader)
    properties = _properties(reader, Kind.SUBSCRIBE, version)
    found = []
    while not reader.is_done:
        found.append(_subscription(reader.text(), reader.number(1), version))
    if not found:
        raise MqttError(Reason.PROTOCOL_ERROR, "SUBSCRIBE names no filter")
    return Subscribe(packet_id, tuple(found), properties)


def _subscription(topic_filter: str, options: int, version: int) -> Subscription:
    handling = options >> 4 & 3
    is_foul = options & 0xC0 or handling == 3 if version == VERSION_5 else options & 0xFC
    if is_foul or options & 3 == 3:
        raise malformed("the options of a subscription are not known")
    if not topic_filter:
        raise malformed("a filter is empty")
    return Subscription(topic_filter, options & 3, bool(options & 4), bool(options & 8), handling)


def _read_suback(reader: Reader, version: int) -> Suback:
    packet_id = _packet_id(reader)
    properties = _properties(reader, Kind.SUBACK, version)
    return Suback(packet_id, _codes(reader), properties)


def _codes(reader: Reader) -> tuple[int, ...]:
    found = []
    while not reader.is_done:
        found.append(reader.number(1))
    return tuple(found)


def _read_unsubscribe(reader: Reader, version: int) -> Unsubscribe:
    packet_id = _packet_id(reader)
    properties = _properties(reader, Kind.UNSUBSCRIBE, version)
    found = []
    while not reader.is_done:
        found.append(reader.text())
    if not found or "" in found:
        raise MqttError(Reason.PROTOCOL_ERROR, "UNSUBSCRIBE names no filter")
    return Unsubscribe(packet_id, tuple(found), properties)


def _read_unsuback(reader: Reader, version: int) -> Unsuback:
    packet_id = _packet_id(reader)
    if version != VERSION_5:
        return Unsuback(packet_id)
    properties = _properties(reader, Kind.UNSUBACK, version)
    return Unsuback(packet_id, _codes(reader), properties)


def _read_disconnect(reader: Reader, version: int) -> Disconnect:
    if version != VERSION_5 or reader.is_done:
        return Disconnect()
    reason = reader.number(1)
    return Disconnect(reason, _tail(reader, Kind.DISCONNECT))


def _read_auth(reader: Reader, version: int) -> Auth:
    if version != VERSION_5:
        raise malformed("AUTH belongs to MQTT 5")
    if reader.is_done:
        return Auth()
    reason = reader.number(1)
    return Auth(reason, _tail(reader, Kind.AUTH))


_BODIES: Final[Mapping[int, Callable[[Reader, int], Packet]]] = {
    Kind.CONNECT: _read_connect,
    Kind.CONNACK: _read_connack,
    Kind.PUBACK: _reads_answer(Puback, Kind.PUBACK),
    Kind.PUBREC: _reads_answer(Pubrec, Kind.PUBREC),
    Kind.PUBREL: _reads_answer(Pubrel, Kind.PUBREL),
    Kind.PUBCOMP: _reads_answer(Pubcomp, Kind.PUBCOMP),
    Kind.SUBSCRIBE: _read_subscribe,
    Kind.SUBACK: _read_suback,
    Kind.UNSUBSCRIBE: _read_unsubscribe,
    Kind.UNSUBACK: _read_unsuback,
    Kind.PINGREQ: lambda reader, version: Pingreq(),
    Kind.PINGRESP: lambda reader, version: Pingresp(),
    Kind.DISCONNECT: _read_disconnect,
    Kind.AUTH: _read_auth,
}
_WITH_FLAG_2: Final = frozenset({Kind.PUBREL, Kind.SUBSCRIBE, Kind.UNSUBSCRIBE})


def decode_body(head: int, body: bytes, version: int) -> Packet:
    """The packet whose first byte is `head`. Raises: MqttError."""
    kind = head >> 4
    read = _BODIES.get(kind)
    if read is None:
        raise malformed("a packet is of no known type")
    if head & 0x0F != (2 if kind in _WITH_FLAG_2 else 0):
        raise malformed("a packet has flags it cannot have")
    reader = Reader(body)
    packet = read(reader, version)
    reader.end()
    return packet
