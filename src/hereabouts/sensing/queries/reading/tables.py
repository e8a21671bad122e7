"""Which table holds an entity type, how relations join them, and which columns hold properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hereabouts.standards.sensorthings.model import Relation

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "Thing": "sensing_thing",
        "Location": "sensing_location",
        "HistoricalLocation": "sensing_historicallocation",
        "Datastream": "sensing_stream",
        "MultiDatastream": "sensing_stream",
        "Sensor": "sensing_sensor",
        "ObservedProperty": "sensing_observedproperty",
        "Observation": "sensing_observation",
        "FeatureOfInterest": "sensing_feature",
    }
)
"""The table of each entity type."""

KINDS: Mapping[str, str] = MappingProxyType(
    {"Datastream": "NOT {0}.is_multi", "MultiDatastream": "{0}.is_multi"}
)
"""Which rows of a shared table are of the type."""


@dataclass(frozen=True)
class Link:
    """How rows of one type lead to rows of another.

    `near` and `far` are templates of expressions over an alias; rows are related where both are
    equal. With a table between, `between` names it with its columns for near and far, and `rank` is
    its column of order. `either` is a condition for the one relation that is no equality.
    """

    near: str = "{0}.id"
    far: str = "{0}.id"
    between: tuple[str, str, str] | None = None
    rank: str = ""
    either: str = ""


_THING_LOCATION = "sensing_thinglocation"
_HISTORY_LOCATION = "sensing_historylocation"
_STREAM_PROPERTY = "sensing_streamproperty"
_FEATURE_OF_OBSERVATION = "coalesce({0}.feature_id, {0}s.feature_id)"
"""An observation's alias with an s is its stream; see `sources`."""


def _inverse(column: str) -> Link:
    return Link(far="{0}." + column)


def _key(column: str) -> Link:
    return Link(near="{0}." + column)


LINKS: Mapping[tuple[str, str], Link] = MappingProxyType(
    {
        ("Thing", "Locations"): Link(between=(_THING_LOCATION, "thing_id", "location_id")),
        ("Thing", "HistoricalLocations"): _inverse("thing_id"),
        ("Thing", "Datastreams"): _inverse("thing_id"),
        ("Thing", "MultiDatastreams"): _inverse("thing_id"),
        ("Location", "Things"): Link(between=(_THING_LOCATION, "location_id", "thing_id")),
        ("Location", "HistoricalLocations"): Link(
            between=(_HISTORY_LOCATION, "location_id", "history_id")
        ),
        ("HistoricalLocation", "Thing"): _key("thing_id"),
        ("HistoricalLocation", "Locations"): Link(
            between=(_HISTORY_LOCATION, "history_id", "location_id")
        ),
        ("Datastream", "Thing"): _key("thing_id"),
        ("Datastream", "Sensor"): _key("sensor_id"),
        ("Datastream", "ObservedProperty"): _key("observed_property_id"),
        ("Datastream", "Observations"): _inverse("stream_id"),
        ("MultiDatastream", "Thing"): _key("thing_id"),
        ("MultiDatastream", "Sensor"): _key("sensor_id"),
        ("MultiDatastream", "ObservedProperties"): Link(
            between=(_STREAM_PROPERTY, "stream_id", "observed_property_id"), rank="rank"
        ),
        ("MultiDatastream", "Observations"): _inverse("stream_id"),
        ("Sensor", "Datastreams"): _inverse("sensor_id"),
        ("Sensor", "MultiDatastreams"): _inverse("sensor_id"),
        ("ObservedProperty", "Datastreams"): _inverse("observed_property_id"),
        ("ObservedProperty", "MultiDatastreams"): Link(
            between=(_STREAM_PROPERTY, "observed_property_id", "stream_id")
        ),
        ("Observation", "Datastream"): _key("stream_id"),
        ("Observation", "MultiDatastream"): _key("stream_id"),
        ("Observation", "FeatureOfInterest"): Link(near=_FEATURE_OF_OBSERVATION),
        ("FeatureOfInterest", "Observations"): Link(
            far=_FEATURE_OF_OBSERVATION,
            either="({f}.feature_id = {n} OR ({f}.feature_id IS NULL AND {f}.stream_id"
            " IN (SELECT id FROM sensing_stream WHERE feature_id = {n})))",
        ),
    }
)
"""Every relation by the name of the type it starts from and its own."""


def link_of(owner: str, relation: Relation) -> Link:
    """How a relation of an entity type is kept."""
    return LINKS[owner, relation.name]


JSON_COLUMNS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("Location", "location"): "value",
        ("FeatureOfInterest", "feature"): "value",
        ("Sensor", "metadata"): "metadata",
        ("Observation", "resultQuality"): "result_quality",
        ("Observation", "parameters"): "parameters",
        ("MultiDatastream", "unitOfMeasurements"): "units",
        ("MultiDatastream", "multiObservationDataTypes"): "result_types",
    }
)
"""Columns of JSON text whose name is not that of the property."""

TEXT_COLUMNS: Mapping[str, str] = MappingProxyType(
    {"encodingType": "encoding_type", "observationType": "observation_type"}
)
"""Columns of text whose name is not that of the property."""
