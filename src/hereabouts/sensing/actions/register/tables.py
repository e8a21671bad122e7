"""Where entities and relations stand in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TABLES: Final[Mapping[str, str]] = {
    "Thing": "sensing_thing",
    "Location": "sensing_location",
    "HistoricalLocation": "sensing_historicallocation",
    "Datastream": "sensing_stream",
    "MultiDatastream": "sensing_stream",
    "Sensor": "sensing_sensor",
    "ObservedProperty": "sensing_observedproperty",
    "FeatureOfInterest": "sensing_feature",
}
"""Tables of the register; observations have their store."""

CONDITIONS: Final[Mapping[str, str]] = {
    "Datastream": " AND NOT is_multi",
    "MultiDatastream": " AND is_multi",
}
"""What tells entities that share a table apart."""

COLUMNS: Final[Mapping[str, str]] = {
    "encodingType": "encoding_type",
    "location": "value",
    "feature": "value",
    "observationType": "observation_type",
}
"""Columns that are not named as the property is."""

SUBJECTS: Final[Mapping[str, str]] = {
    "Thing": "thing",
    "Location": "location",
    "HistoricalLocation": "historical-location",
    "Datastream": "stream",
    "MultiDatastream": "stream",
    "Sensor": "sensor",
    "ObservedProperty": "observed-property",
    "Observation": "observation",
    "FeatureOfInterest": "feature",
}
"""How the journal names what an event is about; a number follows."""

OWNERS: Final[Mapping[tuple[str, str], str]] = {
    ("HistoricalLocation", "Thing"): "SELECT thing_id FROM sensing_historicallocation WHERE id=%s",
    ("Datastream", "Thing"): "SELECT thing_id FROM sensing_stream WHERE id=%s",
    ("Datastream", "Sensor"): "SELECT sensor_id FROM sensing_stream WHERE id=%s",
    ("Datastream", "ObservedProperty"): (
        "SELECT observed_property_id FROM sensing_stream WHERE id=%s"
    ),
    ("MultiDatastream", "Thing"): "SELECT thing_id FROM sensing_stream WHERE id=%s",
    ("MultiDatastream", "Sensor"): "SELECT sensor_id FROM sensing_stream WHERE id=%s",
    ("Observation", "Datastream"): (
        "SELECT s.id FROM sensing_observation o JOIN sensing_stream s ON s.id=o.stream_id"
        " WHERE o.id=%s AND NOT s.is_multi"
    ),
    ("Observation", "MultiDatastream"): (
        "SELECT s.id FROM sensing_observation o JOIN sensing_stream s ON s.id=o.stream_id"
        " WHERE o.id=%s AND s.is_multi"
    ),
    ("Observation", "FeatureOfInterest"): (
        "SELECT COALESCE(o.feature_id, s.feature_id) FROM sensing_observation o"
        " JOIN sensing_stream s ON s.id=o.stream_id WHERE o.id=%s"
    ),
}
"""The entity that a to-one relation leads to, by the id of the one it starts from."""


@dataclass(frozen=True)
class LinkTable:
    """A table of pairs: its name, the column of the entity that asks, and of the other."""

    table: str
    own: str
    other: str


LINKS: Final[Mapping[tuple[str, str], LinkTable]] = {
    ("Thing", "Locations"): LinkTable("sensing_thinglocation", "thing_id", "location_id"),
    ("Location", "Things"): LinkTable("sensing_thinglocation", "location_id", "thing_id"),
    ("HistoricalLocation", "Locations"): LinkTable(
        "sensing_historylocation", "history_id", "location_id"
    ),
    ("Location", "HistoricalLocations"): LinkTable(
        "sensing_historylocation", "location_id", "history_id"
    ),
    ("MultiDatastream", "ObservedProperties"): LinkTable(
        "sensing_streamproperty", "stream_id", "observed_property_id"
    ),
    ("ObservedProperty", "MultiDatastreams"): LinkTable(
        "sensing_streamproperty", "observed_property_id", "stream_id"
    ),
}
"""Relations with many on both sides."""

OWNER_COLUMNS: Final[Mapping[tuple[str, str], str]] = {
    ("Datastream", "Thing"): "thing_id",
    ("Datastream", "Sensor"): "sensor_id",
    ("Datastream", "ObservedProperty"): "observed_property_id",
    ("MultiDatastream", "Thing"): "thing_id",
    ("MultiDatastream", "Sensor"): "sensor_id",
    ("HistoricalLocation", "Thing"): "thing_id",
}
"""Columns of to-one relations of the register."""
