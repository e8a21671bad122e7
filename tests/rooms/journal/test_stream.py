"""`/events`: what was missed is replayed, what is new arrives, and slow readers hold nobody up."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
from django.db import OperationalError, connection

from hereabouts.journal.domain.stream import STOPPING, TOO_SLOW, Frame
from hereabouts.journal.errors import StreamsClosed, StreamsFull
from hereabouts.journal.web import hub as hub_module
from hereabouts.journal.web import tail
from hereabouts.journal.web.hot import event_routes
from hereabouts.journal.web.hub import Hub, Listener
from hereabouts.journal.web.tail import Streams
from hereabouts.kernel.access import PersonId
from hereabouts.kernel.asgi import Message, Request, Response, Router, Scope
from tests.rooms.journal.sample import StreetChecked, StreetRenamed, record, rename

PATIENCE_S = 20.0


def run(story: Coroutine[object, object, None]) -> None:
    """Run a story on a loop of its own, but not for ever."""

    async def bounded() -> None:
        await asyncio.wait_for(story, PATIENCE_S)

    asyncio.run(bounded())


def frame(position: int, name: str = "sample.street.renamed.v1", subject: str = "s") -> Frame:
    return Frame(position, name, subject, f"<{position}>".encode())


async def nothing(listener: Listener, through: int) -> tuple[list[Frame], int]:
    raise AssertionError("nothing has to be replayed")


async def positions(chunks: AsyncGenerator[bytes, None], last: int) -> list[int]:
    """Read a hub's chunks up to the frame of a position."""
    found: list[int] = []
    async for chunk in chunks:
        found += [int(part) for part in chunk.decode().replace(">", "").split("<")[1:]]
        if found and found[-1] >= last:
            break
    return found


def opened(position: int = 0, **limits: int) -> Hub:
    hub = Hub(**limits)
    hub.open(position)
    return hub


def test_new_events_reach_every_stream_that_wants_them() -> None:
    async def story() -> None:
        hub = opened(10)
        everything = hub.join(None, type_prefix="", subject="")
        streets = hub.join(None, type_prefix="sample.street", subject="")
        one = hub.join(None, type_prefix="", subject="t")
        hub.publish([frame(11), frame(12, "other.x.y.v1"), frame(14, subject="t")], 15)
        assert await positions(hub.chunks(everything, nothing), 14) == [11, 12, 14]
        assert await positions(hub.chunks(streets, nothing), 14) == [11, 14]
        assert await positions(hub.chunks(one, nothing), 14) == [14]
        assert everything.position == 15

    run(story())


def test_a_burst_is_sent_in_chunks_and_loses_nothing() -> None:
    async def story() -> None:
        hub = opened()
        listener = hub.join(None, type_prefix="", subject="")
        hub.publish([frame(position) for position in range(1, 2_001)], 2_000)
        assert await positions(hub.chunks(listener, nothing), 2_000) == list(range(1, 2_001))

    run(story())


def test_a_stream_that_fell_behind_the_ring_reads_from_the_database() -> None:
    async def story() -> None:
        hub = opened(0, ring=10)
        listener = hub.join(None, type_prefix="", subject="")
        asked: list[tuple[int, int]] = []

        async def replay(listener: Listener, through: int) -> tuple[list[Frame], int]:
            asked.append((listener.position, through))
            last = min(listener.position + 7, through)
            return [frame(p) for p in range(listener.position + 1, last + 1)], last

        hub.publish([frame(position) for position in range(1, 31)], 30)
        assert await positions(hub.chunks(listener, replay), 30) == list(range(1, 31))
        assert asked == [(0, 30), (7, 30), (14, 30)]

    run(story())


def test_what_was_missed_comes_before_what_is_new_without_gap_or_double() -> None:
    async def story() -> None:
        hub = opened(20)
        listener = hub.join(5, type_prefix="", subject="")

        async def replay(listener: Listener, through: int) -> tuple[list[Frame], int]:
            # More is recorded while the past is being read.
            if listener.position == 5:
                hub.publish([frame(21), frame(22)], 22)
                return [frame(p) for p in range(6, 13)], 12
            return [frame(p) for p in range(13, through + 1)], through

        assert await positions(hub.chunks(listener, replay), 22) == list(range(6, 23))

    run(story())


def test_an_idle_stream_says_that_it_lives_and_moves_the_last_id() -> None:
    async def story() -> None:
        hub = opened(3)
        listener = hub.join(None, type_prefix="none", subject="")
        chunks = hub.chunks(listener, nothing)
        assert (await anext(chunks)).startswith(b"retry:")
        hub.publish([frame(4)], 9)
        hub.beat(0.0)
        assert await anext(chunks) == b": still here\nid: 9\n\n"

    run(story())


