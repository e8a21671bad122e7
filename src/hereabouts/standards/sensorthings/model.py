"""The entity types of SensorThings 1.1: their properties and relations, as one table.

Source: OGC 18-088, clause 8 (the sensing entities) and annex on MultiDatastreams.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Shape(Enum):
    """What the value of a property is."""

    TEXT = "text"
    JSON = "json"
    """Any JSON object, such as `properties`."""
    GEOMETRY = "geometry"
    """GeoJSON (a geometry or a Feature) or, under another encoding, any JSON value."""
    INSTANT = "instant"
    """A time, or null where the property may be missing."""
    PERIOD = "period"
    """An interval."""
    MOMENT = "moment"
    """A time or an interval, row by row."""
    RESULT = "result"
    """Any JSON value, typed row by row."""
    UNIT = "unit"
    """An object of `name`, `symbol` and `definition`."""
    UNITS = "units"
    """A list of such objects."""
    TEXTS = "texts"
    """A list of texts."""


@dataclass(frozen=True)
class Property:
    """A property of an entity type.

    `is_computed` ones are kept by the service; clients cannot set them.
    """

    name: str
    shape: Shape
    is_mandatory: bool = False
    is_computed: bool = False


@dataclass(frozen=True)
class Relation:
    """A relation from one entity type to another; `target` is the target's name, `Thing`."""

    name: str
    target: str
    is_many: bool
    inverse: str
    is_mandatory: bool = False


@dataclass(frozen=True, eq=False)
class EntityType:
    """An entity type; `name` is singular as in navigation, `set_name` plural as in addresses.

    Each exists once, so they are equal only to themselves.
    """

    name: str
    set_name: str
    properties: Mapping[str, Property] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)

    def find_property(self, name: str) -> Property | None:
        """The property of this name, or None."""
        return self.properties.get(name)

    def find_relation(self, name: str) -> Relation | None:
        """The relation of this name, exactly as the standard spells it here, or None."""
        return self.relations.get(name)


def _entity(
    name: str, set_name: str, properties: list[Property], relations: list[Relation]
) -> EntityType:
    return EntityType(
        name,
        set_name,
        MappingProxyType({entry.name: entry for entry in properties}),
        MappingProxyType({entry.name: entry for entry in relations}),
    )


def _text(name: str, *, is_mandatory: bool = True) -> Property:
    return Property(name, Shape.TEXT, is_mandatory)


_PROPERTIES = Property("properties", Shape.JSON)
_NAMED = [_text("name"), _text("description")]
_EXTENTS = [
    Property("observedArea", Shape.GEOMETRY, is_computed=True),
    Property("phenomenonTime", Shape.PERIOD, is_computed=True),
    Property("resultTime", Shape.PERIOD, is_computed=True),
]

THING = _entity(
    "Thing",
    "Things",
    [*_NAMED, _PROPERTIES],
    [
        Relation("Locations", "Location", True, "Things"),
        Relation("HistoricalLocations", "HistoricalLocation", True, "Thing"),
        Relation("Datastreams", "Datastream", True, "Thing"),
        Relation("MultiDatastreams", "MultiDatastream", True, "Thing"),
    ],
)
LOCATION = _entity(
    "Location",
    "Locations",
    [*_NAMED, _text("encodingType"), Property("location", Shape.GEOMETRY, True), _PROPERTIES],
    [
        Relation("Things", "Thing", True, "Locations"),
        Relation("HistoricalLocations", "HistoricalLocation", True, "Locations"),
    ],
)
HISTORICAL_LOCATION = _entity(
    "HistoricalLocation",
    "HistoricalLocations",
    [Property("time", Shape.INSTANT, True)],
    [
        Relation("Thing", "Thing", False, "HistoricalLocations", True),
        Relation("Locations", "Location", True, "HistoricalLocations", True),
    ],
)
DATASTREAM = _entity(
    "Datastream",
    "Datastreams",
    [
        *_NAMED,
        _text("observationType"),
        Property("unitOfMeasurement", Shape.UNIT, True),
        *_EXTENTS,
        _PROPERTIES,
    ],
    [
        Relation("Thing", "Thing", False, "Datastreams", True),
        Relation("Sensor", "Sensor", False, "Datastreams", True),
        Relation("ObservedProperty", "ObservedProperty", False, "Datastreams", True),
        Relation("Observations", "Observation", True, "Datastream"),
    ],
)
MULTI_DATASTREAM = _entity(
    "MultiDatastream",
    "MultiDatastreams",
    [
        *_NAMED,
        _text("observationType"),
        Property("multiObservationDataTypes", Shape.TEXTS, True),
        Property("unitOfMeasurements", Shape.UNITS, True),
        *_EXTENTS,
        _PROPERTIES,
    ],
    [
        Relation("Thing", "Thing", False, "MultiDatastreams", True),
        Relation("Sensor", "Sensor", False, "MultiDatastreams", True),
        Relation("ObservedProperties", "ObservedProperty", True, "MultiDatastreams", True),
        Relation("Observations", "Observation", True, "MultiDatastream"),
    ],
)
SENSOR = _entity(
    "Sensor",
    "Sensors",
    [*_NAMED, _text("encodingType"), Property("metadata", Shape.JSON, True), _PROPERTIES],
    [
        Relation("Datastreams", "Datastream", True, "Sensor"),
        Relation("MultiDatastreams", "MultiDatastream", True, "Sensor"),
    ],
)
OBSERVED_PROPERTY = _entity(
    "ObservedProperty",
    "ObservedProperties",
    [_text("name"), _text("definition"), _text("description"), _PROPERTIES],
    [
        Relation("Datastreams", "Datastream", True, "ObservedProperty"),
        Relation("MultiDatastreams", "MultiDatastream", True, "ObservedProperties"),
    ],
)
OBSERVATION = _entity(
    "Observation",
    "Observations",
    [
        Property("phenomenonTime", Shape.MOMENT),
        Property("resultTime", Shape.INSTANT),
        Property("result", Shape.RESULT, True),
        Property("resultQuality", Shape.JSON),
        Property("validTime", Shape.PERIOD),
        Property("parameters", Shape.JSON),
    ],
    [
        Relation("Datastream", "Datastream", False, "Observations"),
        Relation("MultiDatastream", "MultiDatastream", False, "Observations"),
        Relation("FeatureOfInterest", "FeatureOfInterest", False, "Observations"),
    ],
)
FEATURE_OF_INTEREST = _entity(
    "FeatureOfInterest",
    "FeaturesOfInterest",
    [*_NAMED, _text("encodingType"), Property("feature", Shape.GEOMETRY, True), _PROPERTIES],
    [Relation("Observations", "Observation", True, "FeatureOfInterest")],
)

ENTITY_TYPES: Mapping[str, EntityType] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            THING,
            LOCATION,
            HISTORICAL_LOCATION,
            DATASTREAM,
            MULTI_DATASTREAM,
            SENSOR,
            OBSERVED_PROPERTY,
            OBSERVATION,
            FEATURE_OF_INTEREST,
        )
    }
)
"""Every entity type by its singular name."""

ENTITY_SETS: Mapping[str, EntityType] = MappingProxyType(
    {entry.set_name: entry for entry in ENTITY_TYPES.values()}
)
"""Every entity type by the name of its set."""


def target_of(relation: Relation) -> EntityType:
    """The entity type a relation leads to."""
    return ENTITY_TYPES[relation.target]
