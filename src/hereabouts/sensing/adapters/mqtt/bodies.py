"""Reads a message as an observation whose stream is known by its id; the rest needs asking."""

from __future__ import annotations

import time

import msgspec

from hereabouts.sensing.domain.observations import NewObservation
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.observations import read_observation
from hereabouts.sensing.errors import BadObservation
from hereabouts.standards.sensorthings.model import DATASTREAM, MULTI_DATASTREAM, OBSERVATION

PLAIN = frozenset(OBSERVATION.properties)
STREAMS = (DATASTREAM.name, MULTI_DATASTREAM.name)

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """A related entity that is named by its id and nothing else."""

    id: int = msgspec.field(name="@iot.id")


_named = msgspec.json.Decoder(Named).decode


def read_members(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of a message. Raises: BadObservation."""
    try:
        return _members(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadObservation(reason=f"the message is not a JSON object ({fault})") from fault


def read_plain(body: bytes, stream_id: int | None) -> NewObservation | None:
    """The observation in a message; `stream_id` is that of its topic or address.

    None where the message has any other members, names another stream, or leaves it open.
    Raises: BadObservation.
    """
    members = read_members(body)
    named = _take_stream(members)
    if stream_id is None:
        stream_id = named
    if (
        stream_id is None
        or named not in (None, stream_id)
        or "result" not in members
        or not members.keys() <= PLAIN
    ):
        return None
    try:
        return read_observation(stream_id, members, now=time.time_ns() // 1_000)
    except UnusableError as fault:
        raise BadObservation(reason=str(fault)) from fault


def _take_stream(members: dict[str, msgspec.Raw]) -> int | None:
    """The stream a message names by its id alone; the member is taken out."""
    for name in STREAMS:
        if name in members:
            try:
                key = _named(members[name]).id
            except msgspec.DecodeError:
                return None
            del members[name]
            return key
    return None
