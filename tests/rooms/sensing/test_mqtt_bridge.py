"""The bridge to Mosquitto: nothing acknowledged is lost, and the access list does its part."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from hereabouts.sensing.adapters.mqtt import bridge as module
from hereabouts.sensing.adapters.mqtt.bridge import Bridge
from hereabouts.sensing.adapters.mqtt.notices import Notice
from hereabouts.sensing.adapters.mqtt.settings import BridgeSettings
from hereabouts.sensing.errors import StoreAway
from hereabouts.standards.mqtt import Connect, Pingreq, Pingresp, Puback, Publish
from tests.rooms.sensing.mqtt_broker import PASSWORDS, Broker, broker, publish
from tests.rooms.sensing.mqtt_parts import FakeHub, connected, message, until

pytestmark = [pytest.mark.once, pytest.mark.broker]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.1)


def run(work: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(50):
            await work

    uvloop.run(bounded())


@asynccontextmanager
async def bridged(hub: FakeHub, found: Broker, *, word: str = "hub-word") -> AsyncIterator[Bridge]:
    settings = BridgeSettings(
        "127.0.0.1",
        found.port,
        "hub",
        word,
        uses_tls=found.uses_tls,
        authority=found.folder / "server.pem" if found.uses_tls else None,
    )
    bridge = Bridge(hub, settings, ThreadPoolExecutor(2))
    bridge.start()
    try:
        yield bridge
    finally:
        await bridge.stop()


def device() -> Connect:
    return Connect("device", username="meter", password=PASSWORDS["meter"].encode())


def test_what_devices_publish_to_mosquitto_is_stored(tmp_path: Path) -> None:
    async def work(found: Broker) -> None:
        hub = FakeHub()
        async with bridged(hub, found) as bridge, asyncio.timeout(20):
            await bridge.is_open.wait()
            topic = ("-t", "v1.1/Observations", "-q", "1")
            for value in range(3):
                body = f'{{"result": {value}}}'
                assert await asyncio.to_thread(publish, found.devices_port, *topic, "-m", body) == 0
            await until(lambda: len(hub.stored) == 3)
            assert [row.number for row in hub.stored] == [0.0, 1.0, 2.0]
            body = '{"result": "much"}'
            await asyncio.to_thread(publish, found.devices_port, *topic, "-m", body)
            await until(lambda: bridge.counters.refused == 1)

    with broker(tmp_path) as found:
        run(work(found))


def test_encrypted_it_is_the_same(tmp_path: Path) -> None:
    async def work(found: Broker) -> None:
        hub = FakeHub()
        async with bridged(hub, found) as bridge, asyncio.timeout(20):
            await bridge.is_open.wait()
            trust = ("--cafile", str(found.folder / "server.pem"))
            topic = ("-t", "v1.1/Observations", "-q", "1", "-m", '{"result": 1}')
            assert await asyncio.to_thread(publish, found.devices_port, *trust, *topic) == 0
            await until(lambda: len(hub.stored) == 1)

    with broker(tmp_path, uses_tls=True) as found:
        run(work(found))


def test_a_wrong_password_is_said_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(found: Broker) -> None:
        async with bridged(FakeHub(), found, word="wrong"):
            await until(lambda: caplog.text.count("refused us with 0x87") >= 2)

    with caplog.at_level(logging.WARNING), broker(tmp_path) as found:
        run(work(found))
    assert "sensing.mqtt_broker_away" in caplog.text


def test_through_a_restart_of_the_broker_every_message_is_stored(tmp_path: Path) -> None:
    async def work(found: Broker) -> None:
        hub = FakeHub()
        async with bridged(hub, found) as bridge, asyncio.timeout(40):
            await bridge.is_open.wait()
            async with connected(found.devices_port, device()) as client:
                client.send(*(message(number, result=number) for number in range(1, 201)))
                for _ in range(200):
                    await client.expect(Puback)
            await asyncio.to_thread(found.stop)
            await asyncio.to_thread(found.start)
            await until(bridge.is_open.is_set)
            async with connected(found.devices_port, device()) as client:
                client.send(*(message(number, result=number) for number in range(201, 301)))
                for _ in range(100):
                    await client.expect(Puback)
            await until(lambda: {row.number for row in hub.stored} == set(range(1, 301)))

    with broker(tmp_path) as found:
        run(work(found))


def test_what_was_not_committed_is_sent_again_and_marked_so(tmp_path: Path) -> None:
    async def work(found: Broker) -> None:
        hub = FakeHub()
        async with bridged(hub, found) as bridge, asyncio.timeout(40):
            await bridge.is_open.wait()
            hub.refuses_all = StoreAway(reason="the disk is full")
            async with connected(found.devices_port, device()) as client:
                client.send(*(message(number, result=number) for number in range(1, 21)))
                for _ in range(20):
                    await client.expect(Puback)
            await until(lambda: bridge.counters.unanswered > 0)
            assert hub.stored == []
            hub.refuses_all = None
            await until(lambda: {row.number for row in hub.stored} == set(range(1, 21)))
            assert any(row.once for row in hub.stored)

    with broker(tmp_path) as found:
        run(work(found))


def test_what_came_while_the_hub_was_away_waits_at_the_broker(tmp_path: Path) -> None:
    async def work(found: Broker) -> None:
        hub = FakeHub()
        async with bridged(hub, found) as bridge, asyncio.timeout(20):
            await bridge.is_open.wait()
        await asyncio.sleep(0.2)
        topic = ("-t", "v1.1/Observations", "-q", "1", "-m", '{"result": 5}')
        await asyncio.to_thread(publish, found.devices_port, *topic)
        assert hub.stored == []
        async with bridged(hub, found):
            await until(lambda: [row.number for row in hub.stored] == [5.0])

    with broker(tmp_path) as found:
        run(work(found))


def test_readers_hear_notifications_on_the_standard_s_topics_and_no_device_s_own_words(
    tmp_path: Path,
) -> None:
    async def work(found: Broker) -> None:
        hub = FakeHub()
        async with bridged(hub, found) as bridge, asyncio.timeout(20):
            await bridge.is_open.wait()
            async with connected(found.port, Connect("reader")) as reader:
                await reader.subscribe("v1.1/Observations", "v1.1/Things")
                topic = ("-t", "v1.1/Observations", "-q", "1", "-m", '{"result": 1}')
                await asyncio.to_thread(publish, found.devices_port, *topic)
                await until(lambda: len(hub.stored) == 1)
                bridge.notify(Notice("v1.1/Observations", b'{"@iot.id": 1}'), 0)
                bridge.notify(Notice("v1.1/Things", b'{"@iot.id": 2}'), 0)
                first, second = [await reader.expect(Publish) for _ in range(2)]
                assert (first.topic, first.payload) == ("v1.1/Observations", b'{"@iot.id": 1}')
                assert (second.topic, second.payload) == ("v1.1/Things", b'{"@iot.id": 2}')
                reader.send(message(1))
                await reader.expect(Puback)
            assert len(hub.stored) == 1
            assert bridge.counters.received == 1

    with broker(tmp_path) as found:
        run(work(found))


def test_the_access_list_keeps_devices_to_their_topics(tmp_path: Path) -> None:
    async def work(found: Broker) -> None:
        hub = FakeHub()
        async with bridged(hub, found) as bridge, asyncio.timeout(20):
            await bridge.is_open.wait()
            for topic in ("v1.1/Things", "in/v1.1/Observations", "v3/a/devices/b/up"):
                arguments = ("-t", topic, "-q", "1", "-m", '{"result": 1}')
                await asyncio.to_thread(publish, found.devices_port, *arguments)
            topic = ("-t", "v1.1/Observations", "-q", "1", "-m", '{"result": 1}')
            assert (
                await asyncio.to_thread(lambda: publish(found.devices_port, *topic, word="no")) != 0
            )
            async with connected(found.devices_port, device()) as client:
                # Mosquitto takes the subscription down, and delivers nothing on it.
                await client.subscribe("v1.1/Observations")
                assert await asyncio.to_thread(publish, found.devices_port, *topic) == 0
                await until(lambda: bridge.counters.received == 1)
                client.send(Pingreq())
                await client.expect(Pingresp)
            assert hub.created == []

    with broker(tmp_path) as found:
        run(work(found))


def test_a_retained_message_is_stored_when_it_is_published_and_not_at_every_start(
    tmp_path: Path,
) -> None:
    async def work(found: Broker) -> None:
        hub = FakeHub()
        topic = ("-t", "v1.1/Observations", "-q", "1", "-r", "-m", '{"result": 1}')
        async with bridged(hub, found) as bridge, asyncio.timeout(20):
            await bridge.is_open.wait()
            await asyncio.to_thread(publish, found.devices_port, *topic)
            await until(lambda: len(hub.stored) == 1)
        async with bridged(hub, found) as bridge, asyncio.timeout(20):
            await bridge.is_open.wait()
            plain = ("-t", "v1.1/Observations", "-q", "1", "-m", '{"result": 2}')
            await asyncio.to_thread(publish, found.devices_port, *plain)
            await until(lambda: len(hub.stored) == 2)
            assert [row.number for row in hub.stored] == [1.0, 2.0]

    with broker(tmp_path) as found:
        run(work(found))
