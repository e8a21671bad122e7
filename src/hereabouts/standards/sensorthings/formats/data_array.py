"""Data arrays: Observations as rows, read and written by stream.

Source: OGC 18-088, clause 12 (SensorThings data array extension).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec

from hereabouts.standards.sensorthings.errors import BodyUnreadable
from hereabouts.standards.sensorthings.model import OBSERVATION, EntityType
from hereabouts.standards.sensorthings.tree import Options, SelectedProperty

FEATURE_ID = "FeatureOfInterest/id"
STREAM_RELATIONS = ("Datastream", "MultiDatastream")
READABLE = frozenset({*OBSERVATION.properties, FEATURE_ID, "FeatureOfInterest/@iot.id"})
"""Components that a group to be created may have."""

MOST_GROUPS = 10_000


# --- writing -------------------------------------------------------------------------------------


def component_names(options: Options) -> list[str]:
    """What each row holds, in order: the selected properties, or the id and all of them.

    Expanded relations follow.
    """
    chosen = [one for one in options.select if isinstance(one, SelectedProperty)]
    if options.select:
        names = [one.property.name if one.property else "id" for one in chosen]
    else:
        names = ["id", *OBSERVATION.properties]
    names += [expansion.relation.name for expansion in options.expand]
    return list(dict.fromkeys(names))


def group_rows(
    entities: Iterable[tuple[tuple[EntityType, int], Mapping[str, Any]]],
    options: Options,
    base: str,
) -> list[dict[str, Any]]:
    """Observations, each with the type and id of its stream, as groups in order of appearance.

    The groups stand in `value` of the answer.
    """
    names = component_names(options)
    keys = ["@iot.id" if name == "id" else name for name in names]
    groups: dict[tuple[str, int], list[list[Any]]] = {}
    for (stream, key), entity in entities:
        rows = groups.setdefault((stream.name, key), [])
        rows.append([entity.get(name) for name in keys])
    return [
        {
            f"{name}@iot.navigationLink": f"{base}/{name}s({key})",
            "components": names,
            "dataArray@iot.count": len(rows),
            "dataArray": rows,
        }
        for (name, key), rows in groups.items()
    ]


# --- reading -------------------------------------------------------------------------------------


class _Reference(msgspec.Struct):
    key: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = msgspec.field(name="@iot.id")


class _Group(msgspec.Struct):
    components: list[str]
    rows: list[list[msgspec.Raw]] = msgspec.field(name="dataArray")
    datastream: _Reference | None = msgspec.field(name="Datastream", default=None)
    multi: _Reference | None = msgspec.field(name="MultiDatastream", default=None)


@dataclass(frozen=True)
class ObservationGroup:
    """Rows to be created in one stream; `columns` tells where each component stands.

    Cells are raw JSON, so that a result keeps its digits. A row may be too short or too long: that
    is the row's own error.
    """

    is_multi: bool
    stream_id: int
    components: tuple[str, ...]
    rows: Sequence[Sequence[msgspec.Raw]]
    columns: Mapping[str, int] = field(default_factory=dict)


_DECODER = msgspec.json.Decoder(list[_Group])


def read_create_observations(body: bytes) -> list[ObservationGroup]:
    """The groups of a CreateObservations request.

    `FeatureOfInterest/@iot.id` is read as `FeatureOfInterest/id`. Raises: BodyUnreadable, for a
    body that cannot be read as a whole.
    """
    try:
        groups = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as refused:
        raise BodyUnreadable(str(refused)) from None
    except RecursionError:
        raise BodyUnreadable("it nests too deep") from None
    if len(groups) > MOST_GROUPS:
        raise BodyUnreadable(f"there are more than {MOST_GROUPS} groups")
    return [_check(group, index) for index, group in enumerate(groups)]


def _check(group: _Group, index: int) -> ObservationGroup:
    reference = group.datastream or group.multi
    if reference is None or (group.datastream and group.multi):
        reason = "a group names either a Datastream or a MultiDatastream"
        raise BodyUnreadable(reason, f"$[{index}]")
    for name in group.components:
        if name not in READABLE:
            raise BodyUnreadable("there is no such component", name)
    names = tuple(
        FEATURE_ID if name.startswith("FeatureOfInterest/") else name for name in group.components
    )
    if len(set(names)) != len(names):
        raise BodyUnreadable("a component stands twice", f"$[{index}].components")
    if "result" not in names:
        raise BodyUnreadable("the component “result” is needed", f"$[{index}].components")
    columns = {name: column for column, name in enumerate(names)}
    return ObservationGroup(group.multi is not None, reference.key, names, group.rows, columns)
