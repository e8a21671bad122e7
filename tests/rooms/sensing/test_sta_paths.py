"""Addresses: the root, sets, entities, properties, raw values, references, and what is none."""

from __future__ import annotations

import json

import pytest

from hereabouts.standards.sensorthings.conformance import REQUIREMENTS, declared, proved
from hereabouts.standards.sensorthings.model import ENTITY_TYPES, Shape
from tests.rooms.sensing.sta import MOMENT, ROOT, Sta, a_stream, a_thing

pytestmark = pytest.mark.django_db(transaction=True)


def required(path: str) -> pytest.MarkDecorator:
    return pytest.mark.requirement(REQUIREMENTS + path)


@pytest.fixture
def thing(sta: Sta) -> int:
    return sta.make("Things", a_thing(a_stream(), properties={"a": {"b": [1, 2.50]}, "on": True}))


@pytest.fixture
def stream(sta: Sta, thing: int) -> int:
    found = sta.read(f"Things({thing})/Datastreams?$select=id")["value"][0]["@iot.id"]
    return int(found)


def test_the_root_lists_the_sets_of_the_standard_and_nothing_else(sta: Sta) -> None:
    for address in ("", "/"):
        found = sta.read(address)
        assert [entry["name"] for entry in found["value"]] == [
            kind.set_name for kind in ENTITY_TYPES.values()
        ]
        for entry in found["value"]:
            assert entry["url"] == f"{ROOT}/{entry['name']}"


def test_the_root_claims_what_is_proved(sta: Sta) -> None:
    claims = sta.read("")["serverSettings"]["conformance"]
    assert claims == [uri for uri in declared() if "mqtt" not in uri]
    assert set(claims) <= {*declared(), *proved()}


@required("resource-path/resource-path-to-entities")
def test_every_usage_of_a_path_leads_where_the_standard_says(
    sta: Sta, thing: int, stream: int
) -> None:
    seen = sta.make("Observations", {"result": 1.5, "Datastream": {"@iot.id": stream}})
    assert sta.read("Things")["value"][0]["@iot.id"] == thing
    assert sta.read(f"Things({thing})")["@iot.selfLink"] == f"{ROOT}/Things({thing})"
    assert sta.read(f"Things({thing})/name") == {"name": "Station"}
    assert sta.get(f"Things({thing})/name/$value").body == b"Station"
    assert sta.read(f"Things({thing})/Datastreams")["value"][0]["@iot.id"] == stream
    assert sta.read(f"Datastreams({stream})/Thing")["@iot.id"] == thing
    assert sta.read(f"Things({thing})/Datastreams/$ref") == {
        "value": [{"@iot.selfLink": f"{ROOT}/Datastreams({stream})"}]
    }
    assert sta.read(f"Datastreams({stream})/Thing/$ref") == {
        "@iot.selfLink": f"{ROOT}/Things({thing})"
    }
    path = f"Things({thing})/Datastreams({stream})/Observations({seen})"
    assert sta.read(f"{path}/result") == {"result": 1.5}
    assert sta.read(f"{path}/FeatureOfInterest/name") == {"name": "Lamp post"}


def test_properties_are_reached_inside_complex_values(sta: Sta, thing: int, stream: int) -> None:
    assert sta.read(f"Datastreams({stream})/unitOfMeasurement/symbol") == {"symbol": "°C"}
    assert sta.read(f"Things({thing})/properties/a/b[1]") == {"b[1]": 2.5}
    assert sta.get(f"Things({thing})/properties/a/$value").json == {"b": [1, 2.5]}
    assert sta.get(f"Things({thing})/properties/a/b[1]/$value").body == b"2.5"


def test_a_property_without_a_value_is_204_with_no_body(sta: Sta, stream: int) -> None:
    for address in ("resultTime", "resultTime/$value"):
        answer = sta.get(f"Datastreams({stream})/{address}")
        assert (answer.status, answer.body) == (204, b"")
        assert "content-length" not in answer.headers


@pytest.mark.parametrize(
    "address",
    [
        "Nothings",
        "things",
        "Thing",
        "Things('one')",
        "Things(-1)",
        "Things(1.5)",
        "Things(99999999999999999999)",
        "Things/Datastreams",
        "Things/name",
        "Tasks",
        "Things(1)/Nothings",
        "$nothing",
        "Things(",
    ],
)
def test_an_address_that_leads_nowhere_is_404_for_every_method(sta: Sta, address: str) -> None:
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        answer = sta.ask(method, address, {"name": "x"})
        assert answer.status == 404, (method, answer.body)
        assert set(answer.json) >= {"code", "type", "message"}


@pytest.mark.parametrize(
    ("address", "methods"),
    [
        ("Things(999)", "GET HEAD PATCH PUT DELETE"),
        ("Things(999)/name", "GET"),
        ("Things(999)/name/$value", "GET"),
        ("Things(999)/$ref", "GET"),
        ("Things(999)/Datastreams", "GET POST"),
        ("Things(999)/Datastreams/$ref", "GET POST"),
        ("Things(999)/Datastreams(1)", "GET PATCH DELETE"),
        ("Datastreams(999)/Observations", "GET POST"),
    ],
)
def test_what_is_not_there_is_404_for_every_method(sta: Sta, address: str, methods: str) -> None:
    body = {"name": "x", "description": "x", "result": 1, "@iot.id": 999}
    for method in methods.split():
        answer = sta.ask(method, address, body)
        assert answer.status == 404, (method, answer.body)


