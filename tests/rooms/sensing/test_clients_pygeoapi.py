"""pygeoapi publishes our hub: its own provider, unchanged, asks a running server."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pygeoapi.provider.sensorthings import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    SensorThingsProvider,
)

from tests.rooms.sensing.serving import ServedHub
from tests.rooms.sensing.sta import a_place, a_stream, a_thing

pytestmark = pytest.mark.once

WEST = [-1.26, 51.7, -1.235, 51.8]
"""A box around the first two of four stations."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHub]:
    with ServedHub(tmp_path_factory.mktemp("hub")) as running:
        for number in range(4):
            reading = {"result": number, "phenomenonTime": f"2026-03-01T1{number}:00:00Z"}
            thing = a_thing(
                a_stream(name=f"Stream {number}", Observations=[reading]),
                name=f"Station {number}",
                properties={"number": number},
                Locations=[{**a_place(-1.25 + number * 0.01), "properties": {"side": "left"}}],
            )
            post(running, "Things", thing)
        yield running


def post(hub: ServedHub, name: str, body: object) -> None:
    caller = http.client.HTTPConnection("localhost", hub.port, timeout=30)
    headers = {"Authorization": f"Bearer {hub.token}"}
    caller.request("POST", f"/sta/v1.1/{name}", json.dumps(body), headers)
    answer = caller.getresponse()
    assert answer.status == 201, answer.read()
    caller.close()


def provider(hub: ServedHub, entity: str, **more: object) -> Any:
    definition = {"name": "SensorThings", "type": "feature", "data": f"{hub.root}/", **more}
    made = SensorThingsProvider({**definition, "entity": entity})
    made.http.headers["Authorization"] = f"Bearer {hub.token}"
    return made


@pytest.mark.parametrize(
    ("entity", "expected"),
    [("Things", 2), ("Datastreams", 2), ("Observations", 2), ("ObservedProperties", 2)],
)
def test_a_bounding_box_finds_what_lies_in_it(hub: ServedHub, entity: str, expected: int) -> None:
    found = provider(hub, entity).query(bbox=WEST)
    assert found["numberReturned"] == expected
    for feature in found["features"]:
        assert feature["geometry"]["type"] == "Point"
        assert feature["geometry"]["coordinates"][0] <= -1.235
    hits = provider(hub, entity).query(bbox=WEST, resulttype="hits")
    assert hits["numberMatched"] == expected


def test_one_thing_is_a_feature_with_everything_around_it(hub: ServedHub) -> None:
    things = provider(hub, "Things")
    listed = things.query(sortby=[{"property": "name", "order": "-"}], limit=1)
    assert listed["features"][0]["properties"]["name"] == "Station 3"
    feature = things.get(listed["features"][0]["id"])
    assert feature["properties"]["number"] == 3
    assert feature["properties"]["side"] == "left"
    assert feature["geometry"]["coordinates"] == [-1.22, 51.75]


def test_properties_times_and_offsets_narrow_it(hub: ServedHub) -> None:
    things = provider(hub, "Things")
    assert things.query(properties=[("name", "'Station 1'")])["numberReturned"] == 1
    assert things.query(offset=3)["numberReturned"] == 1
    readings = provider(hub, "Observations", time_field="phenomenonTime")
    between = readings.query(datetime_="2026-03-01T11:00:00Z/2026-03-01T12:00:00Z")
    assert sorted(feature["properties"]["result"] for feature in between["features"]) == [1, 2]
    after = readings.query(datetime_="2026-03-01T12:30:00Z/..", bbox=[-1.3, 51, -1.0, 52])
    assert [feature["properties"]["result"] for feature in after["features"]] == [3]


def test_fields_are_made_out_from_the_first_row(hub: ServedHub) -> None:
    fields = provider(hub, "Things").get_fields()
    assert fields["name"] == {"type": "string"}
    assert fields["@iot.id"] == {"type": "number"}


def test_it_creates_updates_and_deletes(hub: ServedHub) -> None:
    things = provider(hub, "Things")
    made = things.create({"name": "New", "description": "From pygeoapi"})
    assert isinstance(made, int)
    assert things.update(made, {"name": "Renamed", "description": "Still"}) is True
    assert things.get(made)["properties"]["name"] == "Renamed"
    assert things.delete(made) is True
