"""Moves streams that are there to another Thing, Sensor or ObservedProperty."""

from __future__ import annotations

from collections.abc import Mapping

from hereabouts.sensing.actions.register.tables import OWNER_COLUMNS, TABLES
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.drafts import Link

STREAM_USES = (
    ("Sensor", "SELECT sensor_id FROM sensing_stream WHERE id IN ({ids})"),
    ("ObservedProperty", "SELECT observed_property_id FROM sensing_stream WHERE id IN ({ids})"),
    (
        "ObservedProperty",
        "SELECT observed_property_id FROM sensing_streamproperty WHERE stream_id IN ({ids})",
    ),
    ("FeatureOfInterest", "SELECT feature_id FROM sensing_stream WHERE id IN ({ids})"),
    (
        "FeatureOfInterest",
        "SELECT feature_id FROM sensing_stream_feature WHERE stream_id IN ({ids})",
    ),
)
"""What streams use, by entity type; `{ids}` are the streams."""


def relink_stream(work: Work, entity: str, stream: Link, owners: Mapping[str, int]) -> None:
    """Give a stream other owners, by relation; its class follows its Thing's."""
    columns = {OWNER_COLUMNS[entity, relation]: key for relation, key in owners.items()}
    names = ", ".join(columns)
    held = work.one(f"SELECT {names} FROM sensing_stream WHERE id = %s", stream.id)
    if held == tuple(columns.values()):
        return
    for relation, old in zip(owners, held or (), strict=True):
        if relation != "Thing" and old is not None:
            work.uses.lose(relation, [old])
    if "Thing" in owners:
        columns["data_class"] = _class_of_thing(work, owners["Thing"])
    work.update(TABLES[entity], stream.id, columns)
    _note_uses(work, stream.id)
    work.note_changed(entity, stream.id, sorted(owners))


def _class_of_thing(work: Work, thing_id: int) -> int:
    row = work.one("SELECT data_class FROM sensing_thing WHERE id = %s", thing_id)
    return int(row[0]) if row else 0


def _note_uses(work: Work, stream_id: int) -> None:
    """Everything the stream uses is now used by something of perhaps another class."""
    for entity, statement in STREAM_USES:
        work.uses.lose(entity, work.ids_among(statement, [stream_id]))
