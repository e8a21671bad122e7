"""The edges of the wire: bodies that are late, half or too large; faults; too many callers."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import threading
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from hereabouts.kernel.asgi import Message
from hereabouts.sensing.adapters.sta import reading, writing
from hereabouts.sensing.adapters.sta.application import Application
from hereabouts.sensing.adapters.sta.settings import StaSettings
from hereabouts.sensing.adapters.sta.threads import Threads, TooBusy
from hereabouts.sensing.queries.reading import PostgresDatabase, SqliteDatabase
from tests.rooms.sensing.sta import Sta, a_stream, a_thing

pytestmark = pytest.mark.django_db(transaction=True)

HALF: list[Message] = [
    {"type": "http.request", "body": b'{"name":"x","descr', "more_body": True},
    {"type": "http.disconnect"},
]


def count(sta: Sta, name: str) -> int:
    return int(sta.read(f"{name}?$count=true&$top=0")["@iot.count"])


@pytest.fixture
def stream(sta: Sta) -> int:
    thing = sta.make("Things", a_thing(a_stream()))
    return int(sta.read(f"Things({thing})/Datastreams")["value"][0]["@iot.id"])


def test_half_a_body_makes_nothing_and_is_not_answered(sta: Sta, stream: int) -> None:
    for address in ("Things", f"Datastreams({stream})/Observations", "Observations"):
        answer = sta.ask("POST", address, parts=list(HALF))
        assert (answer.status, answer.body) == (0, b"")
    assert (count(sta, "Things"), count(sta, "Observations")) == (1, 0)


def test_a_body_in_pieces_is_taken_whole(sta: Sta, stream: int) -> None:
    whole = b'{"result":4.60}'
    pieces: list[Message] = [
        {"type": "http.request", "body": whole[at : at + 4], "more_body": True}
        for at in range(0, len(whole), 4)
    ]
    pieces.append({"type": "http.request", "body": b"", "more_body": False})
    answer = sta.ask("POST", f"Datastreams({stream})/Observations", parts=pieces)
    assert answer.status == 201
    assert b"4.60" in sta.get(f"Observations({answer.id})").body


@pytest.mark.parametrize("address", ["Things", "Observations", "Datastreams(1)/Observations"])
def test_a_body_that_does_not_arrive_is_not_waited_for(sta: Sta, address: str) -> None:
    impatient = Application(StaSettings(body_seconds=0.05))
    slow = Sta(impatient, sta.token)
    parts: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}]
    answer = slow.ask("POST", address, parts=parts)
    assert (answer.status, answer.json["reason"]) == (400, "web.body_too_slow")
    impatient.close()


@pytest.mark.parametrize("address", ["Things", "Observations", "CreateObservations"])
def test_a_body_beyond_the_limit_is_refused_by_its_head_and_on_the_way(
    sta: Sta, address: str
) -> None:
    small = Application(StaSettings(largest_body=100, largest_observation=100))
    caller = Sta(small, sta.token)
    announced = caller.ask("POST", address, b"x" * 101)
    parts: list[Message] = [{"type": "http.request", "body": b"x" * 60, "more_body": True}] * 2
    sneaked = caller.ask("POST", address, parts=parts, headers={"content-length": "1"})
    for answer in (announced, sneaked):
        assert (answer.status, answer.json["reason"]) == (413, "web.body_too_large")
    small.close()


def test_a_fault_of_ours_is_noted_and_says_nothing_of_our_insides(
    sta: Sta, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(reading, "answer_bytes", broken)
    with caplog.at_level(logging.ERROR):
        answer = sta.get("Things")
    assert answer.status == 500
    assert set(answer.json) == {"code", "type", "message", "reason"}
    assert "secret" not in answer.body.decode()
    assert "sta_failed method=GET path=/Things" in caplog.text


def test_a_database_that_is_away_is_503_and_says_when_to_come_again(
    sta: Sta, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> Any:
        raise OperationalError("locked")

    monkeypatch.setattr(reading, "answer_bytes", away)
    answer = sta.get("Things")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.json["reason"] == "sta.database_away"


def gone(*_: object, **__: object) -> Any:
    raise OperationalError("terminating connection")


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("Things", a_thing()),
        # More than plain rows show, so it is read again after its commit.
        ("Datastreams({stream})/Observations", {"result": 1, "parameters": {"depth": 2}}),
    ],
)
def test_what_was_committed_is_not_answered_with_a_fault_when_it_cannot_be_shown(
    sta: Sta, stream: int, monkeypatch: pytest.MonkeyPatch, address: str, body: object
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(writing, "show_entity", gone)
        answer = sta.post(address.format(stream=stream), body)
    assert (answer.status, answer.body) == (201, b"")
    name = answer.headers["location"].rpartition("/")[2]
    assert sta.read(name)["@iot.id"] == answer.id


def test_a_change_that_cannot_be_shown_is_a_change_all_the_same(
    sta: Sta, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing = sta.make("Things", a_thing())
    body = json.dumps({"description": "painted"}).encode()
    with monkeypatch.context() as patched:
        patched.setattr(writing, "show_entity", gone)
        answer = sta.ask("PATCH", f"Things({thing})", body)
    assert (answer.status, answer.body) == (200, b"")
    assert sta.read(f"Things({thing})")["description"] == "painted"


def test_an_observation_that_finds_no_thread_to_be_shown_by_is_still_acknowledged(
    sta: Sta, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"Datastreams({stream})/Observations"
    sta.post(address, {"result": 0})  # from here on its stream and sender are known

    async def crowded(*_: object) -> Any:
        raise TooBusy

    with monkeypatch.context() as patched:
        patched.setattr(sta.application.threads, "run", crowded)
        answer = sta.post(address, {"result": 1, "parameters": {"depth": 2}})
    assert (answer.status, answer.body) == (201, b"")
    assert sta.read(f"Observations({answer.id})")["result"] == 1


def test_a_connection_that_broke_is_503_and_the_next_request_has_a_fresh_one(sta: Sta) -> None:
    sta.read("Things")
    native = PostgresDatabase if connection.vendor == "postgresql" else SqliteDatabase
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(native, "rows", _as_if_broken(native.rows))
        answer = sta.get("Things")
    assert (answer.status, answer.json["reason"]) == (503, "sta.database_away")
    assert sta.get("Things").status == 200


def _as_if_broken(rows: Any) -> Any:
    """The real look-up, over a connection of the driver that says it is gone."""

    def broken(self: Any, sql: str, parameters: Any) -> Any:
        whole, self.native = self.native, Gone(self.native)
        try:
            return rows(self, sql, parameters)
        finally:
            self.native = whole

    return broken


class Gone:
    """A connection whose every question ends in its driver's own word for being cut off."""

    def __init__(self, native: Any) -> None:
        self.native = native

    def execute(self, *_: object) -> Any:
        raise sqlite3.OperationalError("disk I/O error")

    def __getattr__(self, name: str) -> Any:
        if connection.vendor == "postgresql":
            raise psycopg.errors.AdminShutdown("terminating connection")
        return getattr(self.native, name)