def test_a_reader_that_does_not_read_is_told_and_let_go() -> None:
    async def story() -> None:
        hub = opened()
        listener = hub.join(None, type_prefix="", subject="")
        chunks = hub.chunks(listener, nothing)
        await anext(chunks)
        now = asyncio.get_running_loop().time()
        hub.beat(now + hub_module.PATIENCE_SECONDS - 1)
        assert not listener.ended.is_set()
        hub.beat(now + hub_module.PATIENCE_SECONDS + 1)
        assert listener.ended.is_set()
        assert await anext(chunks) == TOO_SLOW
        assert [chunk async for chunk in chunks] == []

    run(story())


def test_streams_are_counted_and_limited() -> None:
    hub = opened(0, most=2)
    first = hub.join(None, type_prefix="", subject="")
    hub.join(None, type_prefix="", subject="")
    with pytest.raises(StreamsFull):
        hub.join(None, type_prefix="", subject="")
    hub.leave(first)
    hub.join(None, type_prefix="", subject="")
    assert len(hub) == 2


def test_no_stream_opens_before_the_end_of_the_journal_is_known() -> None:
    with pytest.raises(StreamsClosed):
        Hub().join(None, type_prefix="", subject="")


def test_a_position_from_the_future_goes_on_from_now() -> None:
    assert opened(7).join(99, type_prefix="", subject="").position == 7


class Reader:
    """A browser without a socket: collects what the route sends, and may hang up or stall."""

    def __init__(self) -> None:
        self.started: Message = {}
        self.body = bytearray()
        self.left = asyncio.Event()
        self.stalled = False
        self.is_complete = False

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = message
            return
        if self.stalled:
            await asyncio.Event().wait()
        self.body += message.get("body", b"")
        self.is_complete = not message.get("more_body", False)

    async def until(self, wanted: Callable[[bytes], bool]) -> bytes:
        while not wanted(bytes(self.body)):
            await asyncio.sleep(0.005)
        return bytes(self.body)

    def events(self) -> list[dict[str, object]]:
        lines = bytes(self.body).decode().splitlines()
        return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]


def scope(query: str = "", method: str = "GET", **headers: str) -> Scope:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": method,
        "path": "/events",
        "query_string": query.encode(),
        "headers": pairs,
    }


async def directly(handler: Callable[[Request], Response], request: Request) -> Response:
    return handler(request)


@asynccontextmanager
async def serving() -> AsyncGenerator[tuple[Streams, Callable[..., Awaitable[Reader]]], None]:
    """The route over the real journal, and a way to open a stream on it."""
    streams = Streams(Hub(most=3))
    router = Router(event_routes(streams), directly)
    tasks: list[asyncio.Task[bool]] = []
    await streams.start()

    async def open_stream(query: str = "", **headers: str) -> Reader:
        reader = Reader()
        tasks.append(
            asyncio.create_task(router(scope(query, **headers), reader.receive, reader.send))
        )
        while not reader.started:
            await asyncio.sleep(0.005)
        return reader

    try:
        yield streams, open_stream
    finally:
        await streams.stop()
        await asyncio.gather(*tasks)


@pytest.mark.django_db(transaction=True)
def test_a_stream_tells_public_events_as_they_are_recorded() -> None:
    async def story() -> None:
        async with serving() as (_, open_stream):
            reader = await open_stream()
            await asyncio.to_thread(_record_in_thread, "Mill Lane")
            await reader.until(lambda body: b"data:" in body)
            (event,) = reader.events()
            assert event["type"] == "sample.street.renamed.v1"
            assert event["data"] == {"title": "Mill Lane", "number": 1}
            assert (event["id"], event["subject"]) == ("2", "street:1")
            assert b"id: 2\nevent: sample.street.renamed.v1\n" in reader.body
            assert b"p-secret" not in reader.body and b"hash" not in reader.body
            kinds = dict(reader.started["headers"])
            assert kinds[b"content-type"].startswith(b"text/event-stream")

    run(story())


