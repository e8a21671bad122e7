"""Control packets as plain values, the same for MQTT 3.1.1 and 5.0.

What one version cannot say has its default there: reasons and properties are MQTT 5 only.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from hereabouts.standards.mqtt.codes import VERSION_3
from hereabouts.standards.mqtt.properties import NONE, Properties


class Will(msgspec.Struct, frozen=True):
    """What the server is to publish when the client goes without a word."""

    topic: str
    payload: bytes
    qos: int = 0
    is_retained: bool = False
    properties: Properties = NONE


class Connect(msgspec.Struct, frozen=True):
    """A client's first packet. `keep_alive` in seconds, 0 for none."""

    client_id: str
    version: int = VERSION_3
    is_clean: bool = True
    keep_alive: int = 0
    username: str | None = None
    password: bytes | None = None
    will: Will | None = None
    properties: Properties = NONE


class Connack(msgspec.Struct, frozen=True):
    """The answer to it; `code` is a return code in 3.1.1, a reason in 5.0."""

    code: int = 0
    is_session_present: bool = False
    properties: Properties = NONE


class Publish(msgspec.Struct, gc=False):
    """A message; `packet_id` is 0 at quality of service 0."""

    topic: str
    payload: bytes
    qos: int = 0
    packet_id: int = 0
    is_duplicate: bool = False
    is_retained: bool = False
    properties: Properties = NONE


class Puback(msgspec.Struct, gc=False):
    """A message of quality 1 has been taken over, or refused for a reason."""

    packet_id: int
    reason: int = 0
    properties: Properties = NONE


class Pubrec(msgspec.Struct, frozen=True):
    """A message of quality 2 has been received."""

    packet_id: int
    reason: int = 0
    properties: Properties = NONE


class Pubrel(msgspec.Struct, frozen=True):
    """Its sender lets go of it."""

    packet_id: int
    reason: int = 0
    properties: Properties = NONE


class Pubcomp(msgspec.Struct, frozen=True):
    """And so does its receiver."""

    packet_id: int
    reason: int = 0
    properties: Properties = NONE


class Subscription(msgspec.Struct, frozen=True):
    """One filter of a SUBSCRIBE with its options."""

    topic_filter: str
    qos: int = 0
    is_not_local: bool = False
    keeps_retain_flag: bool = False
    retain_handling: int = 0


class Subscribe(msgspec.Struct, frozen=True):
    """A wish for messages."""

    packet_id: int
    subscriptions: tuple[Subscription, ...]
    properties: Properties = NONE


class Suback(msgspec.Struct, frozen=True):
    """The answer: for each filter the quality granted, or 128 and more."""

    packet_id: int
    codes: tuple[int, ...]
    properties: Properties = NONE


class Unsubscribe(msgspec.Struct, frozen=True):
    """The end of a wish."""

    packet_id: int
    topic_filters: tuple[str, ...]
    properties: Properties = NONE


class Unsuback(msgspec.Struct, frozen=True):
    """The answer; `codes` are MQTT 5 only."""

    packet_id: int
    codes: tuple[int, ...] = ()
    properties: Properties = NONE


class Pingreq(msgspec.Struct, frozen=True):
    """Are you there?"""


class Pingresp(msgspec.Struct, frozen=True):
    """Yes."""


class Disconnect(msgspec.Struct, frozen=True):
    """Good-bye; from the server only in MQTT 5."""

    reason: int = 0
    properties: Properties = NONE


class Auth(msgspec.Struct, frozen=True):
    """A step of an authentication that takes several; MQTT 5 only."""

    reason: int = 0
    properties: Properties = NONE


Packet: TypeAlias = (
    Connect
    | Connack
    | Publish
    | Puback
    | Pubrec
    | Pubrel
    | Pubcomp
    | Subscribe
    | Suback
    | Unsubscribe
    | Unsuback
    | Pingreq
    | Pingresp
    | Disconnect
    | Auth
)
