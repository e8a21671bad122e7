"""Creating, changing and deleting over HTTP: each requirement of the standard."""

from __future__ import annotations

from typing import Any

import pytest

from hereabouts.standards.sensorthings.conformance import (
    FILTERED_DELETE,
    REQUIREMENTS,
    RESPONSE_METADATA,
)
from tests.rooms.sensing.sta import (
    COMPLEX,
    MOMENT,
    PROPERTY,
    ROOT,
    SENSOR,
    UNIT,
    Sta,
    a_place,
    a_stream,
    a_thing,
)

pytestmark = pytest.mark.django_db(transaction=True)


def required(path: str) -> pytest.MarkDecorator:
    return pytest.mark.requirement(REQUIREMENTS + path)


WRITING = "create-update-delete/"


@pytest.fixture
def thing(sta: Sta) -> int:
    return sta.make("Things", a_thing(a_stream()))


@pytest.fixture
def stream(sta: Sta, thing: int) -> int:
    return int(sta.read(f"Things({thing})/Datastreams")["value"][0]["@iot.id"])


def count(sta: Sta, name: str) -> int:
    return int(sta.read(f"{name}?$count=true&$top=0")["@iot.count"])


@required(WRITING + "create-entity")
def test_creating_answers_201_with_the_place_and_the_entity(sta: Sta) -> None:
    answer = sta.post("Things", {"name": "A", "description": "b", "properties": {"x": 1.10}})
    assert answer.status == 201
    assert answer.headers["location"] == f"{ROOT}/Things({answer.id})"
    assert answer.json["@iot.selfLink"] == answer.headers["location"]
    assert b'"x":1.1' in answer.body.replace(b" ", b"")
    assert sta.read(f"Things({answer.id})")["name"] == "A"


@required(WRITING + "create-entity")
def test_an_observation_keeps_its_result_as_it_was_sent(sta: Sta, stream: int) -> None:
    for result in ("4.60", "1e3", '"4.60"', "true", "null", '{"a":[1.0,2]}', "[1.50]", "-0", "7"):
        body = f'{{"result":{result},"Datastream":{{"@iot.id":{stream}}}}}'.encode()
        answer = sta.post("Observations", body)
        assert answer.status == 201, answer.body
        read = sta.get(f"Observations({answer.id})")
        assert b'"result":' + result.encode() in read.body.replace(b": ", b":"), result
        assert answer.json == read.json


@required(WRITING + "create-entity")
def test_an_observation_without_a_time_has_that_of_its_arrival(sta: Sta, stream: int) -> None:
    answer = sta.post(f"Datastreams({stream})/Observations", {"result": 1})
    assert answer.json["phenomenonTime"].endswith("Z")
    assert answer.json["resultTime"] is None
    feature = sta.read(f"Observations({answer.id})/FeatureOfInterest")
    assert feature["feature"] == a_place()["location"]


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("Things", b"{", 400),
        ("Things", b"[]", 400),
        ("Things", b"", 400),
        ("Things", b"\xff\xfe", 400),
        ("Things", {"name": "x"}, 400),
        ("Things", {"name": 1, "description": "x"}, 400),
        ("Things", {"name": "x", "description": "x", "nothing": 1}, 400),
        ("Datastreams", {"name": "x", "description": "x"}, 400),
        ("Observations", {"result": 1}, 400),
        ("Observations", b'{"result": 1', 400),
        ("Datastreams({0})/Observations", b"nonsense", 400),
        ("Datastreams({0})/Observations", {}, 400),
        ("Datastreams({0})/Observations", {"result": 1, "phenomenonTime": "yesterday"}, 400),
        ("Datastreams({0})/Observations", {"result": 1, "Datastream": {"@iot.id": 99999}}, 400),
        ("Datastreams(99999)/Observations", {"result": 1}, 404),
        ("Observations", {"result": 1, "Datastream": {"@iot.id": 99999}}, 400),
    ],
)
def test_what_cannot_become_an_entity_is_refused_and_leaves_nothing(
    sta: Sta, stream: int, address: str, body: object, status: int
) -> None:
    answer = sta.post(address.format(stream), body)
    assert answer.status == status, answer.body
    assert answer.json["type"] == "error"
    assert count(sta, "Observations") == 0
    assert count(sta, "Things") == 1


