"""Deletes entities with what depends on them, by set.

A Thing takes its streams and visits along; a Sensor or ObservedProperty its streams; a stream or
feature its observations; a Location the visits that are left without any. Rows of other tables that
hang on them (thresholds, device links) follow by their own rules.
Source: OGC 18-088, clause 10.3, table 24; for Locations, decision 0066.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db import connection

from hereabouts.sensing.actions.ingest.removal import (
    delete_observations,
    delete_observations_of_feature,
    delete_observations_of_streams,
)
from hereabouts.sensing.actions.register.classes import GENERATED
from hereabouts.sensing.actions.register.index import forget_members
from hereabouts.sensing.actions.register.linking import STREAM_USES
from hereabouts.sensing.actions.register.placing import follow_history
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.models.register import (
    Feature,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Stream,
    Thing,
)

EMPTY_VISITS = (
    "SELECT h.id FROM sensing_historicallocation h WHERE h.id IN ({ids}) AND NOT EXISTS"
    " (SELECT 1 FROM sensing_historylocation l WHERE l.history_id = h.id)"
)


def remove(work: Work, entity: str, ids: Sequence[int]) -> None:
    """Delete entities of one type with all that depends on them; ids that are gone are fine."""
    if ids:
        REMOVERS[entity](work, sorted(set(ids)))


def _remove_things(work: Work, ids: list[int]) -> None:
    _remove_streams(
        work, work.ids_among("SELECT id FROM sensing_stream WHERE thing_id IN ({ids})", ids)
    )
    visits = work.ids_among(
        "SELECT id FROM sensing_historicallocation WHERE thing_id IN ({ids})", ids
    )
    for statement in (
        "SELECT location_id FROM sensing_thinglocation WHERE thing_id IN ({ids})",
        "SELECT l.location_id FROM sensing_historylocation l JOIN sensing_historicallocation h"
        " ON h.id = l.history_id WHERE h.thing_id IN ({ids})",
    ):
        work.uses.lose("Location", work.ids_among(statement, ids))
    forget_members(work, "Thing", ids)
    Thing.objects.filter(pk__in=ids).delete()
    _note(work, "HistoricalLocation", visits)
    _note(work, "Thing", ids)


def _remove_streams(work: Work, ids: list[int]) -> None:
    if not ids:
        return
    for entity, statement in STREAM_USES:
        work.uses.lose(entity, work.ids_among(statement, ids))
    counts = _count_observations(work, ids)
    multi = set(
        work.ids_among("SELECT id FROM sensing_stream WHERE is_multi AND id IN ({ids})", ids)
    )
    delete_observations_of_streams(connection.connection, ids)
    for entity in ("Datastream", "MultiDatastream"):
        forget_members(work, entity, ids)
    Stream.objects.filter(pk__in=ids).delete()
    for key in ids:
        entity = "MultiDatastream" if key in multi else "Datastream"
        work.note_deleted(entity, key, counts.get(key, 0))


def _count_observations(work: Work, ids: list[int]) -> dict[int, int]:
    return dict(
        work.rows_among(
            "SELECT stream_id, count FROM sensing_stream_state WHERE stream_id IN ({ids})", ids
        )
    )


def _remove_visits(work: Work, ids: list[int]) -> None:
    things = work.ids_among(
        "SELECT thing_id FROM sensing_historicallocation WHERE id IN ({ids})", ids
    )
    _drop_visits(work, ids)
    for thing in things:
        follow_history(work, thing)


def _drop_visits(work: Work, ids: list[int]) -> None:
    work.uses.lose(
        "Location",
        work.ids_among(
            "SELECT location_id FROM sensing_historylocation WHERE history_id IN ({ids})", ids
        ),
    )
    HistoricalLocation.objects.filter(pk__in=ids).delete()
    _note(work, "HistoricalLocation", ids)


def _remove_locations(work: Work, ids: list[int]) -> None:
    visits = work.ids_among(
        "SELECT history_id FROM sensing_historylocation WHERE location_id IN ({ids})", ids
    )
    things = work.ids_among(
        "SELECT thing_id FROM sensing_thinglocation WHERE location_id IN ({ids})", ids
    )
    work.uses.lose("FeatureOfInterest", work.ids_among(GENERATED, ids))
    forget_members(work, "Location", ids)
    Location.objects.filter(pk__in=ids).delete()
    _note(work, "Location", ids)
    _drop_visits(work, work.ids_among(EMPTY_VISITS, visits))
    for thing in things:
        work.note_changed("Thing", thing, ["Locations"])
        follow_history(work, thing)


def _remove_sensors(work: Work, ids: list[int]) -> None:
    _remove_streams(
        work, work.ids_among("SELECT id FROM sensing_stream WHERE sensor_id IN ({ids})", ids)
    )
    forget_members(work, "Sensor", ids)
    Sensor.objects.filter(pk__in=ids).delete()
    _note(work, "Sensor", ids)


def _remove_observed_properties(work: Work, ids: list[int]) -> None:
    single = work.ids_among(
        "SELECT id FROM sensing_stream WHERE observed_property_id IN ({ids})", ids
    )
    multi = work.ids_among(
        "SELECT stream_id FROM sensing_streamproperty WHERE observed_property_id IN ({ids})", ids
    )
    _remove_streams(work, sorted({*single, *multi}))
    forget_members(work, "ObservedProperty", ids)
    ObservedProperty.objects.filter(pk__in=ids).delete()
    _note(work, "ObservedProperty", ids)


def _remove_features(work: Work, ids: list[int]) -> None:
    for key in ids:
        gone = delete_observations_of_feature(connection.connection, key)
        work.note_deleted("FeatureOfInterest", key, gone)
    forget_members(work, "FeatureOfInterest", ids)
    Feature.objects.filter(pk__in=ids).delete()


def _remove_observations(work: Work, ids: list[int]) -> None:
    streams = work.rows_among(
        "SELECT DISTINCT o.stream_id, s.is_multi FROM sensing_observation o JOIN sensing_stream s"
        " ON s.id = o.stream_id WHERE o.id IN ({ids})",
        ids,
    )
    features = work.ids_among("SELECT feature_id FROM sensing_observation WHERE id IN ({ids})", ids)
    delete_observations(connection.connection, ids)
    work.uses.lose("FeatureOfInterest", features)
    for stream, is_multi in dict(streams).items():
        entity = "MultiDatastream" if is_multi else "Datastream"
        work.note_changed(entity, stream, ["Observations"])


def _note(work: Work, entity: str, ids: Sequence[int]) -> None:
    for key in ids:
        work.note_deleted(entity, key)


REMOVERS: Final[Mapping[str, Callable[[Work, list[int]], None]]] = {
    "Thing": _remove_things,
    "Location": _remove_locations,
    "HistoricalLocation": _remove_visits,
    "Datastream": _remove_streams,
    "MultiDatastream": _remove_streams,
    "Sensor": _remove_sensors,
    "ObservedProperty": _remove_observed_properties,
    "Observation": _remove_observations,
    "FeatureOfInterest": _remove_features,
}
