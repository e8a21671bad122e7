"""What QGIS, Grafana and map portals send, word for word, and what they need to find in answers.

Source: qgis/QGIS `src/core/providers/sensorthings`, frost-sensorthings-datasource for Grafana.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.rooms.sensing.sta import ROOT, Answer, Sta, a_place, a_stream, a_thing

pytestmark = pytest.mark.django_db(transaction=True)

BOX = "Polygon ((-1.26 51.7, -1.235 51.7, -1.235 51.8, -1.26 51.8, -1.26 51.7))"
POINTS = "location/type eq 'Point' or location/geometry/type eq 'Point'"


@pytest.fixture
def town(sta: Sta) -> Sta:
    """Four stations in a row, each with a stream of three readings."""
    for number in range(4):
        readings = [
            {"result": number * 10 + hour, "phenomenonTime": f"2026-03-01T{hour:02}:00:00Z"}
            for hour in range(3)
        ]
        sta.make(
            "Things",
            a_thing(
                a_stream(name=f"Stream {number}", Observations=readings),
                name=f"Station {number}",
                Locations=[a_place(-1.25 + number * 0.01)],
            ),
        )
    return sta


def follow(sta: Sta, link: str) -> Answer:
    """Ask for a link as a browser would, leaving its query untouched."""
    parts = urlsplit(link)
    return sta.ask("GET", "", path=parts.path, query_string=parts.query.encode())


def test_qgis_sizes_a_layer_and_then_reads_it_page_by_page(town: Sta) -> None:
    condition = f"({POINTS}) and (geo.intersects(location, geography'{BOX}'))"
    query = f"$filter={quote(condition)}"
    sized = town.ask("GET", "Locations", query_string=f"$top=0&$count=true&{query}".encode())
    assert sized.json == {"@iot.count": 2, "value": []}
    page = town.ask("GET", "Locations", query_string=f"$top=1&$count=false&{query}".encode())
    seen = [entry["@iot.id"] for entry in page.json["value"]]
    while "@iot.nextLink" in page.json:
        page = follow(town, page.json["@iot.nextLink"])
        seen += [entry["@iot.id"] for entry in page.json["value"]]
    assert len(seen) == len(set(seen)) == 2


def test_qgis_expands_from_places_down_to_readings(town: Sta) -> None:
    expand = (
        "Things($orderby=id asc;$top=100;$expand=Datastreams($top=100;"
        "$expand=Observations($orderby=phenomenonTime desc;$top=1;$filter=result ge 0)))"
    )
    found = town.read(f"Locations?$top=100&$count=false&$filter={POINTS}&$expand={expand}")
    latest = [
        entry["Things"][0]["Datastreams"][0]["Observations"][0]["result"]
        for entry in found["value"]
    ]
    assert sorted(latest) == [2, 12, 22, 32]


def test_qgis_reads_times_with_milliseconds_and_intervals_with_one_slash(town: Sta) -> None:
    found = town.read(
        "Observations?$filter=phenomenonTime ge 2026-03-01T01:00:00.000Z and "
        "phenomenonTime le 2026-03-01T01:59:59.999Z&$count=true"
    )
    assert found["@iot.count"] == 4
    extent = town.read("Datastreams?$top=1")["value"][0]["phenomenonTime"]
    assert extent == "2026-03-01T00:00:00Z/2026-03-01T02:00:00Z"


def test_grafana_finds_the_same_shape_every_time(town: Sta) -> None:
    """A golden answer: panels name these paths, so no member may move, vanish or change type."""
    stream = town.read("Datastreams?$select=id&$orderby=id&$top=1")["value"][0]["@iot.id"]
    answer = town.read(
        f"Datastreams({stream})/Observations?$filter=phenomenonTime ge 2026-03-01T00:00:00.000Z "
        "and phenomenonTime le 2026-03-01T23:59:59.000Z&$top=1000&$orderby=phenomenonTime"
    )
    first = answer["value"][0]
    key = first["@iot.id"]
    assert first == {
        "@iot.id": key,
        "@iot.selfLink": f"{ROOT}/Observations({key})",
        "phenomenonTime": "2026-03-01T00:00:00Z",
        "resultTime": None,
        "result": 0,
        "Datastream@iot.navigationLink": f"{ROOT}/Observations({key})/Datastream",
        "FeatureOfInterest@iot.navigationLink": f"{ROOT}/Observations({key})/FeatureOfInterest",
    }
    assert list(answer) == ["value"]
    lengths = {len([entry[name] for entry in answer["value"]]) for name in ("result", "resultTime")}
    assert lengths == {3}


def test_grafana_keeps_only_what_follows_the_question_mark(town: Sta) -> None:
    path = "Observations"
    query = "$top=5&$orderby=phenomenonTime desc&$select=result"
    seen: list[Any] = []
    while query:
        answer = town.ask("GET", path, query_string=quote(query, safe="$&=%,;()'*:").encode())
        seen += [entry["result"] for entry in answer.json["value"]]
        link = answer.json.get("@iot.nextLink", "")
        assert link.count("?") == (1 if link else 0)
        query = link.partition("?")[2]
    assert len(seen) == 12 == len(set(seen))


@pytest.mark.parametrize("column", ["name", "@iot.id", "id", "properties/number"])
def test_grafana_fills_its_menus_by_the_beginning_of_anything(town: Sta, column: str) -> None:
    answer = town.get(f"Things?$filter=startswith({column},'S')&$count=true&$top=10&$skip=0")
    assert answer.status in (200, 400)
    if answer.status == 200:
        assert answer.json["@iot.count"] == (4 if column == "name" else 0)
    else:
        assert answer.json["token"]


def test_map_portals_ask_for_the_newest_value_of_every_site(town: Sta) -> None:
    found = town.read(
        "Things?$expand=Locations,Datastreams($expand=Observations($top=1;"
        "$orderby=phenomenonTime desc),ObservedProperty)&$orderby=id"
    )
    newest = [thing["Datastreams"][0]["Observations"][0]["result"] for thing in found["value"]]
    assert newest == [2, 12, 22, 32]
    assert all(thing["Locations"][0]["location"]["type"] == "Point" for thing in found["value"])
