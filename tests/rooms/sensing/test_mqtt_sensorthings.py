"""SensorThings over MQTT on a real database: created by publishing, heard by subscribing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from hereabouts.kernel.access import INSTALLATION
from hereabouts.people.api import revoke_token
from hereabouts.sensing.adapters.mqtt.settings import ANNOUNCED, BridgeSettings
from hereabouts.sensing.domain.grants import Grant
from hereabouts.standards.mqtt import VERSION_5, Connect, Disconnect, Puback, Publish, Reason
from tests.rooms.sensing.mqtt_broker import PASSWORDS, Broker, broker
from tests.rooms.sensing.mqtt_parts import Client, connected, until
from tests.rooms.sensing.mqtt_room import open_door
from tests.rooms.sensing.sta import (
    COMPLEX,
    MOMENT,
    PROPERTY,
    SENSOR,
    UNIT,
    Sta,
    a_place,
    a_stream,
    a_thing,
    a_token,
)

pytestmark = pytest.mark.django_db(transaction=True)
SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CREATES = pytest.mark.requirement(f"{SPEC}/create-observations-via-mqtt/observations-creation")
HEARS = pytest.mark.requirement(f"{SPEC}/receive-updates-via-mqtt/receive-updates")
FEATURE = {
    "name": "Mill Lane",
    "description": "The street",
    "encodingType": "application/geo+json",
    "feature": {"type": "Point", "coordinates": [-1.25, 51.75]},
}


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(40):
            await work()

    uvloop.run(bounded())


def steward(sta: Sta, client_id: str = "steward") -> Connect:
    return Connect(client_id, VERSION_5, username="any", password=sta.token.encode())


def let_in(port: int, connect: Connect) -> AbstractAsyncContextManager[Client]:
    return connected(port, connect)


async def tell(client: Client, topic: str, body: object, number: int = 1) -> Puback:
    """Publish, and what is answered; notifications that come first are kept for later."""
    client.send(Publish(topic, json.dumps(body).encode(), 1, number))
    kept = []
    while not isinstance(packet := await client.next(), Puback):
        kept.append(packet)
    client.packets[:0] = kept
    return packet


async def hear(client: Client) -> tuple[str, Any]:
    found = await client.expect(Publish)
    return found.topic, json.loads(found.payload)


def make_thing(sta: Sta, *streams: dict[str, object], **members: object) -> tuple[int, list[int]]:
    """A Thing with streams: its id and theirs, in order."""
    thing = sta.ask("POST", "Things", a_thing(*(streams or (a_stream(),)), **members)).id
    found = sta.read(f"Things({thing})/Datastreams?$orderby=id")["value"]
    return thing, [entry["@iot.id"] for entry in found]


@CREATES
def test_publishing_creates_observations_on_each_of_the_topics(sta: Sta) -> None:
    thing, (stream,) = make_thing(sta)
    multi = sta.ask(
        "POST",
        f"Things({thing})/MultiDatastreams",
        {
            "name": "Wind",
            "description": "Speed and direction",
            "observationType": COMPLEX,
            "multiObservationDataTypes": [
                "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
            ]
            * 2,
            "unitOfMeasurements": [UNIT, UNIT],
            "Sensor": SENSOR,
            "ObservedProperties": [PROPERTY, {**PROPERTY, "name": "Direction"}],
        },
    ).id
    feature = sta.ask("POST", "FeaturesOfInterest", FEATURE).id

    async def work() -> None:
        async with open_door() as (door, port), let_in(port, steward(sta)) as client:
            body = {"phenomenonTime": MOMENT, "result": 4.6}
            link = {"Datastream": {"@iot.id": stream}}
            for topic, sent in (
                ("v1.1/Observations", body | link),
                (f"v1.1/Datastreams({stream})/Observations", body),
                (f"v1.1/MultiDatastreams({multi})/Observations", body | {"result": [1, 2]}),
                (f"v1.1/FeaturesOfInterest({feature})/Observations", body | link),
            ):
                answer = await tell(client, topic, sent)
                assert answer.reason == 0, answer
            assert door.counters["listener"].stored == 4

    run(work)
    found = sta.read(f"Datastreams({stream})/Observations?$orderby=id")["value"]
    assert [entry["result"] for entry in found] == [4.6, 4.6, 4.6]
    assert sta.read(f"MultiDatastreams({multi})/Observations")["value"][0]["result"] == [1, 2]
    assert len(sta.read(f"FeaturesOfInterest({feature})/Observations")["value"]) == 1


@CREATES
def test_a_message_may_bring_a_feature_or_whole_other_entities(sta: Sta) -> None:
    _, (stream,) = make_thing(sta)

    async def work() -> None:
        async with open_door() as (_, port), let_in(port, steward(sta)) as client:
            topic = f"v1.1/Datastreams({stream})/Observations"
            body = {"phenomenonTime": MOMENT, "result": 1, "FeatureOfInterest": FEATURE}
            assert (await tell(client, topic, body)).reason == 0
            assert (await tell(client, "v1.1/Things", a_thing(a_stream()))).reason == 0

    run(work)
    assert sta.read("FeaturesOfInterest")["value"][0]["name"] == "Mill Lane"
    assert len(sta.read("Things")["value"]) == 2


@CREATES
@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        ("v1.1/Datastreams({0})/Observations", {"phenomenonTime": "now"}, 0x99),
        ("v1.1/Datastreams({0})/Observations", {"result": 1, "phenomenonTime": "now"}, 0x99),
        ("v1.1/Datastreams({0})/Observations", {"result": 1, "colour": "red"}, 0x99),
        ("v1.1/Datastreams({0})/Observations", [1], 0x99),
        ("v1.1/Datastreams(999999)/Observations", {"result": 1}, 0x90),
        ("v1.1/MultiDatastreams({0})/Observations", {"result": [1]}, 0x90),
        ("v1.1/Observations", {"result": 1}, 0x99),
        ("v1.1/Observations(1)", {"result": 1}, 0x99),
        ("elsewhere", {"result": 1}, 0x99),
    ],
)
def test_what_cannot_be_created_is_refused_with_a_reason(
    sta: Sta, topic: str, body: object, reason: int
) -> None:
    _, (stream,) = make_thing(sta)

    async def work() -> None:
        async with open_door() as (door, port), let_in(port, steward(sta)) as client:
            answer = await tell(client, topic.format(stream), body)
            assert answer.reason == reason
            assert answer.properties
            assert door.counters["listener"].refused == 1

    run(work)
    assert sta.read("Observations")["value"] == []


def test_who_may_only_read_creates_nothing(sta: Sta) -> None:
    _, (stream,) = make_thing(sta)
    secret = a_token("sensing.read_shared", address="reader@town.test")

    async def work() -> None:
        reader = Connect("reader", VERSION_5, username="x", password=secret.encode())
        for hello in (reader, Connect("nobody", VERSION_5)):
            async with open_door() as (_, port), let_in(port, hello) as client:
                topic = f"v1.1/Datastreams({stream})/Observations"
                assert (await tell(client, topic, {"result": 1})).reason == Reason.NOT_AUTHORISED
                assert (await tell(client, "v1.1/Things", a_thing())).reason == (
                    Reason.NOT_AUTHORISED
                )

    run(work)
    assert sta.read("Observations")["value"] == []


@HEARS
@pytest.mark.parametrize(
    "member",
    [
        {"result": 4.6},
        {"result": 7},
        {"result": "dry"},
        {"result": True},
        {"result": None},
        {"result": {"a": [1, 2.50]}},
        {"result": 1, "resultTime": MOMENT, "validTime": f"{MOMENT}/2026-03-02T00:00:00Z"},
        {"result": 1, "parameters": {"operator": "x"}, "resultQuality": {"grade": 1}},
        {"result": 1, "phenomenonTime": f"{MOMENT}/2026-03-02T00:00:00Z"},
    ],
)
def test_a_new_observation_is_heard_as_it_is_read(sta: Sta, member: dict[str, object]) -> None:
    _, (stream,) = make_thing(sta)
    topics = [
        "v1.1/Observations",
        f"v1.1/Datastreams({stream})/Observations",
        f"v1.1/Datastreams({stream})/Observations?$select=phenomenonTime,result",
    ]

    async def work() -> None:
        async with open_door() as (_, port), let_in(port, steward(sta)) as client:
            assert await client.subscribe(*topics) == (0, 0, 0)
            body = {"phenomenonTime": MOMENT} | member
            assert (await tell(client, topics[1], body)).reason == 0
            heard = dict([await hear(client) for _ in topics])
            assert set(heard) == set(topics)
            number = heard[topics[0]]["@iot.id"]
            address = f"Observations({number})"
            whole = await asyncio.to_thread(sta.read, address)
            part = await asyncio.to_thread(sta.read, f"{address}?$select=phenomenonTime,result")
            assert heard[topics[0]] == heard[topics[1]] == whole
            assert heard[topics[2]] == part

    run(work)


@HEARS
def test_created_and_changed_entities_are_heard_on_sets_entities_and_properties(sta: Sta) -> None:
    thing, (stream,) = make_thing(sta)
    topics = (
        "v1.1/Things",
        f"v1.1/Things({thing})",
        f"v1.1/Datastreams({stream})/Thing",
        f"v1.1/Things({thing})/description",
        f"v1.1/Things({thing})/name",
        f"v1.1/Things({thing})?$select=name",
    )

    async def work() -> None:
        async with open_door() as (_, port), let_in(port, steward(sta)) as client:
            assert await client.subscribe(*topics) == (0,) * 6
            ask = asyncio.to_thread
            await ask(sta.ask, "PATCH", f"Things({thing})", {"description": "By the mill"})
            heard = dict([await hear(client) for _ in range(5)])
            whole = await ask(sta.read, f"Things({thing})")
            assert whole["description"] == "By the mill"
            assert heard == {
                topics[0]: whole,
                topics[1]: whole,
                topics[2]: whole,
                topics[3]: {"description": "By the mill"},
                topics[5]: {"name": "Station"},
            }
            made = (await ask(sta.ask, "POST", "Things", a_thing())).id
            topic, told = await hear(client)
            assert (topic, told) == ("v1.1/Things", await ask(sta.read, f"Things({made})"))

    run(work)


@HEARS
def test_what_is_made_within_a_deep_insert_is_heard_too(sta: Sta) -> None:
    sets = ("Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors")
    sets += ("ObservedProperties", "FeaturesOfInterest", "Observations")

    async def work() -> None:
        async with open_door() as (_, port), let_in(port, steward(sta)) as client:
            assert await client.subscribe(*(f"v1.1/{name}" for name in sets)) == (0,) * 8
            observation = {"phenomenonTime": MOMENT, "result": 3, "FeatureOfInterest": FEATURE}
            body = a_thing(a_stream(Observations=[observation]))
            assert (await tell(client, "v1.1/Things", body)).reason == 0
            heard = set()
            while len(heard) < len(sets):
                heard.add((await hear(client))[0].removeprefix("v1.1/"))
            assert heard == set(sets)

    run(work)


@HEARS
def test_a_longer_path_hears_only_what_hangs_on_it(sta: Sta) -> None:
    thing, (stream,) = make_thing(sta)
    _, (other,) = make_thing(sta)

    async def work() -> None:
        async with open_door() as (_, port), let_in(port, steward(sta)) as client:
            mine = f"v1.1/Things({thing})/Datastreams({stream})/Observations"
            wrong = f"v1.1/Things({thing})/Datastreams({other})/Observations"
            streams = f"v1.1/Things({thing})/Datastreams"
            assert await client.subscribe(mine, wrong, streams) == (0, Reason.NOT_AUTHORISED, 0)
            for number in (other, stream):
                await tell(client, f"v1.1/Datastreams({number})/Observations", {"result": number})
            topic, heard = await hear(client)
            assert (topic, heard["result"]) == (mine, stream)
            ask = asyncio.to_thread
            await ask(sta.ask, "PATCH", f"Datastreams({other})", {"name": "Other"})
            await ask(sta.ask, "PATCH", f"Datastreams({stream})", {"name": "Mine"})
            while (found := await hear(client))[1]["name"] != "Mine":
                assert found[1]["@iot.id"] == stream
            assert found[0] == streams

    run(work)


@HEARS
def test_wildcards_are_refused(sta: Sta) -> None:
    async def work() -> None:
        async with open_door() as (_, port):
            plain = Connect("old", username="x", password=sta.token.encode())
            async with let_in(port, plain) as client:
                assert await client.subscribe("v1.1/#", "v1.1/+/Observations") == (0x80, 0x80)

    run(work)


@pytest.mark.parametrize("data_class", ["shared", "closed"])
def test_data_that_is_not_open_reaches_nobody_without_the_level(sta: Sta, data_class: str) -> None:
    hidden, (stream,) = make_thing(sta, properties={"dataClass": data_class})
    _, (shown,) = make_thing(sta)

    async def work() -> None:
        async with (
            open_door() as (_, port),
            let_in(port, steward(sta)) as client,
            let_in(port, Connect("nobody", VERSION_5)) as visitor,
        ):
            topic = f"v1.1/Datastreams({stream})/Observations"
            assert await visitor.subscribe(
                "v1.1/Observations", "v1.1/Things", topic, f"v1.1/Things({hidden})/name"
            ) == (0, 0, Reason.NOT_AUTHORISED, Reason.NOT_AUTHORISED)
            assert await client.subscribe(topic, "v1.1/Things") == (0, 0)
            ask = asyncio.to_thread
            await tell(client, topic, {"result": 1})
            assert (await hear(client))[0] == topic
            await ask(sta.ask, "PATCH", f"Things({hidden})", {"name": "Secret"})
            assert (await hear(client))[1]["name"] == "Secret"
            made = (await ask(sta.ask, "POST", "Things", a_thing(name="Open"))).id
            assert (await hear(client))[1]["@iot.id"] == made
            await tell(client, f"v1.1/Datastreams({shown})/Observations", {"result": 2})
            heard = dict([await hear(visitor), await hear(visitor)])
            assert heard["v1.1/Things"]["@iot.id"] == made
            assert heard["v1.1/Observations"]["result"] == 2

    run(work)


def test_a_thing_that_is_closed_falls_silent_at_once(sta: Sta) -> None:
    thing, (stream,) = make_thing(sta)

    async def work() -> None:
        async with (
            open_door() as (_, port),
            let_in(port, steward(sta)) as client,
            let_in(port, Connect("nobody", VERSION_5)) as visitor,
        ):
            topic = f"v1.1/Datastreams({stream})/Observations"
            assert await visitor.subscribe(topic, "v1.1/Locations") == (0, 0)
            await tell(client, topic, {"result": 1})
            assert (await hear(visitor))[1]["result"] == 1
            ask = asyncio.to_thread
            body = {"properties": {"dataClass": "closed"}}
            assert (await ask(sta.ask, "PATCH", f"Things({thing})", body)).status == 200
            await tell(client, topic, {"result": 2})
            await ask(sta.ask, "POST", "Locations", a_place())
            assert (await hear(visitor))[0] == "v1.1/Locations"

    run(work)


def test_a_revoked_token_ends_its_connections(sta: Sta) -> None:
    async def work() -> None:
        async with open_door() as (_, port), let_in(port, steward(sta)) as client:
            await asyncio.to_thread(_revoke_all)
            assert (await client.expect(Disconnect)).reason == Reason.NOT_AUTHORISED

    run(work)


def _revoke_all() -> None:
    from django.db import connection

    from hereabouts.people.models import Token

    for uid in Token.objects.values_list("uid", flat=True):
        revoke_token(uid, actor=INSTALLATION)
    connection.close()


def test_uplinks_of_network_servers_go_to_their_own_door(sta: Sta) -> None:
    taken: list[tuple[str, bytes, Grant]] = []
    topics = ["v3/app@tenant/devices/gully-1/up"]
    topics += ["application/7/device/0102030405060708/event/up"]

    async def work() -> None:
        async with open_door(taken) as (_, port), let_in(port, steward(sta)) as client:
            for topic in topics:
                assert (await tell(client, topic, {"a": 1})).reason == 0

    run(work)
    assert [entry[:2] for entry in taken] == [(topic, b'{"a": 1}') for topic in topics]
    assert taken[0][2].manages


def test_a_message_that_comes_again_is_stored_once(sta: Sta) -> None:
    _, (stream,) = make_thing(sta)

    async def work() -> None:
        async with open_door() as (door, port), let_in(port, steward(sta)) as client:
            topic = f"v1.1/Datastreams({stream})/Observations"
            body = json.dumps({"phenomenonTime": MOMENT, "result": 1}).encode()
            for number, again in ((1, False), (1, True), (2, False), (2, True)):
                client.send(Publish(topic, body, 1, number, again))
                await client.expect(Puback)
            await until(lambda: door.counters["listener"].stored == 4)
            assert door.counters["listener"].duplicates == 2

    run(work)
    assert len(sta.read(f"Datastreams({stream})/Observations")["value"]) == 2


@pytest.mark.broker
@CREATES
@HEARS
def test_through_mosquitto_devices_publish_and_readers_hear_open_data(
    sta: Sta, tmp_path: Path
) -> None:
    _, (stream,) = make_thing(sta)
    hidden, (secret,) = make_thing(sta, properties={"dataClass": "closed"})

    async def work(found: Broker) -> None:
        bridge = BridgeSettings(
            "127.0.0.1", found.port, "hub", PASSWORDS["hub"], announces=ANNOUNCED
        )
        device = Connect("device", username="meter", password=PASSWORDS["meter"].encode())
        async with open_door(bridge=bridge) as (door, _):
            assert door.bridge is not None
            await door.bridge.is_open.wait()
            async with (
                connected(found.devices_port, device) as meter,
                connected(found.port, Connect("reader")) as reader,
            ):
                await reader.subscribe("v1.1/#")
                for number in (secret, stream):
                    body = {"result": number, "Datastream": {"@iot.id": number}}
                    assert (await tell(meter, "v1.1/Observations", body)).reason == 0
                topics = {"v1.1/Observations", f"v1.1/Datastreams({stream})/Observations"}
                heard = dict[str, Any]()
                await asyncio.to_thread(sta.ask, "PATCH", f"Things({hidden})", {"name": "Secret"})
                made = (await asyncio.to_thread(sta.ask, "POST", "Things", a_thing())).id
                while not heard.keys() >= topics | {f"v1.1/Things({made})"}:
                    topic, told = await hear(reader)
                    heard[topic] = told
                    assert told.get("name") != "Secret"
                    assert told.get("result") in (None, stream)
                assert heard[f"v1.1/Things({made})"] == heard["v1.1/Things"]
            await until(lambda: door.counters["bridge"].stored == 2)

    with broker(tmp_path) as found:
        run(lambda: work(found))
    assert sta.read(f"Datastreams({secret})/Observations")["value"][0]["result"] == secret