def test_a_path_is_a_chain_of_facts(sta: Sta, thing: int, stream: int) -> None:
    other = sta.make("Things", a_thing(name="Elsewhere"))
    wrong = f"Things({other})/Datastreams({stream})"
    for method, address in (
        ("GET", wrong),
        ("GET", f"{wrong}/Observations"),
        ("GET", f"{wrong}/name"),
        ("POST", f"{wrong}/Observations"),
        ("PATCH", wrong),
        ("PUT", wrong),
        ("DELETE", wrong),
    ):
        answer = sta.ask(method, address, {"result": 1})
        assert answer.status == 404, (method, address, answer.body)
    assert sta.get(f"Things({thing})/Datastreams({stream})").status == 200
    assert sta.read(f"Datastreams({stream})/Observations")["value"] == []


def test_names_may_be_encoded_in_every_way(sta: Sta, thing: int) -> None:
    for path in (f"/sta/v1.1/Things({thing})", f"/sta/v1.1/Things({thing})/"):
        assert sta.ask("GET", "", path=path).status == 200
    for query in (b"$filter=name%20eq%20%27Station%27", b"%24filter=name+eq+'Station'"):
        found = sta.ask("GET", "Things", query_string=query).json
        assert [entry["@iot.id"] for entry in found["value"]] == [thing]


@pytest.mark.parametrize("kind", ENTITY_TYPES.values(), ids=lambda kind: kind.name)
def test_every_set_answers(sta: Sta, kind: object) -> None:
    answer = sta.get(getattr(kind, "set_name"))  # noqa: B009 - a parameter of any type
    assert (answer.status, answer.json) == (200, {"value": []})


def _uris(name: str) -> list[pytest.MarkDecorator]:
    spelt = "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name).strip("-")
    if name == "FeatureOfInterest":
        spelt = "feature-of-interest"
    return [required(f"datamodel/{spelt}/properties"), required(f"datamodel/{spelt}/relations")]


ORDINARY = [
    pytest.param(kind, marks=_uris(kind.name), id=kind.name)
    for kind in ENTITY_TYPES.values()
    if kind.name != "MultiDatastream"
]


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_entity_has_every_property_and_relation_of_its_type(
    sta: Sta, stream: int, kind: object
) -> None:
    full = {
        "result": 3,
        "phenomenonTime": MOMENT,
        "resultTime": MOMENT,
        "validTime": f"{MOMENT}/2026-04-01T00:00:00Z",
        "resultQuality": {"good": True},
        "parameters": {"tilt": 1},
        "Datastream": {"@iot.id": stream},
    }
    sta.make("Observations", full)
    entity_type = ENTITY_TYPES[getattr(kind, "name")]  # noqa: B009 - as above
    found = sta.read(entity_type.set_name)["value"][0]
    for entry in entity_type.properties.values():
        if entry.is_mandatory or entry.shape is Shape.MOMENT or entity_type.name == "Observation":
            assert entry.name in found, entry.name
    for relation in entity_type.relations.values():
        link = found.get(f"{relation.name}@iot.navigationLink")
        if relation.name == "MultiDatastream":
            assert link is None
            continue
        assert link == f"{ROOT}/{entity_type.set_name}({found['@iot.id']})/{relation.name}"
        assert sta.get(link.removeprefix(f"{ROOT}/")).status == 200, link
    assert set(found) <= {
        "@iot.id",
        "@iot.selfLink",
        *entity_type.properties,
        *(f"{relation}@iot.navigationLink" for relation in entity_type.relations),
    }


@required("datamodel/entity-control-information/common-control-information")
def test_every_entity_carries_its_id_its_address_and_its_links(sta: Sta, thing: int) -> None:
    found = sta.read(f"Things({thing})")
    assert found["@iot.id"] == thing
    assert found["@iot.selfLink"] == f"{ROOT}/Things({thing})"
    assert found["Datastreams@iot.navigationLink"] == f"{ROOT}/Things({thing})/Datastreams"
    assert sta.read(f"Things({thing})/@iot.id") == {"@iot.id": thing}
    assert sta.read(f"Things({thing})/id/$value") == thing


def test_head_has_the_headers_of_get_and_no_body(sta: Sta, thing: int) -> None:
    read, head = sta.get("Things"), sta.ask("HEAD", "Things")
    assert (head.status, head.body) == (200, b"")
    assert head.headers == read.headers


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("POST", "", "GET, HEAD, OPTIONS"),
        ("POST", "Things({0})", "GET, HEAD, PATCH, PUT, DELETE, OPTIONS"),
        ("PATCH", "Things", "GET, HEAD, POST, DELETE, OPTIONS"),
        ("PUT", "Things", "GET, HEAD, POST, DELETE, OPTIONS"),
        ("DELETE", "Things({0})/name", "GET, HEAD, OPTIONS"),
        ("GET", "CreateObservations", "POST, OPTIONS"),
        ("GET", "$batch", "POST, OPTIONS"),
        ("BREW", "Things", "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"),
    ],
)
def test_a_method_that_an_address_does_not_know_is_405_and_says_which_it_does(
    sta: Sta, thing: int, method: str, address: str, allowed: str
) -> None:
    answer = sta.ask(method, address.format(thing), {})
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


def test_other_sites_may_read_write_and_see_where_things_are(visitor: Sta) -> None:
    asked = visitor.ask("OPTIONS", "Things(1)", headers={"origin": "https://a.example"})
    assert (asked.status, asked.body) == (204, b"")
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    answer = visitor.get("Things", origin="https://a.example")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "Location, Link"
    assert "access-control-allow-credentials" not in answer.headers


def test_an_error_names_what_offends_and_where(visitor: Sta) -> None:
    answer = visitor.get("Things?$filter=name eq 'a' nand name eq 'b'")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/json"
    found = answer.json
    assert (found["code"], found["type"], found["token"]) == (400, "error", "nand")
    assert found["position"] == len("name eq 'a' ")
    assert "nand" in found["message"] and "Traceback" not in json.dumps(found)
