"""The built-in listener: who is let in, what is acknowledged when, and what is not endured."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvloop

from hereabouts.sensing.adapters.mqtt.listener import Listener
from hereabouts.sensing.adapters.mqtt.settings import Bounds, ListenerSettings
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.errors import StoreAway
from hereabouts.standards.mqtt import (
    VERSION_3,
    VERSION_5,
    Connack,
    Connect,
    Disconnect,
    Pingreq,
    Pingresp,
    Property,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Reason,
    Unsuback,
    Unsubscribe,
    Will,
    encode,
)
from tests.rooms.sensing.mqtt_parts import (
    FakeHub,
    FakeSubscriptions,
    connected,
    dialled,
    listening,
    message,
    until,
)

pytestmark = pytest.mark.once
METER_5 = Connect("meter", VERSION_5, username="meter", password=b"all")


def run(work: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(30):
            await work

    uvloop.run(bounded())


def test_a_message_is_acknowledged_after_its_commit_and_not_before() -> None:
    async def work() -> None:
        hub = FakeHub()
        hub.holds = True
        async with listening(hub) as listener, connected(listener.port) as client:
            client.send(message(7), Pingreq())
            await client.expect(Pingresp)
            await until(lambda: bool(hub.held))
            assert hub.stored == []
            hub.held[0]()
            assert await client.expect(Puback) == Puback(7)
            assert len(hub.stored) == 1

    run(work())


def test_messages_of_one_read_are_committed_and_acknowledged_together_in_order() -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener, connected(listener.port) as client:
            client.send(*(message(number) for number in range(1, 201)))
            found = [(await client.expect(Puback)).packet_id for _ in range(200)]
            assert found == list(range(1, 201))
            assert sum(hub.batches) == 200
            assert len(hub.batches) < 20
            assert listener.counters.stored == 200

    run(work())


def test_messages_behind_connect_in_the_same_read_are_taken() -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener, dialled(listener.port) as client:
            client.send(Connect("m", username="m", password=b"all"), message(1), message(2))
            await client.expect(Connack)
            assert await client.expect(Puback) == Puback(1)
            assert await client.expect(Puback) == Puback(2)

    run(work())


@pytest.mark.parametrize(("version", "code"), [(VERSION_3, 4), (VERSION_5, 0x86)])
def test_who_cannot_say_the_password_is_turned_away(version: int, code: int) -> None:
    async def work() -> None:
        async with listening(FakeHub()) as listener, dialled(listener.port, version) as client:
            client.send(Connect("m", version, username="m", password=b"wrong"))
            assert (await client.expect(Connack)).code == code
            assert await client.is_closed()

    run(work())


def test_strangers_come_in_only_where_the_settings_say_so_and_publish_nothing() -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener:
            async with connected(listener.port, Connect("stranger", VERSION_5)) as client:
                client.send(message(1))
                assert (await client.expect(Puback)).reason == Reason.NOT_AUTHORISED
            assert hub.stored == []
        closed = ListenerSettings(port=0, admits_anonymous=False)
        async with listening(hub, settings=closed) as listener, dialled(listener.port) as client:
            client.send(Connect("stranger"))
            assert (await client.expect(Connack)).code == 5

    run(work())


def test_a_refused_message_is_explained_in_5_and_logged_in_both(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener:
            async with connected(listener.port, METER_5) as client:
                client.send(message(1, result="much"), message(2))
                answer = await client.expect(Puback)
                assert (answer.packet_id, answer.reason) == (1, Reason.BAD_PAYLOAD_FORMAT)
                assert "cannot be stored" in str(answer.properties[Property.REASON_STRING])
                assert await client.expect(Puback) == Puback(2)
            async with connected(listener.port) as client:
                client.send(message(1, result="much"), message(2))
                assert await client.expect(Puback) == Puback(1)
                assert await client.expect(Puback) == Puback(2)
            assert (listener.counters.refused, listener.counters.stored) == (2, 2)

    with caplog.at_level(logging.WARNING):
        run(work())
    lines = [line for line in caplog.messages if "sensing.publish_refused" in line]
    assert len(lines) == 2
    assert "client='meter'" in lines[0]


def test_a_flood_of_nonsense_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        async with listening(FakeHub()) as listener, connected(listener.port) as client:
            client.send(*(message(number, result="x") for number in range(1, 101)))
            for _ in range(100):
                await client.expect(Puback)
            client.send(Disconnect())
            assert await client.is_closed()

    with caplog.at_level(logging.WARNING):
        run(work())
    lines = [line for line in caplog.messages if "sensing.publish_refused" in line]
    assert len(lines) == 21
    assert lines[-1].endswith("and 80 more")


def test_what_cannot_be_committed_is_not_acknowledged_and_comes_again() -> None:
    async def work() -> None:
        hub = FakeHub()
        hub.refuses_all = StoreAway(reason="the disk is full")
        async with listening(hub) as listener:
            async with connected(listener.port, METER_5) as client:
                client.send(message(1))
                farewell = await client.expect(Disconnect)
                assert farewell.reason == Reason.SERVER_UNAVAILABLE
                assert await client.is_closed()
            assert listener.counters.unanswered == 1
            hub.refuses_all = None
            async with connected(listener.port, METER_5) as client:
                client.send(message(1, duplicate=True))
                assert await client.expect(Puback) == Puback(1)
        assert [row.once for row in hub.stored] == [True]

    run(work())


def test_while_ingest_is_full_nothing_is_read_and_nothing_is_lost() -> None:
    async def work() -> None:
        hub = FakeHub()
        hub.is_full = True
        async with listening(hub) as listener, connected(listener.port) as client:
            client.send(*(message(number) for number in range(1, 51)))
            await until(lambda: listener.counters.received > 0)
            before = listener.counters.received
            client.send(*(message(number) for number in range(51, 101)))
            await asyncio.sleep(0.1)
            assert listener.counters.received == before
            assert hub.stored == []
            hub.is_full = False
            found = [(await client.expect(Puback)).packet_id for _ in range(100)]
            assert found == list(range(1, 101))
            assert len(hub.stored) == 100

    run(work())


def test_a_publisher_that_runs_ahead_of_the_commits_is_held_back() -> None:
    async def work() -> None:
        hub = FakeHub()
        hub.holds = True
        bounds = Bounds(unanswered=100)
        async with listening(hub, bounds=bounds) as listener, connected(listener.port) as client:
            for number in range(1, 20_001):
                client.send(message(number))
            await until(lambda: listener.counters.received >= 100)
            await asyncio.sleep(0.1)
            # At most what one read of the socket brings beyond the bound.
            assert listener.counters.received < 10_000
            hub.holds = False
            for commit in hub.held:
                commit()
            for number in range(1, 20_001):
                assert (await client.expect(Puback)).packet_id == number
            assert len(hub.stored) == 20_000

    run(work())


def test_quality_2_is_taken_once_however_often_it_is_sent() -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener, connected(listener.port) as client:
            client.send(message(5, qos=2))
            assert await client.expect(Pubrec) == Pubrec(5)
            client.send(message(5, qos=2, duplicate=True))
            assert await client.expect(Pubrec) == Pubrec(5)
            client.send(Pubrel(5))
            assert await client.expect(Pubcomp) == Pubcomp(5)
            client.send(message(5, qos=2))
            assert await client.expect(Pubrec) == Pubrec(5)
            assert len(hub.stored) == 2

    run(work())


def test_what_needs_the_register_goes_the_long_way_and_is_answered_in_its_turn() -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener, connected(listener.port) as client:
            thing = Publish("v1.1/Things", b'{"name": "lamp"}', 1, 1)
            client.send(thing, message(2), message(3))
            assert [await client.expect(Puback) for _ in range(3)] == [
                Puback(1),
                Puback(2),
                Puback(3),
            ]
            assert hub.created == [("v1.1/Things", b'{"name": "lamp"}')]

    run(work())


def test_many_messages_that_need_the_register_hold_the_socket_back_and_let_it_go() -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub, bounds=Bounds(slow=4)) as listener:
            async with connected(listener.port) as client:
                for number in range(1, 101):
                    client.send(Publish("v1.1/Things", b"{}", 1, number), message(number + 200))
                    await client.writer.drain()
                    await asyncio.sleep(0)
                answered = [(await client.expect(Puback)).packet_id for _ in range(200)]
                assert answered[:4] == [1, 201, 2, 202]
                assert len(hub.created) == len(hub.stored) == 100

    run(work())


def test_unknown_streams_are_looked_up_all_at_once_until_they_are_known() -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener, connected(listener.port, METER_5) as client:
            bodies = [b'{"result": 1, "stream": %d}' % stream for stream in (1, 2, 3, 2, 500, 4)]
            client.send(
                *(
                    Publish("v1.1/Observations", body, 1, number)
                    for number, body in enumerate(bodies, 1)
                )
            )
            answers = [await client.expect(Puback) for _ in bodies]
            assert [answer.packet_id for answer in answers] == [1, 2, 3, 4, 5, 6]
            assert [answer.reason for answer in answers] == [0, 0, 0, 0, Reason.BAD_TOPIC, 0]
            assert sorted(row.stream_id for row in hub.stored) == [1, 2, 2, 3, 4]
            assert hub.learned == [frozenset({2, 3, 4, 500}), frozenset({2, 3, 4})]

    run(work())


def test_a_second_connection_takes_the_client_id_over_but_only_with_its_password() -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener, connected(listener.port, METER_5) as first:
            other = Connect("meter", VERSION_5, username="meter", password=b"closed")
            async with connected(listener.port, other):
                first.send(Pingreq())
                await first.expect(Pingresp)
                async with connected(listener.port, METER_5):
                    assert (await first.expect(Disconnect)).reason == Reason.TAKEN_OVER
                    assert listener.counters.taken_over == 1

    run(work())


def test_a_client_that_falls_silent_is_let_go_and_its_will_published() -> None:
    async def work() -> None:
        hub = FakeHub()
        will = Will("v1.1/Observations", b'{"result": 0}')
        hello = Connect("meter", VERSION_5, True, 1, "meter", b"all", will)
        async with listening(hub) as listener:
            async with connected(listener.port, hello) as client:
                assert (await client.expect(Disconnect)).reason == Reason.KEEP_ALIVE_TIMEOUT
            await until(lambda: len(hub.stored) == 1)
            async with connected(listener.port, hello) as client:
                client.send(Disconnect())
                assert await client.is_closed()
            async with connected(listener.port) as client:
                client.send(Pingreq())
                await client.expect(Pingresp)
            assert len(hub.stored) == 1

    run(work())


def test_half_a_packet_and_silence_store_nothing() -> None:
    async def work() -> None:
        hub = FakeHub()
        bounds = Bounds(connect_seconds=0.2)
        async with listening(hub, bounds=bounds) as listener:
            async with dialled(listener.port) as client:
                client.writer.write(encode(Connect("half"), VERSION_3)[:7])
                assert await client.is_closed()
            async with connected(listener.port) as client:
                client.writer.write(encode(message(1), VERSION_3)[:-5])
                await client.writer.drain()
            async with connected(listener.port) as client:
                client.writer.write(encode(message(1), VERSION_3)[:-5])
                client.writer.write(b"\xff" * 3)
                await asyncio.sleep(0.05)
                client.writer.write(b"\xff" * 2)
                await client.expect(Puback)
            assert hub.stored == []
            await until(lambda: not listener._connections)

    run(work())


def test_one_client_s_nonsense_ends_its_connection_alone() -> None:
    async def work() -> None:
        hub = FakeHub()
        hello = Connect("good", username="g", password=b"all")
        async with listening(hub) as listener, connected(listener.port, hello) as good:
            async with connected(listener.port, METER_5) as bad:
                bad.send(message(1))
                await bad.expect(Puback)
                bad.writer.write(b"\x00\x00")
                assert (await bad.expect(Disconnect)).reason == Reason.PROTOCOL_ERROR
            async with dialled(listener.port) as old:
                old.writer.write(b"\x10\x0e\x00\x06MQIsdp\x03\x02\x00\x00\x00\x00")
                assert (await old.expect(Connack)).code == 1
            good.send(message(1))
            assert await good.expect(Puback) == Puback(1)

    run(work())


def test_connections_are_counted_and_bounded() -> None:
    async def work() -> None:
        async with listening(FakeHub(), bounds=Bounds(connections=1)) as listener:
            async with connected(listener.port), dialled(listener.port) as second:
                assert await second.is_closed()
            assert (listener.counters.connections, listener.counters.turned_away) == (1, 1)

    run(work())


def test_subscriptions_are_taken_answered_and_struck_out() -> None:
    async def work() -> None:
        board = FakeSubscriptions()
        bounds = Bounds(subscriptions=2)
        async with listening(FakeHub(), board, bounds) as listener:
            async with connected(listener.port, METER_5) as client:
                codes = await client.subscribe("v1.1/Things", "v1.1/#", "v1.1/Sensors", "v1.1/X")
                assert codes == (0, Reason.WILDCARDS_NOT_SUPPORTED, 0, Reason.QUOTA_EXCEEDED)
                board.send("v1.1/Things", b"{}")
                assert await client.expect(Publish) == Publish("v1.1/Things", b"{}")
                client.send(Unsubscribe(9, ("v1.1/Things", "v1.1/Nowhere")))
                answer = await client.expect(Unsuback)
                assert answer.codes == (0, Reason.NO_SUBSCRIPTION)
            async with connected(listener.port) as client:
                assert await client.subscribe("v1.1/Things", "v1.1/#", qos=2) == (1, 0x80)
                board.send("v1.1/Things", b"{}")
                found = await client.expect(Publish)
                assert (found.qos, found.packet_id) == (1, 1)
            await until(lambda: not board.readers)

    run(work())


def test_a_slow_reader_loses_notifications_of_quality_0_and_then_the_connection() -> None:
    async def work() -> None:
        board = FakeSubscriptions()
        bounds = Bounds(queued_bytes=10_000, dropped=500)
        async with listening(FakeHub(), board, bounds) as listener:
            async with (
                connected(listener.port) as slow,
                connected(listener.port, Connect("quick", username="q", password=b"all")) as quick,
            ):
                await slow.subscribe("v1.1/Things")
                await quick.subscribe("v1.1/Sensors")
                slow.reader._transport.pause_reading()  # type: ignore[attr-defined]  # as an idle program does
                payload = b"x" * 20_000
                for _ in range(3_000):
                    board.send("v1.1/Things", payload)
                    if not listener._connections - set(board.readers):
                        await asyncio.sleep(0)
                    if listener.counters.dropped >= 500:
                        break
                assert listener.counters.dropped >= 500
                await until(lambda: len(listener._connections) == 1)
                board.send("v1.1/Sensors", b"{}")
                await quick.expect(Publish)

    run(work())


def test_notifications_of_quality_1_wait_for_their_acknowledgements() -> None:
    async def work() -> None:
        board = FakeSubscriptions()
        async with listening(FakeHub(), board, Bounds(queued=10)) as listener:
            hello = Connect(
                "careful",
                VERSION_5,
                username="c",
                password=b"all",
                properties={Property.RECEIVE_MAXIMUM: 2},
            )
            async with connected(listener.port, hello) as client:
                await client.subscribe("v1.1/Things", qos=1)
                for _ in range(5):
                    board.send("v1.1/Things", b"{}")
                client.send(Pingreq())
                first = [await client.expect(Publish), await client.expect(Publish)]
                await client.expect(Pingresp)
                client.send(Puback(first[0].packet_id))
                await client.expect(Publish)
                for _ in range(20):
                    board.send("v1.1/Things", b"{}")
                assert await client.is_closed()

    run(work())


def test_changed_rights_hold_at_once() -> None:
    async def work() -> None:
        hub, board = FakeHub(), FakeSubscriptions()
        async with listening(hub, board) as listener, connected(listener.port, METER_5) as client:
            client.send(message(1))
            assert await client.expect(Puback) == Puback(1)
            hub.grants["all"] = Grant()
            listener.recheck()
            await until(lambda: bool(board.rechecked))
            client.send(message(2))
            assert (await client.expect(Puback)).reason == Reason.NOT_AUTHORISED
            del hub.grants["all"]
            listener.recheck()
            assert (await client.expect(Disconnect)).reason == Reason.NOT_AUTHORISED

    run(work())


def test_a_taken_port_is_said_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        hub = FakeHub()
        async with listening(hub) as listener:
            settings = ListenerSettings(port=listener.port)
            threads = ThreadPoolExecutor(1)
            second = Listener(hub, FakeSubscriptions(), settings, threads=threads)
            assert not await second.start()
            await second.stop()
            await asyncio.sleep(0)
            assert second.port == 0

    with caplog.at_level(logging.ERROR):
        run(work())
    assert "another program listens there" in caplog.text


def test_a_taken_port_is_listened_on_once_the_other_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hereabouts.sensing.adapters.mqtt.listener.RETRY_SECONDS", 0.05)

    async def work() -> None:
        hub = FakeHub()
        with ThreadPoolExecutor(1) as threads:
            async with listening(hub) as first:
                settings = ListenerSettings(port=first.port)
                second = Listener(hub, FakeSubscriptions(), settings, threads=threads)
                assert not await second.start()
            await until(lambda: second.port == settings.port)
            async with dialled(second.port) as client:
                client.send(Connect("", is_clean=True))
                assert (await client.expect(Connack)).code == 0
            await second.stop()

    run(work())


def test_in_5_a_client_without_a_name_is_given_one_and_told_the_limits() -> None:
    async def work() -> None:
        async with listening(FakeHub()) as listener, dialled(listener.port, VERSION_5) as client:
            hello = Connect("", VERSION_5, False, properties={Property.SESSION_EXPIRY: 600})
            client.send(hello)
            answer = await client.expect(Connack)
            assert not answer.is_session_present
            assert answer.properties[Property.SESSION_EXPIRY] == 0
            assert answer.properties[Property.ASSIGNED_CLIENT_ID]
            assert answer.properties[Property.WILDCARDS_AVAILABLE] == 0
        async with listening(FakeHub()) as listener, dialled(listener.port) as client:
            client.send(Connect("", is_clean=False))
            assert (await client.expect(Connack)).code == 2

    run(work())
