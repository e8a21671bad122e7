"""CreateObservations: rows of several streams in one request, each with an answer of its own.

Source: OGC 18-088, clause 12.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import cast

import msgspec

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions import register
from hereabouts.sensing.actions.ingest import INGEST, RunOutcome
from hereabouts.sensing.adapters.observations import parse_rows
from hereabouts.sensing.adapters.runs import read_runs
from hereabouts.sensing.adapters.sta.calls import Call
from hereabouts.sensing.adapters.sta.replies import Reply, json_reply
from hereabouts.sensing.adapters.sta.streams import check_stream
from hereabouts.sensing.domain.observations import NewObservation, Run, Stored, StoredRun
from hereabouts.sensing.errors import BadEntity, StoreAway
from hereabouts.standards.sensorthings.formats.data_array import (
    FEATURE_ID,
    ObservationGroup,
    read_create_observations,
)
from hereabouts.standards.sensorthings.model import (
    DATASTREAM,
    MULTI_DATASTREAM,
    OBSERVATION,
    target_of,
)
from hereabouts.standards.sensorthings.parsing.options import parse_options
from hereabouts.standards.sensorthings.tree import Metadata, ResourcePath, Step

NULL = msgspec.Raw(b"null")


def create_observations(call: Call) -> Reply:
    """One text a row, in order: its new address, or `error: ` and the reason.

    Raises: BodyUnreadable for a body that cannot be read at all.
    """
    options = parse_options(call.query, OBSERVATION)
    runs = None if call.is_atomic else read_runs(call.body)
    if runs is not None:
        return _create_runs(call, runs, options.metadata)
    groups = read_create_observations(call.body)
    if call.is_atomic:
        outcomes = list(_create_each(call, groups))
    else:
        outcomes = _create_all(call, groups)
    return json_reply(_tell(call, outcomes, options.metadata), 201)


def _create_runs(call: Call, runs: Sequence[Run], metadata: Metadata) -> Reply:
    """Whole columns handed to the writer together; the answer is put together as text."""
    outcomes: list[RunOutcome] = [()] * len(runs)
    places = []
    for place, run in enumerate(runs):
        try:
            check_stream(INGEST, run.stream_id, call.grant, is_multi=False)
            places.append(place)
        except Refusal as refusal:
            outcomes[place] = [refusal] * len(run)
    if places:
        stored = INGEST.write_runs_blocking([runs[place] for place in places])
        for place, outcome in zip(places, stored, strict=True):
            outcomes[place] = outcome
    told = b",".join(_tell_run(call, outcome, metadata) for outcome in _some(outcomes))
    return Reply(201, b"[" + told + b"]")


def _some(outcomes: Sequence[RunOutcome]) -> Sequence[RunOutcome]:
    """The same, unless the store took nothing. Raises: StoreAway."""
    if not any(isinstance(outcome, StoredRun) for outcome in outcomes):
        answers = [answer for outcome in outcomes for answer in _each(outcome)]
        _whole([answer if isinstance(answer, Refusal) else answer.id for answer in answers])
    return outcomes


def _each(outcome: RunOutcome) -> Sequence[Stored | Refusal]:
    return () if isinstance(outcome, StoredRun) else outcome


def _tell_run(call: Call, outcome: RunOutcome, metadata: Metadata) -> bytes:
    """The items of the answer for a run, as JSON."""
    if not isinstance(outcome, StoredRun):
        answers = [one if isinstance(one, Refusal) else one.id for one in outcome]
        return msgspec.json.encode(_tell(call, answers, metadata))[1:-1]
    if metadata is not Metadata.FULL:
        return b",".join([b'""'] * outcome.count)
    opening = msgspec.json.encode(f"{call.base}/Observations(").decode()[:-1]
    ids = map(str, range(outcome.first_id, outcome.first_id + outcome.count))
    between = f')",{opening}'
    return f'{opening}{between.join(ids)})"'.encode()


def _tell(call: Call, outcomes: Sequence[int | Refusal], metadata: Metadata) -> list[str]:
    """What the caller is told of each row."""
    prefix = f"{call.base}/Observations("
    is_told = metadata is Metadata.FULL
    return [
        f"error: {outcome.sentence()}"
        if isinstance(outcome, Refusal)
        else f"{prefix}{outcome})"
        if is_told
        else ""
        for outcome in outcomes
    ]


def _create_all(call: Call, groups: Sequence[ObservationGroup]) -> list[int | Refusal]:
    """All rows that can be, handed to the writer together."""
    outcomes: list[int | Refusal] = []
    rows: list[NewObservation] = []
    places: list[int] = []
    now = time.time_ns() // 1_000
    for group in groups:
        try:
            check_stream(INGEST, group.stream_id, call.grant, is_multi=group.is_multi)
        except Refusal as refusal:
            outcomes += [refusal] * len(group.rows)
            continue
        for read in parse_rows(group, now):
            if isinstance(read, Refusal):
                outcomes.append(read)
                continue
            places.append(len(outcomes))
            outcomes.append(0)
            rows.append(read)
    stored = INGEST.write_blocking(rows) if rows else ()
    for place, outcome in zip(places, stored, strict=True):
        outcomes[place] = outcome if isinstance(outcome, Refusal) else outcome.id
    return _whole(outcomes)


def _whole(outcomes: list[int | Refusal]) -> list[int | Refusal]:
    """The same, unless the store took nothing: then the request is to be sent again.

    Raises: StoreAway.
    """
    if outcomes and all(isinstance(outcome, StoreAway) for outcome in outcomes):
        raise cast(StoreAway, outcomes[0])
    return outcomes


def _create_each(call: Call, groups: Sequence[ObservationGroup]) -> Iterator[int | Refusal]:
    """Row by row through the register's door, so that all stays in the caller's transaction."""
    for group in groups:
        entity = MULTI_DATASTREAM if group.is_multi else DATASTREAM
        relation = entity.relations["Observations"]
        steps = (Step(entity, None, group.stream_id), Step(target_of(relation), relation))
        path = ResourcePath(steps, text=f"{entity.set_name}({group.stream_id})/Observations")
        for row in group.rows:
            try:
                yield register.create(path, _body_of(group, row), grant=call.grant).id
            except Refusal as refusal:
                yield refusal


def _body_of(group: ObservationGroup, row: Sequence[msgspec.Raw]) -> dict[str, object]:
    if len(row) != len(group.components):
        reason = f"it has {len(row)} cells for {len(group.components)} components"
        raise BadEntity(member="dataArray", reason=reason)
    body: dict[str, object] = dict(zip(group.components, row, strict=True))
    feature = body.pop(FEATURE_ID, None)
    if feature is not None and feature != NULL:
        body["FeatureOfInterest"] = {"@iot.id": feature}
    return body
