"""The writer when the database fails: clear answers, nothing half stored, recovery by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest import Ingest
from hereabouts.sensing.actions.ingest.group import Group
from hereabouts.sensing.domain.observations import Stored
from hereabouts.sensing.errors import BadObservation, StoreAway
from hereabouts.sensing.ports import ObservationStore, RawConnection, store_for
from tests.rooms.sensing.ingesting import MORNING, extent, kept, make_stream, number

pytestmark = pytest.mark.django_db(transaction=True)
IS_SQLITE = "sqlite"


@pytest.fixture
def on_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Callable[[RawConnection], None]], None]:
    """Does more to each new connection of the writer."""
    store: ObservationStore = store_for(connection.vendor)
    prepare = store.prepare

    def install(more: Callable[[RawConnection], None]) -> None:
        def both(raw: RawConnection) -> None:
            prepare(raw)
            more(raw)

        monkeypatch.setattr(store, "prepare", both)

    return install


def sentence(found: Stored | Refusal) -> str:
    """What a refused caller is told."""
    assert isinstance(found, StoreAway) and found.status == 503
    return found.sentence()


def write_until_stored(ingest: Ingest, row_at: int, stream_id: int) -> Stored:
    """Try again as a polite sender does."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        (found,) = ingest.write_blocking([number(stream_id, at=row_at)])
        if isinstance(found, Stored):
            return found
        assert isinstance(found, StoreAway)
        time.sleep(0.02)
    raise AssertionError("the writer never recovered")


def test_a_locked_database_is_said_to_be_busy_and_written_again_afterwards(
    ingest: Ingest, on_connect: Callable[[Callable[[RawConnection], None]], None]
) -> None:
    is_sqlite = connection.vendor == IS_SQLITE
    patience = "PRAGMA busy_timeout = 100" if is_sqlite else "SET lock_timeout = '100ms'"
    on_connect(lambda raw: raw.execute(patience))
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    with transaction.atomic():
        if not is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE sensing_observation IN EXCLUSIVE MODE")
        outcomes = ingest.write_blocking([number(stream, at=MORNING + n) for n in (1, 2)])
        assert [type(found) for found in outcomes] == [StoreAway, StoreAway]
        assert "busy" in sentence(outcomes[0])
    write_until_stored(ingest, MORNING + 3, stream.pk)
    assert [row.started for row in kept(stream)] == [MORNING, MORNING + 3]
    assert ingest.statistics.failures == 1


@contextmanager
def full_disk(
    on_connect: Callable[[Callable[[RawConnection], None]], None],
) -> Iterator[None]:
    """The observations soon find no room."""
    if connection.vendor == IS_SQLITE:
        is_full = [True]
        with connection.cursor() as cursor:
            # Pages that earlier tests freed are room as well.
            cursor.execute("VACUUM")

        def limit(raw: RawConnection) -> None:
            (pages,) = raw.execute("PRAGMA page_count").fetchone()
            raw.execute(f"PRAGMA max_page_count = {pages + 20 if is_full[0] else 2**30}")

        on_connect(limit)
        yield
        is_full.clear()
        is_full.append(False)
        return
    # A server's disk cannot be filled from here: it is made to say the same.
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file: disk full' USING ERRCODE = '53100'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER no_room BEFORE INSERT ON sensing_observation FOR EACH ROW"
            f" WHEN (NEW.started > {MORNING + 500}) EXECUTE FUNCTION no_room()"
        )
        yield
        cursor.execute("DROP TRIGGER no_room ON sensing_observation")
        cursor.execute("DROP FUNCTION no_room")


def test_a_full_disk_refuses_clearly_and_recovers_when_there_is_room(
    ingest: Ingest, on_connect: Callable[[Callable[[RawConnection], None]], None]
) -> None:
    stream = make_stream()
    stored = 0
    with full_disk(on_connect):
        for place in range(100):
            rows = [number(stream, at=MORNING + place * 100 + n) for n in range(100)]
            outcomes = ingest.write_blocking(rows)
            if isinstance(outcomes[0], StoreAway):
                break
            stored += len(outcomes)
        assert stored > 0
        assert {type(found) for found in outcomes} == {StoreAway}
        assert "the disk is full" in sentence(outcomes[0])
        known = extent(stream)
        assert known is not None and known.count == stored
    write_until_stored(ingest, MORNING - 1, stream.pk)
    known = extent(stream)
    assert known is not None and known.count == stored + 1


