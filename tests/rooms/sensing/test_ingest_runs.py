"""Runs: numbers of one stream as columns, which mean what the same rows mean one by one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from hereabouts.sensing.actions.ingest import Change, move_register_version
from hereabouts.sensing.actions.ingest.runs import judge_run
from hereabouts.sensing.adapters.observations import parse_rows
from hereabouts.sensing.adapters.runs import LEAST_ROWS, read_runs
from hereabouts.sensing.domain.observations import Run, StoredRun
from hereabouts.sensing.errors.ingest import BadObservation
from hereabouts.sensing.models.register import Stream, ThingLocation
from hereabouts.standards.sensorthings.formats.data_array import read_create_observations
from tests.rooms.sensing.ingesting import (
    MORNING,
    SECOND,
    extent,
    kept,
    make_location,
    make_stream,
    make_thing,
    number,
    pairs,
    running,
)
from tests.rooms.sensing.sta import ROOT, Sta, a_stream, a_thing

NOW = 1_790_000_000_000_000
TIME = "2024-01-01T00:00:00Z"

instants = st.builds(
    lambda moment, precision, zone: moment.isoformat(timespec=precision) + zone,
    st.datetimes(),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
    st.sampled_from(["Z", "Z", "+00:00", "+05:30", ""]),
)
finer = st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "Z")
texts_of_numbers = st.one_of(
    st.integers(-(10**18), 10**18).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(json.dumps),
    st.decimals(-1000, 1000, places=2).map(str),
    st.sampled_from(
        ["0", "-0", "0.0", "-0.0", "12.0", "12.50", "1e3", "1E-7", "0.0001", "0.00001"]
    ),
)


def body_of(
    rows: Sequence[tuple[str, ...]], *, components: tuple[str, ...], gap: str = ""
) -> bytes:
    """A body as a sender writes it: rows of JSON texts."""
    array = f",{gap}".join(f"[{f',{gap}'.join(cells)}]" for cells in rows)
    return (
        f'[{{"Datastream":{{"@iot.id":7}},"components":{json.dumps(components)},'
        f'"dataArray":[{array}]}}]'
    ).encode()


def one_by_one(body: bytes) -> list[Any]:
    return [row for group in read_create_observations(body) for row in parse_rows(group, NOW)]


@given(
    st.lists(st.tuples(st.one_of(instants, finer), texts_of_numbers), min_size=16, max_size=40),
    st.sampled_from(["", " ", "\n  "]),
)
@example([(TIME, "12.0")] * 20, " ")
@example([(TIME, "12.25")] * 20, "")
@example([(TIME, "12.25"), ("2024-01-01T00:00:00.5+01:00", "1e3")] * 20, "")
def test_a_run_is_what_the_same_rows_are_one_by_one(rows: list[tuple[str, str]], gap: str) -> None:
    quoted = [(json.dumps(time), result) for time, result in rows]
    body = body_of(quoted, components=("phenomenonTime", "result"), gap=gap)
    found = read_runs(body)
    if found is None:
        return
    assert [run.stream_id for run in found] == [7]
    assert found[0].list_rows() == one_by_one(body)


@given(st.lists(st.tuples(finer, st.integers(-500, 500), finer), min_size=16, max_size=40))
def test_plain_numbers_at_plain_times_are_a_run(rows: list[tuple[str, int, str]]) -> None:
    cells = [(json.dumps(first), f"{value / 10}", json.dumps(last)) for first, value, last in rows]
    body = body_of(cells, components=("phenomenonTime", "result", "resultTime"))
    found = read_runs(body)
    assert found is not None
    assert found[0].list_rows() == one_by_one(body)


@pytest.mark.parametrize(
    ("time", "result"),
    [
        ('"2024-02-30T00:00:00Z"', "1"),
        ('"2024-01-01T24:00:00Z"', "1"),
        ('"2024-01-01T00:00:00+"', "1"),
        ('"2024-01-01T00:00:00\\u005a"', "1"),
        ('"2024-01-01T00:00:00Z/2024-01-01T00:00:01Z"', "1"),
        ('"0000-01-01T00:00:00Z"', "1"),
        ('"２024-01-01T00:00Z"', "1"),
        ("null", "1"),
        (f'"{TIME}"', "null"),
        (f'"{TIME}"', '"1"'),
        (f'"{TIME}"', "true"),
        (f'"{TIME}"', "[1]"),
        (f'"{TIME}"', "1,2"),
        (f'"{TIME}"', "1" + "0" * 400),
    ],
)
def test_a_body_with_anything_else_in_it_is_read_row_by_row(time: str, result: str) -> None:
    rows = [(f'"{TIME}"', "1")] * LEAST_ROWS + [(time, result)]
    assert read_runs(body_of(rows, components=("phenomenonTime", "result"))) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        body_of([], components=("phenomenonTime", "result")),
        body_of([(f'"{TIME}"', "1")], components=("phenomenonTime", "result")),
        body_of([("1",)] * 20, components=("result",)),
        body_of([("1", f'"{TIME}"', "1")] * 20, components=("result", "phenomenonTime", "result")),
        body_of([(f'"{TIME}"', "1")] * 20, components=("phenomenonTime", "result")).replace(
            b"Datastream", b"MultiDatastream"
        ),
        body_of([(f'"{TIME}"', "1")] * 20, components=("phenomenonTime", "result")).replace(
            b'{"Datastream"', b'{"MultiDatastream":{"@iot.id":1},"Datastream"'
        ),
        body_of([(f'"{TIME}"', "1")] * 20, components=("phenomenonTime", "result"))[:-5],
    ],
)
def test_what_is_no_plain_array_is_left_to_the_ordinary_way(body: bytes) -> None:
    assert read_runs(body) is None


def told(stream: Stream, changes: list[Change]) -> list[Any]:
    """What a stream has become, by the ranks of its ids."""
    rows, known = kept(stream), extent(stream)
    assert known is not None and known.latest_id is not None
    rank = {number: nth for nth, number in enumerate(sorted(row.id for row in rows))}
    return [
        [row._replace(id=rank[row.id], stream_id=0) for row in rows],
        replace(known, stream_id=0, received=0, latest_id=rank[known.latest_id]),
        [count for _, count in pairs(stream)],
        [
            (structs.replace(change.row, stream_id=0), rank[change.id])
            for change in changes
            if change.row.stream_id == stream.pk
        ],
    ]


moments = st.one_of(
    st.integers(-5, 5).map(lambda step: MORNING + step * SECOND),
    st.sampled_from([0, MORNING - SECOND, 4 * MORNING]),
)
batches = st.lists(
    st.lists(st.tuples(moments, st.integers(-3, 3)), min_size=1, max_size=70),
    min_size=1,
    max_size=3,
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rules", ["", '{"range":{"most":1},"spike":{"step":2}}'])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=batches, has_times=st.booleans(), has_texts=st.booleans())
def test_a_run_is_stored_as_the_same_rows_are_one_by_one(
    rules: str, sent: list[list[tuple[int, int]]], has_times: bool, has_texts: bool
) -> None:
    single, columns = make_stream(rules=rules), make_stream(rules=rules)
    changes: list[Change] = []
    with running() as ingest:
        ingest.changes.subscribe(changes.extend)
        try:
            for rows in sent:
                run = Run(columns.pk, [at for at, _ in rows], [float(value) for _, value in rows])
                if has_times:
                    run.result_times = [at + SECOND for at, _ in rows]
                if has_texts:
                    run.texts = {place: f"{rows[place][1]}.0" for place in range(0, len(rows), 3)}
                same = [structs.replace(row, stream_id=single.pk) for row in run.list_rows()]
                assert len(ingest.write_blocking(same)) == len(rows)
                (outcome,) = ingest.write_runs_blocking([run])
                first_time = extent(columns).count == len(rows)  # type: ignore[union-attr]
                assert isinstance(outcome, StoredRun) is not first_time
        finally:
            ingest.changes.unsubscribe(changes.extend)
    assert told(columns, changes) == told(single, changes)


@pytest.mark.django_db(transaction=True)
def test_runs_of_one_group_stand_beside_each_other() -> None:
    streams = [make_stream() for _ in range(3)]
    with running() as ingest:
        ingest.write_blocking([number(stream) for stream in streams])
        order = [streams[2], streams[0], streams[2], streams[1]]
        runs = [
            Run(stream.pk, [MORNING + nth * SECOND + 1, MORNING + nth * SECOND + 2], [1.0, nth])
            for nth, stream in enumerate(order)
        ]
        outcomes = ingest.write_runs_blocking(runs)
        rows = ingest.statistics.rows
    for stream, outcome, run in zip(order, outcomes, runs, strict=True):
        assert isinstance(outcome, StoredRun)
        assert (outcome.stream_id, outcome.count) == (stream.pk, 2)
        found = {row.id: row.started for row in kept(stream)}
        assert [found[outcome.first_id + nth] for nth in (0, 1)] == run.started
    assert [extent(stream).count for stream in streams] == [3, 3, 5]  # type: ignore[union-attr]
    assert extent(streams[2]).latest_number == 2  # type: ignore[union-attr]
    assert rows == 11


@pytest.mark.django_db(transaction=True)
def test_a_run_of_no_stream_costs_only_its_own_caller() -> None:
    stream = make_stream()
    with running() as ingest:
        lost, stored = ingest.write_runs_blocking(
            [Run(99_999, [MORNING], [1.0]), Run(stream.pk, [MORNING, MORNING], [1.0, 2.0])]
        )
    assert isinstance(lost, list) and isinstance(lost[0], BadObservation)
    assert isinstance(stored, list) and [row.stream_id for row in stored] == [stream.pk] * 2
    assert len(kept(stream)) == 2


@pytest.mark.django_db(transaction=True)
def test_a_value_that_no_table_takes_costs_only_its_own_row() -> None:
    stream, other = make_stream(), make_stream()
    with running() as ingest:
        ingest.write_blocking([number(stream), number(other)])
        bad, good = ingest.write_runs_blocking(
            [
                Run(stream.pk, [MORNING + 1, 2**70, MORNING + 2], [1.0, 2.0, 3.0]),
                Run(other.pk, [MORNING + 1], [1.0]),
            ]
        )
    assert isinstance(good, StoredRun)
    assert [isinstance(one, BadObservation) for one in bad] == [False, True, False]  # type: ignore[union-attr]
    assert len(kept(stream)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_run_that_names_no_feature_has_the_automatic_one_where_the_thing_stands_now() -> None:
    thing = make_thing(make_location())
    stream = make_stream(thing)
    with running() as ingest:
        ingest.write_blocking([number(stream)])
        ThingLocation.objects.filter(thing=thing).delete()
        ThingLocation.objects.create(thing=thing, location=make_location(-3.0, 51.5))
        with transaction.atomic():
            move_register_version()
        for nth in (1, 2):
            outcome = ingest.write_runs_blocking([Run(stream.pk, [MORNING + nth] * 20, [1.0] * 20)])
    assert isinstance(outcome[0], StoredRun)
    rows = kept(stream)
    assert rows[0].feature_id is None
    assert len({row.feature_id for row in rows[1:]}) == 1
    assert [count for _, count in pairs(stream)] == [0, 40]


def test_the_flags_of_a_run_are_those_of_its_rows() -> None:
    assert judge_run([NOW, NOW + 1], None, NOW) == (0, NOW + 1)
    assert judge_run([NOW, NOW - 1], None, NOW) == ([0, 32], NOW)
    assert judge_run([0, 1], NOW, NOW) == (16, None)
    assert judge_run([NOW, 9 * NOW], NOW + 1, NOW) == ([32, 16], None)
    assert judge_run([NOW], 9 * NOW, NOW) == (0, NOW)


@pytest.mark.django_db(transaction=True)
def test_an_array_of_plain_numbers_is_answered_as_any_other(sta: Sta) -> None:
    thing = sta.make("Things", a_thing(a_stream()))
    stream = sta.read(f"Things({thing})/Datastreams")["value"][0]["@iot.id"]
    array = [[f"2026-03-01T10:{minute:02}:00Z", minute / 2] for minute in range(40)]
    one = {"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"]}
    none = {**one, "Datastream": {"@iot.id": 99_999}}
    for _ in range(2):
        answer = sta.post("CreateObservations", [{**one, "dataArray": array}])
        assert answer.status == 201
        for link, (time, value) in zip(answer.json, array, strict=True):
            found = sta.read(link.removeprefix(f"{ROOT}/"))
            assert (found["@iot.selfLink"], found["phenomenonTime"]) == (link, time)
            assert found["result"] == value
    both = [{**group, "dataArray": array} for group in (none, one)]
    links = sta.post("CreateObservations", both).json
    assert ["error" in link for link in links] == [True] * 40 + [False] * 40
    quiet = sta.post("CreateObservations?$resultMetadata=off", both).json
    assert quiet[40:] == [""] * 40
    raw = sta.get(f"Datastreams({stream})/Observations?$top=2&$select=result").body
    assert b'"result":0.0' in raw
