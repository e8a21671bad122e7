"""Data arrays, CSV and GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from hereabouts.standards.sensorthings import conformance
from hereabouts.standards.sensorthings.errors import BodyUnreadable, FormatUnsuitable
from hereabouts.standards.sensorthings.formats.csv import list_columns, write_csv
from hereabouts.standards.sensorthings.formats.data_array import (
    group_rows,
    read_create_observations,
)
from hereabouts.standards.sensorthings.formats.geojson import collect_features
from hereabouts.standards.sensorthings.model import (
    DATASTREAM,
    LOCATION,
    MULTI_DATASTREAM,
    OBSERVATION,
    THING,
    EntityType,
)
from hereabouts.standards.sensorthings.parsing.options import parse_options

DATA_ARRAY = conformance.REQUIREMENTS + "data-array/data-array"
BASE = "https://town.test/sta/v1.1"


@pytest.mark.requirement(DATA_ARRAY)
def test_observations_are_grouped_by_stream_with_the_selected_components() -> None:
    rows = [
        ((DATASTREAM, 1), {"@iot.id": 1, "result": Raw(b"4.60"), "resultTime": None}),
        ((MULTI_DATASTREAM, 2), {"@iot.id": 2, "result": Raw(b"[1,2]")}),
        ((DATASTREAM, 1), {"@iot.id": 3, "result": Raw(b'"x"')}),
    ]
    options = parse_options("$select=id,result,result&$resultFormat=dataArray", OBSERVATION)
    encoded = msgspec.json.encode(group_rows(rows, options, BASE))
    assert b"4.60" in encoded
    first, second = json.loads(encoded)
    assert first == {
        "Datastream@iot.navigationLink": f"{BASE}/Datastreams(1)",
        "components": ["id", "result"],
        "dataArray@iot.count": 2,
        "dataArray": [[1, 4.6], [3, "x"]],
    }
    assert second["MultiDatastream@iot.navigationLink"] == f"{BASE}/MultiDatastreams(2)"
    whole = group_rows(rows, parse_options("$resultFormat=dataArray", OBSERVATION), BASE)
    assert all(len(row) == len(whole[0]["components"]) for row in whole[0]["dataArray"])


@pytest.mark.requirement(DATA_ARRAY)
def test_groups_to_create_keep_their_cells_as_written() -> None:
    body = b"""[{"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result",
        "FeatureOfInterest/@iot.id"], "dataArray@iot.count": 2,
        "dataArray": [["2010-12-23T10:20:00-07:00", 4.60, 1], ["2010-12-23T10:21:00-07:00"]]},
        {"MultiDatastream": {"@iot.id": 2}, "components": ["result"], "dataArray": []}]"""
    first, second = read_create_observations(body)
    assert (first.is_multi, first.stream_id, second.is_multi) == (False, 1, True)
    assert first.columns == {"phenomenonTime": 0, "result": 1, "FeatureOfInterest/id": 2}
    assert bytes(first.rows[0][1]) == b"4.60" and len(first.rows[1]) == 1


@pytest.mark.parametrize(
    "group",
    [
        {},
        {"Datastream": {"@iot.id": 1}, "components": ["result"]},
        {"Datastream": {"@iot.id": "1"}, "components": ["result"], "dataArray": []},
        {"Datastream": {"@iot.id": 2**64}, "components": ["result"], "dataArray": []},
        {"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime"], "dataArray": []},
        {"Datastream": {"@iot.id": 1}, "components": ["result", "result"], "dataArray": []},
        {"Datastream": {"@iot.id": 1}, "components": ["result", "colour"], "dataArray": []},
        {"Datastream": {"@iot.id": 1}, "components": ["result"], "dataArray": [5]},
        {"Datastream": {"@iot.id": 1}, "MultiDatastream": {"@iot.id": 1},
         "components": ["result"], "dataArray": []},
    ],
)  # fmt: skip
def test_bodies_that_cannot_be_read_are_refused_as_a_whole(group: dict[str, Any]) -> None:
    with pytest.raises(BodyUnreadable):
        read_create_observations(json.dumps([group]).encode())


@given(st.binary() | st.sampled_from([b"[" * 50_000, b'[{"dataArray":[[' + b"[" * 50_000]))
def test_no_bytes_do_anything_but_read_or_be_refused(body: bytes) -> None:
    try:
        assert isinstance(read_create_observations(body), list)
    except BodyUnreadable as refused:
        assert refused.status == 400


def table(entity: EntityType, query: str, rows: list[dict[str, Any]]) -> list[list[str]]:
    columns = list_columns(entity, parse_options(query, entity))
    written = b"".join(write_csv([rows], columns))
    return list(csv.reader(io.StringIO(written.decode(), newline="")))


@pytest.mark.requirement(conformance.CSV_FORMAT)
def test_a_unit_has_three_columns_and_related_entities_have_their_own() -> None:
    row = {
        "@iot.id": 1,
        "name": "Rain, heavy",
        "unitOfMeasurement": Raw(b'{"name":"metre","symbol":"m","definition":null}'),
        "properties": Raw(b'{"a": [1, 2.50]}'),
        "Thing": {"name": "Mill", "properties": {"type": "x"}},
        "Observations": [{"result": Raw(b"-4.60")}],
    }
    query = (
        "$select=id,name,unitOfMeasurement,properties,properties/a[1]"
        "&$expand=Thing($select=name,properties/type),Observations($top=1;$select=result)"
    )
    head, cells = table(DATASTREAM, query, [row])
    assert dict(zip(head, cells, strict=True)) == {
        "id": "1",
        "name": "Rain, heavy",
        "unitOfMeasurement/name": "metre",
        "unitOfMeasurement/symbol": "m",
        "unitOfMeasurement/definition": "",
        "properties": '{"a": [1, 2.50]}',
        "properties/a[1]": "2.5",
        "Thing/name": "Mill",
        "Thing/properties/type": "x",
        "Observations/result": "-4.60",
    }


@pytest.mark.requirement(conformance.CSV_FORMAT)
def test_a_table_takes_many_related_rows_only_one_at_a_time() -> None:
    for query in ("$expand=Datastreams", "$expand=Datastreams($top=2)"):
        with pytest.raises(FormatUnsuitable) as refused:
            table(THING, query, [])
        assert refused.value.status == 400 and refused.value.token == "Datastreams"
    assert table(THING, "$expand=Datastreams($top=1)", [{"@iot.id": 1, "Datastreams": []}])


def test_a_text_like_a_formula_runs_nothing() -> None:
    rows = [{"name": text} for text in ("=1+1", "@x", "-5", "+5", "\tx")]
    rows.append({"name": Raw(b'"=1+1"')})
    cells = [row[0] for row in table(THING, "$select=name", rows)[1:]]
    assert all(cell.startswith("'") for cell in cells)


@pytest.mark.requirement(conformance.GEOJSON_FORMAT)
def test_entities_become_features_with_properties_by_path() -> None:
    point = b'{"type": "Point", "coordinates": [-1.250, 51.75]}'
    thing = {
        "@iot.id": 5,
        "@iot.selfLink": "x",
        "name": "Mill",
        "properties": Raw(b'{"owner": "roads", "tags": ["a", 2.50], "none": {}}'),
        "Locations@iot.navigationLink": "y",
        "Locations": [
            {"location": Raw(b'"behind the church"'), "name": "text"},
            {"location": Raw(b'{"type": "Feature", "geometry": ' + point + b"}"), "@iot.id": 2},
        ],
    }
    encoded = msgspec.json.encode(collect_features([thing], THING, count=1, next_link="z"))
    assert point in encoded
    collection = json.loads(encoded)
    assert (collection["type"], collection["@iot.count"]) == ("FeatureCollection", 1)
    assert collection["@iot.nextLink"] == "z"
    (feature,) = collection["features"]
    assert feature["id"] == 5
    assert feature["properties"] == {
        "id": 5,
        "name": "Mill",
        "properties/owner": "roads",
        "properties/tags/0": "a",
        "properties/tags/1": 2.5,
        "properties/none": {},
        "Locations/0/location": "behind the church",
        "Locations/0/name": "text",
        "Locations/1/id": 2,
    }


@pytest.mark.requirement(conformance.GEOJSON_FORMAT)
@pytest.mark.parametrize(
    "value",
    [b"null", b'"x"', b"5", b"[]", b'{"type": 1}', b'{"type": "Feature", "geometry": null}'],
)
def test_what_is_no_geometry_gives_a_feature_without_one(value: bytes) -> None:
    collection = collect_features([{"location": Raw(value)}], LOCATION)
    assert collection["features"][0]["geometry"] is None