def test_a_commit_that_fails_costs_only_the_row_that_makes_it_fail(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    install, remove = COMMIT_FAULT[connection.vendor]
    with connection.cursor() as cursor:
        for statement in install:
            cursor.execute(statement)
    try:
        rows = [number(stream, 666 if n == 4 else n, MORNING + n) for n in range(1, 11)]
        outcomes = ingest.write_blocking(rows)
    finally:
        ingest.stop()
        with connection.cursor() as cursor:
            for statement in remove:
                cursor.execute(statement)
    assert [n for n, found in enumerate(outcomes, 1) if isinstance(found, BadObservation)] == [4]
    assert [row.number for row in kept(stream)] == [1.5, 1, 2, 3, 5, 6, 7, 8, 9, 10]
    known = extent(stream)
    assert known is not None and known.count == 10


COMMIT_FAULT = {
    "sqlite": (
        (
            "CREATE TABLE orphan (parent BIGINT REFERENCES orphan_parent (id)"
            " DEFERRABLE INITIALLY DEFERRED)",
            "CREATE TABLE orphan_parent (id BIGINT PRIMARY KEY)",
            "CREATE TRIGGER make_orphan AFTER INSERT ON sensing_observation WHEN NEW.number = 666"
            " BEGIN INSERT INTO orphan VALUES (1); END",
        ),
        ("DROP TRIGGER make_orphan", "DROP TABLE orphan", "DROP TABLE orphan_parent"),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$",
            "CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT ON sensing_observation"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.number = 666)"
            " EXECUTE FUNCTION refuse_commit()",
        ),
        (
            "DROP TRIGGER refuse_commit ON sensing_observation",
            "DROP FUNCTION refuse_commit()",
        ),
    ),
}


def test_a_lost_connection_is_made_again(
    ingest: Ingest, on_connect: Callable[[Callable[[RawConnection], None]], None]
) -> None:
    held: list[RawConnection] = []
    on_connect(held.append)
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    if connection.vendor == IS_SQLITE:
        held[-1].close()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [held[-1].info.backend_pid])
    (lost,) = ingest.write_blocking([number(stream, at=MORNING + 5)])
    assert "cannot be reached" in sentence(lost)
    (waiting,) = ingest.write_blocking([number(stream, at=MORNING + 5)])
    assert isinstance(waiting, StoreAway) and ingest.statistics.failures == 1
    write_until_stored(ingest, MORNING + 1, stream.pk)
    assert [row.started for row in kept(stream)] == [MORNING, MORNING + 1]
    assert len(held) == 2


def test_a_mistake_of_ours_is_not_called_the_callers(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])

    def broken(*_: object) -> None:
        raise KeyError("a mistake")

    with monkeypatch.context() as patched:
        patched.setattr(Group, "write", broken)
        (found,) = ingest.write_blocking([number(stream)])
    assert "something went wrong" in sentence(found)
    assert isinstance(ingest.write_blocking([number(stream)])[0], Stored)


def test_nobody_waits_for_ever_when_the_writer_itself_breaks(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = make_stream()
    others = set(threading.enumerate())
    ingest.write_blocking([number(stream)])

    def broken(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(Group, "settle", broken)
        patched.setattr(threading, "excepthook", lambda _: None)
        told: list[Stored | Refusal] = []
        gone = threading.Event()
        ingest.submit([number(stream, at=MORNING + 1)], told.extend)
        ingest.submit([number(stream, at=MORNING + 2)], lambda outcomes: gone.set())
        assert gone.wait(10)
        for thread in set(threading.enumerate()) - others:
            thread.join(10)
    assert sentence(told[0])
    (found,) = ingest.write_blocking([number(stream, at=MORNING + 3)])
    assert isinstance(found, Stored)
