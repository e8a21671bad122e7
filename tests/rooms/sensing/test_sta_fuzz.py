"""Whatever is sent, the answer is one of the service's own and never a fault of ours."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hereabouts.standards.sensorthings.model import ENTITY_TYPES
from tests.rooms.sensing.sta import Answer, Sta, a_stream, a_thing

pytestmark = pytest.mark.django_db(transaction=True)

FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SETS = [kind.set_name for kind in ENTITY_TYPES.values()]
NAMES = sorted(
    {name for kind in ENTITY_TYPES.values() for name in (*kind.properties, *kind.relations)}
    | {"id", "@iot.id", "$ref", "$value", "$batch", "CreateObservations", "dataClass"}
)
WORDS = st.sampled_from(
    [
        *NAMES, *SETS, "eq", "and", "not", "any(d:", "(", ")", ",", ";", "'a'", "1", "-2.5", "null",
        "2026-03-01T00:00:00Z", "duration'P1D'", "geography'POINT(1 2)'", "st_within(", "/", "true",
        "$top=1", "$filter=", "$expand=", "$select=", "$orderby=", "desc", "%00", "'", "\\", "é",
    ]
)  # fmt: skip
phrases = st.lists(WORDS | st.text(max_size=4), max_size=12).map(" ".join)
options = st.sampled_from(
    ["$filter", "$expand", "$select", "$orderby", "$top", "$skip", "$count", "$skiptoken",
     "$resultFormat", "$resultMetadata", "$id", "$nothing"]
)  # fmt: skip
segments = st.sampled_from([*NAMES, *SETS]) | st.builds(
    lambda name, key: f"{name}({key})",
    st.sampled_from([*NAMES, *SETS]),
    st.sampled_from(["1", "2", "0", "99", "'a'", "9" * 30, "", "-1"]),
)
paths = st.lists(segments, min_size=1, max_size=4).map("/".join)
values: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["2026-03-01T00:00:00Z", {"@iot.id": 1}, {"type": "Point"}, [1e308, -0.0]]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)


def check(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    assert answer.status < 500 or answer.status == 501, (answer.body, caplog.text)
    assert "sta_failed" not in caplog.text, caplog.text
    kind = answer.headers.get("content-type", "")
    if kind.endswith("json"):
        json.loads(answer.body)
    if answer.status >= 400:
        assert set(answer.json) >= {"code", "type", "message"}
        assert "Traceback" not in answer.body.decode()


@pytest.fixture
def hub(sta: Sta) -> Sta:
    """A Thing with a stream and two readings, so that something is there to be found."""
    readings = [{"result": 1.5}, {"result": {"a": [1]}}]
    sta.make("Things", a_thing(a_stream(Observations=readings), properties={"a": {"b": 1}}))
    return sta


@FUZZ
@given(path=paths, query=st.dictionaries(options, phrases, max_size=3))
@example(path="Things", query={"$filter": "not", "$expand": "("})
@example(path="Datastreams(1)/Observations", query={"$top": "99999999999999999999"})
@example(path="Observations", query={"$orderby": "result/a,result desc", "$resultFormat": "CSV"})
def test_any_question_is_answered(
    hub: Sta, caplog: pytest.LogCaptureFixture, path: str, query: Mapping[str, str]
) -> None:
    caplog.clear()
    address = f"{path}?" + "&".join(f"{name}={text}" for name, text in query.items())
    with caplog.at_level(logging.ERROR):
        check(hub.get(address), caplog)


@FUZZ
@given(
    path=paths | st.sampled_from(["Observations", "Datastreams(1)/Observations", "$batch"]),
    method=st.sampled_from(["POST", "POST", "PATCH", "PUT"]),
    body=values,
    kind=st.sampled_from(["application/json", "application/json-patch+json", "text/plain"]),
)
@example(path="Things", method="POST", body={"name": "\ud800", "description": ""}, kind="")
@example(path="Observations", method="POST", body={"result": 10**400}, kind="")
@example(path="CreateObservations", method="POST", body=[[]], kind="")
@example(path="$batch", method="POST", body={"requests": [{"id": "", "method": "GET"}]}, kind="")
def test_any_body_is_taken_or_refused(
    hub: Sta,
    caplog: pytest.LogCaptureFixture,
    path: str,
    method: str,
    body: object,
    kind: str,
) -> None:
    caplog.clear()
    sent = json.dumps(body).encode()
    headers = {"content-type": kind or "application/json"}
    with caplog.at_level(logging.ERROR):
        check(hub.ask(method, path, sent, headers=headers), caplog)


@FUZZ
@given(body=st.binary(max_size=200), path=st.sampled_from(["Things", "Observations", "$batch"]))
@example(body=b"[" * 100_000, path="Things")
@example(body=b'{"result":' * 50_000, path="Observations")
@example(body=b'{"requests":[' * 10_000, path="$batch")
def test_any_bytes_are_refused(
    hub: Sta, caplog: pytest.LogCaptureFixture, body: bytes, path: str
) -> None:
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        answer = hub.post(path, body, content_type="application/json")
    check(answer, caplog)
    assert answer.status in (400, 413)
