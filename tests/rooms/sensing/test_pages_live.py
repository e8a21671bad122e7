"""Live values: coalesced, bounded, open streams alone; and the steps of the map's slider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from hereabouts.kernel.asgi import BadQuery, HotRoute, Request, Response, Stream
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.ingest import Changes, Ingest
from hereabouts.sensing.domain.observations import QualityFlag
from hereabouts.sensing.errors import NoSuchSensor
from hereabouts.sensing.errors.watching import LiveFull
from hereabouts.sensing.models import register
from hereabouts.sensing.web.live.feed import LiveFeed, look
from hereabouts.sensing.web.live.hub import LiveHub, LiveValue, Seen
from hereabouts.sensing.web.live.routes import live_routes, steps
from tests.rooms.sensing.looking import (
    HOUR,
    MINUTE,
    keep,
    make_sensor,
    make_stream,
    observe,
    readings,
)

LONG = 600.0


def value(stream_id: int, started: int, shown: str = "1") -> LiveValue:
    return LiveValue(stream_id, started, 1.0, shown, None, ())


class Database:
    """What the hub looks at."""

    def __init__(self) -> None:
        self.open_ids = frozenset(range(100))
        self.values: list[LiveValue] = []

    async def __call__(self, stream_ids: Collection[int]) -> Seen | None:
        return Seen(self.open_ids & frozenset(stream_ids), list(self.values))


async def next_values(chunks: Any) -> list[dict[str, Any]]:
    """The values of the next message; heartbeats and the opening are passed over."""
    async with asyncio.timeout(5):
        async for chunk in chunks:
            if chunk.startswith(b"event: values"):
                found: list[dict[str, Any]] = json.loads(chunk.split(b"data: ")[1])["values"]
                return found
    raise AssertionError("the stream ended")


async def until(condition: Any) -> None:
    """Wait for something to hold."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def test_a_reader_is_told_the_last_value_of_each_stream_once_a_pause() -> None:
    async def story() -> None:
        hub = LiveHub(Database(), pause=0.15, look_every=LONG)
        reader = hub.join([1, 2])
        chunks = hub.chunks(reader)
        assert (await anext(chunks)).startswith(b"retry")
        hub.publish([value(1, 10, "a")])
        assert [one["shown"] for one in await next_values(chunks)] == ["a"]
        told_at = asyncio.get_running_loop().time()
        for number in range(50):
            hub.publish([value(1, 11 + number, f"n{number}"), value(2, 5 + number, "x")])
            hub.publish([value(3, 11 + number, "not wanted")])
        found = await next_values(chunks)
        assert {one["stream_id"]: one["shown"] for one in found} == {1: "n49", 2: "x"}
        assert asyncio.get_running_loop().time() - told_at >= 0.14
        hub.leave(reader)
        assert len(hub) == 0 and hub.followed == {}

    asyncio.run(story())


def test_older_values_than_the_one_told_are_passed_over() -> None:
    async def story() -> None:
        hub = LiveHub(Database(), pause=0, look_every=LONG)
        reader = hub.join([1])
        hub.publish([value(1, 10, "new")])
        hub.publish([value(1, 9, "late"), value(1, 10, "same")])
        assert [one.shown for one in reader.waiting.values()] == ["new"]
        hub.leave(reader)

    asyncio.run(story())


def test_there_are_only_so_many_readers() -> None:
    async def story() -> None:
        hub = LiveHub(Database(), most=2, look_every=LONG)
        readers = [hub.join([1]), hub.join([1])]
        with pytest.raises(LiveFull):
            hub.join([1])
        hub.leave(readers[0])
        hub.leave(readers[0])
        readers.append(hub.join([2]))
        assert hub.followed == {1: 1, 2: 1}
        for reader in readers:
            hub.leave(reader)

    asyncio.run(story())


def test_what_another_process_wrote_is_found_and_what_was_closed_is_left_out() -> None:
    async def story() -> None:
        database = Database()
        hub = LiveHub(database, pause=0, look_every=0.02)
        reader = hub.join([1, 2])
        database.values = [value(1, 50, "theirs")]
        await until(lambda: reader.waiting)
        assert reader.waiting[1].shown == "theirs"
        database.open_ids = frozenset({2})
        await until(lambda: reader.stream_ids == {2})
        assert 1 not in reader.waiting and hub.followed == {2: 1}
        hub.publish([value(1, 60, "secret")])
        assert not reader.waiting
        hub.leave(reader)

    asyncio.run(story())


def test_who_does_not_read_is_ended() -> None:
    async def story() -> None:
        hub = LiveHub(Database(), pause=0, look_every=0.02, patience=0.05)
        reader = hub.join([1])
        chunks = hub.chunks(reader)
        await anext(chunks)
        hub.publish([value(1, 10)])
        await anext(chunks)
        # The second message stays in our hands: that is a reader who does not read.
        await until(reader.ended.is_set)
        assert (await anext(chunks)).startswith(b"event: end")
        hub.leave(reader)

    asyncio.run(story())


