"""Batches in both forms, read and written."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.sensorthings import conformance
from hereabouts.standards.sensorthings.batch import (
    BatchReply,
    BatchRequest,
    BatchUnreadable,
    ChangeSet,
    ChangeSetReply,
    Condition,
    Reference,
    resolve_body,
    resolve_url,
)
from hereabouts.standards.sensorthings.json_batch import read_json_batch, write_json_batch
from hereabouts.standards.sensorthings.multipart import read_multipart, write_multipart

BATCH = conformance.REQUIREMENTS + "batch-request/batch-request"
BASE = "https://town.test/sta/v1.1"
KIND = "multipart/mixed; boundary=outer"

BODY = """--outer
Content-Type: application/http

GET /sta/v1.1/Things(1)?$select=name HTTP/1.1
Host: town.test


--outer
Content-Type: multipart/mixed; boundary="inner part"

--inner part
Content-Type: application/http
Content-ID: sensor1

POST Sensors HTTP/1.1
Content-Type: application/json

{"name": "probe"}
--inner part
Content-Type: application/http
Content-ID: 2

PATCH $sensor1 HTTP/1.1
Content-Type: application/json

{"Sensor": {"@iot.id": "$sensor1"}}
--inner part--

--outer--
"""


@pytest.mark.requirement(BATCH)
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_multipart_holds_requests_and_change_sets_with_either_line_end(line: str) -> None:
    first, second = read_multipart(BODY.replace("\n", line).encode(), KIND)
    assert first == BatchRequest("GET", "/sta/v1.1/Things(1)?$select=name", {"host": "town.test"})
    assert isinstance(second, ChangeSet)
    post, patch = second.requests
    assert post == BatchRequest(
        "POST", "Sensors", {"content-type": "application/json"}, b'{"name": "probe"}', "sensor1"
    )
    assert (patch.method, patch.url, patch.id) == ("PATCH", "$sensor1", "2")


@pytest.mark.requirement(BATCH)
def test_the_answer_mirrors_the_request_and_repeats_its_ids() -> None:
    body, kind = write_multipart(
        [
            BatchReply(200, {"Content-Type": "application/json"}, b'{"name":"x"}', "a"),
            ChangeSetReply((BatchReply(201, {"Location": f"{BASE}/Sensors(5)"}, id="sensor1"),)),
        ],
        "b1",
    )
    assert kind == "multipart/mixed; boundary=b1"
    text = body.decode()
    assert text.count("\n") == text.count("\r\n")
    assert "HTTP/1.1 200 OK\r\n" in text and "HTTP/1.1 201 Created\r\n" in text
    assert "Content-ID: sensor1\r\n" in text and "Content-ID: a\r\n" in text
    assert text.index("boundary=b1-1") < text.index("--b1-1\r\n") < text.index("--b1-1--")
    assert text.endswith("--b1--\r\n")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        BODY.replace("--outer--", "").encode(),
        BODY.replace("--inner part--", "").encode(),
        BODY.replace("application/http", "text/plain", 1).encode(),
        BODY.replace("GET /sta", "/sta").encode(),
        BODY.replace("Content-ID: 2", "Content-ID: sensor1").encode(),
        BODY.replace("POST Sensors", "GET Sensors").encode(),
        BODY.replace("Host: town.test", "Host").encode(),
        b"--outer\n" + b"\xff" + b"\n--outer--",
    ],
)
def test_a_broken_multipart_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(BatchUnreadable):
        read_multipart(body, KIND)


def test_a_multipart_without_boundary_is_refused() -> None:
    with pytest.raises(BatchUnreadable):
        read_multipart(BODY.encode(), "multipart/mixed")


@pytest.mark.requirement(conformance.JSON_BATCH)
def test_json_batches_hold_requests_groups_and_conditions() -> None:
    body = json.dumps(
        {
            "requests": [
                {"id": "0", "method": "get", "url": "Things?$filter=name eq 'x'"},
                {
                    "id": "1",
                    "atomicityGroup": "g",
                    "method": "post",
                    "url": "Things",
                    "if": "not $0",
                    "headers": {"Content-Type": "application/json"},
                    "body": {"name": "x"},
                },
                {"id": "2", "atomicityGroup": "g", "method": "delete", "url": "$1", "if": "$1"},
            ]
        }
    ).encode()
    first, group = read_json_batch(body)
    assert first == BatchRequest("GET", "Things?$filter=name eq 'x'", {}, b"", "0")
    assert isinstance(group, ChangeSet) and group.id == "g"
    post, delete = group.requests
    assert (post.condition, delete.condition) == (Condition("0", True), Condition("1", False))
    assert json.loads(post.body) == {"name": "x"} and "content-type" in post.headers


@pytest.mark.requirement(conformance.JSON_BATCH)
def test_json_answers_carry_status_body_and_location() -> None:
    made = BatchReply(201, {"location": f"{BASE}/Things(5)"}, id="1")
    found = BatchReply(200, {}, b'{"n":4.60}', "0")
    answer = write_json_batch([found, ChangeSetReply((made,))])
    assert b"4.60" in answer
    assert json.loads(answer)["responses"] == [
        {"id": "0", "status": 200, "body": {"n": 4.6}},
        {"id": "1", "status": 201, "location": f"{BASE}/Things(5)"},
    ]


@pytest.mark.parametrize(
    "requests",
    [
        [{"id": "1", "method": "GET", "url": "x"}] * 2,
        [{"id": "a b", "method": "GET", "url": "x"}],
        [{"id": "1", "method": "BREW", "url": "x"}],
        [{"id": "1", "method": "GET"}],
        [{"id": "1", "method": "GET", "url": "x", "if": "perhaps"}],
        [
            {"id": str(at), "method": "GET", "url": "x", "atomicityGroup": "aba"[at]}
            for at in range(3)
        ],
        [{"id": str(at), "method": "GET", "url": "x"} for at in range(1001)],
    ],
)
def test_a_broken_json_batch_is_refused(requests: list[dict[str, str]]) -> None:
    with pytest.raises(BatchUnreadable):
        read_json_batch(msgspec.json.encode({"requests": requests}))


def test_json_that_nests_without_end_is_refused() -> None:
    with pytest.raises(BatchUnreadable):
        read_json_batch(b'{"requests":[{"id":"1","method":"GET","url":"x","body":' + b"[" * 50_000)


REFERENCES = {"sensor1": Reference("Sensors(5)", 5), "0": Reference("Things(7)", 7)}


@pytest.mark.requirement(BATCH)
@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        ("Things(1)", "Things(1)", ""),
        ("/Things(1)", "Things(1)", ""),
        ("/sta/v1.1/Things(1)?$top=1", "Things(1)", "$top=1"),
        ("https://town.test/sta/v1.1/Things%281%29/name", "Things(1)/name", ""),
        ("http://inside:8000/v1.1/Things(1)", "Things(1)", ""),
        ("$sensor1/Datastreams?$top=1", "Sensors(5)/Datastreams", "$top=1"),
        ("/$0", "Things(7)", ""),
        ("Things?$filter=id eq $0", "Things", "$filter=id eq 7"),
        ("Things?$filter=id%20eq%20%240&$top=1", "Things", "$filter=id%20eq%207&$top=1"),
    ],
)
def test_urls_are_absolute_or_relative_and_name_earlier_requests(
    url: str, path: str, query: str
) -> None:
    assert resolve_url(url, BASE, REFERENCES) == (path, query)


def test_an_unknown_name_in_a_url_is_refused() -> None:
    with pytest.raises(BatchUnreadable, match="no earlier request"):
        resolve_url("$other/Datastreams", BASE, REFERENCES)


@pytest.mark.requirement(BATCH)
def test_bodies_name_earlier_requests_and_keep_every_other_digit() -> None:
    body = (
        b'{"n": 4.60, "Sensor": {"@iot.id" : "$sensor1"}, "t": "\\"@iot.id\\": \\"$x\\" $sensor1"}'
    )
    resolved = resolve_body(body, REFERENCES)
    assert resolved == body.replace(b'"$sensor1"}, "t"', b'5}, "t"')
    with pytest.raises(BatchUnreadable):
        resolve_body(b'{"@iot.id": "$other"}', REFERENCES)


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_do_anything_but_read_or_be_refused(body: bytes) -> None:
    for read in (read_json_batch, lambda text: read_multipart(b"--outer\n" + text, KIND)):
        try:
            read(body)
        except BatchUnreadable as refused:
            assert refused.status == 400
