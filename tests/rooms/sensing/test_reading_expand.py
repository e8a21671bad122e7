"""Expansions: nested, with options of their own, one statement for each relation of each level."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors import AnswerTooLarge
from hereabouts.sensing.queries.reading import LIMITS, database
from tests.rooms.sensing.reading_world import (
    BASE,
    HOUR,
    NOON,
    add_observation,
    ask,
    build,
    follow,
    ids,
    plain,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> Iterator[None]:
    build()
    yield


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement the reader runs."""
    seen: list[str] = []
    for kind in (database.SqliteDatabase, database.PostgresDatabase):
        original = kind.rows

        def rows(self: Any, sql: str, parameters: Any, original: Any = original) -> Any:
            seen.append(sql)
            return original(self, sql, parameters)

        monkeypatch.setattr(kind, "rows", rows)
    return seen


def test_relations_are_put_into_their_entities() -> None:
    things = plain(ask("Things", "$expand=Datastreams,Locations").entities)
    assert [[stream["@iot.id"] for stream in thing["Datastreams"]] for thing in things] == [
        [1, 2],
        [3],
        [4],
        [],
    ]
    assert [place["@iot.id"] for place in things[1]["Locations"]] == [2, 6]
    assert things[0]["Datastreams@iot.navigationLink"] == f"{BASE}/Things(1)/Datastreams"


def test_one_statement_is_run_for_each_relation_of_each_level(statements: list[str]) -> None:
    ask("Things", "$expand=Datastreams/Observations/FeatureOfInterest,Locations")
    assert len(statements) == 5


def test_expansions_nest_with_all_their_options() -> None:
    (thing,) = ask(
        "Things(1)",
        "$expand=Datastreams($filter=name eq 'air';$select=name;$count=true;"
        "$expand=Observations($orderby=result desc;$top=2;$skip=1;$count=true;$select=result))",
    ).entities
    shown = plain(thing)
    assert shown["Datastreams@iot.count"] == 1
    (stream,) = shown["Datastreams"]
    assert stream["name"] == "air"
    assert stream["Observations"] == [{"result": 30}, {"result": 25}]
    assert stream["Observations@iot.count"] == 6
    assert "@iot.id" not in stream


def test_the_last_observation_of_every_stream_comes_from_what_the_writer_keeps(
    statements: list[str],
) -> None:
    streams = ask("Datastreams", "$expand=Observations($orderby=phenomenonTime desc;$top=1)")
    shown = [[entry["@iot.id"] for entry in s["Observations"]] for s in streams.entities]
    assert shown == [[15], [21], [34], []]
    assert "latest_id" in statements[1]
    assert len(statements) == 2
    links = [stream.get("Observations@iot.nextLink") for stream in streams.entities]
    assert [link is not None for link in links] == [True, True, True, False]
    assert ids(follow(links[0] or "")) == [14]


def test_a_link_inside_an_expansion_goes_on_with_all_options() -> None:
    (stream,) = ask(
        "Datastreams(1)", "$expand=Observations($filter=result ge 15;$top=2;$select=id,result)"
    ).entities
    assert [entry["@iot.id"] for entry in stream["Observations"]] == [11, 12]
    link = stream["Observations@iot.nextLink"]
    assert link.startswith(f"{BASE}/Datastreams(1)/Observations?$filter=result%20ge%2015")
    assert link.count("?") == 1
    page = follow(link)
    assert plain(page.entities) == [{"@iot.id": 13, "result": 25}, {"@iot.id": 14, "result": 30}]
    last = follow(page.next_link or "")
    assert ids(last) == [15]
    assert last.next_link is None


def test_a_full_last_page_inside_an_expansion_has_no_link() -> None:
    (thing,) = ask("Things(1)", "$expand=Datastreams($top=2)").entities
    assert "Datastreams@iot.nextLink" not in thing
    (thing,) = ask("Things(1)", "$expand=Datastreams($top=1)").entities
    assert ids(follow(thing["Datastreams@iot.nextLink"])) == [2]


def test_to_one_relations_are_expanded_and_may_lead_back() -> None:
    entries = ask(
        "Observations", "$expand=Datastream/Thing/Datastreams,FeatureOfInterest&$top=20"
    ).entities
    first = plain(entries[0])
    assert first["Datastream"]["Thing"]["Datastreams"][1]["name"] == "ozone"
    assert first["FeatureOfInterest"]["@iot.id"] == 1
    multi = plain(entries[-1])
    assert multi["@iot.id"] == 70
    assert "Datastream" not in multi


def test_a_multi_datastream_shows_its_properties_by_rank_and_twice_where_they_come_twice() -> None:
    (stream,) = ask("MultiDatastreams(7)", "$expand=ObservedProperties").entities
    assert [entry["name"] for entry in stream["ObservedProperties"]] == ["O3", "NO2", "O3"]
    (stream,) = ask("MultiDatastreams(7)", "$expand=ObservedProperties($top=2)").entities
    assert ids(follow(stream["ObservedProperties@iot.nextLink"])) == [2]


def test_observations_of_a_feature_are_its_own_and_those_of_streams_it_stands_for() -> None:
    (feature,) = ask("FeaturesOfInterest(2)", "$expand=Observations($top=3;$count=true)").entities
    assert [entry["@iot.id"] for entry in feature["Observations"]] == [21, 30, 31]
    assert feature["Observations@iot.count"] == 7
    assert ids(follow(feature["Observations@iot.nextLink"])) == [32, 33, 34]