def _record_in_thread(title: str) -> None:
    record(StreetChecked(1.0))
    record(StreetRenamed(title), actor=PersonId("p-secret"))
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["header", "query"])
def test_a_stream_resumes_after_the_last_id(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hereabouts.journal.web.tail.PAGE", 3)
    monkeypatch.setattr("hereabouts.journal.web.tail.WINDOW", 4)
    rename(str(number) for number in range(12))

    async def story() -> None:
        async with serving() as (_, open_stream):
            if way == "header":
                reader = await open_stream("after=9", last_event_id="2")
            else:
                reader = await open_stream("after=2")
            await reader.until(lambda body: b"id: 12\n" in body)
            assert [event["id"] for event in reader.events()] == [str(p) for p in range(3, 13)]
            await asyncio.to_thread(_record_in_thread, "next")
            await reader.until(lambda body: b"id: 14\n" in body)

    run(story())


@pytest.mark.django_db(transaction=True)
def test_a_stream_can_be_narrowed_to_a_type_or_a_subject() -> None:
    rename("ab", "street:1")
    rename("c", "street:2")

    async def story() -> None:
        async with serving() as (_, open_stream):
            by_subject = await open_stream("after=0&subject=street:2")
            await by_subject.until(lambda body: b"data:" in body)
            assert [event["id"] for event in by_subject.events()] == ["3"]
            by_type = await open_stream("after=0&type=sample.street.r")
            await by_type.until(lambda body: b"id: 3\n" in body)
            assert len(by_type.events()) == 3
            other = await open_stream("after=0&type=other")
            await asyncio.sleep(0.05)
            assert other.events() == []

    run(story())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("after=x", {}, 400),
        ("after=-1", {}, 400),
        ("", {"last_event_id": "x"}, 400),
        ("type=A%20b", {}, 400),
        (f"subject={'x' * 201}", {}, 400),
        ("subject=%00", {}, 400),
        ("x=" + "y" * 5_000, {}, 400),
        ("q=%ff", {}, 400),
        ("", {"method": "POST"}, 405),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_a_sentence(
    query: str, headers: dict[str, str], status: int
) -> None:
    async def story() -> None:
        async with serving() as (streams, open_stream):
            reader = await open_stream(query, **headers)
            assert reader.started["status"] == status
            await reader.until(lambda body: body.endswith(b"}"))
            assert set(json.loads(reader.body)) == {"code", "message"}
            assert len(streams.hub) == 0

    run(story())


@pytest.mark.django_db(transaction=True)
def test_streams_beyond_the_limit_are_asked_to_come_again() -> None:
    async def story() -> None:
        async with serving() as (streams, open_stream):
            readers = [await open_stream() for _ in range(3)]
            refused = await open_stream()
            assert refused.started["status"] == 503
            assert (b"retry-after", b"5") in refused.started["headers"]
            readers[0].left.set()
            while len(streams.hub) == 3:
                await asyncio.sleep(0.005)
            assert (await open_stream()).started["status"] == 200

    run(story())


@pytest.mark.django_db(transaction=True)
def test_asking_only_for_the_head_takes_no_stream() -> None:
    async def story() -> None:
        async with serving() as (streams, open_stream):
            reader = await open_stream(method="HEAD")
            while not reader.is_complete:
                await asyncio.sleep(0.005)
            assert reader.body == b""
            assert len(streams.hub) == 0

    run(story())


@pytest.mark.django_db(transaction=True)
def test_stopping_the_server_ends_every_stream_with_a_word() -> None:
    async def story() -> None:
        async with serving() as (streams, open_stream):
            readers = [await open_stream() for _ in range(3)]
            streams.close()
            for reader in readers:
                await reader.until(lambda body: STOPPING in body)
                while not reader.is_complete:
                    await asyncio.sleep(0.005)
            late = await open_stream()
            assert late.started["status"] == 503

    run(story())


@pytest.mark.django_db(transaction=True)
def test_a_stalled_reader_loses_its_place_and_the_others_hear_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hereabouts.kernel.asgi.GRACE_SECONDS", 0.05)

    async def story() -> None:
        async with serving() as (streams, open_stream):
            stalled, healthy = await open_stream(), await open_stream()
            await healthy.until(lambda body: b"retry" in body)
            stalled.stalled = True
            await asyncio.to_thread(_record_in_thread, "a")
            await healthy.until(lambda body: b"data:" in body)
            while not any(listener.sending_since for listener in streams.hub._listeners):
                await asyncio.sleep(0.005)
            streams.hub.beat(asyncio.get_running_loop().time() + 31)
            while len(streams.hub) == 2:
                await asyncio.sleep(0.005)
            await asyncio.to_thread(_record_in_thread, "b")
            await healthy.until(lambda body: b'"b"' in body)

    run(story())


@pytest.mark.django_db(transaction=True)
def test_the_tail_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    back = threading.Event()
    real = tail.get_head

    def away() -> object:
        if not back.is_set():
            back.set()
            raise OperationalError("gone")
        return real()

    monkeypatch.setattr(tail, "get_head", away)

    async def story() -> None:
        async with serving() as (streams, open_stream):
            assert streams.is_alive and back.is_set()
            assert (await open_stream()).started["status"] == 200

    run(story())
