"""Uplink messages of network servers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.refusals import Refusal
from hereabouts.standards.lorawan.chirpstack import parse_chirpstack
from hereabouts.standards.lorawan.errors import UplinkTooLarge, UplinkUnreadable
from hereabouts.standards.lorawan.topics import is_uplink_topic, parse_published
from hereabouts.standards.lorawan.ttn import parse_ttn
from hereabouts.standards.lorawan.uplink import Gateway, Network, Uplink

pytestmark = pytest.mark.once


def ttn(**message: Any) -> dict[str, Any]:
    return {
        "end_device_ids": {
            "device_id": "gully-7",
            "application_ids": {"application_id": "drains"},
            "dev_eui": "70b3d57ed0001a2b",
            "join_eui": "0000000000000000",
            "dev_addr": "260B0001",
        },
        "correlation_ids": ["as:up:01"],
        "received_at": "2026-11-02T07:15:01.250000000Z",
        "uplink_message": {
            "session_key_id": "AX==",
            "f_port": 2,
            "f_cnt": 41,
            "frm_payload": base64.b64encode(b"\x01\x02").decode(),
            "decoded_payload": {"level": 4},
            "normalized_payload": [{"air": {"temperature": 4.0}}],
            "rx_metadata": [
                {"gateway_ids": {"gateway_id": "town-hall", "eui": "B8"}, "rssi": -110, "snr": -2},
                {"gateway_ids": {"gateway_id": "library"}, "rssi": -87, "channel_rssi": -87},
            ],
            "settings": {
                "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 9}},
                "frequency": "868100000",
            },
            "received_at": "2026-11-02T07:15:01.048123456Z",
            "consumed_airtime": "0.164864s",
            "version_ids": {"brand_id": "decentlab", "model_id": "dl-lid"},
            "locations": {
                "user": {"latitude": 54.6, "longitude": 1.5, "source": "SOURCE_REGISTRY"}
            },
            **message,
        },
    }


def chirpstack(**more: Any) -> dict[str, Any]:
    return {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": "2026-11-02T07:15:01.048+00:00",
        "deviceInfo": {
            "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
            "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
            "applicationName": "drains",
            "deviceProfileName": "level",
            "deviceName": "gully 7",
            "devEui": "70b3d57ed0001a2b",
            "tags": {"a": "b"},
        },
        "fCnt": 41,
        "fPort": 2,
        "data": base64.b64encode(b"\x01\x02").decode(),
        "object": {"level": 4},
        "rxInfo": [{"gatewayId": "0016c001f153a14c", "rssi": -87, "snr": 10.5}],
        "txInfo": {"modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 9}}},
        **more,
    }


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_an_uplink_of_the_things_stack_is_read_whole() -> None:
    assert parse_ttn(encoded(ttn())) == Uplink(
        network=Network.THE_THINGS_STACK,
        application="drains",
        eui="70B3D57ED0001A2B",
        device_name="gully-7",
        port=2,
        counter=41,
        payload=b"\x01\x02",
        received_us=1_793_603_701_048_123,
        gateways=(Gateway("library", -87.0, None), Gateway("town-hall", -110.0, -2.0)),
        spreading_factor=9,
        bandwidth_hz=125_000,
        airtime_us=164_864,
        model="decentlab/dl-lid",
        point=(1.5, 54.6),
    )


def test_an_uplink_of_chirpstack_is_read_whole() -> None:
    assert parse_chirpstack(encoded(chirpstack()), "up") == Uplink(
        network=Network.CHIRPSTACK,
        application="17c82e96-be03-4f38-aef3-f83d48582d97",
        eui="70B3D57ED0001A2B",
        device_name="gully 7",
        port=2,
        counter=41,
        payload=b"\x01\x02",
        received_us=1_793_603_701_048_000,
        gateways=(Gateway("0016c001f153a14c", -87.0, 10.5),),
        spreading_factor=9,
        bandwidth_hz=125_000,
    )


def test_what_is_left_out_because_it_is_zero_reads_as_zero() -> None:
    message = ttn()
    for name in ("f_port", "f_cnt", "frm_payload", "rx_metadata", "settings", "version_ids"):
        del message["uplink_message"][name]
    uplink = parse_ttn(encoded(message))
    assert uplink is not None
    assert (uplink.port, uplink.counter, uplink.payload, uplink.gateways) == (0, 0, b"", ())


@pytest.mark.parametrize("kind", ["join_accept", "downlink_ack", "location_solved", "service_data"])
def test_messages_of_other_kinds_are_passed_over(kind: str) -> None:
    message = ttn()
    message[kind] = message.pop("uplink_message")
    assert parse_ttn(encoded(message)) is None


@pytest.mark.parametrize("event", ["join", "ack", "txack", "status", "log", "location", ""])
def test_events_of_other_kinds_are_passed_over(event: str) -> None:
    assert parse_chirpstack(b"{}", event) is None


def without(message: dict[str, Any], *path: str) -> dict[str, Any]:
    inner = message
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 30_000,
        encoded(without(ttn(), "end_device_ids", "dev_eui")),
        encoded(ttn(f_port=256)),
        encoded(ttn(f_port="2")),
        encoded(ttn(f_cnt=-1)),
        encoded(ttn(f_cnt=2**32)),
        encoded(ttn(frm_payload="not base64!")),
        encoded(ttn(frm_payload="AQI")),
        encoded(ttn(frm_payload=base64.b64encode(bytes(243)).decode())),
        encoded(ttn(received_at="2026-11-02T07:15:01")),
        encoded(ttn(received_at="1999-11-02T07:15:01Z")),
        encoded({**ttn(), "end_device_ids": {**ttn()["end_device_ids"], "dev_eui": "70B3"}}),
        encoded({**ttn(), "end_device_ids": {**ttn()["end_device_ids"], "device_id": "x" * 101}}),
    ],
)
def test_a_malformed_message_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(UplinkUnreadable) as refused:
        parse_ttn(body)
    assert refused.value.facts["reason"]


def test_a_message_too_large_to_be_true_is_refused() -> None:
    with pytest.raises(UplinkTooLarge):
        parse_ttn(b" " * 65_537)
    with pytest.raises(UplinkTooLarge):
        parse_chirpstack(b" " * 65_537, "up")


def test_a_signal_no_radio_could_measure_is_left_out_and_the_frame_kept() -> None:
    heard = [{"gateway_ids": {"gateway_id": "a"}, "rssi": 1e300, "snr": -1e300}]
    uplink = parse_ttn(encoded(ttn(rx_metadata=heard)))
    assert uplink is not None
    assert uplink.gateways == (Gateway("a", None, None),)


def test_a_point_off_the_earth_is_left_out() -> None:
    for place in ({"latitude": 91, "longitude": 0}, {"latitude": 1}, {}):
        uplink = parse_ttn(encoded(ttn(locations={"user": place})))
        assert uplink is not None
        assert uplink.point is None


def test_no_more_gateways_are_kept_than_are_of_use_and_the_strongest_are() -> None:
    heard = [{"gateway_ids": {"gateway_id": f"g{n}"}, "rssi": -140 + n} for n in range(100)]
    uplink = parse_ttn(encoded(ttn(rx_metadata=heard)))
    assert uplink is not None
    assert len(uplink.gateways) == 32
    assert uplink.gateways[0].gateway_id == "g99"


def test_a_published_uplink_is_read_by_its_topic() -> None:
    for topic in ("v3/drains@ttn/devices/gully-7/up", "v3/drains/devices/gully-7/up"):
        uplink = parse_published(topic, encoded(ttn()))
        assert uplink is not None
        assert uplink.network is Network.THE_THINGS_STACK
    topic = "application/17c82e96-be03-4f38-aef3-f83d48582d97/device/70b3d57ed0001a2b/event/up"
    uplink = parse_published(topic, encoded(chirpstack()))
    assert uplink is not None
    assert uplink.network is Network.CHIRPSTACK
    assert parse_published(topic[:-2] + "join", b"{}") is None


@pytest.mark.parametrize(
    "topic",
    [
        "v3/drains@ttn/devices/gully-8/up",
        "v3/parks@ttn/devices/gully-7/up",
        "v3/drains@ttn/devices/gully-7/join",
        "v3/drains/gully-7",
    ],
)
def test_a_message_about_another_device_than_its_topic_is_refused(topic: str) -> None:
    with pytest.raises(UplinkUnreadable):
        parse_published(topic, encoded(ttn()))


def test_topics_of_network_servers_are_known() -> None:
    assert is_uplink_topic("v3/a@t/devices/d/up")
    assert is_uplink_topic("application/a/device/d/event/up")
    assert not is_uplink_topic("v1.1/Datastreams(1)/Observations")
    assert not is_uplink_topic("v3/a@t/devices/d/down/push")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_readers_fail(body: bytes) -> None:
    for read in (lambda: parse_ttn(body), lambda: parse_chirpstack(body, "up")):
        try:
            read()
        except Refusal:
            continue


@given(data=st.data())
def test_no_member_of_any_type_makes_the_readers_fail(data: st.DataObject) -> None:
    message = ttn()
    inner: dict[str, Any] = message
    for _ in range(data.draw(st.integers(0, 3))):
        nested = [name for name, value in inner.items() if isinstance(value, dict)]
        if not nested:
            break
        inner = inner[data.draw(st.sampled_from(sorted(nested)))]
    inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(_json)
    try:
        parse_ttn(encoded(message))
    except Refusal:
        return