@pytest.mark.once
def test_more_work_than_can_wait_is_sent_away() -> None:
    threads = Threads(1, 1)
    gate = threading.Event()

    async def crowd() -> list[object]:
        asked = [asyncio.ensure_future(threads.run(gate.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        gate.set()
        return list(await asyncio.gather(*asked, return_exceptions=True))

    outcomes = asyncio.run(crowd())
    threads.close()
    assert outcomes[:2] == [True, True]
    assert isinstance(outcomes[2], TooBusy)


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Basic !!!", "Basic bm9jb2xvbg==", "Digest x"]
)
def test_credentials_that_do_not_hold_are_401_for_reading_and_writing(
    visitor: Sta, header: str
) -> None:
    for method, address in (
        ("GET", "Things"),
        ("POST", "Things"),
        ("POST", "Observations"),
        ("POST", "$batch"),
    ):
        answer = visitor.ask(method, address, {"result": 1}, headers={"authorization": header})
        assert answer.status == 401, (method, address)
        assert answer.headers["www-authenticate"].startswith("Bearer, Basic")


def test_nobody_in_particular_reads_and_does_not_write(sta: Sta, visitor: Sta, stream: int) -> None:
    assert visitor.get("Things").status == 200
    for method, address in (
        ("POST", "Things"),
        ("POST", f"Datastreams({stream})/Observations"),
        ("PATCH", f"Datastreams({stream})"),
        ("PUT", f"Datastreams({stream})"),
        ("DELETE", f"Datastreams({stream})"),
        ("DELETE", "Observations?$filter=result gt 0"),
    ):
        answer = visitor.ask(method, address, b"whatever it is")
        assert answer.status == 401, (method, address)
        assert answer.headers["www-authenticate"].startswith("Bearer, Basic")
    groups = [
        {
            "Datastream": {"@iot.id": stream},
            "components": ["result"],
            "dataArray": [[1]],
        }
    ]
    told = visitor.post("CreateObservations", groups)
    assert told.status == 401
    assert count(sta, "Observations") == 0


def test_a_host_that_is_not_ours_is_400(visitor: Sta) -> None:
    answer = visitor.get("Things", host="evil.example")
    assert (answer.status, answer.json["reason"]) == (400, "sta.unknown_host")


@pytest.mark.parametrize(
    "query",
    [b"$filter=%ff", b"$filter=%00", b"%", b"$top=%", b"&&&=&", b"$filter=" + b"(" * 5000],
)
def test_no_query_breaks_it(visitor: Sta, query: bytes) -> None:
    for path in ("Things", "Datastreams(1)/Observations"):
        answer = visitor.ask("GET", path, query_string=query)
        assert answer.status in (200, 400, 404), answer.body
        json.loads(answer.body)


@pytest.mark.parametrize("path", ["/\x00", "/Things(\x00)", "/é", "/Things/%", "/" + "a/" * 5000])
def test_no_path_breaks_it(visitor: Sta, path: str) -> None:
    answer = visitor.ask("GET", "", path=f"/sta/v1.1{path}")
    assert (answer.status, answer.json["type"]) == (404, "error")
