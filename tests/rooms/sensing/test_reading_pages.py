"""Order, pages and counts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors import BadPageToken, NoSuchEntity, QuestionTooSlow
from hereabouts.sensing.models.observations import Observation
from hereabouts.sensing.queries.reading import LIMITS, observations_page_bytes
from hereabouts.standards.sensorthings.model import OBSERVATION
from hereabouts.standards.sensorthings.parsing.options import parse_options
from hereabouts.standards.sensorthings.parsing.paths import parse_path
from tests.rooms.sensing.reading_world import (
    BASE,
    HOUR,
    NOON,
    add_observation,
    add_thing,
    ask,
    build,
    follow,
    ids,
    plain,
    settle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> Iterator[None]:
    build()
    yield


@pytest.mark.parametrize(
    ("path", "order", "expected"),
    [
        ("Things", "name", [6, 2, 1, 3]),
        ("Things", "name desc", [3, 1, 2, 6]),
        ("Things", "properties/height", [6, 3, 1, 2]),
        ("Things", "properties/height desc", [2, 1, 3, 6]),
        ("Things", "properties/owner,id desc", [6, 2, 1, 3]),
        ("Things", "length(name) desc,name desc", [2, 1, 3, 6]),
        ("Things", "Datastreams/id desc", [3, 2, 1, 6]),
        ("Things", "Datastreams/name", [6, 1, 2, 3]),
        ("Datastreams", "Thing/name,name desc", [3, 2, 1, 4]),
        ("Datastreams", "unitOfMeasurement/symbol desc", [4, 3, 1, 2]),
        ("Datastreams", "phenomenonTime", [4, 2, 3, 1]),
        ("Datastreams", "Sensor/id desc,ObservedProperty/name", [3, 4, 1, 2]),
        ("Observations", "Datastream/id desc,result desc&$filter=id lt 15", None),
        ("Observations", "resultTime&$filter=Datastream/id eq 1", [10, 12, 14, 11, 13, 15]),
        ("Observations", "resultTime desc&$filter=Datastream/id eq 1", [15, 13, 11, 14, 12, 10]),
        ("Datastreams(3)/Observations", "result", [32, 33, 34, 30, 31]),
        ("Datastreams(1)/Observations", "phenomenonTime desc", [15, 14, 13, 12, 11, 10]),
        ("Locations", "geo.distance(location, geography'POINT(-1.25 51.75)')", [3, 1, 2, 6]),
        ("Locations", "geo.distance(location, geography'POINT(-1.25 51.75)') desc", [6, 2, 1, 3]),
    ],
)
def test_an_order_is_total_and_the_same_page_by_page(
    path: str, order: str, expected: list[int] | None
) -> None:
    whole = ids(ask(path, f"$orderby={order}"))
    if expected is not None:
        assert whole == expected
    page = ask(path, f"$orderby={order}&$top=1")
    stepped = ids(page)
    while page.next_link:
        page = follow(page.next_link)
        stepped += ids(page)
    assert stepped == whole


def test_text_is_ordered_by_code_point() -> None:
    for key, name in ((11, "a"), (12, "B"), (13, "é"), (14, "Z"), (15, "_")):
        add_thing(key, name)
    assert ids(ask("Things", "$orderby=name&$filter=id gt 10")) == [12, 14, 15, 11, 13]
    assert ids(ask("Things", "$filter=name gt 'Z' and id gt 10")) == [11, 13, 15]


def test_the_next_link_keeps_the_path_and_every_option() -> None:
    page = ask("Things(1)/Datastreams", "$top=1&$orderby=name desc&$select=name&$count=true")
    assert page.next_link is not None
    assert page.next_link.startswith(
        f"{BASE}/Things(1)/Datastreams?$top=1&$orderby=name%20desc&$select=name&$count=true"
        "&$skiptoken="
    )
    following = follow(page.next_link)
    assert plain(following.entities) == [{"name": "air"}]
    assert (following.count, following.next_link) == (2, None)


def test_a_full_last_page_has_no_link_and_skip_is_for_the_first_page_alone() -> None:
    assert ask("Things", "$top=4").next_link is None
    page = ask("Things", "$top=1&$skip=2")
    assert ids(page) == [3]
    assert "$skip=" not in (page.next_link or "")
    assert ids(follow(page.next_link or "")) == [6]
    assert ask("Things", "$top=0").entities == []
    assert ask("Things", "$top=0").next_link is None


def test_a_top_beyond_what_the_service_gives_becomes_a_page_of_that_size() -> None:
    page = ask("Things", "$top=3", limits=replace(LIMITS, most=2))
    assert ids(page) == [1, 2]
    assert ids(follow(page.next_link or "", limits=replace(LIMITS, most=2))) == [3, 6]


def token_of(link: str | None) -> str:
    return (link or "").rpartition("$skiptoken=")[2]


def test_a_token_that_was_changed_or_belongs_elsewhere_is_refused() -> None:
    token = token_of(ask("Things", "$top=1").next_link)
    named = token_of(ask("Things", "$top=1&$orderby=name").next_link)
    bad = [token[:-3], "%%%", "", "AAAA", named, token + "A" * 9000]
    for keys in ([None], ["x"], [2**70], [1, 2], [1.5]):
        packed = base64.urlsafe_b64decode(token + "==")
        parts = msgspec.msgpack.decode(packed)
        if keys == [2**70]:
            keys = [2**64 - 1]
        forged = msgspec.msgpack.encode([parts[0], parts[1], keys])
        bad.append(base64.urlsafe_b64encode(forged).decode().rstrip("="))
    for text in bad:
        with pytest.raises(BadPageToken):
            ask("Things", f"$top=1&$skiptoken={text}")
    with pytest.raises(BadPageToken):
        ask("Things", f"$filter=id gt 0&$skiptoken={token}")
    with pytest.raises(BadPageToken):
        ask("Locations", f"$skiptoken={token}")


def test_counts_ignore_pages_and_know_what_may_be_seen() -> None:
    assert ask("Things", "$count=true&$top=1").count == 4
    assert ask("Things", "$count=true", level=DataClass.CLOSED).count == 6
    assert ask("Things", "$top=1").count is None
    assert ask("Things", "$count=true&$filter=Datastreams/name eq 'air'").count == 2
    assert ask("Observations", "$count=true&$top=0").count == 14
    assert ask("Observations", "$count=true", level=DataClass.CLOSED).count == 16
    assert ask("Datastreams(1)/Observations", "$count=true&$skip=3").count == 6
    assert ask("Things(1)/Datastreams", "$count=true").count == 2
    assert ask("Things(6)/Datastreams", "$count=true").count == 0


def test_counts_beyond_the_limit_are_estimates_and_say_so() -> None:
    for key in range(100, 180):
        add_thing(key, "many")
    few = replace(LIMITS, counted=20)
    answer = ask("Things", "$count=true&$filter=name eq 'many'", limits=few)
    assert answer.is_estimated
    assert answer.count is not None
    assert 40 <= answer.count <= 200
    assert not ask("Things", "$count=true&$filter=id lt 5", limits=few).is_estimated


def test_observations_of_a_stream_come_by_time_and_late_ones_in_their_place() -> None:
    add_observation(90, 1, NOON - HOUR, 1)
    assert ids(ask("Datastreams(1)/Observations", "$top=2")) == [90, 10]


def test_a_question_that_takes_too_long_is_stopped() -> None:
    for at in range(300):
        add_observation(1000 + at, 4, NOON + at, at)
    endless = " and ".join(
        f"Datastream/Observations/any(o{n}: o{n}/Datastream/Observations/any(p{n}: p{n}/result gt"
        f" o{n}/result add {n + 400}))"
        for n in range(4)
    )
    with pytest.raises(QuestionTooSlow) as refused:
        limits = replace(LIMITS, seconds=0.003)
        ask("Datastreams(4)/Observations", f"$filter={endless}", limits=limits)
    assert refused.value.status == 503
    assert ids(ask("Things")) == [1, 2, 3, 6]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("Observations", ""),
        ("Observations", "$top=3&$filter=result gt 5"),
        ("Datastreams(1)/Observations", "$orderby=phenomenonTime desc&$top=2"),
        ("Datastreams(2)/Observations", "$top=2"),
        ("Datastreams(3)/Observations", ""),
        ("Datastreams(4)/Observations", ""),
        ("FeaturesOfInterest(2)/Observations", "$skip=1"),
        ("Observations", "$top=0"),
    ],
)
def test_a_page_written_at_once_is_the_page_of_documents(path: str, query: str) -> None:
    Observation.objects.filter(pk=20).update(parameters=None)
    add_observation(91, 2, NOON + 1_500_000, -0.25)
    add_observation(92, 2, NOON + 1, 1e20)
    add_observation(93, 2, NOON + 2, False, result_time=NOON + 2)
    parsed = parse_path(path)
    options = parse_options(query, parsed.entity, is_encoded=False)
    body = observations_page_bytes(parsed, options, level=DataClass.OPEN, base=BASE)
    answer = ask(path, query)
    around = {"@iot.nextLink": answer.next_link} if answer.next_link else {}
    assert body is not None
    assert json.loads(body) == {**around, "value": plain(answer.entities)}
    assert body == msgspec.json.encode({**around, "value": answer.entities})


@pytest.mark.parametrize(
    "more", [{"parameters": {"a": 1}}, {"valid_start": NOON}, {"result_quality": '"good"'}]
)
def test_a_row_with_more_to_show_goes_the_ordinary_way(more: dict[str, Any]) -> None:
    add_observation(90, 4, NOON, 1, **more)
    path = parse_path("Datastreams(4)/Observations")
    options = parse_options("", OBSERVATION)
    assert observations_page_bytes(path, options, level=DataClass.OPEN, base=BASE) is None


def test_only_plain_pages_are_written_at_once() -> None:
    for path, query in (
        ("Things", ""),
        ("Observations(10)", ""),
        ("Observations", "$select=result"),
        ("Observations", "$expand=Datastream"),
        ("Observations", "$count=true"),
        ("Observations", "$resultFormat=dataArray"),
        ("Observations/$ref", ""),
    ):
        parsed = parse_path(path)
        options = parse_options(query, parsed.entity, is_encoded=False)
        body = observations_page_bytes(parsed, options, level=DataClass.OPEN, base=BASE)
        assert body is None, (path, query)
    with pytest.raises(NoSuchEntity):
        observations_page_bytes(
            parse_path("Datastreams(99)/Observations"),
            parse_options("", OBSERVATION),
            level=DataClass.OPEN,
            base=BASE,
        )


def test_all_observations_by_time_are_read_in_windows_that_grow() -> None:
    for at in range(60):
        add_observation(1000 + at, 4, NOON - at * at * HOUR, at)
    settle()
    for query in (
        "$orderby=phenomenonTime desc",
        "$orderby=phenomenonTime",
        "$orderby=phenomenonTime desc&$filter=result gt 40",
        "$orderby=phenomenonTime desc,result",
        "$orderby=phenomenonTime desc&$filter=Datastream/ObservedProperty/name eq 'noise'",
        "$filter=Datastream/Thing/name eq 'Mill Lane' and result gt 15",
        "$filter=not Datastream/Thing/name eq 'Mill Lane' and result gt 15&$orderby=result",
        "$filter=phenomenonTime gt now() sub duration'PT10H'",
        "$filter=2024-05-01T13:00:00Z le phenomenonTime and Datastream/name ne 'air'",
        "$filter=MultiDatastream/ObservedProperties/name eq 'O3'",
        "$filter=Datastream/name eq null",
        "$filter=FeatureOfInterest/id eq 2",
        "$filter=FeatureOfInterest/name eq 'feature 2' and Datastream/name eq 'ozone'",
    ):
        whole = ids(ask("Observations", query))
        page = ask("Observations", f"{query}&$top=5")
        stepped = ids(page)
        while page.next_link:
            page = follow(page.next_link)
            stepped += ids(page)
        assert stepped == whole, query
        assert len(whole) > 0, query
    latest = ids(ask("Observations", "$orderby=phenomenonTime desc&$top=3"))
    assert latest == [15, 34, 14]
