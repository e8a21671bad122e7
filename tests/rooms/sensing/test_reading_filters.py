"""Filters over sets: values, members of JSON, relations, times and places."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest
import shapely

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors import CannotBeAsked
from tests.rooms.sensing.reading_world import (
    add_location,
    add_thing,
    ask,
    build,
    follow,
    found,
    ids,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> Iterator[None]:
    build()
    yield


@pytest.mark.parametrize(
    ("filter", "things"),
    [
        ("name eq 'Mill Lane'", [1]),
        ("id eq 2", [2]),
        ("@iot.id ge 3", [3, 6]),
        ("id in (1, 6, 99)", [1, 6]),
        ("name in ('Field', 'Mill Lane')", [1, 6]),
        ("name gt 'M'", [1, 3]),
        ("not name eq 'Field'", [1, 2, 3]),
        ("startswith(name, 'Mill') or endswith(name, 'eet')", [1, 2]),
        ("substringof('ill', name)", [1]),
        ("length(name) eq 5", [3, 6]),
        ("indexof(name, 'Lane') eq 5", [1]),
        ("substring(name, 5) eq 'Lane'", [1]),
        ("substring(name, 5, 2) eq 'La'", [1]),
        ("tolower(name) eq 'école'", [3]),
        ("toupper(name) eq 'ÉCOLE'", [3]),
        ("trim(concat(' ', name)) eq 'Field'", [6]),
        ("startswith(id, '1')", [1]),
        ("id add 1 eq 3", [2]),
        ("id mod 2 eq 0", [2, 6]),
        ("id div 2 eq 1.5", [3]),
        ("round(id div 2) eq 2", [3]),
        ("floor(id div 2) eq 1", [2, 3]),
        ("ceiling(id div 2) eq 2", [3]),
        ("id sub 3 eq -1", [2]),
        ("id eq 1 or id eq 2 and name eq 'no'", [1]),
        ("true", [1, 2, 3, 6]),
        ("false", []),
    ],
)
def test_plain_values_are_compared_and_changed(filter: str, things: list[int]) -> None:
    assert found("Things", filter) == things


@pytest.mark.parametrize(
    ("filter", "things"),
    [
        ("properties/owner eq 'roads'", [1]),
        ("properties/height eq 3", [1]),
        ("properties/height eq '3'", [1, 3]),
        ("properties/height gt 3", [2]),
        ("properties/height ge 3.0", [1, 2]),
        ("4 lt properties/height", [2]),
        ("properties/owner eq 3", [3]),
        ("properties/owner eq '3'", [3]),
        ("properties/owner ne 'roads'", [2, 3]),
        ("not properties/owner eq 'roads'", [2, 3]),
        ("properties/owner eq null", [6]),
        ("properties/owner ne null", [1, 2, 3]),
        ("properties/on", [1]),
        ("not properties/on", [3]),
        ("properties/on eq false", [3]),
        ("properties/tags[0] eq 'air'", [1]),
        ("properties/tags[1] eq 7", [1]),
        ("properties/deep/a[1]/b eq 'x'", [2]),
        ("'air' in properties/tags", [1]),
        ("7 in properties/tags", [1]),
        ("'7' in properties/tags", [1]),
        ("'noise' in properties/tags", []),
        ("properties/owner in ('roads', 'parks')", [1, 2]),
        ("properties/owner in ('roads', 3)", [1, 3]),
        ("properties/height eq properties/owner", [3]),
        ("properties/height add 1 gt 4", [2]),
        ("startswith(properties/owner, 'r') and properties/height lt 5", [1]),
        ("properties/'owner' eq 'roads'", [1]),
        ("properties/none/of/it eq 1", []),
        ("properties eq null", [6]),
        ("properties/owner eq 'roads' or properties/height gt 4", [1, 2]),
    ],
)
def test_members_of_json_keep_their_types(filter: str, things: list[int]) -> None:
    assert found("Things", filter) == things


@pytest.mark.parametrize(
    ("filter", "things"),
    [
        ("Datastreams/name eq 'air'", [1, 2]),
        ("Datastreams/name eq 'air' and Datastreams/ObservedProperty/name eq 'O3'", []),
        ("Datastreams/name eq 'ozone' and Datastreams/ObservedProperty/name eq 'O3'", [1]),
        (
            "Datastreams/any(d: d/ObservedProperty/name eq 'NO2')"
            " and Datastreams/any(d: d/ObservedProperty/name eq 'O3')",
            [1],
        ),
        ("Datastreams/id eq null", [6]),
        ("Datastreams/id ne null", [1, 2, 3]),
        ("Datastreams/any()", [1, 2, 3]),
        ("not Datastreams/any()", [6]),
        ("not Datastreams/name eq 'air'", [1, 3]),
        ("Datastreams/name eq 'din' or name eq 'Field'", [3, 6]),
        ("Datastreams/name eq 'din' or Datastreams/name eq 'ozone'", [1, 3]),
        ("Datastreams/Observations/result eq 4.5", [1]),
        ("Datastreams/Observations/result gt 15 and Datastreams/name eq 'ozone'", [1]),
        ("Datastreams/Observations/result gt 25 and Datastreams/name eq 'ozone'", []),
        ("Datastreams/Observations/id eq null", [3, 6]),
        ("Datastreams/any(d: d/Observations/any(o: o/result gt d/properties/limit))", [1]),
        ("Datastreams/Thing/Datastreams/ObservedProperty/name eq 'O3'", [1]),
        ("MultiDatastreams/ObservedProperties/name eq 'NO2'", [2]),
        ("Locations/name eq 'place 6'", [2, 6]),
        ("Datastreams/Observations/FeatureOfInterest/name eq 'feature 2'", [1, 2]),
        ("Datastreams/unitOfMeasurement/symbol eq 'ppb'", [1]),
        ("Datastreams/any(d: d/name eq 'air' and d/Thing/name eq name)", [1, 2]),
        ("Datastreams/name eq 'secret air'", []),
    ],
)
def test_conditions_reach_through_relations(filter: str, things: list[int]) -> None:
    assert found("Things", filter) == things


def test_closed_streams_stand_for_nothing_in_filters() -> None:
    assert found("Things", "Datastreams/id eq null", level=DataClass.SHARED) == [6]
    assert found("ObservedProperties", "Datastreams/name eq 'secret air'") == []
    shared = found("ObservedProperties", "Datastreams/name eq 'secret air'", level=DataClass.SHARED)
    assert shared == [1]
    assert (
        found("ObservedProperties", "Datastreams/any(d: d/Observations/any(o: o/result eq 99))")
        == []
    )
    assert found("Observations", "result ge 99") == []


@pytest.mark.parametrize(
    ("filter", "observations"),
    [
        ("result gt 20", [13, 14, 15]),
        ("result gt '3'", [10, 11, 12, 13, 14, 15, 20, 21, 31]),
        ("result eq '3'", [30]),
        ("result eq 'loud'", [31]),
        ("result eq true", [32]),
        ("result", [32]),
        ("result/b eq 'x'", [33]),
        ("result/a[1] eq 2", [33]),
        ("result[1] eq 2", [70]),
        ("2 in result", [70]),
        ("result eq null", [34]),
        ("result ne null and result lt 12", [10, 20]),
        ("parameters/int eq 5", [20]),
        ("parameters/int eq '5'", [20]),
        ("parameters/text eq 5", []),
        ("parameters/text eq '5'", [20]),
        ("parameters/int eq parameters/text", [20]),
        ("Datastream/id eq 2", [20, 21]),
        ("Datastream/Thing/id eq 1 and result gt 20", [13, 14, 15]),
        ("Datastream/id eq null", [70]),
        ("MultiDatastream/id eq 7", [70]),
        ("FeatureOfInterest/id eq 2", [21, 30, 31, 32, 33, 34, 70]),
        ("result gt Datastream/properties/limit", [13, 14, 15]),
        ("Datastream/Thing/properties/height eq 4.5", [30, 31, 32, 33, 34]),
        ("endswith(result, '5') and Datastream/id eq 1", [11, 13, 15]),
        ("resultTime eq null and Datastream/id eq 1", [10, 12, 14]),
        ("length(result) eq 4", [31]),
    ],
)
def test_results_are_compared_by_their_own_kind(filter: str, observations: list[int]) -> None:
    assert found("Observations", filter) == observations


ONE, TWO, THREE = (f"2024-05-01T{hour}:00:00Z" for hour in (12, 13, 14))


@pytest.mark.parametrize(
    ("filter", "observations"),
    [
        (f"phenomenonTime eq {ONE}", [10, 30, 50, 60, 70]),
        (f"phenomenonTime gt {ONE} and Datastream/id le 2", [11, 12, 13, 14, 15, 21]),
        (f"phenomenonTime ge {ONE} and Datastream/id eq 2", [20, 21]),
        (f"phenomenonTime lt {TWO}", [10, 20, 30, 50, 60, 70]),
        (f"phenomenonTime le {TWO} and Datastream/id le 2", [10, 11, 20]),
        (f"{TWO} ge phenomenonTime and Datastream/id le 2", [10, 11, 20]),
        (f"phenomenonTime lt {ONE}/{TWO}", []),
        (f"phenomenonTime lt {TWO}/{THREE} and Datastream/id le 2", [10, 20]),
        (f"phenomenonTime gt {ONE}/{TWO} and Datastream/id eq 2", [21]),
        (f"phenomenonTime eq {ONE}/{TWO}", [20]),
        (f"during(phenomenonTime, {ONE}/{TWO}) and Datastream/id le 2", [10, 20]),
        (f"overlaps(phenomenonTime, {ONE}/{THREE}) and Datastream/id le 2", [10, 11, 20, 21]),
        (f"meets(phenomenonTime, {TWO}/{THREE}) and Datastream/id le 2", [11, 12, 20]),
        (f"starts(phenomenonTime, {ONE}/{TWO}) and Datastream/id le 2", [10, 20]),
        (f"finishes(phenomenonTime, {ONE}/{THREE}) and Datastream/id le 2", [12, 21]),
        (f"before(phenomenonTime, {TWO}) and Datastream/id le 2", [10, 20]),
        (f"after(phenomenonTime, {ONE}/{TWO}) and Datastream/id eq 2", [21]),
        (f"overlaps(phenomenonTime, {TWO}) and Datastream/id eq 2", [21]),
        ("resultTime gt phenomenonTime", []),
        ("resultTime eq phenomenonTime", [11, 13, 15]),
        ("phenomenonTime gt now() add duration'PT4H30M'", [15]),
        ("phenomenonTime sub now() eq duration'PT2H' and Datastream/id eq 1", [12]),
        ("hour(phenomenonTime) eq 15", [13, 33]),
        (
            "year(phenomenonTime) eq 2024 and month(phenomenonTime) eq 5"
            " and day(phenomenonTime) eq 1"
            " and minute(phenomenonTime) eq 0"
            " and second(phenomenonTime) eq 0 and id le 11",
            [10, 11],
        ),
        ("date(phenomenonTime) eq '2024-05-01' and id lt 12", [10, 11]),
        ("time(phenomenonTime) eq '13:00:00'", [11, 21, 31]),
        ("fractionalseconds(phenomenonTime) eq 0 and id eq 10", [10]),
        ("totaloffsetminutes(phenomenonTime) eq 0 and id eq 10", [10]),
        ("phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime() and id eq 10", [10]),
        ("resultTime ge 2024-05-01T15:00:00Z", [13, 15]),
        ("not resultTime ge 2024-05-01T15:00:00Z", [11]),
        ("now() ne validTime", []),
        (f"not (validTime eq {ONE})", []),
        (f"phenomenonTime ne {ONE}/{TWO} and Datastream/id eq 2", [21]),
    ],
)
def test_times_are_half_open(filter: str, observations: list[int]) -> None:
    expected = [key for key in observations if key not in (50, 60)]
    assert found("Observations", filter) == expected


def test_streams_without_observations_never_match_a_time() -> None:
    assert found("Datastreams", f"phenomenonTime ge {ONE}") == [1, 2, 3]
    assert found("Datastreams", f"not phenomenonTime ge {ONE}") == []
    assert found("Datastreams", f"phenomenonTime eq {ONE}/{THREE}") == [2]
    assert found("Datastreams", "phenomenonTime eq null") == [4]
    assert found("Datastreams", f"resultTime gt {ONE}") == [1]


BOX = "geography'POLYGON((-1.28 51.74, -1.24 51.74, -1.24 51.78, -1.28 51.78, -1.28 51.74))'"
PLACE = "geography'POINT(-1.25 51.75)'"


@pytest.mark.parametrize(
    ("filter", "locations"),
    [
        (f"geo.intersects(location, {BOX})", [1]),
        (f"st_within(location, {BOX})", [1]),
        (f"st_contains({BOX}, location)", [1]),
        (f"st_disjoint(location, {BOX})", [2, 6]),
        (f"not st_within(location, {BOX})", [2, 6]),
        ("st_contains(location, geography'POINT(-1.15 51.65)')", [6]),
        ("st_intersects(location, geography'LINESTRING(-1.3 51.70, -1.15 51.65)')", [2, 6]),
        (f"st_equals(location, {PLACE})", [1]),
        ("st_touches(location, geography'POINT(-1.2 51.65)')", [6]),
        ("st_crosses(location, geography'LINESTRING(-1.3 51.65, -1.0 51.65)')", [6]),
        (
            "st_overlaps(location, geography'POLYGON((-1.15 51.65,-1 51.65,-1 51.8,-1.15 51.65))')",
            [6],
        ),
        (f"st_relate(location, {BOX}, 'T********')", [1]),
        (f"geo.distance(location, {PLACE}) lt 0.01", [1]),
        (f"geo.distance(location, {PLACE}) gt 0.06", [2, 6]),
        (f"0.06 lt geo.distance({PLACE}, location)", [2, 6]),
        (f"geo.distance(location, {PLACE}) mul 2 lt 0.15", [1, 2, 6]),
        (f"geo.distance(location, {PLACE}) eq 0", [1]),
        ("geo.length(location) eq 0", [1, 2, 6]),
        ("location/type eq 'Point' or location/geometry/type eq 'Point'", [1, 2]),
        (f"(geo.intersects(location, {BOX})) and (location/type eq 'Point')", [1]),
        ("encodingType eq 'text/plain'", [3]),
        (f"geo.distance({PLACE}, {PLACE}) eq 0", [1, 2, 3, 6]),
    ],
)
def test_places_are_tested_exactly(filter: str, locations: list[int]) -> None:
    assert found("Locations", filter) == locations


def test_places_are_tested_through_relations() -> None:
    assert found("Things", f"st_within(Locations/location, {BOX})") == [1]
    shared = found("Things", f"st_within(Locations/location, {BOX})", level=DataClass.SHARED)
    assert shared == [1, 4]
    assert found("Datastreams", f"st_within(Thing/Locations/location, {BOX})") == [1, 2]
    assert found("Observations", f"st_within(FeatureOfInterest/feature, {BOX})") == [
        10, 11, 12, 13, 14, 15, 20,
    ]  # fmt: skip
    assert found("Things", f"st_within(Datastreams/observedArea, {BOX})") == [1]
    assert found("Datastreams", f"geo.distance(observedArea, {PLACE}) gt 0.05") == [3]


def test_qgis_asks_for_layers_and_is_answered() -> None:
    answer = ask(
        "Locations",
        "$top=0&$count=true&$filter=(location/type eq 'Polygon' or location/geometry/type eq"
        " 'Polygon') and (geo.intersects(location, geography'Polygon ((-2 51, 0 51, 0 52, -2 52,"
        " -2 51))'))",
    )
    assert (answer.count, answer.entities, answer.next_link) == (1, [], None)


def test_two_geometries_of_the_register_are_refused_by_name() -> None:
    with pytest.raises(CannotBeAsked) as refused:
        found("Locations", "st_within(location, Things/Datastreams/observedArea)")
    assert refused.value.facts["token"] == "st_within"


@pytest.mark.parametrize(
    "filter",
    [
        " and ".join(["id gt 0"] * 500),
        " or ".join(f"id eq {number}" for number in range(1, 400)),
        "round(" * 30 + "id" + ")" * 30 + " eq 1",
        "id mul 1e308 mul 1e308 gt 0",
        "substring(name, 99999999999, -5) eq ''",
        "properties/'it''s \"odd\"' eq 1",
        "properties/'ключ' eq 1",
        "id div 0 eq 1",
        "id mod 0 eq 1",
        "startswith(name, '\0')",
        "properties/'a\0b' eq 1",
        "id eq 99999999999999999999",
        "id eq 1e400",
        "properties/list[999999999] eq 1",
        "round(properties/height mul 1e300 mul 1e300) eq 1",
        "5 gt null",
        "'x' ne null",
    ],
)
def test_awkward_filters_are_answered_or_refused(filter: str) -> None:
    try:
        assert set(found("Things", filter)) <= {1, 2, 3, 6}
    except Refusal as refusal:
        assert refusal.status == 400


def test_keys_of_any_spelling_are_found() -> None:
    add_thing(8, "odd", {'it\'s "odd"': {"b": ["u"]}, "ключ": "да", "a.b": 4, "x y": None})
    assert found("Things", "properties/'it''s \"odd\"'/b[0] eq 'u'") == [8]
    assert found("Things", "properties/'ключ' eq 'да'") == [8]
    assert found("Things", "properties/'a.b' eq 4") == [8]
    assert 8 in found("Things", "properties/'x y' eq null")


def test_a_filter_finds_each_entity_once() -> None:
    assert found("Things", "Datastreams/Observations/result gt 0") == [1]
    assert ids(ask("ObservedProperties", "$filter=MultiDatastreams/name eq 'both'")) == [1, 2]


def test_a_wide_view_finds_what_a_narrow_one_would(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = [
        f"geography'POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))'"
        for w, s, e, n in (
            (-1.28, 51.74, -1.24, 51.78),
            (-1.25, 51.75, -1.0, 52.0),
            (-1.15, 51.65, -1.1, 51.7),
            (-1.2, 51.6, -1.1, 51.7),
            (-2, 51, 0, 52),
            (10, 10, 11, 11),
        )
    ]
    filters = [
        f"{prefix}{function}(location, {box})"
        for box in boxes
        for function in ("geo.intersects", "st_within")
        for prefix in ("", "not ")
    ]
    narrow = [found("Locations", filter) for filter in filters]
    assert any(narrow)
    monkeypatch.setattr("hereabouts.sensing.queries.reading.spatial.MANY", 0)
    assert [found("Locations", filter) for filter in filters] == narrow
    things = found("Things", f"geo.intersects(Locations/location, {boxes[4]})")
    assert things == [1, 2, 6]


SHAPES = (
    "POLYGON((-1.45 51.52,-1.02 51.55,-1.2 51.98,-1.45 51.52))",
    "POLYGON((-1.5 51.5,-1.0 51.5,-1.0 52,-1.5 52,-1.5 51.5),"
    "(-1.3 51.6,-1.1 51.7,-1.2 51.9,-1.3 51.6))",
    "MULTIPOLYGON(((-1.4 51.5,-1.3 51.5,-1.3 51.6,-1.4 51.5)),"
    "((-1.1 51.8,-1 51.8,-1.05 51.9,-1.1 51.8)))",
    "POLYGON((-1.25 51.75,-1.249 51.75,-1.249 51.752,-1.25 51.75))",
    "POLYGON((-170 -80,170 -80,0 84,-170 -80))",
    "POLYGON((10 10,11 10,11 12,10 10))",
)


def test_an_area_of_any_form_holds_what_its_geometries_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = random.Random(7)
    held = {}
    for key in range(100, 400):
        x, y = chance.uniform(-1.6, -0.9), chance.uniform(51.4, 52.1)
        size = chance.choice((0.0, 0.0, 0.0, 0.0005, 0.004, 0.05, 0.5))
        made = shapely.Point(x, y) if not size else shapely.box(x, y, x + size, y + size / 2)
        add_location(key, json.loads(shapely.to_geojson(made)), [])
        held[key] = made
    add_location(400, {"type": "Point", "coordinates": [-1.45, 51.52]}, [])
    held[400] = shapely.Point(-1.45, 51.52)
    monkeypatch.setattr("hereabouts.sensing.queries.reading.spatial.MANY", 0)
    for shape in map(shapely.from_wkt, SHAPES):
        for function, test in (
            ("st_intersects", shapely.intersects),
            ("st_within", shapely.contains),
        ):
            wanted = [key for key, made in held.items() if test(shape, made)]
            asked = f"{function}(location, geography'{shape.wkt}') and id ge 100&$top=1000"
            assert found("Locations", asked) == wanted, (function, shape.wkt)


def test_an_order_by_distance_is_that_of_the_geometries() -> None:
    order = "$orderby=geo.distance(location, geography'POINT(-1.14 51.69)')"
    # A place without a geometry has no distance, and comes first.
    assert ids(ask("Locations", order)) == [3, 6, 1, 2]
    assert ids(ask("Locations", order + " desc")) == [2, 1, 6, 3]
    page = ask("Locations", order + "&$top=2")
    assert ids(page) == [3, 6]
    assert ids(follow(page.next_link or "")) == [1, 2]


def test_members_that_the_index_leaves_out_are_found_all_the_same() -> None:
    deep = {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}
    add_thing(21, "many", {f"m{number}": number for number in range(250)})
    add_thing(22, "deep", deep)
    add_thing(23, "long", {"text": "x" * 301, "m3": 4})
    assert found("Things", "properties/m249 eq 249") == [21]
    assert found("Things", "properties/m3 gt 3") == [23]
    assert found("Things", "properties/m3 eq 3") == [21]
    assert found("Things", "properties/a/b/c/d/e/f eq 1") == [22]
    assert found("Things", f"properties/text eq '{'x' * 301}'") == [23]


def test_several_members_are_led_by_the_one_that_names_fewest() -> None:
    for key in range(30, 60):
        add_thing(key, "lamp", {"kind": "lamp", "row": key % 3, "serial": f"S{key}"})
    wanted = "properties/kind eq 'lamp' and properties/row eq 1 and properties/serial eq 'S31'"
    assert found("Things", wanted) == [31]
    assert found("Things", "properties/kind eq 'lamp' and properties/row eq 5") == []
    assert len(found("Things", "properties/kind eq 'lamp' and properties/row eq 1")) == 10
