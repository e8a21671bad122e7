"""Packets on the wire: what is written can be read, and nothing else does harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.mqtt import (
    VERSION_3,
    VERSION_5,
    Auth,
    Connack,
    Connect,
    Decoder,
    Disconnect,
    MqttError,
    Packet,
    Pingreq,
    Pingresp,
    Property,
    Puback,
    Publish,
    Pubrel,
    Reason,
    Suback,
    Subscribe,
    Subscription,
    Unsuback,
    Unsubscribe,
    Will,
    encode,
    encode_pubacks,
    message_parts,
    numbered_message,
    plain_message,
)
from tests.standards.mqtt.packets import packets

pytestmark = pytest.mark.once
HELLO = encode(Connect("meter"), VERSION_3)
HELLO_5 = encode(Connect("meter", VERSION_5), VERSION_5)


def _comes_from_clients(packet: Packet) -> bool:
    return not isinstance(packet, Connack | Suback | Unsuback | Pingresp)


def _comes_from_servers(packet: Packet) -> bool:
    return not isinstance(packet, Connect | Subscribe | Unsubscribe | Pingreq)


def _read(packet: Packet, version: int) -> Packet:
    if isinstance(packet, Connect):
        decoder, start = Decoder(), b""
    elif _comes_from_servers(packet):
        decoder, start = Decoder(version), b""
    else:
        decoder, start = Decoder(), encode(Connect("", version), version)
    found = decoder.feed(start + encode(packet, version))
    assert decoder.fault is None
    return found[-1]


@given(packets(VERSION_3))
def test_packets_of_3_1_1_come_back_as_they_were(packet: Packet) -> None:
    assert _read(packet, VERSION_3) == packet


@given(packets(VERSION_5))
def test_packets_of_5_come_back_as_they_were(packet: Packet) -> None:
    assert _read(packet, VERSION_5) == packet


@given(st.lists(packets(VERSION_5), max_size=5), st.lists(st.integers(1, 30), min_size=1))
def test_however_the_stream_is_cut_the_packets_are_the_same(
    sent: list[Packet], cuts: list[int]
) -> None:
    sent = [entry for entry in sent if _comes_from_servers(entry)]
    stream = b"".join(encode(entry, VERSION_5) for entry in sent)
    decoder, found, turn = Decoder(VERSION_5), list[Packet](), 0
    while stream:
        size = cuts[turn % len(cuts)]
        found += decoder.feed(stream[:size])
        stream, turn = stream[size:], turn + 1
    assert found == sent and decoder.fault is None


@given(st.lists(st.binary(max_size=60), max_size=6), st.sampled_from([b"", HELLO, HELLO_5]))
def test_any_bytes_are_read_or_refused(chunks: list[bytes], start: bytes) -> None:
    decoder = Decoder()
    decoder.feed(start)
    for chunk in chunks:
        decoder.feed(chunk)
    assert decoder.fault is None or isinstance(decoder.fault, MqttError)


@given(packets(VERSION_5) | packets(VERSION_3), st.data())
def test_a_damaged_packet_is_read_or_refused(packet: Packet, data: st.DataObject) -> None:
    raw = bytearray(encode(packet, VERSION_5))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    for decoder in (Decoder(VERSION_3), Decoder(VERSION_5), Decoder()):
        decoder.feed(bytes(raw))
        assert decoder.fault is None or isinstance(decoder.fault.reason, Reason)


def test_the_bytes_are_those_of_the_specification() -> None:
    # MQTT 5.0, figure 3-12 and 3.1.1, figure 3-6: a client that says everything.
    will = Will("t", b"w", 1, True)
    connect = Connect("c", VERSION_3, True, 10, "u", b"p", will)
    assert encode(connect, VERSION_3) == (
        b"\x10\x19\x00\x04MQTT\x04\xee\x00\x0a\x00\x01c\x00\x01t\x00\x01w\x00\x01u\x00\x01p"
    )
    assert encode(Publish("a/b", b"x", 1, 10), VERSION_3) == b"\x32\x08\x00\x03a/b\x00\x0ax"
    assert encode(Publish("a/b", b"x", 1, 10), VERSION_5) == b"\x32\x09\x00\x03a/b\x00\x0a\x00x"
    assert encode(Subscribe(10, (Subscription("a/b", 1),)), VERSION_3) == (
        b"\x82\x08\x00\x0a\x00\x03a/b\x01"
    )
    assert encode(Puback(10), VERSION_5) == b"\x40\x02\x00\x0a"
    assert encode(Puback(10, 0x99), VERSION_5) == b"\x40\x04\x00\x0a\x99\x00"
    assert encode(Pubrel(1), VERSION_3) == b"\x62\x02\x00\x01"
    assert encode(Disconnect(), VERSION_5) == b"\xe0\x00"
    assert encode(Auth(), VERSION_5) == b"\xf0\x00"


def test_many_acknowledgements_are_written_at_once() -> None:
    assert encode_pubacks([1, 515]) == b"\x40\x02\x00\x01\x40\x02\x02\x03"


@pytest.mark.parametrize("version", [VERSION_3, VERSION_5])
def test_a_message_made_once_reads_the_same_for_all(version: int) -> None:
    parts = message_parts("v1.1/Things", b"{}" * 100, version)
    decoder = Decoder(version)
    found = decoder.feed(plain_message(parts) + numbered_message(parts, 7))
    assert found == [
        Publish("v1.1/Things", b"{}" * 100),
        Publish("v1.1/Things", b"{}" * 100, 1, 7),
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x30\x05\x00\x02a", None),
        (b"\x30\x03\x00\x02a", Reason.MALFORMED),
        (b"\x30\x01\x00", Reason.MALFORMED),
        (b"\x36\x05\x00\x01a\x00\x01", Reason.MALFORMED),
        (b"\x32\x05\x00\x01a\x00\x00", Reason.MALFORMED),
        (b"\x38\x03\x00\x01a", Reason.MALFORMED),
        (b"\x30\x03\x00\x01\x00", Reason.MALFORMED),
        (b"\x30\x04\x00\x02\xed\xa0", Reason.MALFORMED),
        (b"\x30\x02\x00\x00", Reason.BAD_TOPIC),
        (b"\x30\x03\x00\x01#", Reason.BAD_TOPIC),
        (b"\x30\x03\x00\x01+", Reason.BAD_TOPIC),
        (b"\x80\x06\x00\x01\x00\x01a\x00", Reason.MALFORMED),
        (b"\x82\x06\x00\x00\x00\x01a\x00", Reason.PROTOCOL_ERROR),
        (b"\x82\x06\x00\x01\x00\x01a\x03", Reason.MALFORMED),
        (b"\x82\x06\x00\x01\x00\x01a\x04", Reason.MALFORMED),
        (b"\x82\x02\x00\x01", Reason.PROTOCOL_ERROR),
        (b"\xc0\x01\x00", Reason.MALFORMED),
        (b"\x00\x00", Reason.PROTOCOL_ERROR),
        (b"\xf0\x00", Reason.MALFORMED),
        (b"\x20\x02\x00\x00", Reason.PROTOCOL_ERROR),
        (b"\x30\xff\xff\xff\x7f", Reason.PACKET_TOO_LARGE),
        (b"\x30\xff\xff\xff\xff\x01", Reason.MALFORMED),
        (HELLO, Reason.PROTOCOL_ERROR),
    ],
)
def test_what_may_not_be_is_refused_by_name(raw: bytes, reason: Reason | None) -> None:
    decoder = Decoder()
    decoder.feed(HELLO + raw)
    assert (decoder.fault and decoder.fault.reason) == reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xc0\x00", Reason.PROTOCOL_ERROR),
        (b"\x30\x03\x00\x01a", Reason.PROTOCOL_ERROR),
        (b"\x10\x0e\x00\x06MQIsdp\x03\x02\x00\x00\x00\x00", Reason.UNSUPPORTED_VERSION),
        (b"\x10\x0c\x00\x04MQTT\x06\x02\x00\x00\x00\x00", Reason.UNSUPPORTED_VERSION),
        (b"\x10\x0c\x00\x04MQTT\x04\x03\x00\x00\x00\x00", Reason.MALFORMED),
        (b"\x10\x0c\x00\x04MQTT\x04\x42\x00\x00\x00\x00", Reason.MALFORMED),
        (b"\x10\x0c\x00\x04MQTT\x04\x22\x00\x00\x00\x00", Reason.MALFORMED),
        (b"GET / HTTP/1.1\r\n\r\n" + b" " * 80, Reason.PROTOCOL_ERROR),
    ],
)
def test_a_stranger_has_to_begin_with_connect(raw: bytes, reason: Reason) -> None:
    decoder = Decoder()
    decoder.feed(raw)
    assert decoder.fault is not None
    assert decoder.fault.reason == reason


def test_a_property_stands_once_and_where_it_may() -> None:
    for properties in (b"\x04\x24\x01\x24\x01", b"\x02\x01\x01", b"\x02\x24\x02", b"\x02\x7f\x01"):
        decoder = Decoder(VERSION_5)
        body = b"\x00\x00" + properties
        decoder.feed(b"\x20" + bytes((len(body),)) + body)
        assert decoder.fault is not None, properties


def test_user_properties_may_stand_many_times() -> None:
    properties = {Property.USER: (("a", "1"), ("a", "2"))}
    assert _read(Puback(1, 0x99, properties), VERSION_5) == Puback(1, 0x99, properties)


def test_packets_before_a_fault_are_still_returned_and_none_after() -> None:
    decoder = Decoder()
    found = decoder.feed(HELLO + encode(Publish("a", b"1"), VERSION_3) + b"\x00\x00")
    assert found[1:] == [Publish("a", b"1")]
    assert decoder.feed(encode(Publish("a", b"2"), VERSION_3)) == []


def test_a_packet_is_refused_for_its_size_before_it_has_arrived() -> None:
    decoder = Decoder(largest=100)
    decoder.feed(HELLO + b"\x30\x65")
    assert decoder.fault is not None
    assert decoder.fault.reason == Reason.PACKET_TOO_LARGE


def test_what_does_not_fit_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="65,535"):
        encode(Publish("a" * 70_000, b""), VERSION_3)
    with pytest.raises(ValueError, match="null"):
        encode(Publish("a\0", b""), VERSION_3)
    with pytest.raises(ValueError, match="2 bytes"):
        encode(Puback(70_000), VERSION_3)


def test_byte_by_byte_costs_no_more_than_the_bytes() -> None:
    def seconds(size: int) -> float:
        stream = encode(Publish("a", b"x" * size, 1, 1), VERSION_3)
        decoder, began = Decoder(VERSION_3), time.process_time()
        for at in range(len(stream)):
            decoder.feed(stream[at : at + 1])
        return time.process_time() - began

    # Joining the rest at every byte would make eight times the bytes sixty-four times the work.
    assert seconds(160_000) < 24 * seconds(20_000)
