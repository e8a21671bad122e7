"""Short reads of PostgreSQL: from connections of their own, which may do nothing else."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from hereabouts.sensing.adapters.sta import short_reads
from hereabouts.sensing.adapters.sta.short_reads import ThreadReads
from hereabouts.sensing.domain.grants import DataClass
from tests.rooms.sensing.sta import Sta, a_stream, a_thing

pytestmark = pytest.mark.skipif(
    os.environ.get("HEREABOUTS_TEST_DATABASE") != "postgres", reason="is about PostgreSQL"
)

BASE = "http://localhost/sta/v1.1"


@pytest.fixture
def reads(transactional_db: None) -> Iterator[ThreadReads]:
    made = ThreadReads()
    yield made
    made.close()


@pytest.fixture
def page(sta: Sta) -> str:
    """The path of a stream's observations."""
    sta.post("Things", a_thing(a_stream()))
    stream = sta.read("Datastreams")["value"][0]["@iot.id"]
    for result in (1, 2.5, 3):
        sta.post(f"Datastreams({stream})/Observations", {"result": result})
    return f"Datastreams({stream})/Observations"


def test_a_page_is_the_same_as_by_the_ordinary_way(
    reads: ThreadReads, sta: Sta, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = reads.answer(page, "$top=2", DataClass.OPEN, BASE)
    assert reply is not None
    assert len(json.loads(reply.body)["value"]) == 2
    opened = []
    whole = ThreadReads.open
    monkeypatch.setattr(ThreadReads, "open", lambda self: opened.append(self) or whole(self))
    assert sta.get(f"{page}?$top=2").body == reply.body
    assert opened == [sta.application.thread_reads]
    monkeypatch.setattr(ThreadReads, "answer", lambda *told: None)
    assert sta.get(f"{page}?$top=2").body == reply.body
    assert len(opened) == 1


def test_the_connection_only_reads_and_not_for_long(
    reads: ThreadReads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ThreadReads, "limits", short_reads.LOOP_LIMITS)
    database = reads.open()
    assert database is not None
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        database.native.execute("DELETE FROM sensing_thing")
    with pytest.raises(psycopg.errors.QueryCanceled):
        database.native.execute("SELECT pg_sleep(20)")


def test_a_connection_that_broke_is_made_anew_after_a_rest(
    reads: ThreadReads, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = reads.open()
    assert database is not None
    with connection.cursor() as cursor:
        pid = database.native.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert reads.answer(page, "", DataClass.OPEN, BASE) is None
    assert reads.answer(page, "", DataClass.OPEN, BASE) is None, "it rests"
    later = time.monotonic() + short_reads.REST_SECONDS
    monkeypatch.setattr(short_reads.time, "monotonic", lambda: later)
    assert reads.answer(page, "", DataClass.OPEN, BASE) is not None


def test_where_none_can_be_had_it_is_not_tried_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[float] = []

    def refuse(seconds: float) -> None:
        tried.append(seconds)
        raise psycopg.OperationalError("unsupported startup parameter: options")

    page = "Datastreams(1)/Observations"
    monkeypatch.setattr(short_reads, "_connect", refuse)
    reads = ThreadReads()
    assert reads.answer(page, "", DataClass.OPEN, BASE) is None
    assert reads.answer(page, "", DataClass.OPEN, BASE) is None
    assert len(tried) == 1
