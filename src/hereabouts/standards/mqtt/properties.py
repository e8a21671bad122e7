"""Properties of MQTT 5: which there are, of what form, and in which packets.

Source: OASIS MQTT 5.0, section 2.2.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias

from hereabouts.standards.mqtt.codes import Kind, Property, Reason
from hereabouts.standards.mqtt.faults import MqttError, malformed
from hereabouts.standards.mqtt.wire import Reader, binary, packed, text, varint

Pair: TypeAlias = tuple[str, str]
Value: TypeAlias = int | str | bytes | tuple[int, ...] | tuple[Pair, ...]
Properties: TypeAlias = Mapping[Property, Value]
"""`USER` has a tuple of pairs, `SUBSCRIPTION_ID` a tuple of numbers, all others one value."""

NONE: Final[Properties] = MappingProxyType({})


class _Form(Enum):
    BYTE = 1
    TWO = 2
    FOUR = 4
    VARINT = 5
    TEXT = 6
    BINARY = 7
    PAIR = 8


_B, _2, _4, _T = _Form.BYTE, _Form.TWO, _Form.FOUR, _Form.TEXT
_FORMS: Final[Mapping[Property, _Form]] = {
    Property.PAYLOAD_FORMAT: _B,
    Property.MESSAGE_EXPIRY: _4,
    Property.CONTENT_TYPE: _T,
    Property.RESPONSE_TOPIC: _T,
    Property.CORRELATION: _Form.BINARY,
    Property.SUBSCRIPTION_ID: _Form.VARINT,
    Property.SESSION_EXPIRY: _4,
    Property.ASSIGNED_CLIENT_ID: _T,
    Property.SERVER_KEEP_ALIVE: _2,
    Property.AUTHENTICATION_METHOD: _T,
    Property.AUTHENTICATION_VALUE: _Form.BINARY,
    Property.REQUEST_PROBLEM_INFORMATION: _B,
    Property.WILL_DELAY: _4,
    Property.REQUEST_RESPONSE_INFORMATION: _B,
    Property.RESPONSE_INFORMATION: _T,
    Property.SERVER_REFERENCE: _T,
    Property.REASON_STRING: _T,
    Property.RECEIVE_MAXIMUM: _2,
    Property.TOPIC_ALIAS_MAXIMUM: _2,
    Property.TOPIC_ALIAS: _2,
    Property.MAXIMUM_QOS: _B,
    Property.RETAIN_AVAILABLE: _B,
    Property.USER: _Form.PAIR,
    Property.MAXIMUM_PACKET_SIZE: _4,
    Property.WILDCARDS_AVAILABLE: _B,
    Property.SUBSCRIPTION_IDS_AVAILABLE: _B,
    Property.SHARED_AVAILABLE: _B,
}
_FLAGS: Final = frozenset(name for name, form in _FORMS.items() if form is _B)
_NOT_ZERO: Final = frozenset(
    {Property.RECEIVE_MAXIMUM, Property.MAXIMUM_PACKET_SIZE, Property.SUBSCRIPTION_ID}
)

_MESSAGE = {
    Property.PAYLOAD_FORMAT,
    Property.MESSAGE_EXPIRY,
    Property.CONTENT_TYPE,
    Property.RESPONSE_TOPIC,
    Property.CORRELATION,
}
_ANSWER = {Property.REASON_STRING}
_LIMITS = {
    Property.SESSION_EXPIRY,
    Property.AUTHENTICATION_METHOD,
    Property.AUTHENTICATION_VALUE,
    Property.RECEIVE_MAXIMUM,
    Property.TOPIC_ALIAS_MAXIMUM,
    Property.MAXIMUM_PACKET_SIZE,
}
WILL: Final = frozenset(_MESSAGE | {Property.WILL_DELAY, Property.USER})
"""What the properties of a will may be."""
ALLOWED: Final[Mapping[Kind, frozenset[Property]]] = {
    kind: frozenset(found | {Property.USER})
    for kind, found in {
        Kind.CONNECT: _LIMITS
        | {Property.REQUEST_PROBLEM_INFORMATION, Property.REQUEST_RESPONSE_INFORMATION},
        Kind.CONNACK: _LIMITS
        | _ANSWER
        | {
            Property.MAXIMUM_QOS,
            Property.RETAIN_AVAILABLE,
            Property.ASSIGNED_CLIENT_ID,
            Property.WILDCARDS_AVAILABLE,
            Property.SUBSCRIPTION_IDS_AVAILABLE,
            Property.SHARED_AVAILABLE,
            Property.SERVER_KEEP_ALIVE,
            Property.RESPONSE_INFORMATION,
            Property.SERVER_REFERENCE,
        },
        Kind.PUBLISH: _MESSAGE | {Property.TOPIC_ALIAS, Property.SUBSCRIPTION_ID},
        Kind.PUBACK: _ANSWER,
        Kind.PUBREC: _ANSWER,
        Kind.PUBREL: _ANSWER,
        Kind.PUBCOMP: _ANSWER,
        Kind.SUBSCRIBE: {Property.SUBSCRIPTION_ID},
        Kind.SUBACK: _ANSWER,
        Kind.UNSUBSCRIBE: set(),
        Kind.UNSUBACK: _ANSWER,
        Kind.DISCONNECT: _ANSWER | {Property.SESSION_EXPIRY, Property.SERVER_REFERENCE},
        Kind.AUTH: _ANSWER | {Property.AUTHENTICATION_METHOD, Property.AUTHENTICATION_VALUE},
    }.items()
}


_READERS: Final[Mapping[_Form, Callable[[Reader], int | str | bytes | Pair]]] = {
    _Form.BYTE: lambda reader: reader.number(1),
    _Form.TWO: lambda reader: reader.number(2),
    _Form.FOUR: lambda reader: reader.number(4),
    _Form.VARINT: Reader.varint,
    _Form.TEXT: Reader.text,
    _Form.BINARY: Reader.binary,
    _Form.PAIR: lambda reader: (reader.text(), reader.text()),
}


def read_properties(reader: Reader, allowed: frozenset[Property]) -> Properties:
    """The properties a packet carries. Raises: MqttError for one that may not stand there."""
    size = reader.varint()
    if size == 0:
        return NONE
    inner = Reader(reader.take(size))
    found: dict[Property, Value] = {}
    while not inner.is_done:
        _read_one(inner, allowed, found)
    return found


def _read_one(reader: Reader, allowed: frozenset[Property], found: dict[Property, Value]) -> None:
    number = reader.varint()
    if number not in allowed:
        raise malformed(f"the property {number} may not stand here")
    name = Property(number)
    value = _READERS[_FORMS[name]](reader)
    if (name in _NOT_ZERO and value == 0) or (name in _FLAGS and value not in (0, 1)):
        raise MqttError(Reason.PROTOCOL_ERROR, f"the property {number} cannot be {value!r}")
    kept = found.get(name)
    if name in (Property.USER, Property.SUBSCRIPTION_ID):
        found[name] = (*(kept if isinstance(kept, tuple) else ()), value)
    elif kept is not None:
        raise MqttError(Reason.PROTOCOL_ERROR, f"the property {number} stands twice")
    else:
        assert not isinstance(value, tuple)
        found[name] = value


def _written(form: _Form, value: object) -> bytes:
    if isinstance(value, int):
        return varint(value) if form is _Form.VARINT else packed(value, form.value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bytes):
        return binary(value)
    assert isinstance(value, tuple)
    return text(value[0]) + text(value[1])


def write_properties(properties: Properties) -> bytes:
    """The properties with their length in front. Raises: ValueError for one that does not fit."""
    out = bytearray()
    for name, value in properties.items():
        form = _FORMS[name]
        for entry in value if isinstance(value, tuple) else (value,):
            out.append(name)
            out += _written(form, entry)
    return varint(len(out)) + bytes(out)
