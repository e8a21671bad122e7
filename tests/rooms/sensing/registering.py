"""Entities for tests of the register, and short ways to write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from hereabouts.journal.api import list_after
from hereabouts.kernel.access import INSTALLATION
from hereabouts.sensing.actions import register
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.standards.sensorthings.model import ENTITY_SETS, EntityType, Relation
from hereabouts.standards.sensorthings.tree import ResourcePath, Step

MANAGER = Grant(INSTALLATION, DataClass.CLOSED, manages=True, observes_all=True)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ticking() -> Iterator[datetime]:
    """A clock that moves a second with each look."""
    moment = START
    while True:
        yield moment
        moment += timedelta(seconds=1)


_moments = ticking()


def clock() -> datetime:
    """The next moment."""
    return next(_moments)


def path_of(text: str) -> ResourcePath:
    """A resource path such as `Things(1)/Datastreams`."""
    steps: list[Step] = []
    for part in text.split("/"):
        name, _, rest = part.partition("(")
        key = int(rest[:-1]) if rest else None
        if not steps:
            steps.append(Step(ENTITY_SETS[name], None, key))
            continue
        relation: Relation = steps[-1].entity.relations[name]
        target: EntityType = next(e for e in ENTITY_SETS.values() if e.name == relation.target)
        steps.append(Step(target, relation, key))
    return ResourcePath(tuple(steps), text=text)


def create(path: str, body: dict[str, Any], grant: Grant = MANAGER) -> int:
    """Make an entity from Python values and return its id."""
    return register.create(path_of(path), body, grant=grant, clock=clock).id


def create_sent(path: str, body: str, grant: Grant = MANAGER) -> int:
    """Make an entity from JSON text as a client sends it."""
    members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return register.create(path_of(path), members, grant=grant, clock=clock).id


def a_thing(**more: Any) -> dict[str, Any]:
    """A Thing."""
    return {"name": "Gully 12", "description": "In Mill Lane", **more}


def a_location(lon: float = -2.0, lat: float = 53.0, **more: Any) -> dict[str, Any]:
    """A Location in GeoJSON."""
    return {
        "name": "Mill Lane",
        "description": "By the bridge",
        "encodingType": "application/geo+json",
        "location": {"type": "Point", "coordinates": [lon, lat]},
        **more,
    }


def a_feature(**more: Any) -> dict[str, Any]:
    """A FeatureOfInterest."""
    return {
        "name": "The beck",
        "description": "Below the bridge",
        "encodingType": "application/geo+json",
        "feature": {"type": "Point", "coordinates": [-2.0, 53.0]},
        **more,
    }


def a_sensor(**more: Any) -> dict[str, Any]:
    """A Sensor."""
    return {
        "name": "Radar level",
        "description": "Looks down",
        "encodingType": "application/pdf",
        "metadata": "https://example.org/radar.pdf",
        **more,
    }


def a_property(name: str = "Level", **more: Any) -> dict[str, Any]:
    """An ObservedProperty."""
    return {
        "name": name,
        "definition": f"https://example.org/{name}",
        "description": "Above the bed",
        **more,
    }


UNIT = {"name": "Metre", "symbol": "m", "definition": "http://qudt.org/vocab/unit/M"}


def a_stream(**more: Any) -> dict[str, Any]:
    """A Datastream without its Thing, with a new Sensor and ObservedProperty unless given."""
    return {
        "name": "Level of gully 12",
        "description": "Every quarter of an hour",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": UNIT,
        "Sensor": a_sensor(),
        "ObservedProperty": a_property(),
        **more,
    }


def a_multi(**more: Any) -> dict[str, Any]:
    """A MultiDatastream of level and temperature without its Thing."""
    return {
        "name": "Level and temperature",
        "description": "Every quarter of an hour",
        "observationType": (
            "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation"
        ),
        "unitOfMeasurements": [UNIT, {"name": None, "symbol": None, "definition": None}],
        "multiObservationDataTypes": ["OM_Measurement", "OM_Measurement"],
        "Sensor": a_sensor(),
        "ObservedProperties": [a_property("Level"), a_property("Temperature")],
        **more,
    }


def link(key: int) -> dict[str, int]:
    """A link to an entity that is there."""
    return {"@iot.id": key}


def update(path: str, body: dict[str, Any], grant: Grant = MANAGER) -> None:
    """PATCH."""
    register.update(path_of(path), body, grant=grant, clock=clock)


def replace(path: str, body: dict[str, Any], grant: Grant = MANAGER) -> None:
    """PUT."""
    register.replace(path_of(path), body, grant=grant, clock=clock)


def patch(path: str, *operations: dict[str, Any], grant: Grant = MANAGER) -> None:
    """JSON Patch."""
    register.patch_json(path_of(path), list(operations), grant=grant, clock=clock)


def delete(path: str, grant: Grant = MANAGER) -> None:
    """DELETE."""
    register.delete(path_of(path), grant=grant, clock=clock)


def events_since(position: int) -> list[tuple[str, str]]:
    """Type and subject of every event after a position."""
    return [(entry.wire_name, entry.subject) for entry in list_after(position, limit=1_000)]
