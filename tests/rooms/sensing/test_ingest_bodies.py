"""Bodies of observations: read fast, read exactly, and refused with a reason."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.sensing.actions.ingest import StreamInfo
from hereabouts.sensing.adapters.observations import parse_observation, parse_rows
from hereabouts.sensing.domain.observations import NewObservation, ResultKind
from hereabouts.sensing.domain.results import write_result
from hereabouts.sensing.errors import BadObservation
from hereabouts.standards.sensorthings.formats.data_array import read_create_observations
from hereabouts.standards.sensorthings.times import parse_instant

NOW = 1_700_000_000_000_000
NOON = "2024-05-01T12:00:00Z"


def unknown(stream_id: int) -> StreamInfo | None:
    return None


def multi(stream_id: int) -> StreamInfo | None:
    return StreamInfo((stream_id, 1, 0, True, "x", '["a"]', None, "", *[None] * 7))


def parse(body: str, stream_id: int | None = 7) -> NewObservation | None:
    return parse_observation(body.encode(), stream_id, NOW, unknown)


def refusal(body: str, stream_id: int | None = 7) -> str:
    with pytest.raises(BadObservation) as refused:
        parse(body, stream_id)
    return refused.value.sentence()


def test_a_small_body_needs_no_more_than_a_result() -> None:
    assert parse('{"result": 4.60}') == NewObservation(7, NOW, ResultKind.NUMBER, 4.6, "4.60")


def test_every_member_is_read() -> None:
    body = f"""{{"phenomenonTime": "{NOON}/2024-05-01T13:00:00+01:00",
        "resultTime": "{NOON}", "result": "wet", "validTime": "{NOON}/PT1H",
        "parameters": {{"depth": 1.50}}, "resultQuality": ["good", 1],
        "Datastream": {{"@iot.id": 7}}, "FeatureOfInterest": {{"@iot.id": 3}}}}"""
    noon = parse_instant(NOON)
    assert parse(body, None) == NewObservation(
        7,
        noon,
        ResultKind.TEXT,
        None,
        '"wet"',
        ended=noon,
        result_time=noon,
        valid_start=noon,
        valid_end=noon + 3_600_000_000,
        parameters='{"depth": 1.50}',
        result_quality='["good", 1]',
        feature_id=3,
    )


def test_a_result_time_of_null_is_none() -> None:
    row = parse('{"result": true, "resultTime": null, "phenomenonTime": null}')
    assert row == NewObservation(7, NOW, ResultKind.TRUTH, 1.0)


def test_members_of_no_meaning_here_are_for_the_register_to_judge() -> None:
    assert parse('{"result": true, "phenomenontime": "2026-03-01T12:00:00Z"}') is None
    assert parse('{"result": true, "@iot.id": 5}') is None


@pytest.mark.parametrize(
    "body",
    [
        '{"result": 1, "FeatureOfInterest": {"name": "new"}}',
        '{"result": 1, "Datastream": {"name": "new"}}',
        '{"result": 1, "FeatureOfInterest": {}}',
        '{"result": 1, "FeatureOfInterest": {"@iot.id": 3, "name": "old"}}',
        '{"result": 1, "@iot.id": 5}',
        '{"result": 1, "extra": 5}',
    ],
)
def test_a_body_that_has_more_than_an_observation_is_for_the_register(body: str) -> None:
    assert parse(body, None if "Datastream" in body else 7) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"result": 1,}', "byte 13"),
        ("[]", "object"),
        ("", "truncated"),
        ("{}", "no result"),
        ('{"result": 1e999}', "larger"),
        ('{"result": 1, "phenomenonTime": "yesterday"}', "phenomenonTime “yesterday”"),
        ('{"result": 1, "phenomenonTime": 5}', "phenomenonTime"),
        ('{"result": 1, "resultTime": "2024-05-01"}', "zone"),
        ('{"result": 1, "parameters": [1]}', "object"),
        ('{"result": 1, "validTime": "2024-05-01T12:00:00Z"}', "interval"),
        ('{"result": 1, "Datastream": {"@iot.id": 8}}', "stream 7"),
        ('{"result": 1, "Datastream": {"@iot.id": "x"}}', "Datastream"),
        (
            '{"result": 1, "Datastream": {"@iot.id": 7}, "MultiDatastream": {"@iot.id": 7}}',
            "a Datastream and a MultiDatastream",
        ),
    ],
)
def test_a_bad_body_is_refused_with_a_reason(body: str, words: str) -> None:
    assert words in refusal(body)


def test_a_body_without_a_stream_is_refused() -> None:
    assert "no Datastream" in refusal('{"result": 1}', None)


def test_a_multidatastream_is_no_datastream() -> None:
    body = b'{"result": [1], "Datastream": {"@iot.id": 7}}'
    with pytest.raises(BadObservation, match="no Datastream 7"):
        parse_observation(body, None, NOW, multi)


@given(st.binary(max_size=60))
def test_no_bytes_do_more_than_refuse(body: bytes) -> None:
    try:
        row = parse_observation(body, 7, NOW, unknown)
    except BadObservation:
        return
    assert row is None or row.stream_id == 7


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "result",
                "phenomenonTime",
                "resultTime",
                "validTime",
                "parameters",
                "resultQuality",
                "Datastream",
                "FeatureOfInterest",
            ]
        ),
        st.one_of(
            st.none(),
            st.floats(),
            st.text(max_size=5),
            st.lists(st.integers(), max_size=2),
            st.just({"@iot.id": 7}),
            st.just(NOON),
        ),
    )
)
def test_no_members_do_more_than_refuse(members: dict[str, object]) -> None:
    try:
        row = parse_observation(json.dumps(members).encode(), 7, NOW, unknown)
    except BadObservation:
        return
    if row is not None:
        sent = json.loads(write_result(row.kind, row.number, row.result))
        assert sent == members["result"]


def test_rows_of_a_data_array_are_read_or_refused_one_by_one() -> None:
    body = f"""[{{"Datastream": {{"@iot.id": 7}},
        "components": ["phenomenonTime", "result", "FeatureOfInterest/id", "parameters"],
        "dataArray": [["{NOON}", 20.10, 1, null], ["{NOON}", "x", null, {{"a": 1}}],
          ["{NOON}"], ["never", 1, 1, null], ["{NOON}", 1, "one", null], [null, 2, 1, null]]}}]"""
    (group,) = read_create_observations(body.encode())
    rows = parse_rows(group, NOW)
    noon = parse_instant(NOON)
    assert rows[0] == NewObservation(7, noon, ResultKind.NUMBER, 20.1, "20.10", feature_id=1)
    assert rows[1] == NewObservation(7, noon, ResultKind.TEXT, None, '"x"', parameters='{"a": 1}')
    assert [type(row) for row in rows[2:5]] == [BadObservation] * 3
    assert rows[5] == NewObservation(7, NOW, ResultKind.NUMBER, 2.0, feature_id=1)


@given(
    st.lists(
        st.sampled_from([b"1", b'"x"', b"null", b'"2024-05-01T12:00:00Z"', b"[1]", b'"\xff"']),
        min_size=4,
        max_size=4,
    )
)
def test_no_cells_do_more_than_refuse(cells: list[bytes]) -> None:
    components = ["phenomenonTime", "result", "resultTime", "FeatureOfInterest/id"]
    body = msgspec.json.encode(
        [
            {
                "Datastream": {"@iot.id": 7},
                "components": components,
                "dataArray": [[msgspec.Raw(cell) for cell in cells]],
            }
        ]
    )
    (group,) = read_create_observations(body)
    (row,) = parse_rows(group, NOW)
    assert isinstance(row, (NewObservation, BadObservation))
