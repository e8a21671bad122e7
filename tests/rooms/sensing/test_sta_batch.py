"""Batches in both forms: parts in order, change sets whole, references resolved."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hereabouts.standards.sensorthings.conformance import JSON_BATCH, REQUIREMENTS
from tests.rooms.sensing.sta import ROOT, SENSOR, Answer, Sta, a_stream, a_thing

pytestmark = pytest.mark.django_db(transaction=True)
MULTIPART = pytest.mark.requirement(REQUIREMENTS + "batch-request/batch-request")
JSON_FORM = pytest.mark.requirement(JSON_BATCH)


def part(method: str, url: str, body: object = None, content_id: str = "") -> str:
    named = f"Content-ID: {content_id}\r\n" if content_id else ""
    head = f"Content-Type: application/http\r\n{named}\r\n{method} {url} HTTP/1.1\r\n"
    text = "" if body is None else json.dumps(body)
    return f"{head}Content-Type: application/json\r\n\r\n{text}\r\n"


def joined(boundary: str, *parts: str) -> str:
    return "".join(f"--{boundary}\r\n{piece}" for piece in parts) + f"--{boundary}--\r\n"


def change_set(boundary: str, *parts: str) -> str:
    head = f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n"
    return head + joined(boundary, *parts)


def send(sta: Sta, *parts: str) -> Answer:
    body = joined("outer", *parts).encode()
    return sta.post("$batch", body, content_type="multipart/mixed; boundary=outer")


def send_json(sta: Sta, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    answer = sta.post("$batch", {"requests": list(requests)}, content_type="application/json")
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json["responses"]
    return found


def count(sta: Sta, name: str) -> int:
    return int(sta.read(f"{name}?$count=true&$top=0")["@iot.count"])


@MULTIPART
def test_parts_are_answered_in_order_and_independently(sta: Sta) -> None:
    thing = sta.make("Things", a_thing())
    answer = send(
        sta,
        part("GET", f"Things({thing})/name"),
        part("GET", f"{ROOT}/Things(99999)"),
        part("GET", "/sta/v1.1/Things?$top=1&$select=name"),
        part("POST", "Things", {"name": "In a batch", "description": ""}),
    )
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("multipart/mixed")
    text = answer.body.decode()
    assert text.index("200 OK") < text.index("404 Not Found") < text.index("201 Created")
    assert text.count("application/http") == 4
    assert '{"name":"Station"}' in text
    assert count(sta, "Things") == 2


@MULTIPART
def test_a_change_set_refers_to_what_it_has_just_made(sta: Sta) -> None:
    thing = sta.make("Things", a_thing())
    stream = a_stream(Sensor={"@iot.id": "$sensor1"})
    answer = send(
        sta,
        change_set(
            "inner",
            part("POST", "Sensors", SENSOR, "sensor1"),
            part("POST", f"Things({thing})/Datastreams", stream, "stream1"),
            part("POST", "$stream1/Observations", {"result": 3}, "reading"),
            part("PATCH", "$sensor1", {"name": "Renamed"}),
        ),
    )
    assert answer.status == 200
    assert "Content-ID: sensor1" in answer.body.decode()
    found = sta.read("Observations?$expand=Datastream($expand=Sensor)")["value"]
    assert found[0]["result"] == 3
    assert found[0]["Datastream"]["Sensor"]["name"] == "Renamed"


@MULTIPART
def test_a_change_set_that_fails_anywhere_leaves_nothing(sta: Sta) -> None:
    answer = send(
        sta,
        change_set(
            "inner",
            part("POST", "Sensors", SENSOR, "one"),
            part("POST", "Things", {"name": "no description"}, "two"),
        ),
        part("POST", "Sensors", {**SENSOR, "name": "Alone"}),
    )
    text = answer.body.decode()
    assert "400 Bad Request" in text and "201 Created" in text
    assert [entry["name"] for entry in sta.read("Sensors")["value"]] == ["Alone"]


@JSON_FORM
def test_the_json_form_does_the_same(sta: Sta) -> None:
    replies = send_json(
        sta,
        {"id": "1", "method": "get", "url": "Things?$count=true&$top=0"},
        {
            "id": "thing",
            "atomicityGroup": "g",
            "method": "post",
            "url": "Things",
            "body": a_thing(),
        },
        {
            "id": "stream",
            "atomicityGroup": "g",
            "method": "post",
            "url": "$thing/Datastreams",
            "body": a_stream(),
        },
        {
            "id": "patch",
            "method": "patch",
            "url": "$thing",
            "headers": {"content-type": "application/json-patch+json"},
            "body": [{"op": "replace", "path": "/name", "value": "Patched"}],
        },
        {"id": "none", "method": "get", "url": "Things(99999)"},
        {"id": "text", "method": "get", "url": "$thing/name/$value"},
    )
    assert [(reply["id"], reply["status"]) for reply in replies] == [
        ("1", 200),
        ("thing", 201),
        ("stream", 201),
        ("patch", 200),
        ("none", 404),
        ("text", 200),
    ]
    assert replies[0]["body"]["@iot.count"] == 0
    assert replies[1]["location"].startswith(f"{ROOT}/Things(")
    assert replies[4]["body"]["type"] == "error"
    assert replies[5]["body"] == "Patched"


@JSON_FORM
def test_get_or_create_makes_one_however_often_it_is_sent(sta: Sta) -> None:
    thing = sta.make("Things", a_thing())
    requests = (
        {"id": "found", "method": "get", "url": "Sensors?$filter=name eq 'Thermometer'&$top=1"},
        {"id": "made", "if": "not $found", "method": "post", "url": "Sensors", "body": SENSOR},
        {
            "id": "stream",
            "method": "post",
            "url": f"Things({thing})/Datastreams",
            "body": a_stream(Sensor={"@iot.id": "$made"}),
        },
    )
    first, second = send_json(sta, *requests), send_json(sta, *requests)
    assert [reply["status"] for reply in first] == [200, 201, 201]
    assert [reply["status"] for reply in second] == [200, 204, 201]
    assert (count(sta, "Sensors"), count(sta, "Datastreams")) == (1, 2)


@JSON_FORM
def test_an_unknown_reference_fails_its_own_request_alone(sta: Sta) -> None:
    replies = send_json(
        sta,
        {"id": "1", "method": "get", "url": "$nothing/Datastreams"},
        {"id": "2", "method": "get", "url": "Things"},
    )
    assert [reply["status"] for reply in replies] == [400, 200]


@JSON_FORM
@MULTIPART
def test_every_part_is_authorised_as_if_it_came_alone(sta: Sta, visitor: Sta) -> None:
    thing = sta.make("Things", a_thing())
    replies = send_json(
        visitor,
        {"id": "1", "method": "get", "url": f"Things({thing})/name"},
        {"id": "2", "method": "delete", "url": f"Things({thing})"},
        {"id": "3", "atomicityGroup": "g", "method": "post", "url": "Things", "body": a_thing()},
    )
    assert [reply["status"] for reply in replies] == [200, 401, 401]
    assert count(sta, "Things") == 1


@JSON_FORM
@MULTIPART
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b'{"requests": 1}', "application/json"),
        (b"--outer\r\n", "multipart/mixed; boundary=outer"),
        (b"", "multipart/mixed; boundary=outer"),
        (b"x", "multipart/mixed"),
        (b"x", "text/plain"),
    ],
)
def test_a_batch_that_cannot_be_read_is_400(sta: Sta, body: bytes, kind: str) -> None:
    answer = sta.post("$batch", body, content_type=kind)
    assert (answer.status, answer.json["type"]) == (400, "error")
