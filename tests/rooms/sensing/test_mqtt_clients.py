"""Clients that people really use, against the built-in listener: paho and Mosquitto's programs."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
import uvloop
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from hereabouts.sensing.adapters.mqtt.settings import ListenerSettings
from tests.rooms.sensing.mqtt_broker import make_certificate
from tests.rooms.sensing.mqtt_parts import FakeHub, FakeSubscriptions, listening, until

pytestmark = pytest.mark.once
TOPIC = "v1.1/Observations"
VERSIONS = [MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5]


def run(work: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(40):
            await work

    uvloop.run(bounded())


class Heard:
    """What a client of paho got, and whether its subscription stands."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.subscribed = threading.Event()


@contextmanager
def paho_client(
    port: int, version: MQTTProtocolVersion, authority: Path | None = None
) -> Iterator[tuple[paho.Client, Heard]]:
    heard = Heard()
    client = paho.Client(CallbackAPIVersion.VERSION2, f"paho-{version}", protocol=version)
    client.username_pw_set("meter", "all")
    client.on_message = lambda _, __, found: heard.messages.append((found.topic, found.payload))
    client.on_subscribe = lambda *_: heard.subscribed.set()
    if authority is not None:
        client.tls_set_context(ssl.create_default_context(cafile=str(authority)))
    client.connect("127.0.0.1" if authority is None else "localhost", port)
    client.loop_start()
    try:
        yield client, heard
    finally:
        client.disconnect()
        client.loop_stop()


def _publish_and_listen(
    port: int, version: MQTTProtocolVersion, board: FakeSubscriptions, send: Any
) -> Heard:
    with paho_client(port, version) as (client, heard):
        client.subscribe("v1.1/Things", qos=1)
        assert heard.subscribed.wait(10)
        for qos in (0, 1, 2):
            for _ in range(5):
                client.publish(TOPIC, b'{"result": 1}', qos=qos).wait_for_publish(10)
        send()
        for _ in range(1_000):
            if heard.messages:
                break
            threading.Event().wait(0.01)
        return heard


@pytest.mark.parametrize("version", VERSIONS)
def test_paho_publishes_at_every_quality_and_hears(version: MQTTProtocolVersion) -> None:
    async def work() -> None:
        hub, board = FakeHub(), FakeSubscriptions()
        async with listening(hub, board) as listener:
            loop = asyncio.get_running_loop()

            def send() -> None:
                loop.call_soon_threadsafe(board.send, "v1.1/Things", b"{}")

            heard = await asyncio.to_thread(
                _publish_and_listen, listener.port, version, board, send
            )
            assert heard.messages == [("v1.1/Things", b"{}")]
            await until(lambda: len(hub.stored) == 15)

    run(work())


@pytest.mark.broker
def test_encrypted_clients_are_served_and_plain_ones_are_not(tmp_path: Path) -> None:
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    make_certificate(certificate, key)

    def publish(port: int) -> None:
        version = MQTTProtocolVersion.MQTTv5
        with paho_client(port, version, certificate) as (client, _):
            for _ in range(10):
                client.publish(TOPIC, b'{"result": 1}', qos=1).wait_for_publish(10)

    async def work() -> None:
        hub = FakeHub()
        settings = ListenerSettings("127.0.0.1", 0, certificate, key)
        async with listening(hub, settings=settings) as listener:
            await asyncio.to_thread(publish, listener.port)
            await until(lambda: len(hub.stored) == 10)
            plain = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(listener.port), "-u", "m"]
            plain += ["-P", "all", "-t", TOPIC, "-m", '{"result": 1}', "-q", "1"]
            assert (await asyncio.to_thread(subprocess.run, plain, capture_output=True)).returncode

    run(work())


def test_a_certificate_that_cannot_be_read_leaves_the_door_shut_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from hereabouts.sensing.adapters.mqtt.listener import Listener

    async def work() -> None:
        settings = ListenerSettings("127.0.0.1", 0, tmp_path / "none.pem", tmp_path / "none.key")
        threads = ThreadPoolExecutor(1)
        listener = Listener(FakeHub(), FakeSubscriptions(), settings, threads=threads)
        assert not await listener.start()
        await listener.stop()

    run(work())
    assert "sensing.mqtt_not_listening" in caplog.text


@pytest.mark.broker
@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_mosquitto_s_programs_publish_and_hear(version: str) -> None:
    async def work() -> None:
        hub, board = FakeHub(), FakeSubscriptions()
        async with listening(hub, board) as listener:
            common = ["-h", "127.0.0.1", "-p", str(listener.port), "-u", "meter", "-P", "all"]
            common += ["-V", version]
            hearing = await asyncio.create_subprocess_exec(
                "mosquitto_sub", *common, "-t", "v1.1/Things", "-C", "1", "-W", "20",
                stdout=subprocess.PIPE,
            )  # fmt: skip
            for qos in "012":
                publishing = await asyncio.create_subprocess_exec(
                    "mosquitto_pub", *common, "-t", TOPIC, "-m", '{"result": 1}', "-q", qos
                )
                assert await publishing.wait() == 0
            await until(lambda: len(hub.stored) == 3)
            await until(lambda: bool(board.readers))
            board.send("v1.1/Things", b'{"@iot.id": 1}')
            heard, _ = await hearing.communicate()
            assert heard == b'{"@iot.id": 1}\n'

    run(work())
