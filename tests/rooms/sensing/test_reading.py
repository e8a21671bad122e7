"""Sets, entities, navigation, properties and references, as a GET asks for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors import NoSuchEntity
from hereabouts.sensing.queries.reading import entity_document, exists, find_ids
from hereabouts.standards.sensorthings.parsing.paths import parse_path
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


def test_a_set_is_read_by_id_and_only_as_far_as_the_reader_may_see() -> None:
    assert ids(ask("Things")) == [1, 2, 3, 6]
    assert ids(ask("Things", level=DataClass.SHARED)) == [1, 2, 3, 4, 6]
    assert ids(ask("Things", level=DataClass.CLOSED)) == [1, 2, 3, 4, 5, 6]


def test_an_entity_shows_what_was_sent_with_absolute_links() -> None:
    (thing,) = ask("Things(1)").entities
    assert plain(thing) == {
        "@iot.id": 1,
        "@iot.selfLink": f"{BASE}/Things(1)",
        "name": "Mill Lane",
        "description": "Mill Lane.",
        "properties": {"owner": "roads", "height": 3, "tags": ["air", 7], "on": True},
        "Locations@iot.navigationLink": f"{BASE}/Things(1)/Locations",
        "HistoricalLocations@iot.navigationLink": f"{BASE}/Things(1)/HistoricalLocations",
        "Datastreams@iot.navigationLink": f"{BASE}/Things(1)/Datastreams",
        "MultiDatastreams@iot.navigationLink": f"{BASE}/Things(1)/MultiDatastreams",
    }


def test_a_datastream_shows_unit_and_extents() -> None:
    (stream,) = ask("Datastreams(2)").entities
    shown = plain(stream)
    assert shown["unitOfMeasurement"] == {"name": "ppb", "symbol": "ppb", "definition": "ppb"}
    assert shown["phenomenonTime"] == "2024-05-01T12:00:00Z/2024-05-01T14:00:00Z"
    assert shown["observedArea"] == {"type": "Point", "coordinates": [-1.25, 51.75]}
    assert "resultTime" not in shown


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("Things(1)/Datastreams", [1, 2]),
        ("Things(2)/MultiDatastreams", [7]),
        ("Things(2)/Locations", [2, 6]),
        ("Locations(6)/Things", [2, 6]),
        ("Datastreams(1)/Observations", [10, 11, 12, 13, 14, 15]),
        ("Datastreams(1)/Thing", [1]),
        ("Observations(10)/Datastream/Thing/Locations", [1]),
        ("Observations(20)/FeatureOfInterest", [1]),
        ("Observations(21)/FeatureOfInterest", [2]),
        ("FeaturesOfInterest(2)/Observations", [21, 30, 31, 32, 33, 34, 70]),
        ("MultiDatastreams(7)/ObservedProperties", [2, 1, 2]),
        ("ObservedProperties(1)/Datastreams", [1, 3]),
        ("ObservedProperties(2)/MultiDatastreams", [7, 7]),
        ("Things(1)/Datastreams(2)/Observations(21)", [21]),
        ("MultiDatastreams", [7]),
        ("Datastreams", [1, 2, 3, 4]),
        ("HistoricalLocations(11)/Locations", [1]),
        ("Sensors(2)/Datastreams", [3, 4]),
        ("MultiDatastreams(7)/Observations", [70]),
    ],
)
def test_a_path_leads_where_its_relations_lead(path: str, found: list[int]) -> None:
    assert ids(ask(path)) == found


@pytest.mark.parametrize(
    "path",
    [
        "Things(99)",
        "Things(4)",
        "Things(1)/Datastreams(3)",
        "Things(1)/Datastreams(3)/Observations",
        "Things(99)/Datastreams",
        "Observations(70)/Datastream",
        "Datastreams(7)",
        "Datastreams(5)/Observations",
        "Observations(50)",
        "Locations(4)/Things",
        "Things(1)/Datastreams(3)/name",
    ],
)
def test_what_does_not_belong_or_may_not_be_seen_is_not_there(path: str) -> None:
    with pytest.raises(NoSuchEntity):
        ask(path)
    if not path.endswith("name"):
        assert not exists(parse_path(path), DataClass.OPEN)


def test_a_set_without_members_is_there_all_the_same() -> None:
    assert ask("Things(6)/Datastreams").entities == []
    assert exists(parse_path("Things(6)/Datastreams"), DataClass.OPEN)
    assert exists(parse_path("Things"), DataClass.OPEN)


def test_properties_and_values_are_read_alone() -> None:
    assert ask("Things(1)/name").value == "Mill Lane"
    assert ask("Things(1)/id").value == 1
    assert ask("Things(2)/properties/deep/a[1]/b").value == "x"
    assert ask("Things(2)/properties/nothing").value is None
    assert ask("Datastreams(2)/unitOfMeasurement/symbol").value == "ppb"
    assert ask("Things(6)/properties").value is None
    assert plain(ask("Observations(33)/result").value) == {"a": [1, 2], "b": "x"}
    assert ask("Observations(10)/phenomenonTime/$value").value == "2024-05-01T12:00:00Z"


def test_references_are_self_links_only() -> None:
    assert ask("Things(1)/Datastreams/$ref").entities == [
        {"@iot.selfLink": f"{BASE}/Datastreams(1)"},
        {"@iot.selfLink": f"{BASE}/Datastreams(2)"},
    ]


def test_results_come_back_in_their_own_type_with_the_right_parent() -> None:
    shown = [plain(entity) for entity in ask("Observations").entities]
    results = {entity["@iot.id"]: entity["result"] for entity in shown}
    assert results[10] == 10
    assert results[20] == 4.5
    assert results[30] == "3"
    assert results[32] is True
    assert results[33] == {"a": [1, 2], "b": "x"}
    assert results[34] is None
    multi = next(entity for entity in shown if entity["@iot.id"] == 70)
    assert "MultiDatastream@iot.navigationLink" in multi
    assert "Datastream@iot.navigationLink" not in multi
    assert ask("Observations").streams[-1] == (7, True)


def test_select_shows_only_what_was_chosen() -> None:
    (stream,) = ask("Datastreams(2)", "$select=name,unitOfMeasurement/symbol,Thing").entities
    assert plain(stream) == {
        "name": "ozone",
        "unitOfMeasurement": {"symbol": "ppb"},
        "Thing@iot.navigationLink": f"{BASE}/Datastreams(2)/Thing",
    }
    assert plain(ask("Things", "$select=id&$top=1").entities) == [{"@iot.id": 1}]
    (thing,) = ask("Things(2)", "$select=properties/deep/a,properties/owner").entities
    assert plain(thing) == {"properties": {"deep": {"a": [1, {"b": "x"}]}, "owner": "parks"}}


def test_an_entity_document_is_what_a_get_would_show() -> None:
    assert entity_document("Thing", 1, DataClass.OPEN, BASE) == ask("Things(1)").entities[0]
    assert entity_document("Thing", 5, DataClass.SHARED, BASE) is None


def test_ids_of_a_set_are_found_for_a_filtered_delete() -> None:
    path = parse_path("Datastreams(1)/Observations")
    assert find_ids(path, None, DataClass.OPEN) == [10, 11, 12, 13, 14, 15]
    with pytest.raises(NoSuchEntity):
        find_ids(parse_path("Datastreams(6)/Observations"), None, DataClass.OPEN)


def test_distinct_values_come_once_each_in_order_and_page_by_page() -> None:
    def rows(path: str, query: str) -> list[object]:
        return list(plain(ask(path, query).entities))

    assert rows("Datastreams", "$select=distinct:name") == [
        {"name": "air"},
        {"name": "din"},
        {"name": "ozone"},
    ]
    assert rows("Datastreams", "$select=distinct:name&$orderby=name desc&$filter=id le 2") == [
        {"name": "ozone"},
        {"name": "air"},
    ]
    assert rows("Things", "$select=distinct:properties/owner") == [
        {"properties": None},
        {"properties": {"owner": "parks"}},
        {"properties": {"owner": "roads"}},
        {"properties": {"owner": 3}},
    ]
    assert rows("Datastreams", "$select=distinct:unitOfMeasurement/symbol,name&$top=1") == [
        {"unitOfMeasurement": {"symbol": "ppb"}, "name": "ozone"},
    ]
    page = ask("Datastreams", "$select=distinct:name&$top=2")
    assert plain(follow(page.next_link or "").entities) == [{"name": "ozone"}]


@pytest.mark.parametrize(
    ("metadata", "shown"),
    [
        ("full", {"@iot.id", "@iot.selfLink", "name", "Thing@iot.navigationLink"}),
        ("minimal", {"@iot.id", "name"}),
        ("none", {"@iot.id", "name"}),
        ("off", {"name"}),
    ],
)
def test_control_information_is_as_much_as_was_asked_for(metadata: str, shown: set[str]) -> None:
    (stream,) = ask("Datastreams(1)", f"$resultMetadata={metadata}").entities
    watched = {"@iot.id", "@iot.selfLink", "name", "Thing@iot.navigationLink"}
    assert set(stream) & watched == shown


def test_an_observation_with_everything_is_the_same_whole_or_selected_member_by_member() -> None:
    add_observation(
        95,
        2,
        NOON,
        4.5,
        ended=NOON + HOUR,
        result_time=NOON + 1,
        valid_start=NOON,
        valid_end=NOON + HOUR,
        parameters={"a": 1},
        result_quality='"good"',
    )
    (whole,) = ask("Observations(95)").entities
    names = "phenomenonTime,resultTime,result,resultQuality,validTime,parameters,Datastream"
    (selected,) = ask("Observations(95)", f"$select=id,{names},FeatureOfInterest").entities
    del whole["@iot.selfLink"]
    assert plain(whole) == plain(selected)
    assert plain(whole) == {
        "@iot.id": 95,
        "phenomenonTime": "2024-05-01T12:00:00Z/2024-05-01T13:00:00Z",
        "resultTime": "2024-05-01T12:00:00.000001Z",
        "result": 4.5,
        "resultQuality": "good",
        "validTime": "2024-05-01T12:00:00Z/2024-05-01T13:00:00Z",
        "parameters": {"a": 1},
        "Datastream@iot.navigationLink": f"{BASE}/Observations(95)/Datastream",
        "FeatureOfInterest@iot.navigationLink": f"{BASE}/Observations(95)/FeatureOfInterest",
    }