@required(WRITING + "link-to-existing-entities")
def test_new_entities_link_to_those_that_are_there(sta: Sta, thing: int) -> None:
    sensor, measured = sta.make("Sensors", SENSOR), sta.make("ObservedProperties", PROPERTY)
    made = sta.make(
        "Datastreams",
        a_stream(
            Thing={"@iot.id": thing},
            Sensor={"@iot.id": sensor},
            ObservedProperty={"@iot.id": measured},
        ),
    )
    assert sta.read(f"Datastreams({made})/Sensor")["@iot.id"] == sensor
    assert sta.read(f"Datastreams({made})/Thing")["@iot.id"] == thing
    inside = sta.make(
        f"Things({thing})/Datastreams",
        a_stream(Sensor={"@iot.id": sensor}, ObservedProperty={"@iot.id": measured}),
    )
    assert sta.get(f"Things({thing})/Datastreams({inside})").status == 200


@required(WRITING + "deep-insert")
def test_a_deep_insert_makes_everything_it_brings(sta: Sta) -> None:
    reading = {"result": 7, "phenomenonTime": MOMENT}
    made = sta.make("Things", a_thing(a_stream(Observations=[reading])))
    found = sta.read(
        f"Things({made})?$expand=Locations,HistoricalLocations,"
        "Datastreams($expand=Sensor,ObservedProperty,Observations($expand=FeatureOfInterest))"
    )
    stream = found["Datastreams"][0]
    assert stream["Sensor"]["name"] == SENSOR["name"]
    assert stream["ObservedProperty"]["name"] == PROPERTY["name"]
    assert stream["Observations"][0]["result"] == 7
    assert stream["Observations"][0]["FeatureOfInterest"]["name"] == "Lamp post"
    assert len(found["HistoricalLocations"]) == len(found["Locations"]) == 1


@required(WRITING + "deep-insert-status-code")
def test_a_deep_insert_that_fails_anywhere_leaves_nothing(sta: Sta) -> None:
    answer = sta.post("Things", a_thing(a_stream(), a_stream(unitOfMeasurement="°C")))
    assert answer.status == 400
    assert [count(sta, name) for name in ("Things", "Locations", "Sensors", "Datastreams")] == [
        0,
        0,
        0,
        0,
    ]
    assert sta.post("Things", a_thing(a_stream())).status == 201


@required(WRITING + "update-entity")
def test_a_patch_changes_what_it_names_and_answers_200(sta: Sta, thing: int) -> None:
    answer = sta.ask("PATCH", f"Things({thing})", {"name": "New", "@iot.id": thing})
    assert (answer.status, answer.json["name"]) == (200, "New")
    found = sta.read(f"Things({thing})")
    assert (found["name"], found["description"]) == ("New", "On the bridge")
    assert sta.ask("PATCH", f"Things({thing})", {"@iot.id": thing + 1}).status == 400
    assert sta.ask("PATCH", "Things(99999)", {"name": "x"}).status == 404
    inline = {"Datastreams": [a_stream()]}
    assert sta.ask("PATCH", f"Things({thing})", inline).status == 400


@required(WRITING + "update-entity")
def test_a_patch_gives_a_stream_to_another_thing(sta: Sta, stream: int) -> None:
    other = sta.make("Things", a_thing(name="Other"))
    answer = sta.ask("PATCH", f"Datastreams({stream})", {"Thing": {"@iot.id": other}})
    assert answer.status == 200, answer.body
    assert sta.read(f"Datastreams({stream})/Thing")["@iot.id"] == other


@required(WRITING + "update-entity-put")
def test_a_put_replaces_and_takes_back_what_it_leaves_out(sta: Sta, thing: int) -> None:
    sta.ask("PATCH", f"Things({thing})", {"properties": {"a": 1}})
    answer = sta.ask("PUT", f"Things({thing})", {"name": "New", "description": "d"})
    assert answer.status == 200, answer.body
    found = sta.read(f"Things({thing})")
    assert found["name"] == "New"
    assert found.get("properties") in (None, {})
    assert sta.ask("PUT", f"Things({thing})", {"name": "only"}).status == 400


