"""Data arrays: Observations as rows, in and out."""

from __future__ import annotations

import pytest

from hereabouts.standards.sensorthings.conformance import REQUIREMENTS
from tests.rooms.sensing.sta import ROOT, Sta, a_stream, a_thing

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement(REQUIREMENTS + "data-array/data-array"),
]


@pytest.fixture
def streams(sta: Sta) -> list[int]:
    thing = sta.make("Things", a_thing(a_stream(), a_stream(name="Second")))
    found = sta.read(f"Things({thing})/Datastreams?$orderby=id")["value"]
    return [entry["@iot.id"] for entry in found]


def group(stream: int, *rows: list[object], components: str = "phenomenonTime result") -> object:
    return {
        "Datastream": {"@iot.id": stream},
        "components": components.split(),
        "dataArray@iot.count": len(rows),
        "dataArray": list(rows),
    }


def test_rows_are_created_and_each_is_answered_with_its_address(
    sta: Sta, streams: list[int]
) -> None:
    answer = sta.post(
        "CreateObservations",
        [
            group(streams[0], ["2026-03-01T10:00:00Z", 1], ["2026-03-01T11:00:00Z", 2]),
            group(streams[1], ["2026-03-01T10:00:00+01:00", "three"]),
        ],
    )
    assert answer.status == 201, answer.body
    links = answer.json
    assert len(links) == 3
    first = sta.read(links[0].removeprefix(f"{ROOT}/"))
    assert (first["result"], first["phenomenonTime"]) == (1, "2026-03-01T10:00:00Z")
    assert sta.read(links[2].removeprefix(f"{ROOT}/"))["result"] == "three"
    features = sta.read("FeaturesOfInterest?$count=true&$top=0")["@iot.count"]
    assert features == 1


def test_a_bad_row_spoils_no_other(sta: Sta, streams: list[int]) -> None:
    answer = sta.post(
        "CreateObservations",
        [
            group(
                streams[0],
                ["2026-03-01T10:00:00Z", 1],
                ["never", 2],
                ["2026-03-01T12:00:00Z"],
                ["2026-03-01T13:00:00Z", 4],
            ),
            group(99_999, ["2026-03-01T10:00:00Z", 1]),
            group(
                streams[0],
                ["2026-03-01T14:00:00Z", 5, 99_999],
                components="phenomenonTime result FeatureOfInterest/id",
            ),
        ],
    )
    assert answer.status == 201, answer.body
    assert [link.startswith("error") for link in answer.json] == [
        False,
        True,
        True,
        False,
        True,
        True,
    ]
    found = sta.read(f"Datastreams({streams[0]})/Observations?$orderby=phenomenonTime")["value"]
    assert [entry["result"] for entry in found] == [1, 4]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[{}]",
        b'[{"Datastream":{"@iot.id":1},"components":["nothing"],"dataArray":[]}]',
        b'[{"components":["result"],"dataArray":[[1]]}]',
    ],
)
def test_a_body_that_cannot_be_read_at_all_is_400(sta: Sta, body: bytes) -> None:
    assert sta.post("CreateObservations", body).status == 400


def test_metadata_off_answers_rows_without_addresses(sta: Sta, streams: list[int]) -> None:
    rows = group(streams[0], ["2026-03-01T10:00:00Z", 1], ["never", 2])
    answer = sta.post("CreateObservations?$resultMetadata=off", [rows])
    assert answer.json[0] == ""
    assert answer.json[1].startswith("error")


def test_rows_come_back_as_an_array_on_every_path_to_observations(
    sta: Sta, streams: list[int]
) -> None:
    rows = [["2026-03-01T10:00:00Z", 1], ["2026-03-01T11:00:00Z", 2.50]]
    sta.post("CreateObservations", [group(stream, *rows) for stream in streams])
    for address, groups in (
        ("Observations", 2),
        (f"Datastreams({streams[0]})/Observations", 1),
    ):
        found = sta.read(
            f"{address}?$resultFormat=dataArray&$select=phenomenonTime,result&$count=true"
            "&$orderby=phenomenonTime"
        )
        assert found["@iot.count"] == 2 * groups
        assert len(found["value"]) == groups
        for entry in found["value"]:
            assert entry["components"] == ["phenomenonTime", "result"]
            assert entry["dataArray@iot.count"] == 2
            assert entry["dataArray"] == [
                ["2026-03-01T10:00:00Z", 1],
                ["2026-03-01T11:00:00Z", 2.5],
            ]
    links = {
        entry["Datastream@iot.navigationLink"]
        for entry in sta.read("Observations?$resultFormat=dataArray")["value"]
    }
    assert links == {f"{ROOT}/Datastreams({stream})" for stream in streams}
