"""Observations inside a request on the register; they are stored in its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from django.db import connection

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.access import require_observe
from hereabouts.sensing.actions.ingest import append_within
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.drafts import Draft, Related
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.observations import check_length, read_observation

FindOrMake = Callable[[Work, Related, str], tuple[int, int]]
STREAMS = ("Datastream", "MultiDatastream")


@dataclass(frozen=True)
class StreamCard:
    """What of a stream its observations depend on; `columns` is None for a Datastream."""

    id: int
    thing_id: int
    data_class: int
    columns: int | None


def make_observation(work: Work, draft: Draft, find_or_make: FindOrMake) -> None:
    """Take an Observation into the transaction; it is stored by `store_observations`.

    Raises: UnusableError; CredentialsNeeded; NotPermitted.
    """
    named = [(name, draft.related[name][0]) for name in STREAMS if draft.related.get(name)]
    if len(named) != 1:
        raise UnusableError(
            draft.member("Datastream"), "an Observation has a Datastream or a MultiDatastream"
        )
    name, related = named[0]
    stream_id, _ = find_or_make(work, related, name)
    card = get_stream(work, stream_id)
    require_observe(work.grant, stream_id, card.thing_id)
    row = read_observation(stream_id, draft.values, now=work.now, at=draft.at)
    check_length(row, card.columns, draft.at)
    for entry in draft.related.get("FeatureOfInterest", ()):
        row.feature_id, _ = find_or_make(work, entry, "FeatureOfInterest")
        work.uses.gain("FeatureOfInterest", row.feature_id, card.data_class)
    work.observations.append((row, draft.member("FeatureOfInterest")))


def get_stream(work: Work, stream_id: int) -> StreamCard:
    """A stream that is known to be there."""
    row = work.one(
        "SELECT thing_id, data_class, is_multi, result_types FROM sensing_stream WHERE id = %s",
        stream_id,
    )
    if row is None:
        raise AssertionError(f"stream {stream_id} was there a moment ago")
    columns = len(msgspec.json.decode(row[3])) if row[2] else None
    return StreamCard(stream_id, row[0], row[1], columns)


def store_observations(work: Work) -> list[int]:
    """Store the observations that were taken in, in their order; their ids.

    Raises: UnusableError for the first that cannot be stored.
    """
    if not work.observations:
        return []
    waiting, work.observations = work.observations, []
    ids = []
    answers = append_within(connection.connection, [row for row, _ in waiting])
    for (_, at), answer in zip(waiting, answers, strict=True):
        if isinstance(answer, Refusal):
            raise UnusableError(at, str(answer.facts.get("reason", answer)))
        ids.append(answer.id)
    return ids
