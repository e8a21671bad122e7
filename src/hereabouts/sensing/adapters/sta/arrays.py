"""CreateObservations: rows of several streams in one request, each with an answer of its own.

Source: OGC 18-088, clause 12.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions import register
from hereabouts.sensing.adapters.sta.calls import Call
from hereabouts.sensing.adapters.sta.replies import Reply, json_reply
from hereabouts.sensing.errors import BadEntity
from hereabouts.standards.sensorthings.formats.data_array import (
    FEATURE_ID,
    ObservationGroup,
    read_create_observations,
)
from hereabouts.standards.sensorthings.links import self_link
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
    outcomes = list(_create_each(call, read_create_observations(call.body)))
    return json_reply(_tell(call, outcomes, options.metadata), 201)


def _tell(call: Call, outcomes: Sequence[int | Refusal], metadata: Metadata) -> list[str]:
    """What the caller is told of each row."""
    is_told = metadata is Metadata.FULL
    return [
        f"error: {outcome.sentence()}"
        if isinstance(outcome, Refusal)
        else self_link(call.base, OBSERVATION, outcome)
        if is_told
        else ""
        for outcome in outcomes
    ]


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
