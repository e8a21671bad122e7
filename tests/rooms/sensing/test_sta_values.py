"""Every property of every entity by itself: as a member, and as a raw value with `$value`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hereabouts.standards.sensorthings.model import ENTITY_TYPES
from tests.rooms.sensing.sta import COMPLEX, MOMENT, PROPERTY, SENSOR, UNIT, Sta, a_stream, a_thing

pytestmark = pytest.mark.django_db(transaction=True)

PROPERTIES = {"a": {"b": [1, "x"]}, "text": "it's", "on": True, "none": None}
OBSERVATION = {
    "phenomenonTime": f"{MOMENT}/2026-03-01T13:00:00Z",
    "resultTime": "2026-03-01T13:00:00Z",
    "resultQuality": {"code": "good"},
    "validTime": f"{MOMENT}/2026-03-02T00:00:00Z",
    "parameters": PROPERTIES,
}
RESULTS: list[Any] = [1, 2.5, "text", '"', True, None, {"a": [1]}, [1, "b"], []]
SETS = [entity.set_name for entity in ENTITY_TYPES.values()]


def spelled(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


@pytest.fixture
def hub(sta: Sta) -> Sta:
    """Entities of every type, with every property that can be sent."""
    observations = [{"result": result, **OBSERVATION} for result in RESULTS]
    multi = {
        "name": "Wind",
        "description": "Speed and direction",
        "observationType": COMPLEX,
        "multiObservationDataTypes": ["first", "second"],
        "unitOfMeasurements": [UNIT, {"name": None, "symbol": None, "definition": None}],
        "properties": PROPERTIES,
        "Sensor": {**SENSOR, "metadata": {"maker": ["x"]}, "properties": PROPERTIES},
        "ObservedProperties": [{**PROPERTY, "properties": PROPERTIES}, PROPERTY],
        "Observations": [{"result": [1, None], **OBSERVATION}],
    }
    stream = a_stream(Observations=observations, properties=PROPERTIES)
    sta.make("Things", a_thing(stream, MultiDatastreams=[multi], properties=PROPERTIES))
    sta.make("Things", a_thing(a_stream()))
    return sta


@pytest.mark.parametrize("name", SETS)
def test_each_property_reads_alone_as_it_reads_in_its_entity(hub: Sta, name: str) -> None:
    entities = hub.read(name)["value"]
    assert entities
    entity_type = next(kind for kind in ENTITY_TYPES.values() if kind.set_name == name)
    for entity in entities:
        for member in (*entity_type.properties, "id"):
            address = f"{name}({entity['@iot.id']})/{member}"
            whole = entity.get("@iot.id" if member == "id" else member)
            alone, raw = hub.get(address), hub.get(f"{address}/$value")
            if whole is None:
                assert (alone.status, raw.status, raw.body) == (204, 204, b""), address
                continue
            assert list(alone.json.values()) == [whole], address
            assert raw.status == 200, (address, raw.body)
            if isinstance(whole, dict | list):
                assert raw.json == whole
                assert raw.headers["content-type"] == "application/json"
            else:
                assert raw.body.decode() == spelled(whole)
                assert raw.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("Things(1)/properties/a", {"b": [1, "x"]}),
        ("Things(1)/properties/a/b[1]", "x"),
        ("Things(1)/properties/text", "it's"),
        ("Things(1)/properties/on", True),
        ("Locations(1)/location/coordinates[0]", -1.25),
        ("FeaturesOfInterest(1)/feature/type", "Point"),
        ("Datastreams(1)/observedArea/type", "Point"),
        ("Datastreams(1)/unitOfMeasurement/symbol", "°C"),
        ("MultiDatastreams(1)/unitOfMeasurements[0]/symbol", "°C"),
        ("MultiDatastreams(1)/multiObservationDataTypes[1]", "second"),
    ],
)
def test_what_is_inside_a_property_reads_raw(hub: Sta, address: str, value: Any) -> None:
    number = hub.read(f"{address.partition('(')[0]}?$orderby=id&$top=1")["value"][0]["@iot.id"]
    raw = hub.get(address.replace("(1)", f"({number})") + "/$value")
    assert raw.status == 200, raw.body
    assert (raw.json if isinstance(value, dict) else raw.body.decode()) in (value, spelled(value))


def test_nothing_inside_a_property_is_no_value(hub: Sta) -> None:
    thing = hub.read("Things?$orderby=id&$top=1")["value"][0]["@iot.id"]
    for inner in ("none", "missing", "a/missing", "a/b[9]", "text/more"):
        assert hub.get(f"Things({thing})/properties/{inner}/$value").status == 204


def test_results_of_a_multi_datastream_are_asked_for_one_by_one(hub: Sta) -> None:
    multi = hub.read("MultiDatastreams?$top=1")["value"][0]["@iot.id"]
    observations = f"MultiDatastreams({multi})/Observations"
    for query in ("$filter=result eq 1", "$filter=result gt '1'", "$orderby=result"):
        answer = hub.get(f"{observations}?{query}")
        assert (answer.status, "list" in answer.json["message"]) == (400, True), answer.body
    assert hub.ask("DELETE", f"{observations}?$filter=result eq 1").status == 400
    for query in ("$filter=result[0] eq 1", "$filter=1 in result", "$filter=result ne null"):
        assert len(hub.read(f"{observations}?{query}")["value"]) == 1, query
    # Among results of every kind, lists are only no match.
    assert [seen["result"] for seen in hub.read("Observations?$filter=result eq 1")["value"]] == [1]
