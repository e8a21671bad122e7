"""What one network address may ask of the listener before authentication."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest
import uvloop

from hereabouts.sensing.adapters.mqtt import addresses as module
from hereabouts.sensing.adapters.mqtt.addresses import Addresses, name_address
from hereabouts.sensing.adapters.mqtt.settings import Bounds
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.errors import StoreAway
from hereabouts.standards.mqtt import (
    VERSION_3,
    VERSION_5,
    Connack,
    Connect,
    Pingreq,
    Pingresp,
)
from tests.rooms.sensing.mqtt_parts import FakeHub, connected, dialled, listening, until

pytestmark = pytest.mark.once
HERE = Bounds(limits_this_machine=True)


def run(work: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(30):
            await work

    uvloop.run(bounded())


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class CountingHub(FakeHub):
    """Counts how often it is asked who somebody is."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.is_away = False

    def authenticate(self, username: str, password: str) -> Grant:
        self.asked += 1
        if self.is_away:
            raise StoreAway(reason="it is away")
        return super().authenticate(username, password)


async def try_password(port: int, version: int, password: bytes) -> int:
    async with dialled(port, version) as client:
        client.send(Connect("m", version, username="m", password=password))
        return (await client.expect(Connack)).code


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        (("192.0.2.7", 4711), "192.0.2.7"),
        (("::ffff:192.0.2.7", 4711, 0, 0), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 4711, 0, 0), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 4711, 0, 2), "fe80::/64"),
        (("127.0.0.1", 4711), ""),
        (("::1", 4711, 0, 0), ""),
        ("/run/socket", ""),
        (("no address", 1), ""),
        (None, ""),
    ],
)
def test_addresses_are_named(peer: object, name: str) -> None:
    assert name_address(peer) == name


def test_failures_are_forgiven_with_time_and_a_refusal_ends() -> None:
    clock = Clock()
    bounds = Bounds(failures=10, failures_seconds=10.0, refused_seconds=30.0)
    found = Addresses(bounds, clock)
    for _ in range(50):
        found.note_failure("a")
        clock.now += 1.0
    assert not found.is_refused("a")
    for _ in range(11):
        found.note_failure("a")
    assert found.is_refused("a") and not found.is_refused("b")
    clock.now += 29.9
    assert found.is_refused("a")
    clock.now += 0.1
    assert not found.is_refused("a")
    for _ in range(10):
        found.note_failure("a")
    assert not found.is_refused("a")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REMEMBERED", 3)
    found = Addresses(Bounds(failures=1))
    for name in ("a", "a", "b", "c", "a", "d"):
        found.note_failure(name)
    assert found.count_remembered() == (0, 3)
    assert found.is_refused("a")
    assert found.enter("e") and found.enter("e") and found.enter("")
    found.leave("e")
    assert found.count_remembered() == (1, 3)
    found.leave("e")
    assert found.count_remembered() == (0, 3)


@pytest.mark.parametrize(("version", "code"), [(VERSION_3, 5), (VERSION_5, 0x9F)])
def test_an_address_that_guesses_is_refused_without_being_looked_up(
    version: int, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        hub = CountingHub()
        async with (
            listening(hub, bounds=replace(HERE, failures=3, refused_seconds=0.5)) as listener,
            connected(listener.port) as inside,
        ):
            for _ in range(4):
                assert await try_password(listener.port, version, b"wrong") in {4, 0x86}
            asked = hub.asked
            for password in (b"wrong", b"all"):
                assert await try_password(listener.port, version, password) == code
            assert hub.asked == asked == 5
            inside.send(Pingreq())
            await inside.expect(Pingresp)
            await asyncio.sleep(0.6)
            assert await try_password(listener.port, version, b"all") == 0

    with caplog.at_level(logging.WARNING):
        run(work())
    assert caplog.text.count("sensing.mqtt_address_refused address=127.0.0.1") == 1


def test_a_store_that_is_away_is_nobody_s_failure() -> None:
    async def work() -> None:
        hub = CountingHub()
        hub.is_away = True
        async with listening(hub, bounds=replace(HERE, failures=1)) as listener:
            for _ in range(4):
                assert await try_password(listener.port, VERSION_5, b"all") == 0x88
            hub.is_away = False
            assert await try_password(listener.port, VERSION_5, b"all") == 0

    run(work())


def test_one_address_has_so_many_connections_and_gets_room_again() -> None:
    async def work() -> None:
        bounds = replace(HERE, connections_of_address=2)
        async with listening(FakeHub(), bounds=bounds) as listener:
            async with connected(listener.port), dialled(listener.port):
                await until(lambda: listener.counters.connections == 2)
                async with dialled(listener.port) as third:
                    assert await third.is_closed()
                assert listener.counters.turned_away == 1
            await until(lambda: listener.addresses.count_remembered() == (0, 0))
            async with connected(listener.port):
                pass

    run(work())


def test_this_machine_has_no_limit_of_its_own() -> None:
    async def work() -> None:
        bounds = Bounds(connections_of_address=1, failures=1)
        async with listening(FakeHub(), bounds=bounds) as listener:
            for _ in range(4):
                assert await try_password(listener.port, VERSION_5, b"wrong") == 0x86
            async with (
                connected(listener.port),
                connected(listener.port, Connect("other", username="m", password=b"all")),
            ):
                assert listener.addresses.count_remembered() == (0, 0)

    run(work())
