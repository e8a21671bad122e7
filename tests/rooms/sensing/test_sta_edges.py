"""The edges of the wire: bodies that are late, half or too large; faults; too many callers."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import Any

import pytest
from django.db import OperationalError

from hereabouts.kernel.asgi import Message
from hereabouts.sensing.adapters.sta import reading
from hereabouts.sensing.adapters.sta.application import Application
from hereabouts.sensing.adapters.sta.settings import StaSettings
from hereabouts.sensing.adapters.sta.threads import Threads, TooBusy
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
