"""The writer: groups, answers after commit, refusals that cost only their own caller."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import connection, transaction

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest import Ingest, append_within, move_register_version
from hereabouts.sensing.actions.ingest import writer as writer_module
from hereabouts.sensing.actions.ingest.changes import Change
from hereabouts.sensing.domain.observations import NewObservation, ResultKind, Stored
from hereabouts.sensing.errors import BadObservation, IngestFull
from tests.rooms.sensing.ingesting import (
    MORNING,
    SECOND,
    extent,
    kept,
    make_stream,
    number,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_observation_is_there_when_its_caller_hears(ingest: Ingest) -> None:
    stream = make_stream()
    (stored,) = ingest.write_blocking([number(stream, 4.5, result_time=MORNING + 1)])
    assert isinstance(stored, Stored)
    (row,) = kept(stream)
    assert (row.id, row.number, row.kind, row.result) == (stored.id, 4.5, ResultKind.NUMBER, None)
    known = extent(stream)
    assert known is not None
    assert (known.count, known.latest_id, known.latest_number) == (1, stored.id, 4.5)
    assert (known.first_started, known.last_ended) == (MORNING, MORNING)
    assert (known.first_result_time, known.last_result_time) == (MORNING + 1, MORNING + 1)


def test_outcomes_come_in_the_order_of_the_batch(ingest: Ingest) -> None:
    one, two = make_stream(), make_stream()
    rows = [number(two, at=MORNING + 9), number(one), number(99_999), number(two)]
    outcomes = ingest.write_blocking(rows)
    assert [getattr(found, "stream_id", None) for found in outcomes] == [
        two.pk,
        one.pk,
        None,
        two.pk,
    ]
    assert isinstance(outcomes[2], BadObservation)
    ids = [found.id for found in outcomes if isinstance(found, Stored)]
    assert ids == sorted(ids) and len(set(ids)) == 3
    assert [row.id for row in kept(two)] == [ids[2], ids[0]]


def test_what_arrives_during_a_commit_becomes_one_group(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    gate, entered = threading.Event(), threading.Event()

    def hold(outcomes: Sequence[Stored | Refusal]) -> None:
        entered.set()
        gate.wait(10)

    ingest.submit([number(stream)], hold)
    assert entered.wait(10)
    told: list[int] = []
    finished = threading.Event()
    for place in range(50):

        def done(outcomes: Sequence[Stored | Refusal], place: int = place) -> None:
            told.append(place)
            if place == 49:
                finished.set()

        ingest.submit([number(stream, at=MORNING + place)], done)
    before = ingest.statistics.groups
    gate.set()
    assert finished.wait(10)
    assert told == list(range(50))
    assert ingest.statistics.groups == before + 1
    assert ingest.statistics.queued_rows == 0


def test_callers_on_a_loop_hear_on_the_loop(ingest: Ingest) -> None:
    stream = make_stream()

    async def many() -> list[Sequence[Stored | Refusal]]:
        return await asyncio.gather(
            *(ingest.write([number(stream, at=MORNING + place)]) for place in range(100))
        )

    outcomes = asyncio.run(many())
    assert all(isinstance(found, Stored) for (found,) in outcomes)
    assert len(kept(stream)) == 100


def test_a_row_the_database_refuses_costs_only_its_caller(ingest: Ingest) -> None:
    stream = make_stream()
    rows = [number(stream, at=MORNING + place) for place in range(20)]
    rows[7] = number(stream, at=2**70)
    outcomes = ingest.write_blocking(rows)
    assert isinstance(outcomes[7], BadObservation)
    assert sum(isinstance(found, Stored) for found in outcomes) == 19
    assert len(kept(stream)) == 19


def test_a_full_queue_refuses_at_once(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    monkeypatch.setattr(writer_module, "MOST_ROWS", 10)
    gate, entered = threading.Event(), threading.Event()

    def hold(outcomes: Sequence[Stored | Refusal]) -> None:
        entered.set()
        gate.wait(10)

    ingest.submit([number(stream)], hold)
    assert entered.wait(10)
    ingest.submit([number(stream)] * 10, lambda outcomes: None)
    with pytest.raises(IngestFull):
        ingest.submit([number(stream)], lambda outcomes: None)
    gate.set()
    ingest.stop()
    assert len(kept(stream)) == 12


def test_stopping_commits_what_waits(ingest: Ingest) -> None:
    stream = make_stream()
    told: list[Stored | Refusal] = []
    for place in range(30):
        ingest.submit([number(stream, at=MORNING + place)], told.extend)
    ingest.stop()
    assert len(told) == len(kept(stream)) == 30


def test_a_stream_made_or_deleted_by_somebody_else_is_noticed(ingest: Ingest) -> None:
    first = make_stream()
    ingest.write_blocking([number(first)])
    second = make_stream()
    (stored,) = ingest.write_blocking([number(second)])
    assert isinstance(stored, Stored)
    with transaction.atomic():
        move_register_version()
        second.delete()
    (refused,) = ingest.write_blocking([number(second.pk or stored.stream_id)])
    assert isinstance(refused, BadObservation)


def test_results_of_a_multidatastream_have_its_length(ingest: Ingest) -> None:
    stream = make_stream(columns=2)

    def result(text: str) -> NewObservation:
        return NewObservation(stream.pk, MORNING, ResultKind.JSON, result=text)

    good, short, plain = ingest.write_blocking([result("[1, 2]"), result("[1]"), number(stream)])
    assert isinstance(good, Stored)
    assert isinstance(short, BadObservation) and "2 values" in short.sentence()
    assert isinstance(plain, BadObservation)


def test_repeats_are_dropped_where_that_is_asked(ingest: Ingest) -> None:
    stream = make_stream()
    (first,) = ingest.write_blocking([number(stream, once=True)])
    again, other, twice, plain = ingest.write_blocking(
        [
            number(stream, once=True),
            number(stream, 2.5, once=True),
            number(stream, 2.5, once=True),
            number(stream),
        ]
    )
    assert isinstance(first, Stored) and not first.is_duplicate
    assert again == Stored(first.id, stream.pk, is_duplicate=True)
    assert isinstance(other, Stored) and not other.is_duplicate
    assert twice == Stored(other.id, stream.pk, is_duplicate=True)
    assert isinstance(plain, Stored) and not plain.is_duplicate
    known = extent(stream)
    assert known is not None and known.count == len(kept(stream)) == 3


def test_observers_hear_of_each_group_once_and_cannot_break_it(ingest: Ingest) -> None:
    stream = make_stream()
    heard: list[Sequence[Change]] = []

    def broken(changes: Sequence[Change]) -> None:
        raise ValueError("an observer's mistake")

    ingest.changes.subscribe(broken)
    ingest.changes.subscribe(heard.append)
    outcomes = ingest.write_blocking(
        [number(stream), number(99_999), number(stream, at=MORNING + SECOND)]
    )
    ingest.stop()
    ingest.changes.unsubscribe(broken)
    ingest.changes.unsubscribe(heard.append)
    ((one, two),) = heard
    assert [one.id, two.id] == [found.id for found in outcomes if isinstance(found, Stored)]
    assert one.row.number == 1.5
    assert not ingest.changes.is_watched


def test_observations_can_be_part_of_a_larger_transaction(ingest: Ingest) -> None:
    heard: list[Sequence[Change]] = []
    ingest.changes.subscribe(heard.append)
    with pytest.raises(RuntimeError), transaction.atomic():
        move_register_version()
        stream = make_stream()
        append_within(connection.connection, [number(stream)])
        raise RuntimeError
    with transaction.atomic():
        move_register_version()
        stream = make_stream()
        (stored,) = append_within(connection.connection, [number(stream)])
        assert heard == []
    ingest.changes.unsubscribe(heard.append)
    assert isinstance(stored, Stored)
    assert [change.id for (change,) in heard] == [stored.id]
    (later,) = ingest.write_blocking([number(stream)])
    assert isinstance(later, Stored) and later.id != stored.id
