"""Whatever is sent, the answer is one of the service's own and never a fault of ours."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hereabouts.standards.sensorthings.model import ENTITY_TYPES
from tests.rooms.sensing.sta import (
    COMPLEX,
    PROPERTY,
    SENSOR,
    UNIT,
    Answer,
    Sta,
    a_stream,
    a_thing,
)
from tests.standards.sensorthings.strategies import (
    WRITTEN_NUMBERS,
    WRITTEN_TEXTS,
    WRITTEN_TIMES,
    filters,
    orders,
)

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
owned = st.sampled_from([kind for kind in ENTITY_TYPES.values() if kind.properties]).flatmap(
    lambda kind: st.sampled_from([f"{kind.set_name}(1)/{name}" for name in kind.properties])
)
inner = st.sampled_from(["", "", "/a", "/type", "/0", "/symbol", "[0]", "[1]/name", "/a/b[0]"])
leaves = st.tuples(owned, inner, st.sampled_from(["", "/$value", "/$ref"])).map("".join)
paths = st.lists(segments, min_size=1, max_size=4).map("/".join)
written = WRITTEN_NUMBERS | WRITTEN_TEXTS | WRITTEN_TIMES
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


class Hub:
    """A caller to whom the first entity of every set is `(1)`."""

    def __init__(self, sta: Sta) -> None:
        self.sta = sta
        found = {name: sta.read(f"{name}?$orderby=id&$top=1")["value"] for name in SETS}
        self.first = {name: rows[0]["@iot.id"] for name, rows in found.items()}

    def ask(self, method: str, address: str, body: object = None, **more: Any) -> Answer:
        """The answer to one request."""
        return self.sta.ask(method, self.there(address), body, **more)

    def there(self, address: str) -> str:
        """An address with the ids that are there."""
        for name, key in self.first.items():
            address = re.sub(rf"\b{name}\(1\)", f"{name}({key})", address)
        return address


@pytest.fixture
def hub(sta: Sta) -> Hub:
    """A Thing with streams of both kinds and readings, so that something is there to be found."""
    readings = [{"result": 1.5, "parameters": {"a": [1]}}, {"result": {"a": [1]}}]
    multi = {
        "name": "Wind",
        "description": "",
        "observationType": COMPLEX,
        "multiObservationDataTypes": ["a", "b"],
        "unitOfMeasurements": [UNIT, UNIT],
        "Sensor": SENSOR,
        "ObservedProperties": [PROPERTY, PROPERTY],
        "Observations": [{"result": [1, "x"]}],
    }
    streams, inside = a_stream(Observations=readings), {"a": {"b": 1}}
    sta.make("Things", a_thing(streams, properties=inside, MultiDatastreams=[multi]))
    return Hub(sta)


@FUZZ
@given(path=paths, query=st.dictionaries(options, phrases, max_size=3))
@example(path="Things", query={"$filter": "not", "$expand": "("})
@example(path="Datastreams(1)/Observations", query={"$top": "99999999999999999999"})
@example(path="Observations", query={"$orderby": "result/a,result desc", "$resultFormat": "CSV"})
def test_any_question_is_answered(
    hub: Hub, caplog: pytest.LogCaptureFixture, path: str, query: Mapping[str, str]
) -> None:
    caplog.clear()
    address = f"{path}?" + "&".join(f"{name}={text}" for name, text in query.items())
    with caplog.at_level(logging.ERROR):
        check(hub.ask("GET", address), caplog)


@FUZZ
@given(path=leaves)
def test_any_property_is_answered(hub: Hub, caplog: pytest.LogCaptureFixture, path: str) -> None:
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        answer = hub.ask("GET", path)
    check(answer, caplog)
    assert answer.status in (200, 204, 404)


@FUZZ
@given(st.data())
def test_any_filter_and_order_of_the_language_are_answered(
    hub: Hub, caplog: pytest.LogCaptureFixture, data: Any
) -> None:
    """Whole expressions: words at random hardly ever make one."""
    caplog.clear()
    entity = data.draw(st.sampled_from(sorted(ENTITY_TYPES.values(), key=lambda kind: kind.name)))
    condition = data.draw(filters(entity) | written.map(lambda text: f"{text} ne null"))
    order = data.draw(orders(entity) | written)
    with caplog.at_level(logging.ERROR):
        answer = hub.ask("GET", f"{entity.set_name}?$filter={condition}&$orderby={order}")
    check(answer, caplog)
    assert answer.status in (200, 400)


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
    hub: Hub,
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
    hub: Hub, caplog: pytest.LogCaptureFixture, body: bytes, path: str
) -> None:
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        answer = hub.ask("POST", path, body, headers={"content-type": "application/json"})
    check(answer, caplog)
    assert answer.status in (400, 413)
