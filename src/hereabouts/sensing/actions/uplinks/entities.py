"""The entities of a device in the register, made through the register's own actions."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hereabouts.kernel.access import INSTALLATION
from hereabouts.sensing.actions.register import create
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.sensing.models.inbound import Device
from hereabouts.sensing.models.register import ObservedProperty, Sensor
from hereabouts.standards.lorawan.decoder import Decoder
from hereabouts.standards.lorawan.description import Property
from hereabouts.standards.lorawan.fields import Reading
from hereabouts.standards.sensorthings.model import (
    DATASTREAM,
    FEATURE_OF_INTEREST,
    THING,
    EntityType,
)
from hereabouts.standards.sensorthings.tree import ResourcePath, Step

OBSERVATION_TYPE = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
TYPES = {
    "number": "OM_Measurement",
    "count": "OM_CountObservation",
    "boolean": "OM_TruthObservation",
    "category": "OM_Observation",
}
NO_UNIT: Mapping[str, str | None] = {"name": None, "symbol": None, "definition": None}
Point = tuple[float, float]
UCUM = "http://unitsofmeasure.org/ucum.html#"
BY_ITSELF = Grant(INSTALLATION, DataClass.CLOSED, manages=True, observes_all=True)


def make_thing(device: Device, decoder: Decoder, data_class: DataClass, point: Point | None) -> int:
    """A Thing for a device, at a point (longitude, latitude) if the network knows one."""
    body: dict[str, object] = {
        "name": device.name,
        "description": decoder.title,
        "properties": {"deviceEui": device.eui, "dataClass": data_class.word},
    }
    if point is not None:
        body["Locations"] = [
            {
                "name": device.name,
                "description": "As the network server has it.",
                "encodingType": "application/geo+json",
                "location": {"type": "Point", "coordinates": point},
            }
        ]
    return _create(THING, body)


def make_feature(device: Device) -> int:
    """What a device's readings are of until somebody says where it stands."""
    body = {
        "name": device.name,
        "description": "The surroundings of a device that is not on the map yet.",
        "encodingType": "text/plain",
        "feature": f"around the device {device.eui}",
    }
    return _create(FEATURE_OF_INTEREST, body)


def make_stream(device: Device, decoder: Decoder, reading: Reading) -> int:
    """A Datastream of a device's Thing for the readings of one name."""
    observed = reading.observed
    words = reading.name.replace("_", " ")
    body = {
        "name": f"{observed.name} ({words})" if _differs(reading) else observed.name,
        "description": f"{observed.description or observed.name}. {decoder.title}.",
        "observationType": OBSERVATION_TYPE + TYPES[observed.kind],
        "unitOfMeasurement": _unit(decoder, observed),
        "properties": {"reading": reading.name},
        "Thing": {"@iot.id": device.thing_id},
        "Sensor": _sensor(decoder),
        "ObservedProperty": _observed_property(observed),
    }
    return _create(DATASTREAM, body)


def _differs(reading: Reading) -> bool:
    """Whether a device may have several readings of the property, told apart by name."""
    return reading.name != reading.property_key


def _unit(decoder: Decoder, observed: Property) -> Mapping[str, str | None]:
    if not observed.unit:
        return NO_UNIT
    unit = decoder.units[observed.unit]
    definition = unit.definition or UCUM + observed.unit
    return {"name": unit.name, "symbol": unit.symbol or observed.unit, "definition": definition}


def _sensor(decoder: Decoder) -> Mapping[str, object]:
    metadata = f"LoRaWAN: {', '.join(decoder.devices)}"
    text = msgspec.json.encode(metadata).decode()
    known = Sensor.objects.filter(name=decoder.title, metadata=text).order_by("id").first()
    if known is not None:
        return {"@iot.id": known.pk}
    return {
        "name": decoder.title,
        "description": f"A kind of device whose frames the decoder {decoder.id} reads.",
        "encodingType": "text/plain",
        "metadata": metadata,
        "properties": {"decoder": decoder.id},
    }


def _observed_property(observed: Property) -> Mapping[str, object]:
    known = ObservedProperty.objects.filter(definition=observed.definition, name=observed.name)
    first = known.order_by("id").first()
    if first is not None:
        return {"@iot.id": first.pk}
    return {
        "name": observed.name,
        "definition": observed.definition,
        "description": observed.description or observed.name,
    }


def _create(entity: EntityType, body: Mapping[str, object]) -> int:
    return create(ResourcePath((Step(entity),)), body, grant=BY_ITSELF).id