@required(WRITING + "update-entity-jsonpatch")
def test_a_json_patch_goes_step_by_step_or_not_at_all(sta: Sta, thing: int) -> None:
    kind = {"content-type": "application/json-patch+json"}
    steps = [
        {"op": "add", "path": "/properties", "value": {"a": 1}},
        {"op": "copy", "from": "/name", "path": "/properties/was"},
        {"op": "replace", "path": "/name", "value": "Patched"},
        {"op": "test", "path": "/properties/a", "value": 1},
    ]
    answer = sta.ask("PATCH", f"Things({thing})", steps, headers=kind)
    assert answer.status == 200, answer.body
    found = sta.read(f"Things({thing})")
    assert (found["name"], found["properties"]) == ("Patched", {"a": 1, "was": "Station"})
    failing = [
        {"op": "replace", "path": "/name", "value": "Never"},
        {"op": "test", "path": "/properties/a", "value": 2},
    ]
    assert sta.ask("PATCH", f"Things({thing})", failing, headers=kind).status == 400
    assert sta.read(f"Things({thing})/name") == {"name": "Patched"}


@required(WRITING + "delete-entity")
def test_deleting_takes_what_depends_along_and_answers_200(
    sta: Sta, thing: int, stream: int
) -> None:
    sta.make("Observations", {"result": 1, "Datastream": {"@iot.id": stream}})
    assert sta.ask("DELETE", f"Things({thing})").status == 200
    left = [count(sta, name) for name in ("Things", "Datastreams", "Observations", "Locations")]
    assert left == [0, 0, 0, 1]
    assert sta.ask("DELETE", f"Things({thing})").status == 404


@pytest.mark.requirement(FILTERED_DELETE)
def test_a_set_is_deleted_by_its_filter_and_never_without(sta: Sta, stream: int) -> None:
    for result in range(5):
        sta.make(f"Datastreams({stream})/Observations", {"result": result})
    assert sta.ask("DELETE", "Observations").status == 400
    assert sta.ask("DELETE", "Observations?$filter=result gt").status == 400
    assert count(sta, "Observations") == 5
    assert sta.ask("DELETE", "Observations?$filter=result ge 3").status == 200
    assert count(sta, "Observations") == 3


@required(WRITING + "historical-location-auto-creation")
def test_moving_a_thing_keeps_where_it_was(sta: Sta, thing: int) -> None:
    sta.make(f"Things({thing})/Locations", {**a_place(-1.3), "name": "Second"})
    now = sta.read(f"Things({thing})/Locations")["value"]
    assert [place["name"] for place in now] == ["Second"]
    past = sta.read(f"Things({thing})/HistoricalLocations?$expand=Locations&$orderby=id")["value"]
    assert [entry["Locations"][0]["name"] for entry in past] == ["Lamp post", "Second"]


@required(WRITING + "historical-location-manual-creation")
def test_a_visit_written_by_hand_counts_by_its_time(sta: Sta, thing: int) -> None:
    before = sta.make("Locations", {**a_place(-1.4), "name": "Before"})
    after = sta.make("Locations", {**a_place(-1.5), "name": "After"})
    for moment, place in (("2001-01-01T00:00:00Z", before), ("2099-01-01T00:00:00Z", after)):
        visit = {"time": moment, "Thing": {"@iot.id": thing}, "Locations": [{"@iot.id": place}]}
        sta.make("HistoricalLocations", visit)
        expected = "Lamp post" if place == before else "After"
        current = sta.read(f"Things({thing})/Locations")["value"]
        assert [entry["name"] for entry in current] == [expected]


def test_links_between_entities_are_made_and_taken_away(sta: Sta, thing: int) -> None:
    place = sta.make("Locations", {**a_place(-1.4), "name": "Other"})
    linked = sta.post(f"Things({thing})/Locations/$ref", {"@iot.id": place})
    assert (linked.status, linked.body) == (204, b"")
    assert [entry["@iot.id"] for entry in sta.read(f"Things({thing})/Locations")["value"]] == [
        place
    ]
    wrong = sta.ask("DELETE", f"Things({thing})/Locations/$ref?$id={ROOT}/Things({thing})")
    assert wrong.status == 400
    assert sta.ask("DELETE", f"Things({thing})/Locations(99999)/$ref").status == 404
    assert sta.ask("DELETE", f"Things({thing})/Locations/$ref").status == 400
    gone = sta.ask("DELETE", f"Things({thing})/Locations/$ref?$id={ROOT}/Locations({place})")
    assert (gone.status, gone.body) == (204, b"")
    assert sta.read(f"Things({thing})/Locations")["value"] == []


def test_a_link_to_one_is_turned_by_put(sta: Sta, stream: int) -> None:
    sensor = sta.make("Sensors", {**SENSOR, "name": "Second"})
    link = {"@iot.selfLink": f"{ROOT}/Sensors({sensor})"}
    turned = sta.ask("PUT", f"Datastreams({stream})/Sensor/$ref", link)
    assert turned.status == 204, turned.body
    assert sta.read(f"Datastreams({stream})/Sensor/name") == {"name": "Second"}
    assert sta.ask("PUT", f"Datastreams({stream})/Sensor/$ref", {"@id": "Things(1)"}).status == 400


