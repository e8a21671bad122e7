"""Query options over HTTP: each requirement of the standard, and what real data asks of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from hereabouts.standards.sensorthings.conformance import (
    CSV_FORMAT,
    DEEP_SELECT,
    GEOJSON_FORMAT,
    REQUIREMENTS,
    RESPONSE_METADATA,
    SELECT_DISTINCT,
)
from tests.rooms.sensing.sta import ROOT, Sta, a_place, a_stream, a_thing

pytestmark = pytest.mark.django_db(transaction=True)


def required(path: str) -> pytest.MarkDecorator:
    return pytest.mark.requirement(REQUIREMENTS + "request-data/" + path)


@pytest.fixture
def town(sta: Sta) -> Sta:
    """Five stations from west to east, two streams each, three readings in every stream."""
    sensor = sta.make("Sensors", {**_SENSOR})
    for number in range(5):
        thing = sta.make(
            "Things",
            a_thing(
                a_stream(name=f"warm {number}", Sensor={"@iot.id": sensor}),
                a_stream(name=f"cold {number}", Sensor={"@iot.id": sensor}),
                name=f"Station {number}",
                properties={"number": number, "ward": "north" if number % 2 else "south"},
                Locations=[a_place(-1.25 + number * 0.01)],
            ),
        )
        streams = sta.read(f"Things({thing})/Datastreams?$orderby=id")["value"]
        groups = [
            {
                "Datastream": {"@iot.id": stream["@iot.id"]},
                "components": ["phenomenonTime", "result"],
                "dataArray": [
                    [f"2026-03-01T{hour:02}:00:00Z", number * 10 + hour + rank / 2]
                    for hour in range(3)
                ],
            }
            for rank, stream in enumerate(streams)
        ]
        assert sta.post("CreateObservations", groups).status == 201
    return sta


_SENSOR = {
    "name": "Shared",
    "description": "One for all",
    "encodingType": "text/plain",
    "metadata": "x",
}


def names(sta: Sta, address: str) -> list[str]:
    return [entry["name"] for entry in sta.read(address)["value"]]


@required("status-code")
def test_what_is_there_is_200_and_what_is_not_is_404(town: Sta) -> None:
    assert town.get("Things").status == 200
    assert town.get("Things(1000000)").status == 404


@required("query-status-code")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("$top=x", 400),
        ("$top=-1", 400),
        ("$skip=1.5", 400),
        ("$count=yes", 400),
        ("$orderby=nothing", 400),
        ("$select=nothing", 400),
        ("$expand=Nothing", 400),
        ("$filter=name eq", 400),
        ("$filter=nothing eq 1", 400),
        ("$filter=name eq 'a", 400),
        ("$nothing=1", 400),
        ("$search=x", 501),
        ("$skiptoken=zzz", 400),
        ("$resultFormat=XML", 400),
    ],
)
def test_a_malformed_option_is_400_and_an_unknown_system_option_501(
    sta: Sta, query: str, status: int
) -> None:
    answer = sta.get(f"Things?{query}")
    assert (answer.status, answer.json["type"]) == (status, "error")


@required("order")
def test_filter_count_order_skip_and_top_work_in_this_order(town: Sta) -> None:
    found = town.read(
        "Things?$filter=properties/number ge 1&$count=true&$orderby=name desc&$skip=1&$top=2"
    )
    assert found["@iot.count"] == 4
    assert [entry["name"] for entry in found["value"]] == ["Station 3", "Station 2"]


@required("expand")
def test_expand_nests_with_options_of_its_own(town: Sta) -> None:
    found = town.read(
        "Things?$orderby=name&$top=2&$expand=Datastreams($orderby=name;$select=name;"
        "$expand=Observations($orderby=phenomenonTime desc;$top=1;$count=true;$select=result),"
        "Sensor($select=name)),Locations"
    )
    first = found["value"][0]
    assert [stream["name"] for stream in first["Datastreams"]] == ["cold 0", "warm 0"]
    cold = first["Datastreams"][0]
    assert cold["Observations"] == [{"result": 2.5}]
    assert cold["Observations@iot.count"] == 3
    assert cold["Sensor"] == {"name": "Shared"}
    assert first["Locations"][0]["location"]["type"] == "Point"


@required("expand")
def test_a_link_inside_an_expand_leads_to_the_rest(town: Sta) -> None:
    found = town.read("Things?$top=1&$orderby=name&$expand=Datastreams($top=1;$orderby=name)")
    first = found["value"][0]
    link = first["Datastreams@iot.nextLink"]
    assert link.startswith(f"{ROOT}/Things({first['@iot.id']})/Datastreams?")
    assert link.count("?") == 1
    assert names(town, unquote(link.removeprefix(f"{ROOT}/"))) == ["warm 0"]


@required("select")
def test_select_gives_what_was_chosen_and_no_more(town: Sta) -> None:
    assert town.read("Things?$select=name&$orderby=name&$top=1")["value"] == [{"name": "Station 0"}]
    found = town.read("Things?$select=id,Datastreams&$top=1")["value"][0]
    assert set(found) == {"@iot.id", "Datastreams@iot.navigationLink"}


@pytest.mark.requirement(DEEP_SELECT)
def test_select_reaches_inside_json(town: Sta) -> None:
    found = town.read("Things?$select=properties/number&$orderby=name&$top=1")["value"]
    assert found == [{"properties": {"number": 0}}]


@pytest.mark.requirement(SELECT_DISTINCT)
def test_distinct_values_come_once(town: Sta) -> None:
    found = town.read("Things?$select=distinct:properties/ward&$orderby=properties/ward")["value"]
    assert [entry["properties"]["ward"] for entry in found] == ["north", "south"]


@required("orderby")
def test_order_follows_several_keys_and_related_ones(town: Sta) -> None:
    found = names(town, "Things?$orderby=properties/ward asc,name desc")
    assert [name[-1] for name in found] == ["3", "1", "4", "2", "0"]
    found = names(town, "Datastreams?$orderby=Thing/properties/number desc,name")
    assert found[:3] == ["cold 4", "warm 4", "cold 3"]


@required("top")
def test_top_bounds_a_page_and_a_larger_one_than_the_limit_is_the_limit(town: Sta) -> None:
    assert len(town.read("Things?$top=3")["value"]) == 3
    assert len(town.read("Things?$top=100000000")["value"]) == 5
    assert town.read("Things?$top=0&$count=true") == {"@iot.count": 5, "value": []}


@required("skip")
def test_skip_leaves_the_first_out(town: Sta) -> None:
    assert names(town, "Things?$orderby=name&$skip=3") == ["Station 3", "Station 4"]


@required("count")
def test_count_ignores_top_and_skip_and_is_absent_unless_asked(town: Sta) -> None:
    assert town.read("Things?$count=true&$top=1&$skip=2")["@iot.count"] == 5
    assert "@iot.count" not in town.read("Things?$count=false")
    assert town.read("Observations?$count=true&$filter=result gt 40")["@iot.count"] == 5


@required("filter")
def test_a_filter_that_is_false_or_null_leaves_the_entity_out(town: Sta) -> None:
    assert names(town, "Things?$filter=properties/ward eq 'north'&$orderby=name") == [
        "Station 1",
        "Station 3",
    ]
    assert names(town, "Things?$filter=properties/nothing gt 1") == []
    assert names(town, "Things?$filter=Datastreams/Observations/result eq 40.5") == ["Station 4"]


OPERATIONS = [
    ("properties/number eq 2", "2"),
    ("properties/number ne 2", "0134"),
    ("properties/number gt 2", "34"),
    ("properties/number ge 2", "234"),
    ("properties/number lt 2", "01"),
    ("properties/number le 2", "012"),
    ("properties/number gt 0 and properties/ward eq 'south'", "24"),
    ("properties/number eq 0 or properties/number eq 4", "04"),
    ("not (properties/number lt 3)", "34"),
    ("properties/number add 1 eq 3", "2"),
    ("properties/number sub 1 eq -1", "0"),
    ("properties/number mul 2 eq 6", "3"),
    ("properties/number div 2 eq 2", "4"),
    ("properties/number mod 2 eq 1", "13"),
    ("(properties/number add 1) mul 2 eq 10", "4"),
    ("properties/number in (1, 3)", "13"),
]


@required("built-in-filter-operations")
@pytest.mark.parametrize(("expression", "expected"), OPERATIONS)
def test_every_operator_works(town: Sta, expression: str, expected: str) -> None:
    found = names(town, f"Things?$filter={expression}&$orderby=name")
    assert "".join(name[-1] for name in found) == expected


HERE = "geography'POINT(-1.25 51.75)'"
BOX = "geography'POLYGON((-1.255 51.7, -1.225 51.7, -1.225 51.8, -1.255 51.8, -1.255 51.7))'"
FUNCTIONS = [
    ("substringof('tion 3', name)", "3"),
    ("startswith(name, 'Station')", "01234"),
    ("endswith(name, '4')", "4"),
    ("length(name) eq 9", "01234"),
    ("indexof(name, '2') eq 8", "2"),
    ("substring(name, 8) eq '1'", "1"),
    ("substring(name, 0, 3) eq 'Sta'", "01234"),
    ("tolower(name) eq 'station 0'", "0"),
    ("toupper(name) eq 'STATION 0'", "0"),
    ("trim(concat(name, ' ')) eq 'Station 1'", "1"),
    ("concat(name, '!') eq 'Station 1!'", "1"),
    ("year(Datastreams/phenomenonTime) eq 2026", "01234"),
    ("round(properties/number div 3) eq 1", "234"),
    ("floor(properties/number div 2) eq 1", "23"),
    ("ceiling(properties/number div 4) eq 1", "1234"),
    (f"geo.distance(Locations/location, {HERE}) lt 0.015", "01"),
    (f"geo.intersects(Locations/location, {BOX})", "012"),
    (f"st_within(Locations/location, {BOX})", "012"),
    (f"st_disjoint(Locations/location, {BOX})", "34"),
    (f"st_equals(Locations/location, {HERE})", "0"),
    (f"st_intersects({BOX}, Locations/location)", "012"),
    (f"st_contains({BOX}, Locations/location)", "012"),
    (f"st_relate(Locations/location, {HERE}, 'T********')", "0"),
]


@required("built-in-query-functions")
@pytest.mark.parametrize(("expression", "expected"), FUNCTIONS)
def test_every_function_works(town: Sta, expression: str, expected: str) -> None:
    found = names(town, f"Things?$filter={expression}&$orderby=name")
    assert "".join(name[-1] for name in found) == expected


@required("built-in-query-functions")
@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 3", 30),
        ("day(phenomenonTime) eq 1 and hour(phenomenonTime) ge 1", 20),
        ("minute(phenomenonTime) eq 0 and second(phenomenonTime) eq 0", 30),
        ("fractionalseconds(phenomenonTime) eq 0", 30),
        ("phenomenonTime gt now()", 0),
        ("phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime()", 30),
        ("phenomenonTime gt 2026-03-01T00:30:00Z", 20),
        ("phenomenonTime gt 2026-03-01T02:30:00+02:00", 20),
        ("phenomenonTime sub duration'PT1H' ge 2026-03-01T01:00:00Z", 10),
        ("during(phenomenonTime, 2026-03-01T00:00:00Z/2026-03-01T01:00:01Z)", 20),
        ("result mod 10 eq 0", 5),
    ],
)
def test_times_are_compared_as_times(town: Sta, expression: str, count: int) -> None:
    assert town.read(f"Observations?$filter={expression}&$count=true&$top=0")["@iot.count"] == count


@required("pagination")
def test_next_links_lead_through_everything_once(town: Sta) -> None:
    address = "Observations?$top=7&$orderby=result desc&$select=result&$filter=result ge 1"
    seen: list[float] = []
    pages = 0
    while address:
        found = town.read(address)
        seen += [entry["result"] for entry in found["value"]]
        link = found.get("@iot.nextLink", "")
        assert link.startswith(f"{ROOT}/Observations?") or not link
        assert link.count("?") <= 1
        address = unquote(link.removeprefix(f"{ROOT}/"))
        pages += 1
    assert (len(seen), pages) == (28, 4)
    assert seen == sorted(seen, reverse=True)


@required("pagination")
def test_a_page_that_is_exactly_full_has_no_next_link(town: Sta) -> None:
    assert "@iot.nextLink" not in town.read("Things?$top=5")
    assert "@iot.nextLink" in town.read("Things?$top=4")
    assert "@iot.nextLink" not in town.read("Things?$top=0")


@pytest.mark.requirement(GEOJSON_FORMAT)
def test_geojson_flattens_entities_around_their_place(town: Sta) -> None:
    answer = town.get("Things?$resultFormat=GeoJSON&$expand=Locations&$orderby=name&$top=1")
    assert answer.headers["content-type"].startswith("application/geo+json")
    found = answer.json
    assert found["type"] == "FeatureCollection"
    feature = found["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [-1.25, 51.75]}
    assert feature["properties"]["name"] == "Station 0"


@pytest.mark.requirement(CSV_FORMAT)
def test_csv_is_a_table_with_a_heading(town: Sta) -> None:
    answer = town.get("Observations?$resultFormat=CSV&$select=id,result&$orderby=result&$top=2")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.body.decode().splitlines()
    assert len(lines) == 3
    assert lines[0].split(",") == ["id", "result"]
    assert [line.split(",")[1] for line in lines[1:]] == ["0.0", "0.5"]
    assert town.get("Things?$resultFormat=CSV&$expand=Datastreams").status == 400


@pytest.mark.requirement(RESPONSE_METADATA)
@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ("full", {"@iot.count", "@iot.nextLink", "@iot.selfLink", "Locations@iot.navigationLink"}),
        ("minimal", {"@iot.count", "@iot.nextLink"}),
        ("none", {"@iot.count", "@iot.nextLink"}),
        ("off", {"@iot.count"}),
    ],
)
def test_control_information_is_what_was_asked_for(
    town: Sta, metadata: str, kept: set[str]
) -> None:
    found = town.read(f"Things?$top=1&$count=true&$resultMetadata={metadata}")
    shown = set(found) | set(found["value"][0])
    every = {"@iot.count", "@iot.nextLink", "@iot.selfLink", "Locations@iot.navigationLink"}
    assert shown & every == kept


def test_a_large_answer_is_compressed_for_who_takes_that(town: Sta) -> None:
    import gzip

    plain, packed = town.get("Observations"), town.get("Observations", accept_encoding="gzip")
    assert "content-encoding" not in plain.headers
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == (
        "gzip",
        "accept-encoding",
    )
    assert gzip.decompress(packed.body) == plain.body
    refused = town.get("Observations", accept_encoding="gzip;q=0")
    assert "content-encoding" not in refused.headers


def test_the_latest_of_every_stream_is_one_expand(town: Sta) -> None:
    found = town.read(
        "Datastreams?$select=name&$orderby=id&$expand=Observations("
        "$orderby=phenomenonTime desc;$top=1;$select=result)"
    )
    latest: dict[str, Any] = {
        entry["name"]: entry["Observations"][0]["result"] for entry in found["value"]
    }
    assert len(latest) == 10
    assert latest["warm 4"] == 42
    assert latest["cold 4"] == 42.5
