"""Which streams a caller may add to, from memory where that knows them, else from the tables."""

from __future__ import annotations

from typing import NamedTuple

from hereabouts.sensing.actions.access import require_observe
from hereabouts.sensing.actions.ingest import Ingest
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.errors import NoSuchEntity
from hereabouts.sensing.models.register import Stream


class StreamCard(NamedTuple):
    """What decides who may add observations to a stream."""

    id: int
    thing_id: int
    is_multi: bool
    data_class: int


def find_stream_card(stream_id: int) -> StreamCard | None:
    """A stream as the tables have it. Blocks."""
    row = Stream.objects.filter(id=stream_id).values_list(*StreamCard._fields).first()
    return None if row is None else StreamCard(*row)


def check_stream(ingest: Ingest, stream_id: int, grant: Grant, *, is_multi: bool | None) -> None:
    """Refuse a stream that is not there, of the other kind, or out of the caller's reach.

    Blocks where memory does not know it. Raises: NoSuchEntity; CredentialsNeeded; NotPermitted.
    """
    stream = ingest.find_stream(stream_id) or find_stream_card(stream_id)
    name = "MultiDatastream" if is_multi else "Datastream"
    if stream is None or is_multi not in (None, stream.is_multi):
        raise NoSuchEntity(name=f"{name}({stream_id})")
    if stream.data_class > grant.level and not grant.may_observe(stream_id, stream.thing_id):
        raise NoSuchEntity(name=f"{name}({stream_id})")
    require_observe(grant, stream_id, stream.thing_id)
