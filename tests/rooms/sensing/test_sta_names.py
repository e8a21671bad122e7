"""A name that says nothing is none: refused wherever an entity is made or changed."""

from __future__ import annotations

from typing import Any

import pytest

from hereabouts.standards.sensorthings.model import ENTITY_TYPES
from tests.rooms.sensing.sta import (
    COMPLEX,
    PROPERTY,
    SENSOR,
    UNIT,
    Answer,
    Sta,
    a_place,
    a_stream,
    a_thing,
)

pytestmark = pytest.mark.django_db(transaction=True)

BLANK = ["", " ", "\t\n", " \u3000"]
NAMED = [kind.set_name for kind in ENTITY_TYPES.values() if kind.find_property("name")]
FEATURE = {
    "name": "Bridge",
    "description": "",
    "encodingType": "application/geo+json",
    "feature": {"type": "Point", "coordinates": [-1.25, 51.75]},
}
PATCH = "application/json-patch+json"


def bodies(thing: int) -> dict[str, dict[str, Any]]:
    """What makes one entity of every type that has a name."""
    multi = {
        "name": "Wind",
        "description": "",
        "observationType": COMPLEX,
        "multiObservationDataTypes": ["a"],
        "unitOfMeasurements": [UNIT],
        "Sensor": SENSOR,
        "ObservedProperties": [PROPERTY],
        "Thing": {"@iot.id": thing},
    }
    return {
        "Things": a_thing(),
        "Locations": a_place(),
        "Datastreams": a_stream(Thing={"@iot.id": thing}),
        "MultiDatastreams": multi,
        "Sensors": SENSOR,
        "ObservedProperties": PROPERTY,
        "FeaturesOfInterest": FEATURE,
    }


@pytest.fixture
def thing(sta: Sta) -> int:
    return sta.make("Things", a_thing())


def refused(answer: Answer, member: str) -> None:
    assert answer.status == 400, answer.body
    assert answer.json["reason"] == "sensing.bad_entity"
    assert f"“{member}”" in answer.json["message"] and "empty" in answer.json["message"]


@pytest.mark.parametrize("name", NAMED)
def test_a_blank_name_is_refused_on_every_way(sta: Sta, thing: int, name: str) -> None:
    body = bodies(thing)[name]
    key = sta.make(name, body)
    count = sta.read(f"{name}?$count=true&$top=0")["@iot.count"]
    for blank in BLANK:
        refused(sta.post(name, {**body, "name": blank}), "name")
        refused(sta.ask("PATCH", f"{name}({key})", {"name": blank}), "name")
        refused(sta.ask("PUT", f"{name}({key})", {**body, "name": blank}), "name")
        edit = [{"op": "replace", "path": "/name", "value": blank}]
        refused(sta.ask("PATCH", f"{name}({key})", edit, headers={"content-type": PATCH}), "name")
    assert sta.read(f"{name}?$count=true&$top=0")["@iot.count"] == count
    assert sta.read(f"{name}({key})/name") == {"name": body["name"]}
    assert sta.ask("PATCH", f"{name}({key})", {"name": " Mill Lane "}).status == 200


def test_a_blank_name_inside_a_body_is_refused_with_its_place(sta: Sta, thing: int) -> None:
    nameless = {"name": ""}
    for body, member in (
        (a_thing(Locations=[a_place() | nameless]), "Locations[0]/name"),
        (a_thing(a_stream(**nameless)), "Datastreams[0]/name"),
        (a_thing(a_stream(Sensor=SENSOR | nameless)), "Datastreams[0]/Sensor/name"),
        (
            a_thing(a_stream(ObservedProperty=PROPERTY | nameless)),
            "Datastreams[0]/ObservedProperty/name",
        ),
    ):
        refused(sta.post("Things", body), member)
    stream = sta.make("Datastreams", bodies(thing)["Datastreams"])
    sent = {"result": 1, "FeatureOfInterest": FEATURE | nameless}
    refused(sta.post(f"Datastreams({stream})/Observations", sent), "FeatureOfInterest/name")
    assert sta.read("Things?$count=true&$top=0")["@iot.count"] == 1
    assert sta.read("Observations?$count=true&$top=0")["@iot.count"] == 0


def test_a_description_and_the_parts_of_a_unit_may_be_empty(sta: Sta) -> None:
    unit = {"name": "", "symbol": "", "definition": ""}
    thing = sta.make("Things", a_thing(a_stream(unitOfMeasurement=unit), description=""))
    assert sta.read(f"Things({thing})/description") == {"description": ""}
