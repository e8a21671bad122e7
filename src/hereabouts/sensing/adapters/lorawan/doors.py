"""Webhooks and MQTT messages of network servers, answered after the commit.

A webhook is called as `POST` with its key as `Authorization: Bearer …`. A network server tries
again on any 5xx and drops a message on a 4xx, so only what can never be read gets a 4xx.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from hereabouts.kernel.asgi import Response, json_response
from hereabouts.sensing.actions.uplinks.access import grant_for_uplink
from hereabouts.sensing.actions.uplinks.decode import Writes
from hereabouts.sensing.actions.uplinks.receive import Received, receive_uplink
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.uplinks import UplinkState
from hereabouts.standards.lorawan.chirpstack import parse_chirpstack
from hereabouts.standards.lorawan.topics import parse_published
from hereabouts.standards.lorawan.ttn import parse_ttn
from hereabouts.standards.lorawan.uplink import Uplink

RunsReceiving = Callable[[Callable[[], Received]], Awaitable[Received]]
"""Runs what blocks on the database in a thread with a connection of its own."""


class LorawanDoors:
    """The doors of this process: `ingest` writes observations, `run` runs what blocks."""

    def __init__(self, ingest: Writes, run: RunsReceiving) -> None:
        """Open them."""
        self._ingest = ingest
        self._run = run

    async def handle_ttn(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> Response:
        """Answer the webhook of The Things Stack; header names are in lower case.

        200 once the frame is kept and its readings are stored; 202 where it is kept and its
        readings have to wait; 204 for messages that are no uplinks.
        Raises: UplinkTooLarge; UplinkUnreadable; BadCredentials; CredentialsNeeded;
        UplinkNotAllowed; IngestFull.
        """
        return await self._answer(parse_ttn(body), headers)

    async def handle_chirpstack(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> Response:
        """Answer the HTTP integration of ChirpStack, whose `event` stands in the query.

        As `handle_ttn`.
        """
        return await self._answer(parse_chirpstack(body, query.get("event", "")), headers)

    def handle_mqtt(self, topic: str, payload: bytes, grant: Grant) -> Received | None:
        """Take a message published on a network server's topic; None where it is no uplink.

        Blocks until the commit. Raises: as `handle_ttn`.
        """
        uplink = parse_published(topic, payload)
        return None if uplink is None else receive_uplink(uplink, grant, ingest=self._ingest)

    async def _answer(self, uplink: Uplink | None, headers: Mapping[str, str]) -> Response:
        if uplink is None:
            return Response(204)
        work = partial(self._receive, uplink, headers.get("authorization"))
        received = await self._run(work)
        is_waiting = received.state is UplinkState.WAITING
        return json_response(
            {
                "uplink": received.uplink_id,
                "state": received.state.value,
                "duplicate": received.is_duplicate,
            },
            status=202 if is_waiting else 200,
            headers={"cache-control": "no-store"},
        )

    def _receive(self, uplink: Uplink, header: str | None) -> Received:
        return receive_uplink(uplink, grant_for_uplink(uplink, header), ingest=self._ingest)
