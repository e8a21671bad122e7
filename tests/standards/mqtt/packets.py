"""Packets as hypothesis invents them."""

from __future__ import annotations

from hypothesis import strategies as st

from hereabouts.standards.mqtt import (
    NONE,
    VERSION_3,
    VERSION_5,
    Auth,
    Connack,
    Connect,
    Disconnect,
    Kind,
    Packet,
    Pingreq,
    Pingresp,
    Properties,
    Property,
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
    Will,
)
from hereabouts.standards.mqtt.properties import ALLOWED, WILL

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
FILTER = TEXT.filter(bool)
TOPIC = FILTER.map(lambda text: text.replace("+", "-").replace("#", "-"))
BINARY = st.binary(max_size=12)
NUMBER = st.integers(1, 65_535)
BYTE = st.integers(0, 255)
QOS = st.integers(0, 2)
FLAG = st.integers(0, 1)

_VALUES = {
    Property.MESSAGE_EXPIRY: st.integers(0, 2**32 - 1),
    Property.CONTENT_TYPE: TEXT,
    Property.RESPONSE_TOPIC: TEXT,
    Property.CORRELATION: BINARY,
    Property.SUBSCRIPTION_ID: st.tuples(st.integers(1, 268_435_455)),
    Property.SESSION_EXPIRY: st.integers(0, 2**32 - 1),
    Property.ASSIGNED_CLIENT_ID: TEXT,
    Property.SERVER_KEEP_ALIVE: st.integers(0, 65_535),
    Property.AUTHENTICATION_METHOD: TEXT,
    Property.AUTHENTICATION_VALUE: BINARY,
    Property.WILL_DELAY: st.integers(0, 2**32 - 1),
    Property.RESPONSE_INFORMATION: TEXT,
    Property.SERVER_REFERENCE: TEXT,
    Property.REASON_STRING: TEXT,
    Property.RECEIVE_MAXIMUM: NUMBER,
    Property.TOPIC_ALIAS_MAXIMUM: st.integers(0, 65_535),
    Property.TOPIC_ALIAS: NUMBER,
    Property.USER: st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=3).map(tuple),
    Property.MAXIMUM_PACKET_SIZE: st.integers(1, 2**32 - 1),
}


def properties(allowed: frozenset[Property], version: int) -> st.SearchStrategy[Properties]:
    if version != VERSION_5:
        return st.just(NONE)
    return st.fixed_dictionaries(
        {}, optional={name: _VALUES.get(name, FLAG) for name in sorted(allowed)}
    )


def _connects(version: int) -> st.SearchStrategy[Packet]:
    will = st.builds(Will, TOPIC, BINARY, QOS, st.booleans(), properties(WILL, version))
    password = st.none() if version == VERSION_3 else st.none() | BINARY
    named = st.builds(
        Connect,
        client_id=TEXT,
        version=st.just(version),
        is_clean=st.booleans(),
        keep_alive=st.integers(0, 65_535),
        username=TEXT,
        password=st.none() | BINARY,
        will=st.none() | will,
        properties=properties(ALLOWED[Kind.CONNECT], version),
    )
    return named | st.builds(
        Connect, client_id=TEXT, version=st.just(version), username=st.none(), password=password
    )


def _messages(version: int) -> st.SearchStrategy[Packet]:
    found = properties(ALLOWED[Kind.PUBLISH], version)
    plain = st.builds(
        Publish, TOPIC, BINARY, st.just(0), st.just(0), st.just(False), st.booleans(), found
    )
    return plain | st.builds(
        Publish, TOPIC, BINARY, st.integers(1, 2), NUMBER, st.booleans(), st.booleans(), found
    )


def _answers(version: int) -> list[st.SearchStrategy[Packet]]:
    reason = BYTE if version == VERSION_5 else st.just(0)
    found: list[st.SearchStrategy[Packet]] = []
    for made, kind in (
        (Puback, Kind.PUBACK),
        (Pubrec, Kind.PUBREC),
        (Pubrel, Kind.PUBREL),
        (Pubcomp, Kind.PUBCOMP),
    ):
        found.append(st.builds(made, NUMBER, reason, properties(ALLOWED[kind], version)))
    return found


def _subscriptions(version: int) -> list[st.SearchStrategy[Packet]]:
    if version == VERSION_5:
        entry = st.builds(
            Subscription, FILTER, QOS, st.booleans(), st.booleans(), st.integers(0, 2)
        )
        codes = st.lists(BYTE, min_size=1, max_size=3).map(tuple)
    else:
        entry = st.builds(Subscription, FILTER, QOS)
        codes = st.just(())
    return [
        st.builds(
            Subscribe,
            NUMBER,
            st.lists(entry, min_size=1, max_size=3).map(tuple),
            properties(ALLOWED[Kind.SUBSCRIBE], version),
        ),
        st.builds(
            Suback,
            NUMBER,
            st.lists(BYTE, max_size=3).map(tuple),
            properties(ALLOWED[Kind.SUBACK], version),
        ),
        st.builds(
            Unsubscribe,
            NUMBER,
            st.lists(FILTER, min_size=1, max_size=3).map(tuple),
            properties(ALLOWED[Kind.UNSUBSCRIBE], version),
        ),
        st.builds(Unsuback, NUMBER, codes, properties(ALLOWED[Kind.UNSUBACK], version)),
    ]


def packets(version: int) -> st.SearchStrategy[Packet]:
    """Any packet that a version can carry."""
    rest: list[st.SearchStrategy[Packet]] = [st.just(Pingreq()), st.just(Pingresp())]
    if version == VERSION_5:
        for made, kind in ((Disconnect, Kind.DISCONNECT), (Auth, Kind.AUTH)):
            rest.append(st.builds(made, BYTE, properties(ALLOWED[kind], version)))
    else:
        rest.append(st.just(Disconnect()))
    connack = st.builds(Connack, BYTE, st.booleans(), properties(ALLOWED[Kind.CONNACK], version))
    return st.one_of(
        _connects(version),
        connack,
        _messages(version),
        *_answers(version),
        *_subscriptions(version),
        *rest,
    )
