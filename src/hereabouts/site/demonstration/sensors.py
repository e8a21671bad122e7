"""Registers the demonstration's sensors once, and keeps what speaking for them needs."""

from __future__ import annotations

import functools
import json
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from django.db import transaction

from hereabouts.kernel.access import INSTALLATION
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.site.demonstration.deployments import set_up_deployments
from hereabouts.site.demonstration.measured import MEASURED, TITLES, Measured
from hereabouts.town.sensing.plan import Channel, SensorKind, TownSensor, plan_sensors

FILE = "sensors.json"
APPLICATION = "demonstration"
ENCODING = "application/geo+json"
INVENTED = "Invented for the demonstration: no such device exists."
FULL_PERCENT = 80.0
FULL_MARGIN = 10.0


class Registered(TypedDict):
    """A sensor of the simulator: its number in the plan's order, and its streams by reading."""

    key: str
    thing_id: int
    streams: dict[str, int]


class SimulatorFile(TypedDict):
    """What the simulator reads: secrets of its own, and whom it speaks for."""

    seed: int
    observe_key: str
    webhook_key: str
    sensors: list[Registered]


def set_up_sensors(folder: Path, seed: int) -> Path:
    """Register the sensors of the town in a folder, unless that was done; the simulator's file."""
    path = folder / FILE
    if not path.exists():
        sensors = plan_sensors(folder, seed)
        # One transaction: a start that is broken off leaves nothing half registered.
        with transaction.atomic():
            registered = _register(sensors)
            _watch_gullies(sensors, registered)
            set_up_deployments(sensors, {one["key"]: one["thing_id"] for one in registered})
            file = SimulatorFile(
                seed=seed, sensors=registered, observe_key=_key(), webhook_key=_application()
            )
        _write_private(path, json.dumps(file))
    return path


def _write_private(path: Path, text: str) -> None:
    """Write a file that holds secrets, whole or not at all, readable by us alone."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _register(sensors: Sequence[TownSensor]) -> list[Registered]:
    from hereabouts.sensing.actions.register import create
    from hereabouts.sensing.queries.current import list_streams_now
    from hereabouts.standards.sensorthings.parsing.paths import parse_path

    grant = Grant(INSTALLATION, DataClass.CLOSED, manages=True, observes_all=True)
    shared = _shared_entities(grant)
    things = parse_path("Things")
    found = []
    for sensor in sensors:
        thing_id = create(things, _thing(sensor, shared), grant=grant).id
        by_property = {s.definition: s.id for s in list_streams_now(thing_ids=[thing_id])}
        streams = {one.reading: by_property[one.definition] for one in MEASURED[sensor.kind]}
        if sensor.channel is Channel.LORAWAN:
            _device(sensor, thing_id, streams)
        found.append(Registered(key=sensor.key, thing_id=thing_id, streams=streams))
    return found


def _shared_entities(grant: Grant) -> dict[str, int]:
    """Sensors by kind and observed properties by definition, made once for all Things."""
    from hereabouts.sensing.actions.register import create
    from hereabouts.standards.sensorthings.parsing.paths import parse_path

    found: dict[str, int] = {}
    for kind, measured in MEASURED.items():
        body: dict[str, object] = {
            "name": f"{TITLES[kind]} sensor",
            "description": INVENTED,
            "encodingType": "text/plain",
            "metadata": INVENTED,
        }
        found[f"sensor:{kind}"] = create(parse_path("Sensors"), body, grant=grant).id
        for one in measured:
            if one.definition not in found:
                known: dict[str, object] = {
                    "name": one.name,
                    "definition": one.definition,
                    "description": one.name,
                }
                path = parse_path("ObservedProperties")
                found[one.definition] = create(path, known, grant=grant).id
    return found


def _thing(sensor: TownSensor, shared: dict[str, int]) -> dict[str, object]:
    title = f"{TITLES[sensor.kind]} {sensor.asset}, {sensor.street}"
    point = {"type": "Point", "coordinates": [sensor.lon, sensor.lat]}
    return {
        "name": title,
        "description": INVENTED,
        "properties": {
            "invented": True,
            "kind": sensor.kind.value,
            "street": sensor.street,
            "assetReference": sensor.asset,
        },
        "Locations": [
            {
                "name": sensor.street,
                "description": f"At {sensor.asset}",
                "encodingType": ENCODING,
                "location": point,
            }
        ],
        "Datastreams": [_datastream(sensor.kind, one, shared) for one in MEASURED[sensor.kind]],
    }


def _datastream(kind: SensorKind, one: Measured, shared: dict[str, int]) -> dict[str, object]:
    return {
        "name": one.name,
        "description": INVENTED,
        "observationType": one.observation_type,
        "unitOfMeasurement": {"name": one.unit_name, "symbol": one.unit, "definition": None},
        "Sensor": {"@iot.id": shared[f"sensor:{kind}"]},
        "ObservedProperty": {"@iot.id": shared[one.definition]},
    }


def _device(sensor: TownSensor, thing_id: int, streams: dict[str, int]) -> None:
    from hereabouts.sensing.actions.uplinks.devices import DeviceDraft, map_reading, register_device

    draft = DeviceDraft(
        eui=sensor.eui,
        name=sensor.key,
        decoder=_decoders()[sensor.kind.value],
        thing_id=thing_id,
    )
    register_device(draft, actor=INSTALLATION)
    for reading, stream_id in streams.items():
        map_reading(sensor.eui.upper(), reading, stream_id, actor=INSTALLATION)
    for reading in UNUSED[sensor.kind]:
        map_reading(sensor.eui.upper(), reading, None, actor=INSTALLATION)


@functools.cache
def _decoders() -> dict[str, str]:
    """Which decoder reads which kind of radio sensor."""
    return tomllib.loads(Path(__file__).with_name("decoders.toml").read_text())


UNUSED = {
    SensorKind.GULLY: ("distance", "is_alarm"),
    SensorKind.BIN: ("distance", "is_alarm"),
    SensorKind.CLIMATE: ("probe_temperature",),
    SensorKind.PARKING: (),
}
"""Readings of radio sensors that the demonstration leaves out on purpose."""


def _watch_gullies(sensors: Sequence[TownSensor], registered: Sequence[Registered]) -> None:
    from hereabouts.sensing.actions.thresholds import ThresholdDraft, set_threshold
    from hereabouts.sensing.domain.watching import Comparison, Level

    level = Level(Comparison.ABOVE, FULL_PERCENT, FULL_MARGIN)
    for sensor, known in zip(sensors, registered, strict=True):
        if sensor.kind is SensorKind.GULLY:
            draft = ThresholdDraft(known["streams"]["fill_level"], "Nearly full", level)
            set_threshold(draft, actor=INSTALLATION)


def _key() -> str:
    from hereabouts.sensing.actions.keys import KeyDraft, create_key
    from hereabouts.sensing.domain.keys import KeyScope

    return create_key(KeyDraft("Simulator", KeyScope.ALL), actor=INSTALLATION)[1]


def _application() -> str:
    from hereabouts.sensing.actions.uplinks.devices import (
        ApplicationDraft,
        give_application_key,
        name_application,
    )
    from hereabouts.standards.lorawan.uplink import Network

    network = Network.THE_THINGS_STACK
    name_application(ApplicationDraft(network, APPLICATION), actor=INSTALLATION)
    return give_application_key(network, APPLICATION, actor=INSTALLATION)
