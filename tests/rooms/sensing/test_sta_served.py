"""The hub as a process: what only a real socket, a real proxy and real threads can show."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.rooms.sensing.serving import ServedHub
from tests.rooms.sensing.sta import a_stream, a_thing

pytestmark = pytest.mark.once

WAIT_S = 30.0


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHub]:
    with ServedHub(tmp_path_factory.mktemp("hub"), HEREABOUTS_TRUSTED_PROXIES="127.0.0.1") as made:
        yield made


@pytest.fixture(scope="module")
def stream(hub: ServedHub) -> int:
    status, _, body = ask(hub, "POST", "/Things", a_thing(a_stream()))
    assert status == 201, body
    _, _, body = ask(hub, "GET", "/Datastreams")
    return int(json.loads(body)["value"][0]["@iot.id"])


def ask(
    hub: ServedHub, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    caller = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=WAIT_S)
    named = {"Authorization": f"Bearer {hub.token}", **headers}
    named = {name.replace("_", "-"): value for name, value in named.items()}
    with closing(caller):
        sent = None if body is None else json.dumps(body)
        caller.request(method, f"/sta/v1.1{path}", sent, named)
        answer = caller.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def raw(hub: ServedHub, *pieces: bytes, ends: bool = False) -> bytes:
    """What comes back for bytes sent piece by piece; `ends` hangs up after the last."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=WAIT_S) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if ends:
            return b""
        answer = b""
        while part := connection.recv(65_536):
            answer += part
        return answer


def head(hub: ServedHub, path: str, *more: str) -> bytes:
    lines = [
        f"POST /sta/v1.1{path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {hub.token}",
        "Connection: close",
        *more,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def count(hub: ServedHub) -> int:
    _, _, body = ask(hub, "GET", "/Observations?$count=true&$top=0")
    return int(json.loads(body)["@iot.count"])


def test_half_a_body_leaves_nothing_behind(hub: ServedHub, stream: int) -> None:
    before = count(hub)
    half = head(hub, f"/Datastreams({stream})/Observations", "Content-Length: 100")
    for _ in range(5):
        raw(hub, half, b'{"result": 1', ends=True)
    assert ask(hub, "POST", f"/Datastreams({stream})/Observations", {"result": 2})[0] == 201
    assert count(hub) == before + 1


def test_a_sender_that_asks_first_is_told_to_go_on(hub: ServedHub, stream: int) -> None:
    body = b'{"result": 3}'
    announced = head(
        hub,
        f"/Datastreams({stream})/Observations",
        f"Content-Length: {len(body)}",
        "Expect: 100-continue",
    )
    answer = raw(hub, announced, body)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")


def test_a_body_in_chunks_is_taken(hub: ServedHub, stream: int) -> None:
    begun = head(hub, f"/Datastreams({stream})/Observations", "Transfer-Encoding: chunked")
    answer = raw(hub, begun, b'5\r\n{"res\r\n', b'9\r\nult": 4 }\r\n', b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 201 "), answer


def test_a_body_beyond_the_limit_is_refused_by_its_head(hub: ServedHub) -> None:
    answer = raw(hub, head(hub, "/Observations", "Content-Length: 100000000"))
    assert answer.startswith(b"HTTP/1.1 413 "), answer


def test_a_trusted_proxy_turns_every_link(hub: ServedHub, stream: int) -> None:
    forwarded = {
        "Host": "localhost",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "localhost:8443",
        "X_Forwarded_Prefix": "/city",
    }
    base = "https://localhost:8443/city/sta/v1.1"
    _, _, body = ask(hub, "GET", "?x=1", **forwarded)
    assert json.loads(body)["value"][0]["url"] == f"{base}/Things"
    _, headers, body = ask(
        hub, "POST", f"/Datastreams({stream})/Observations", {"result": 5}, **forwarded
    )
    assert headers["location"].startswith(f"{base}/Observations(")
    _, _, body = ask(hub, "GET", "/Observations?$top=1", **forwarded)
    found = json.loads(body)
    assert found["@iot.nextLink"].startswith(f"{base}/Observations?")
    assert found["value"][0]["@iot.selfLink"].startswith(f"{base}/Observations(")


def test_many_senders_at_once_are_all_kept(hub: ServedHub, stream: int) -> None:
    before = count(hub)
    told: list[int] = []

    def send() -> None:
        caller = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=WAIT_S)
        with closing(caller):
            for result in range(25):
                caller.request(
                    "POST",
                    f"/sta/v1.1/Datastreams({stream})/Observations",
                    json.dumps({"result": result}),
                    {"Authorization": f"Bearer {hub.token}"},
                )
                answer = caller.getresponse()
                made = json.loads(answer.read())
                if answer.status == 201:
                    told.append(made["@iot.id"])

    senders = [threading.Thread(target=send) for _ in range(16)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(WAIT_S)
    assert len(told) == len(set(told)) == 400
    assert count(hub) == before + 400


def test_the_first_observations_of_a_stream_share_one_feature(hub: ServedHub) -> None:
    _, headers, _ = ask(hub, "POST", "/Things", a_thing(a_stream()))
    key = headers["location"].rpartition("(")[2].rstrip(")")
    _, _, body = ask(hub, "GET", f"/Things({key})/Datastreams")
    stream = json.loads(body)["value"][0]["@iot.id"]
    senders = [
        threading.Thread(
            target=ask, args=(hub, "POST", f"/Datastreams({stream})/Observations", {"result": 1})
        )
        for _ in range(12)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(WAIT_S)
    query = f"?$count=true&$filter=Observations/Datastream/id%20eq%20{stream}"
    _, _, body = ask(hub, "GET", f"/FeaturesOfInterest{query}")
    assert json.loads(body)["@iot.count"] == 1


def test_webhooks_of_network_servers_are_open_and_need_a_key(hub: ServedHub) -> None:
    for name in ("ttn", "chirpstack"):
        caller = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=WAIT_S)
        with closing(caller):
            caller.request("GET", f"/sensing/in/lorawan/{name}")
            answer = caller.getresponse()
            assert (answer.status, answer.getheader("allow")) == (405, "POST")
            answer.read()
            caller.request("POST", f"/sensing/in/lorawan/{name}?event=up", b"nonsense")
            answer = caller.getresponse()
            assert answer.status in (400, 401), answer.read()


def test_what_was_acknowledged_is_there_after_a_restart(tmp_path: Path) -> None:
    with ServedHub(tmp_path) as first:
        assert ask(first, "POST", "/Things", a_thing(a_stream()))[0] == 201
        status, _, _ = ask(first, "POST", "/Datastreams(1)/Observations", {"result": 6})
        assert status == 201
        first.process.kill()
        first.process.wait(WAIT_S)
        token = first.token
    with ServedHubAgain(tmp_path, token) as second:
        _, _, body = ask(second, "GET", "/Observations?$select=result")
        assert json.loads(body) == {"value": [{"result": 6}]}


class ServedHubAgain(ServedHub):
    """The same hub once more, with the token it had."""

    def __init__(self, home: Path, token: str) -> None:
        self._held = token
        super().__init__(home)

    def _make_token(self) -> str:
        return self._held
