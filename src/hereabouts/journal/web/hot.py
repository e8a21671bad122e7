"""`/events`: public events as they are recorded, for browsers and programs."""

from __future__ import annotations

import re

from hereabouts.journal.domain.events import is_usable_prefix, is_usable_subject
from hereabouts.journal.web.tail import STREAMS, Streams
from hereabouts.kernel.access import public
from hereabouts.kernel.asgi import BadQuery, HotRoute, Request, Response, Stream, number
from hereabouts.kernel.canonical_json import LARGEST_INTEGER
from hereabouts.kernel.describe import Parameter, describe

_POSITION = {"type": "integer", "minimum": 0}


def event_routes(streams: Streams = STREAMS) -> list[HotRoute]:
    """The hot routes of this room."""

    @public
    @describe(
        "Public events as they are recorded, as server-sent events that carry CloudEvents.",
        Parameter("after", "Begin after this position instead of now.", schema=_POSITION),
        Parameter("type", "Only events whose type begins with this."),
        Parameter("subject", "Only events about this."),
        Parameter("last-event-id", "As `after`; sent by browsers on reconnect.", where="header"),
        media_type="text/event-stream",
        tag="journal",
    )
    async def events(request: Request) -> Response:
        type_prefix = request.query.get("type", "")
        subject = request.query.get("subject", "")
        if not is_usable_prefix(type_prefix):
            raise BadQuery(name="type", reason="it is not the beginning of an event's type")
        if subject and not is_usable_subject(subject):
            raise BadQuery(name="subject", reason="nothing can have this name")
        listener = streams.hub.join(_after(request), type_prefix=type_prefix, subject=subject)
        body = Stream(
            streams.hub.chunks(listener, streams.replay),
            listener.ended,
            lambda: streams.hub.leave(listener),
        )
        headers = {
            "content-type": "text/event-stream; charset=utf-8",
            "cache-control": "no-cache, no-transform",
            # Proxies that gather answers before passing them on would hold events back.
            "x-accel-buffering": "no",
        }
        return Response(200, headers, body)

    return [HotRoute("/events", events, "journal:events")]


def _after(request: Request) -> int | None:
    last = request.headers.get("last-event-id")
    if last and re.fullmatch(r"[0-9]{1,15}", last):
        return int(last)
    if last:
        raise BadQuery(name="Last-Event-ID", reason="it is not a position")
    return number(request, "after", lowest=0, highest=LARGEST_INTEGER)


routes = event_routes()
