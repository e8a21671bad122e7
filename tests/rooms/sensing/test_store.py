"""The store of observations: the same contract on each database, against a plain model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hereabouts.sensing.domain.observations import NewObservation, ResultKind, Stored
from hereabouts.sensing.ports import Bucket, Extent, Kept, ObservationStore, Window, store_for
from tests.rooms.sensing.ingesting import MORNING, SECOND, make_stream, number

FEATURES = (101, 102)
RECEIVED = MORNING + 10**9

TIMES = st.integers(0, 6).map(lambda place: MORNING + place * SECOND)
MAYBE = st.one_of(st.none(), TIMES)
ROWS = st.builds(
    lambda stream, started, length, result_time, value, feature, once: NewObservation(
        stream,
        started,
        ResultKind.NUMBER,
        value,
        ended=None if length is None else started + length,
        result_time=result_time,
        feature_id=feature,
        once=once,
    ),
    st.integers(0, 2),
    TIMES,
    st.one_of(st.none(), st.integers(0, 3).map(lambda place: place * SECOND)),
    MAYBE,
    st.sampled_from([1.0, 2.5, -3.0]),
    st.sampled_from([None, None, *FEATURES]),
    st.booleans(),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.lists(ROWS, min_size=1, max_size=8)),
        st.tuples(st.just("delete"), st.lists(st.integers(0, 30), max_size=4)),
        st.tuples(st.just("before"), TIMES),
        st.tuples(st.just("streams"), st.integers(0, 2)),
        st.tuples(st.just("feature"), st.sampled_from(FEATURES)),
        st.tuples(st.just("rebuild"), st.integers(0, 2)),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def store(db: None) -> Iterator[ObservationStore]:
    yield store_for(connection.vendor)


class Model:
    """What the store promises, said plainly."""

    def __init__(self) -> None:
        self.rows: dict[int, NewObservation] = {}
        self.known: set[int] = set()

    def append(self, rows: Sequence[NewObservation], stored: Sequence[Stored]) -> None:
        for row, found in zip(rows, stored, strict=True):
            same = [number for number, held in self.rows.items() if _same(held, row)]
            if row.once and same:
                assert found.is_duplicate and found.id in same
            else:
                assert not found.is_duplicate and found.id not in self.rows
                assert found.id > max(self.rows, default=0)
                self.rows[found.id] = row
            assert found.stream_id == row.stream_id
            self.known.add(row.stream_id)

    def drop(self, ids: Sequence[int]) -> int:
        return sum(self.rows.pop(number, None) is not None for number in set(ids))

    def of(self, stream_id: int) -> list[tuple[int, int, NewObservation]]:
        return sorted(
            (row.started, number, row)
            for number, row in self.rows.items()
            if row.stream_id == stream_id
        )

    def extent(self, stream_id: int) -> tuple[object, ...]:
        rows = self.of(stream_id)
        times = [row.result_time for _, _, row in rows if row.result_time is not None]
        last = rows[-1] if rows else None
        return (
            len(rows),
            min((started for started, _, _ in rows), default=None),
            max((_end(row) for _, _, row in rows), default=None),
            min(times, default=None),
            max(times, default=None),
            RECEIVED,
            last and last[1],
            last and last[0],
            last and last[2].ended,
            last and last[2].number,
        )

    def features(self, stream_id: int) -> list[tuple[int, int]]:
        named = [row.feature_id for _, _, row in self.of(stream_id) if row.feature_id is not None]
        return sorted((feature, named.count(feature)) for feature in set(named))


def _same(one: NewObservation, two: NewObservation) -> bool:
    return (one.stream_id, one.started, one.ended, one.number) == (
        two.stream_id,
        two.started,
        two.ended,
        two.number,
    )


def _end(row: NewObservation) -> int:
    return row.started if row.ended is None else row.ended


def _apply(store: ObservationStore, model: Model, ids: list[int], step: tuple[str, object]) -> None:
    raw = connection.connection
    match step:
        case ("append", list() as rows):
            for row in rows:
                row.stream_id = ids[row.stream_id % 3] if row.stream_id < 3 else row.stream_id
            model.append(rows, store.append(raw, rows, RECEIVED))
        case ("delete", list() as places):
            held = sorted(model.rows)
            chosen = [held[place % len(held)] for place in places] if held else []
            assert store.delete(raw, chosen) == model.drop(chosen)
        case ("before", int() as moment):
            _expire(store, model, ids, moment)
        case ("streams", int() as place):
            gone = [n for n, row in model.rows.items() if row.stream_id == ids[place]]
            assert store.delete_of_streams(raw, [ids[place]]) == model.drop(gone)
            model.known.discard(ids[place])
        case ("feature", int() as feature):
            gone = [n for n, row in model.rows.items() if row.feature_id == feature]
            assert store.delete_of_feature(raw, feature) == model.drop(gone)
        case ("rebuild", int() as place):
            store.rebuild(raw, [ids[place]])
        case _:
            raise AssertionError(step)


def _expire(store: ObservationStore, model: Model, ids: list[int], moment: int) -> None:
    """By twos: the oldest first, those of one instant together, until the last says so."""
    waiting = list(ids)
    while waiting:
        stream_id = waiting[-1]
        old = [started for started, _, _ in model.of(stream_id) if started < moment]
        last = old[min(2, len(old)) - 1] if old else moment
        gone = {
            number: row for started, number, row in model.of(stream_id) if old and started <= last
        }
        found = store.delete_oldest(connection.connection, stream_id, moment, 2)
        named = {row.feature_id for row in gone.values() if row.feature_id is not None}
        assert list(found.feature_ids) == sorted(named)
        assert found.count == model.drop(list(gone))
        assert found.is_last == (len(gone) == len(old))
        if found.is_last:
            waiting.pop()


def _check(store: ObservationStore, model: Model, ids: list[int]) -> None:
    raw = connection.connection
    extents: dict[int, Extent] = {found.stream_id: found for found in store.list_extents(raw, ids)}
    assert set(extents) == model.known
    for stream_id in model.known:
        assert astuple(extents[stream_id])[1:11] == model.extent(stream_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT feature_id, count FROM sensing_stream_feature WHERE stream_id = %s"
                " ORDER BY feature_id",
                [stream_id],
            )
            assert [tuple(row) for row in cursor.fetchall()] == model.features(stream_id)
    rows = [found for stream_id in ids for found in model.of(stream_id)]
    assert [(row.started, row.id) for row in store.read(raw, Window(ids))] == [
        (started, number) for started, number, _ in rows
    ]
    latest = {row.stream_id: row.id for row in store.list_latest(raw, ids)}
    assert latest == {
        stream_id: model.of(stream_id)[-1][1] for stream_id in ids if model.of(stream_id)
    }


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_whatever_comes_and_goes_the_store_is_as_a_plain_model(
    store: ObservationStore, steps: list[tuple[str, object]]
) -> None:
    with transaction.atomic():
        ids = sorted(make_stream().pk for _ in range(3))
        model = Model()
        for step in steps:
            _apply(store, model, ids, step)
            _check(store, model, ids)
        transaction.set_rollback(True)


@pytest.fixture
def three(store: ObservationStore) -> list[int]:
    """Two streams of ten numbers a second apart, and an empty one."""
    ids = sorted(make_stream().pk for _ in range(3))
    rows = [
        number(stream_id, place + 0.5, MORNING + place * SECOND)
        for place in range(10)
        for stream_id in ids[:2]
    ]
    with transaction.atomic():
        store.append(connection.connection, rows, RECEIVED)
    return ids


def _times(rows: Sequence[Kept]) -> list[tuple[int, int]]:
    return [(row.stream_id, (row.started - MORNING) // SECOND) for row in rows]


def test_a_window_is_read_in_either_direction(store: ObservationStore, three: list[int]) -> None:
    raw = connection.connection
    one, two, _ = three
    window = Window([one, two], MORNING + 3 * SECOND, MORNING + 6 * SECOND)
    assert _times(store.read(raw, window)) == [(s, t) for s in (one, two) for t in (3, 4, 5)]
    newest = Window([one], newest_first=True, limit=2)
    assert _times(store.read(raw, newest)) == [(one, 9), (one, 8)]


@pytest.mark.parametrize("newest_first", [False, True])
def test_an_export_has_everything_once_in_order(
    store: ObservationStore, three: list[int], newest_first: bool
) -> None:
    window = Window(three, limit=3, newest_first=newest_first)
    batches = list(store.export(connection.connection, window))
    assert [len(batch) for batch in batches] == [3, 3, 3, 3, 3, 3, 2]
    found = _times([row for batch in batches for row in batch])
    assert found == sorted(((s, t) for s in three[:2] for t in range(10)), reverse=newest_first)


def test_numbers_are_summed_up_by_buckets(store: ObservationStore, three: list[int]) -> None:
    width = 4 * SECOND
    start = MORNING - MORNING % width
    with transaction.atomic():
        text = NewObservation(three[0], MORNING, ResultKind.TEXT, None, '"wet"')
        early = number(three[0], 7.0, -5 * SECOND)
        store.append(connection.connection, [text, early], RECEIVED)
    found = store.aggregate(connection.connection, Window(three[:1]), width)
    assert found[0] == Bucket(three[0], -8 * SECOND, 1, 7.0, 7.0, 7.0)
    by_bucket: dict[int, list[float]] = {}
    for place in range(10):
        at = MORNING + place * SECOND
        by_bucket.setdefault(at - at % width, []).append(place + 0.5)
    assert min(by_bucket) == start
    assert found[1:] == [
        Bucket(three[0], bucket, len(values), min(values), max(values), sum(values) / len(values))
        for bucket, values in sorted(by_bucket.items())
    ]


def test_every_column_comes_back(store: ObservationStore) -> None:
    stream = make_stream()
    row = NewObservation(
        stream.pk,
        MORNING,
        ResultKind.JSON,
        None,
        '{"é": "\\u0000"}',
        MORNING + 1,
        MORNING + 2,
        MORNING + 3,
        MORNING + 4,
        '{"a": 1}',
        '"good"',
        7,
        33,
    )
    with transaction.atomic():
        (stored,) = store.append(connection.connection, [row], RECEIVED)
        (found,) = store.read(connection.connection, Window([stream.pk]))
    assert found == Kept(
        stored.id,
        stream.pk,
        MORNING,
        MORNING + 1,
        MORNING + 2,
        ResultKind.JSON,
        None,
        '{"é": "\\u0000"}',
        33,
        MORNING + 3,
        MORNING + 4,
        '{"a": 1}',
        '"good"',
        7,
    )


def test_a_thousand_rows_keep_their_order_of_ids(store: ObservationStore) -> None:
    stream = make_stream()
    rows = [number(stream, at=MORNING - place) for place in range(1_000)]
    with transaction.atomic():
        stored = store.append(connection.connection, rows, RECEIVED)
        found = store.read(connection.connection, Window([stream.pk], limit=2_000))
    assert [row.id for row in found] == [place.id for place in reversed(stored)]