def test_every_reader_is_told_goodbye_when_the_process_ends() -> None:
    async def story() -> None:
        hub = LiveHub(Database(), look_every=LONG)
        reader = hub.join([1])
        chunks = hub.chunks(reader)
        await anext(chunks)
        waiting = asyncio.ensure_future(_rest(chunks))
        await asyncio.sleep(0)
        hub.close()
        assert b"event: end" in await asyncio.wait_for(waiting, 5)
        hub.leave(reader)

    asyncio.run(story())


async def _rest(chunks: Any) -> bytes:
    return b"".join([chunk async for chunk in chunks])


def route(routes: list[HotRoute], name: str) -> Any:
    """The handler of a route."""
    return next(one.handler for one in routes if one.name == name)


def asking(**query: str) -> Request:
    return Request("GET", "/sensing/live", query=query)


@pytest.mark.django_db(transaction=True)
def test_a_written_observation_reaches_who_follows_its_stream() -> None:
    stream = make_stream(make_sensor())
    other = make_stream(make_sensor("Other"))
    changes = Changes()
    ingest = Ingest(changes)

    async def story() -> None:
        feed = LiveFeed(changes, LiveHub(look, pause=0, look_every=LONG))
        handler = route(live_routes(feed), "sensing:live")
        answer: Response = await handler(asking(stream=str(stream.pk)))
        assert isinstance(answer.body, Stream)
        ahead = observe(stream, now() + HOUR, 99)
        await sync_to_async(ingest.write_blocking)([ahead])
        rows = [observe(stream, now(), 31.25), observe(other, now(), 7), ahead]
        await sync_to_async(ingest.write_blocking)(rows)
        found = await next_values(answer.body.chunks)
        assert [(one["stream_id"], one["number"]) for one in found] == [(stream.pk, 31.25)]
        assert found[0]["shown"] == "31.2\N{NO-BREAK SPACE}µg/m³"
        answer.body.close()
        assert not changes.is_watched

    try:
        asyncio.run(story())
    finally:
        ingest.stop()


@pytest.mark.django_db(transaction=True)
def test_closed_streams_are_not_followed() -> None:
    closed = make_stream(make_sensor("Clinic", dataClass="closed"))

    async def story() -> None:
        handler = route(live_routes(LiveFeed(Changes())), "sensing:live")
        for query in (
            {"stream": str(closed.pk)},
            {"thing": str(closed.thing_id)},
            {"property": str(closed.observed_property_id)},
        ):
            with pytest.raises(NoSuchSensor):
                await handler(asking(**query))
        for query in ({}, {"stream": "x"}, {"stream": "1", "thing": "1"}, {"property": "1,2"}):
            with pytest.raises(BadQuery):
                await handler(asking(**query))
        with pytest.raises(BadQuery):
            await handler(asking(stream=",".join(["1"] * 501)))

    asyncio.run(story())


@pytest.mark.django_db(transaction=True)
def test_the_hub_looks_at_open_streams_alone() -> None:
    stream = make_stream(make_sensor())
    keep(observe(stream, now() - MINUTE, 5, quality=int(QualityFlag.STUCK)))
    key = stream.pk
    seen = asyncio.run(look_at([key, 999_999]))
    assert seen is not None and seen.open_ids == {key}
    assert [(one.stream_id, one.flags) for one in seen.values] == [(key, ("stuck",))]
    register.Stream.objects.filter(pk=key).update(data_class=2)
    seen = asyncio.run(look_at([key]))
    assert seen is not None and not seen.open_ids and not seen.values


async def look_at(ids: list[int]) -> Seen | None:
    return await look(ids)


# --- the steps of the slider --------------------------------------------------------------------


@pytest.mark.django_db
def test_steps_tell_the_means_of_open_streams_by_half_hour() -> None:
    stream = make_stream(make_sensor("Mast", -2.9, 51.5))
    readings(stream, *range(40))
    closed = make_stream(make_sensor("Clinic", dataClass="closed"))
    readings(closed, 1, 2)
    told = json.loads(_body(steps(asking(property=str(stream.observed_property_id)))))
    assert len(told["starts"]) in {48, 49} and told["unit"] == "µg/m³"
    assert len(told["shades"]) == len(told["edges"]) + 1
    (one,) = told["streams"]
    assert (one["id"], one["lon"], one["lat"]) == (stream.pk, -2.9, 51.5)
    numbers = [value for value in one["values"] if value is not None]
    assert numbers == sorted(numbers) and 37 <= numbers[-1] <= 39
    assert len(one["values"]) == len(told["starts"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "refusal"),
    [({}, BadQuery), ({"property": "0x"}, BadQuery), ({"property": "999999"}, NoSuchSensor)],
)
def test_steps_of_nothing_are_refused(
    query: dict[str, str], refusal: type[BadQuery | NoSuchSensor]
) -> None:
    with pytest.raises(refusal):
        steps(asking(**query))


def _body(response: Response) -> bytes:
    assert isinstance(response.body, bytes)
    return response.body