def test_who_prefers_little_gets_little(sta: Sta, stream: int) -> None:
    for address, body in (
        ("Things", {"name": "a", "description": "b"}),
        (f"Datastreams({stream})/Observations", {"result": 1}),
    ):
        answer = sta.post(address, body, prefer="return=minimal")
        assert (answer.status, answer.body) == (201, b"")
        assert answer.headers["preference-applied"] == "return=minimal"
        assert answer.id
    answer = sta.ask(
        "PATCH", f"Things({answer.id})", {"name": "c"}, headers={"prefer": "return=minimal"}
    )
    assert (answer.status, answer.body) in ((200, b""), (404, answer.body))


@pytest.mark.requirement(RESPONSE_METADATA)
def test_metadata_off_leaves_out_where_things_are(sta: Sta, stream: int) -> None:
    for address, body in (
        ("Things", {"name": "a", "description": "b"}),
        (f"Datastreams({stream})/Observations", {"result": 1}),
    ):
        answer = sta.post(f"{address}?$resultMetadata=off", body)
        assert answer.status == 201
        assert "location" not in answer.headers
        assert not [name for name in answer.json if "Link" in name]


def multi(**members: object) -> dict[str, Any]:
    return {
        "name": "Wind",
        "description": "Speed and direction",
        "observationType": COMPLEX,
        "multiObservationDataTypes": [
            "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
            "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        ],
        "unitOfMeasurements": [UNIT, {"name": None, "symbol": None, "definition": None}],
        "Sensor": SENSOR,
        "ObservedProperties": [{**PROPERTY, "name": "b"}, {**PROPERTY, "name": "a"}],
        **members,
    }


@required("multi-datastream/properties")
@required("multi-datastream/relations")
def test_a_multi_datastream_has_its_columns_in_order(sta: Sta, thing: int) -> None:
    made = sta.make(f"Things({thing})/MultiDatastreams", multi())
    found = sta.read(f"MultiDatastreams({made})?$expand=ObservedProperties,Sensor,Thing")
    assert [entry["name"] for entry in found["ObservedProperties"]] == ["b", "a"]
    assert [unit["name"] for unit in found["unitOfMeasurements"]] == ["degree Celsius", None]
    assert len(found["multiObservationDataTypes"]) == 2
    assert found["Thing"]["@iot.id"] == thing
    reading = sta.make(f"MultiDatastreams({made})/Observations", {"result": [1, 2.50]})
    assert sta.read(f"Observations({reading})/MultiDatastream")["@iot.id"] == made
    assert sta.read(f"MultiDatastreams({made})/Observations")["value"][0]["result"] == [1, 2.5]
    assert count(sta, "Datastreams") == 1


@required("multi-datastream/constraints")
def test_a_multi_datastream_holds_together(sta: Sta, thing: int) -> None:
    address = f"Things({thing})/MultiDatastreams"
    for broken in (
        {"unitOfMeasurements": [UNIT]},
        {"multiObservationDataTypes": []},
        {"ObservedProperties": [PROPERTY]},
        {"observationType": "http://example.org/other"},
    ):
        assert sta.post(address, multi(**broken)).status == 400, broken
    made = sta.make(address, multi())
    for result in ([1], [1, 2, 3], 1, "x", None):
        answer = sta.post(f"MultiDatastreams({made})/Observations", {"result": result})
        assert answer.status == 400, result


@pytest.mark.parametrize(
    ("depth", "reason"), [(900, "more than 100 deep"), (5_000, "too deep"), (50_000, "too deep")]
)
def test_a_body_that_nests_too_deep_is_told_so(sta: Sta, depth: int, reason: str) -> None:
    thing = sta.make("Things", a_thing())
    inside = b"[" * depth + b"]" * depth
    body = b'{"name":"x","description":"x","properties":{"a":' + inside + b"}}"
    for method, address in (("POST", "Things"), ("PATCH", f"Things({thing})")):
        answer = sta.ask(method, address, body)
        assert answer.status == 400
        assert reason in answer.json["message"]
        assert "UTF-8" not in answer.json["message"]
    assert "not UTF-8" in sta.post("Things", b'{"\xff":1}').json["message"]
