"""The addresses of connectors that are pushed to: `/sensing/in/webhook/{uid}`, by POST.

The key goes in `Authorization: Bearer …`, or as the password of `Basic`. The answer comes after the
commit. What is sent again is not added twice, so a sender may try again on any doubt.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

from hereabouts.kernel.access import public
from hereabouts.kernel.asgi import HotRoute, Request, Response, json_response
from hereabouts.kernel.describe import describe
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.connectors.runs import claimed_of, note_delivery
from hereabouts.sensing.actions.connectors.storing import Writes
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.adapters.connectors.running import Taking, asked_of, read_feed, take_in
from hereabouts.sensing.domain.connectors.readers import READERS
from hereabouts.sensing.domain.connectors.records import Page
from hereabouts.sensing.domain.connectors.states import RunResult, State
from hereabouts.sensing.domain.connectors.times import to_micros
from hereabouts.sensing.errors.connectors import ConnectorPaused, FeedUnreadable
from hereabouts.sensing.errors.keys import BadCredentials
from hereabouts.sensing.models.inbound import Connector
from hereabouts.sensing.queries.connectors import find_by_key, get_manifest

PATTERN = "/sensing/in/webhook/{uid}"
BODY_LIMIT = 2 * 1024 * 1024
LONGEST_HEADER = 500
SHOWN_PROBLEMS = 20


class WebhookDoor:
    """The door of this process; `ingest` writes observations."""

    def __init__(self, ingest: Writes = INGEST) -> None:
        self._ingest = ingest

    def handle(self, request: Request) -> Response:
        """Take a message; blocks on the database.

        200 with what came of it, after the commit; 400 where nothing in it can be used. Raises:
        BadCredentials; ConnectorPaused; FeedUnreadable; IngestFull; StoreAway.
        """
        row = self._connector(request)
        if row.state != State.ON.value or get_manifest(row.kind).is_polled:
            raise ConnectorPaused
        result = self._take(row, request)
        note_delivery(row.pk, result)
        counts = result.counts
        return json_response(
            {
                "rows": counts.rows,
                "readings": counts.readings,
                "added": counts.added,
                "refused": counts.refused,
                "problems": [
                    {"code": each.code, "where": each.where, "field": each.field}
                    for each in result.problems[:SHOWN_PROBLEMS]
                    if not each.is_mended
                ],
            },
            status=400 if counts.rows and counts.bad_rows == counts.rows else 200,
            headers={"cache-control": "no-store"},
        )

    def _connector(self, request: Request) -> Connector:
        """The connector of the address, whose key was sent; who has none learns of none."""
        row = find_by_key(request.parameters["uid"], _secret_of(request))
        if row is None:
            raise BadCredentials
        return row

    def _take(self, row: Connector, request: Request) -> RunResult:
        moment = now()
        manifest = get_manifest(row.kind)
        claimed = claimed_of(row, to_micros(moment))
        if not request.body.strip():
            raise FeedUnreadable(reason="there is nothing in it")
        page = Page(request.body, request.headers.get("content-type", "").lower())
        gathered = read_feed(
            READERS[manifest.reader], {"message": [page]}, asked_of(claimed, moment)
        )
        result = take_in(row.pk, manifest, gathered, Taking(self._ingest, moment))
        return replace(result, counts=replace(result.counts, size=len(request.body)))


def _secret_of(request: Request) -> str:
    """The key in the header, or an empty text."""
    header = request.headers.get("authorization", "")
    scheme, _, rest = header.strip().partition(" ")
    if len(header) > LONGEST_HEADER:
        return ""
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


_door = WebhookDoor()


@public
@describe("Takes readings pushed to a connector’s own address, with its key.", tag="sensing")
def push(request: Request) -> Response:
    """Take a message for a connector."""
    return _door.handle(request)


routes = [
    HotRoute(PATTERN, push, "sensing:webhook", methods=("POST",), body_limit=BODY_LIMIT),
]
"""For the room's hot routes."""
