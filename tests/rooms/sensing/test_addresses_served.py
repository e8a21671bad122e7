"""The addresses a server gives out where nobody asks over HTTP: its own, whatever requests say."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hereabouts.standards.mqtt import VERSION_5, Connect, Publish
from tests.rooms.sensing.mqtt_parts import connected
from tests.rooms.sensing.serving import ServedHub
from tests.rooms.sensing.sta import a_stream, a_thing

pytestmark = pytest.mark.once


@pytest.fixture
def mqtt_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def hub(tmp_path: Path, mqtt_port: int) -> Iterator[ServedHub]:
    listen = f"127.0.0.1:{mqtt_port}"
    with ServedHub(tmp_path, HEREABOUTS_MQTT_LISTEN=listen, HEREABOUTS_BASE_URL="") as made:
        yield made


def post_thing(hub: ServedHub, host: str) -> int:
    caller = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
    headers = {"Authorization": f"Bearer {hub.token}", "Host": host}
    with closing(caller):
        caller.request("POST", "/sta/v1.1/Things", json.dumps(a_thing(a_stream())), headers)
        return caller.getresponse().status


def test_notifications_link_to_the_port_that_is_listened_on(hub: ServedHub, mqtt_port: int) -> None:
    async def hear() -> dict[str, str]:
        hello = Connect("reader", VERSION_5, username="any", password=hub.token.encode())
        async with connected(mqtt_port, hello) as reader:
            await reader.subscribe("v1.1/Things")
            # A host that is let in, with a port that is not ours.
            assert await asyncio.to_thread(post_thing, hub, "localhost:6666") == 201
            told: dict[str, str] = json.loads((await reader.expect(Publish)).payload)
            return told

    told = asyncio.run(hear())
    root = f"http://127.0.0.1:{hub.port}/sta/v1.1/Things("
    assert told["@iot.selfLink"].startswith(root)
    assert told["Datastreams@iot.navigationLink"].startswith(root)
