"""Changes an Observation that is stored already, and what is known of its streams with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from hereabouts.sensing.actions.ingest.removal import rebuild_state
from hereabouts.sensing.actions.register.observing import STREAMS, get_stream
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.observations import NewObservation
from hereabouts.sensing.domain.register.drafts import Link
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.observations import check_length, read_members

WHEN_AND_WHERE = frozenset({"started", "ended", "result_time", "stream_id", "feature_id"})
"""Fields from which extents and counts are worked out."""


def amend_observation(
    work: Work, key: int, values: Mapping[str, object], related: Mapping[str, list[Link]]
) -> None:
    """Set members of an Observation, and move it to another stream or feature.

    Raises: UnusableError.
    """
    row = work.record("SELECT * FROM sensing_observation WHERE id = %s", key)
    fields = read_members(values, "")
    fields |= _relinked(work, row, related)
    changed = {name: value for name, value in fields.items() if row[name] != value}
    if not changed:
        return
    after = {**row, **changed}
    target = get_stream(work, after["stream_id"])
    check_length(
        NewObservation(target.id, 0, after["kind"], after["number"], after["result"]),
        target.columns,
    )
    work.update("sensing_observation", key, changed)
    streams = sorted({row["stream_id"], target.id})
    if WHEN_AND_WHERE & changed.keys():
        rebuild_state(connection.connection, streams)
    else:
        _renew_latest(work, key, after)
    for feature in (row["feature_id"], after["feature_id"]):
        if feature is not None:
            work.uses.lose("FeatureOfInterest", [feature])
    work.note_changed("Observation", key, sorted({*values, *related}))


def _relinked(
    work: Work, row: Mapping[str, Any], related: Mapping[str, list[Link]]
) -> dict[str, Any]:
    """The stream and feature after relinking; the standing feature of a stream is None."""
    named = [(name, related[name][0]) for name in STREAMS if name in related]
    if not named and "FeatureOfInterest" not in related:
        return {}
    if len(named) > 1:
        raise UnusableError("Datastream", "an Observation has a Datastream or a MultiDatastream")
    stream = row["stream_id"]
    for name, entry in named:
        stream = _find(work, entry, name)
    feature = row["feature_id"]
    if feature is None:
        feature = _standing(work, row["stream_id"])
    for entry in related.get("FeatureOfInterest", ()):
        feature = _find(work, entry, "FeatureOfInterest")
    return {
        "stream_id": stream,
        "feature_id": None if feature == _standing(work, stream) else feature,
    }


def _find(work: Work, entry: Link, entity: str) -> int:
    if work.find_class(entity, entry.id) is None:
        raise UnusableError(entry.at, f"there is no {entity} {entry.id}")
    return entry.id


def _standing(work: Work, stream_id: int) -> int | None:
    row = work.one("SELECT feature_id FROM sensing_stream WHERE id = %s", stream_id)
    return row[0] if row else None


def _renew_latest(work: Work, key: int, after: Mapping[str, Any]) -> None:
    work.run(
        "UPDATE sensing_stream_state SET latest_number = %s, latest_result = %s, latest_kind = %s"
        " WHERE stream_id = %s AND latest_id = %s",
        after["number"],
        after["result"],
        after["kind"],
        after["stream_id"],
        key,
    )