def test_a_count_needs_no_page() -> None:
    (stream,) = ask("Datastreams(1)", "$expand=Observations($top=0;$count=true)").entities
    assert stream["Observations"] == []
    assert stream["Observations@iot.count"] == 6
    assert "Observations@iot.nextLink" not in stream


def test_what_may_not_be_seen_is_not_expanded() -> None:
    assert [
        len(entity["Datastreams"])
        for entity in ask("ObservedProperties", "$expand=Datastreams").entities
    ] == [2, 1, 1]
    shared = ask("ObservedProperties", "$expand=Datastreams", level=DataClass.SHARED)
    assert [len(entity["Datastreams"]) for entity in shared.entities] == [3, 1, 1]


def test_order_inside_an_expansion_is_that_of_the_set_alone() -> None:
    for order in ("result", "result desc", "phenomenonTime desc", "resultTime", "id desc"):
        (stream,) = ask("Datastreams(3)", f"$expand=Observations($orderby={order})").entities
        alone = ask("Datastreams(3)/Observations", f"$orderby={order}")
        assert [entry["@iot.id"] for entry in stream["Observations"]] == ids(alone), order


def test_a_page_that_would_grow_too_large_is_cut_shorter_and_goes_on() -> None:
    for at in range(40):
        add_observation(1000 + at, 4, NOON + at * HOUR, at)
    limits = replace(LIMITS, rows=45)
    page = ask("Datastreams", "$expand=Observations", limits=limits)
    assert 0 < len(page.entities) < 4
    seen = ids(page)
    while page.next_link:
        page = follow(page.next_link, limits=limits)
        seen += ids(page)
    assert seen == [1, 2, 3, 4]
    with pytest.raises(AnswerTooLarge):
        ask("Datastreams(4)", "$expand=Observations", limits=replace(LIMITS, rows=20))


EVERYTHING = (
    ("Things", "$expand=Datastreams/Observations/FeatureOfInterest,Locations/HistoricalLocations"),
    ("Things(1)/Datastreams(1)/Observations", "$count=true"),
    ("Observations", "$filter=Datastream/Thing/name eq 'x' or FeatureOfInterest/id eq 1"),
    ("Observations", "$orderby=Datastream/Sensor/name,FeatureOfInterest/name&$count=true"),
    ("Things", "$filter=Datastreams/any(d: d/Observations/any(o: o/result gt 1))"),
    ("Things", "$filter=Datastreams/id eq null&$orderby=Datastreams/ObservedProperty/name"),
    ("Sensors", "$filter=not MultiDatastreams/ObservedProperties/name eq 'x'&$count=true"),
    ("Locations", "$filter=st_within(location, geography'POLYGON((-2 51,0 51,0 52,-2 51))')"),
    ("Datastreams", "$filter=geo.distance(observedArea, geography'POINT(0 0)') mul 2 gt 1"),
    ("FeaturesOfInterest(1)/Observations", "$orderby=phenomenonTime desc"),
    ("MultiDatastreams", "$expand=ObservedProperties($count=true;$filter=id gt 0)"),
    ("Datastreams", "$select=distinct:name"),
)
GUARDED = "thing|location|historicallocation|sensor|observedproperty|feature|stream"
SEEN = rf"\b(sensing_(?:{GUARDED})) (t\d+s?)\b"


@pytest.mark.parametrize(("path", "query"), EVERYTHING)
def test_every_table_is_read_only_as_far_as_the_reader_may_see(
    path: str, query: str, statements: list[str]
) -> None:
    ask(path, query)
    tables = [found for sql in statements for found in re.findall(SEEN, sql)]
    assert tables
    for sql in statements:
        for table, alias in re.findall(SEEN, sql):
            assert f"{alias}.data_class <= 0" in sql, (table, alias, sql)
        for alias in re.findall(r"\bsensing_observation (t\d+)\b", sql):
            assert f"{alias}s.data_class <= 0" in sql, sql


def test_a_slow_answer_is_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    ask("Things", limits=replace(LIMITS, slow_seconds=0.0))
    assert "reading Things took" in caplog.text
    caplog.clear()
    ask("Things", limits=replace(LIMITS, slow_seconds=60.0))
    assert caplog.text == ""


@pytest.mark.parametrize("owner", ["Datastreams", "MultiDatastreams"])
@pytest.mark.parametrize("select", ["phenomenonTime,result", "result,id", "resultTime,result"])
def test_the_newest_of_each_stream_is_the_same_from_what_is_kept_as_from_its_rows(
    owner: str, select: str, statements: list[str]
) -> None:
    newest = f"$orderby=phenomenonTime desc;$top=1;$select={select}"
    found = plain(ask(owner, f"$expand=Observations({newest})", level=DataClass.CLOSED).entities)
    reads_rows = any("sensing_observation" in sql for sql in statements)
    assert reads_rows == ("resultTime" in select), "what is kept is enough for the others"
    for stream in found:
        rows = ask(
            f"{owner}({stream['@iot.id']})/Observations",
            newest.replace(";", "&"),
            level=DataClass.CLOSED,
        )
        assert stream["Observations"] == plain(rows.entities)
    assert any(stream["Observations"] for stream in found)
    assert owner != "Datastreams" or any(
        "/" in one.get("phenomenonTime", "") for stream in found for one in stream["Observations"]
    ) == ("phenomenonTime" in select), "an interval is among them"
