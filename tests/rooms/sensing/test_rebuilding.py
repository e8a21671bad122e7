"""Working out anew what is known of streams: what it finds, what it leaves, and beside a writer."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from hereabouts.sensing.actions.ingest import Ingest, delete_observations, move_register_version
from hereabouts.sensing.actions.ingest.version import hold_register_version
from hereabouts.sensing.actions.rebuilding import rebuild_streams
from hereabouts.sensing.domain.observations import Stored
from hereabouts.sensing.errors import NoSuchEntity
from hereabouts.sensing.models.observations import StreamFeature, StreamState
from hereabouts.sensing.models.register import Feature
from hereabouts.site.cli import main
from hereabouts.site.cli.sensing import sensing
from tests.rooms.sensing.ingesting import (
    MORNING,
    add_feature,
    extent,
    kept,
    make_location,
    make_stream,
    make_thing,
    number,
    pairs,
)

pytestmark = pytest.mark.django_db(transaction=True)


def version() -> int:
    with transaction.atomic():
        return hold_register_version()


def test_what_ingest_and_deleting_recorded_agrees(ingest: Ingest) -> None:
    streams = [make_stream(make_thing(make_location(-2.9 + at / 7, 51.6))) for at in range(3)]
    empty = make_stream()
    places = [add_feature(-3.0 + at / 3, 51.0 + at * at / 7).pk for at in range(5)]
    found: list[int] = []
    for at in range(40):
        stream = streams[at % 3]
        feature = places[at % 5] if at % 4 else None
        row = number(stream, at / 3, MORNING + at * 37 % 41, feature_id=feature)
        (stored,) = ingest.write_blocking([row])
        assert isinstance(stored, Stored)
        found.append(stored.id)
    with transaction.atomic():
        move_register_version()
        delete_observations(connection.connection, found[::3])
    before = version()
    outcome = rebuild_streams()
    assert (outcome.streams, list(outcome.differing)) == (4, [])
    assert version() == before
    assert extent(empty) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 7},
        {"first_started": MORNING - 1},
        {"last_ended": MORNING + 99},
        {"latest_number": 9.5},
        {"latest_id": None, "latest_started": None},
        {"area": '{"type":"Point","coordinates":[0.0,0.0]}'},
        {"area": None},
    ],
)
def test_each_kind_of_difference_is_found_reported_and_put_right(
    ingest: Ingest, wrong: dict[str, object]
) -> None:
    stream, other = make_stream(), make_stream()
    ingest.write_blocking([number(stream), number(stream, 2.5, MORNING + 5), number(other)])
    right = extent(stream)
    StreamState.objects.filter(stream_id=stream.pk).update(**wrong)
    damaged = extent(stream)
    assert list(rebuild_streams(keeps=False).differing) == [stream.pk]
    assert extent(stream) == damaged
    assert list(rebuild_streams(other.pk).differing) == []
    assert extent(stream) == damaged
    before = version()
    assert list(rebuild_streams().differing) == [stream.pk]
    assert version() == before + 1
    assert extent(stream) == right
    assert list(rebuild_streams(keeps=False).differing) == []


def test_a_record_that_is_missing_is_made(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    features = pairs(stream)
    StreamState.objects.all().delete()
    StreamFeature.objects.all().delete()
    assert list(rebuild_streams(stream.pk).differing) == [stream.pk]
    known = extent(stream)
    assert known is not None and (known.count, known.latest_number) == (1, 1.5)
    assert known.area is not None and pairs(stream) == features


def test_beside_a_writer_nothing_is_lost_and_nothing_counted_twice(ingest: Ingest) -> None:
    streams = [make_stream() for _ in range(3)]
    rounds = 150
    told: list[object] = []
    finished = threading.Semaphore(0)

    def done(outcomes: Sequence[object]) -> None:
        told.extend(outcomes)
        finished.release()

    def feed() -> None:
        places = [feature.pk for feature in Feature.objects.all()]
        for turn in range(rounds):
            ingest.submit(
                [
                    number(stream, turn, MORNING + turn, feature_id=places[turn % len(places)])
                    for stream in streams
                ],
                done,
            )
            assert finished.acquire(timeout=20)
        connection.close()

    for at in range(4):
        add_feature(-3.0 + at, 51.0)
    ingest.write_blocking([number(stream, -1, MORNING - 1) for stream in streams])
    feeder = threading.Thread(target=feed)
    feeder.start()
    turns = 0
    while feeder.is_alive():
        damaged = StreamState.objects.filter(stream_id=streams[0].pk).update(count=-1_000_000)
        assert damaged == 1
        assert streams[0].pk in rebuild_streams(streams[0].pk).differing
        assert list(rebuild_streams(streams[1].pk).differing) == []
        turns += 1
    feeder.join()
    assert turns > 1
    assert len(told) == 3 * rounds and all(isinstance(one, Stored) for one in told)
    rebuild_streams(streams[0].pk)
    for stream in streams:
        known = extent(stream)
        assert known is not None and known.count == len(kept(stream)) == rounds + 1
        assert known.latest_number == rounds - 1
    assert list(rebuild_streams(keeps=False).differing) == []


def test_the_command_reports_checks_and_repairs(
    ingest: Ingest, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    run = CliRunner().invoke
    good = run(sensing, ["rebuild", "--check"])
    assert good.exit_code == 0 and "each agrees" in good.output
    StreamState.objects.update(count=5)
    # By the door that a shell takes: it handles ends of commands itself.
    with pytest.raises(SystemExit) as left:
        main(["sensing", "rebuild", "--check"])
    assert left.value.code == 1
    assert f": {stream.pk}. Nothing was changed." in capsys.readouterr().out
    told = run(sensing, ["rebuild", "--stream", str(stream.pk), "--json"])
    assert told.exit_code == 0
    summary = json.loads(told.stdout)
    assert summary == {"streams": 1, "differing": [stream.pk], "changed": True}
    assert run(sensing, ["rebuild", "--check"]).exit_code == 0
    assert isinstance(run(sensing, ["rebuild", "--stream", "999999"]).exception, NoSuchEntity)
