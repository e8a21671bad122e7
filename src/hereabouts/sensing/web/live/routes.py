"""`/sensing/live` and `/sensing/steps`: open data for the islands of pages, and for anybody."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from hereabouts.kernel.access import public
from hereabouts.kernel.asgi import BadQuery, HotRoute, Request, Response, Stream, json_response
from hereabouts.kernel.describe import Parameter, describe
from hereabouts.kernel.geometry import Point
from hereabouts.kernel.http_caching import compressed
from hereabouts.kernel.time import now, to_rfc3339
from hereabouts.places.api import AreaRef, AreaView, find_area
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.looking import DAY, MINUTE
from hereabouts.sensing.errors import NoSuchSensor
from hereabouts.sensing.queries.around import things_of_area
from hereabouts.sensing.queries.catalogue import find_property
from hereabouts.sensing.queries.current import StreamNow, list_streams_now
from hereabouts.sensing.queries.series import read_steps
from hereabouts.sensing.queries.whereabouts import places_of
from hereabouts.sensing.web import words
from hereabouts.sensing.web.drawing.shades import edges_for, shades_for
from hereabouts.sensing.web.live.feed import FEED, LiveFeed
from hereabouts.sensing.web.live.hub import MOST_STREAMS
from hereabouts.sensing.web.pages.spans import micros_of, moment_of

STEP = 30 * MINUTE
MOST_ON_MAP = 2_000
_IDS = re.compile(r"[0-9]{1,17}(?:,[0-9]{1,17})*")
_INTEGER = {"type": "integer", "minimum": 1}
_LIST = {"type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"}
PROPERTY = Parameter("property", "Streams of this observed property, by number.", schema=_INTEGER)
AREA = Parameter("area", "Only those in this area, by code; with `property`.")


@dataclass(frozen=True)
class StepStream:
    """A stream on the map with its means, one a step; null where nothing was read."""

    id: int
    thing: int
    name: str
    lon: float
    lat: float
    shown: str
    values: list[float | None]


@dataclass(frozen=True)
class StepsAnswer:
    """A property over the last day; `shades` has one more than `edges`, from low to high."""

    property: int
    name: str
    unit: str
    step_s: int
    starts: list[str]
    edges: list[float]
    shades: list[str]
    streams: list[StepStream]


def live_routes(feed: LiveFeed = FEED) -> list[HotRoute]:
    """The routes of live values."""

    @public
    @describe(
        "New values of open streams as they come, as server-sent events: the latest of each stream "
        "at most once a second.",
        Parameter("stream", "Streams by number, between commas.", schema=_LIST),
        Parameter("thing", "All streams of these things, by number, between commas.", schema=_LIST),
        PROPERTY,
        AREA,
        media_type="text/event-stream",
        tag="sensing",
    )
    async def live(request: Request) -> Response:
        streams = await asyncio.to_thread(_followed, request)
        reader = feed.join(streams)
        body = Stream(feed.hub.chunks(reader), reader.ended, lambda: feed.leave(reader))
        headers = {
            "content-type": "text/event-stream; charset=utf-8",
            "cache-control": "no-cache, no-transform",
            # Proxies that gather answers before passing them on would hold values back.
            "x-accel-buffering": "no",
        }
        return Response(200, headers, body)

    return [
        HotRoute("/sensing/live", live, "sensing:live"),
        HotRoute("/sensing/steps", steps, "sensing:steps"),
    ]


def _followed(request: Request) -> list[StreamNow]:
    """The open streams a request asks for. Raises: BadQuery; NoSuchSensor."""
    try:
        found = _asked(request)
    finally:
        connection.close()
    if not found:
        raise NoSuchSensor
    return found[:MOST_STREAMS]


def _asked(request: Request) -> list[StreamNow]:
    property_id = _one(request, "property")
    stream_ids, thing_ids = _ids(request, "stream"), _ids(request, "thing")
    if (property_id is not None, bool(stream_ids), bool(thing_ids)).count(True) != 1:
        raise BadQuery(name="stream", reason="one of stream, thing and property is needed")
    if property_id is not None:
        return _of_property(property_id, request.query.get("area", ""), MOST_STREAMS)
    if stream_ids:
        return list_streams_now(stream_ids=stream_ids, limit=MOST_STREAMS)
    return list_streams_now(thing_ids=thing_ids, limit=MOST_STREAMS)


def _one(request: Request, name: str) -> int | None:
    found = _ids(request, name)
    if len(found) > 1:
        raise BadQuery(name=name, reason="only one can be asked for")
    return found[0] if found else None


def _ids(request: Request, name: str) -> list[int]:
    text = request.query.get(name, "")
    if not text:
        return []
    if not _IDS.fullmatch(text):
        raise BadQuery(name=name, reason="it is not a list of numbers")
    found = [int(part) for part in text.split(",")]
    if len(found) > MOST_STREAMS:
        raise BadQuery(name=name, reason=f"at most {MOST_STREAMS} can be asked for")
    return found


def _of_property(property_id: int, area: str, limit: int) -> list[StreamNow]:
    """Open streams of a property, everywhere or in an area. Raises: NoSuchSensor."""
    if find_property(property_id, level=DataClass.OPEN) is None:
        raise NoSuchSensor
    things = None
    if area:
        view = find_area(area.replace("\x00", "")[:40])
        if not isinstance(view, AreaView):
            raise NoSuchSensor
        reference = AreaRef(view.code, view.area_kind, view.name, view.name_cy)
        things = [one.id for one in things_of_area(reference, view.box)]
    return list_streams_now(property_id=property_id, thing_ids=things, limit=limit)


@public
@describe(
    "Means of the open streams of a property over the last 24 hours, by half hour, with where they "
    "stand and the shades of the map.",
    PROPERTY,
    AREA,
    returns=StepsAnswer,
    tag="sensing",
)
def steps(request: Request) -> Response:
    """Answer with what the map's time slider shows."""
    property_id = _one(request, "property")
    if property_id is None:
        raise BadQuery(name="property", reason="it is needed")
    streams = _of_property(property_id, request.query.get("area", ""), MOST_ON_MAP)
    places = places_of([one.thing_id for one in streams])
    standing = [one for one in streams if one.thing_id in places]
    until = micros_of(now())
    found = read_steps([one.id for one in standing], until - DAY, until, STEP)
    edges = edges_for(_numbers(found.values.values()))
    answer = StepsAnswer(
        property=property_id,
        name=streams[0].property_name if streams else "",
        unit=streams[0].unit if streams else "",
        step_s=STEP // 1_000_000,
        starts=[to_rfc3339(moment_of(start)) for start in found.starts],
        edges=edges,
        shades=shades_for(edges),
        streams=[_step_stream(one, places, found.values[one.id]) for one in standing],
    )
    headers = {"cache-control": "public, max-age=60"}
    return compressed(request, json_response(answer, headers=headers))


def _numbers(rows: Iterable[Sequence[float | None]]) -> list[float]:
    return [value for values in rows for value in values if value is not None]


def _step_stream(
    one: StreamNow, places: Mapping[int, Point], values: list[float | None]
) -> StepStream:
    place = places[one.thing_id]
    rounded = [None if value is None else float(f"{value:.5g}") for value in values]
    return StepStream(
        one.id,
        one.thing_id,
        one.thing_name,
        round(place.lon, 6),
        round(place.lat, 6),
        words.value_text(one),
        rounded,
    )


LIVE_ROUTES: Sequence[HotRoute] = live_routes()
"""The routes of this process."""
