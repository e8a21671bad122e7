"""The event stream's format: CloudEvents inside server-sent events, told once for all readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from hereabouts.journal.domain.events import RecordedEvent
from hereabouts.kernel.time import to_rfc3339

SOURCE = "/journal"

OPENING = b"retry: 3000\n\n"
"""Asks browsers to come back after three seconds when the stream ends."""
STOPPING = b": the server is stopping; reconnect and go on from the last id\n\n"
TOO_SLOW = b": read too slowly; reconnect and go on from the last id\n\n"


@dataclass(frozen=True, slots=True)
class Frame:
    """One public event as it goes out, with what streams are filtered by."""

    position: int
    wire_name: str
    subject: str
    bytes: bytes


def cloud_event(recorded: RecordedEvent) -> Mapping[str, object]:
    """A public event for everybody: without its actor and its hash.

    Source: CloudEvents 1.0, JSON event format. The hash is left out because it covers the actor:
    whoever knows a person's id could try it against the hash.
    """
    return {
        "specversion": "1.0",
        "id": str(recorded.position),
        "source": SOURCE,
        "type": recorded.wire_name,
        "subject": recorded.subject,
        "time": to_rfc3339(recorded.recorded_at),
        "datacontenttype": "application/json",
        "data": recorded.payload,
    }


def frame(recorded: RecordedEvent) -> Frame:
    """A public event as a server-sent event. Source: HTML Living Standard, 9.2."""
    body = msgspec.json.encode(cloud_event(recorded))
    head = f"id: {recorded.position}\nevent: {recorded.wire_name}\ndata: ".encode()
    return Frame(recorded.position, recorded.wire_name, recorded.subject, head + body + b"\n\n")


def heartbeat(position: int) -> bytes:
    """A sign of life that also moves the reader's last id, so that resuming stays cheap."""
    return f": still here\nid: {position}\n\n".encode()
