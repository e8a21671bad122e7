"""frost-sta-client, the best-known client in Python, works against a running hub."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import frost_sta_client  # type: ignore[import-untyped]
import pytest

from tests.rooms.sensing.serving import ServedHub
from tests.rooms.sensing.sta import MEASUREMENT

fsc: Any = frost_sta_client

pytestmark = [
    pytest.mark.once,
    # The client calls what its own libraries no longer like.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:furl"),
]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHub]:
    with ServedHub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def service(hub: ServedHub) -> Any:
    return fsc.SensorThingsService(hub.root, auth_handler=fsc.AuthHandler("any", hub.token))


@pytest.fixture
def stream(service: Any) -> Any:
    """A Thing with a Location and a Datastream, made in one deep insert by the client."""
    measure = fsc.UnitOfMeasurement(
        name="degree Celsius", symbol="°C", definition="http://qudt.org/vocab/unit/DEG_C"
    )
    sensor = fsc.Sensor(
        name="Thermometer",
        description="A thermometer",
        encoding_type="text/plain",
        metadata="https://example.org",
    )
    measured = fsc.ObservedProperty(
        name="Temperature",
        definition="http://vocab.nerc.ac.uk/standard_name/air_temperature/",
        description="Of the air",
    )
    place = fsc.Location(
        name="Post",
        description="A lamp post",
        encoding_type="application/geo+json",
        location={"type": "Point", "coordinates": [-1.25, 51.75]},
    )
    thing = fsc.Thing(name="Station", description="On the bridge", properties={"number": 1})
    made = fsc.Datastream(
        name="Warmth",
        description="Every minute",
        observation_type=MEASUREMENT,
        unit_of_measurement=measure,
        sensor=sensor,
        observed_property=measured,
    )
    thing.locations = [place]
    thing.datastreams = [made]
    service.create(thing)
    found = service.things().find(thing.id)
    streams = found.get_datastreams().query().list()
    return streams.entities[0]


def an_observation(stream: Any, result: float, minute: int) -> Any:
    return fsc.Observation(
        phenomenon_time=f"2026-03-01T10:{minute:02}:00Z", result=result, datastream=stream
    )


def test_it_creates_finds_updates_patches_and_deletes(service: Any) -> None:
    thing = fsc.Thing(name="A", description="b", properties={"x": 1})
    service.create(thing)
    assert isinstance(thing.id, int)
    found = service.things().find(thing.id)
    assert (found.name, found.properties) == ("A", {"x": 1})
    found.name = "Renamed"
    service.update(found)
    assert service.things().find(thing.id).name == "Renamed"
    service.patch(found, [{"op": "replace", "path": "/description", "value": "patched"}])
    assert service.things().find(thing.id).description == "patched"
    service.delete(found)
    with pytest.raises(Exception, match="404"):
        service.things().find(thing.id)


def test_it_follows_relations_and_expands(service: Any, stream: Any) -> None:
    service.create(an_observation(stream, 4.5, 1))
    found = (
        service.datastreams()
        .query()
        .filter(f"id eq {stream.id}")
        .expand("Thing($expand=Locations),Sensor,Observations($orderby=phenomenonTime desc;$top=1)")
        .list()
    )
    (one,) = found.entities
    assert one.thing.name == "Station"
    assert one.thing.locations.entities[0].name == "Post"
    assert one.sensor.name == "Thermometer"
    assert one.observations.entities[0].result == 4.5
    assert one.unit_of_measurement.symbol == "°C"


def test_it_pages_through_everything(service: Any, stream: Any) -> None:
    for minute in range(7):
        service.create(an_observation(stream, minute, minute))
    listed = (
        stream.get_observations().query().count().top(3).orderby("phenomenonTime", "asc").list()
    )
    assert listed.count == 7
    assert [entry.result for entry in listed] == [0, 1, 2, 3, 4, 5, 6]


def test_it_writes_data_arrays_and_reads_their_addresses(service: Any, stream: Any) -> None:
    value = fsc.model.ext.data_array_value.DataArrayValue()
    properties = value.Property
    value.datastream = stream
    value.components = {properties.PHENOMENON_TIME, properties.RESULT}
    for minute in range(3):
        value.add_observation(an_observation(stream, minute, 20 + minute))
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(value)
    made = service.observations().create(document)
    assert len(made) == 3
    assert all("/Observations(" in entry.self_link for entry in made)
    assert stream.get_observations().query().count().list().count == 3


def test_it_is_told_what_was_wrong(service: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(Exception, match="400"):
        service.things().query().filter("name eq").list()
    assert "The filter cannot be used" in caplog.text


def test_it_needs_a_token_to_write(hub: ServedHub) -> None:
    anonymous = fsc.SensorThingsService(hub.root)
    assert anonymous.things().query().list().entities is not None
    with pytest.raises(Exception, match="401"):
        anonymous.create(fsc.Thing(name="A", description="b"))
