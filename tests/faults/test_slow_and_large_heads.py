"""Strangers who send heads without end, or none at all: their connections close, others go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from uvicorn.server import ServerState

from hereabouts.kernel.asgi import BadQuery, Receive, Scope, Send, refusal_response
from hereabouts.site import connections
from hereabouts.site.asgi import MOST_PARAMETERS, Pages, TooBusy
from hereabouts.site.configuration import Configuration
from hereabouts.site.connections import LARGEST_HEAD, Connection
from hereabouts.site.server import server_config
from tests.rooms.site.test_server_pages import ask, echo, scope

pytestmark = pytest.mark.once
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with one word."""
    head = [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"here"})


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    config = uvicorn.Config(app, http=Connection, ws="none", lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


def test_the_server_uses_them() -> None:
    assert server_config(Configuration()).http is Connection


@pytest.mark.parametrize("piece", [b"a\r\nX-Much: " + b"a" * 1_000, b"a" * 1_000])
def test_a_head_without_end_is_refused(piece: bytes) -> None:
    async def run() -> bytes:
        async with listening() as port, connected(port) as (reader, writer):
            writer.write(HEAD + b"X: " + piece * (LARGEST_HEAD // len(piece) + 1))
            return await asyncio.wait_for(reader.read(), 5)

    assert asyncio.run(run()).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", HEAD, HEAD + b"\r\n" + HEAD])
def test_a_head_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)

    async def run() -> bytes:
        async with listening() as port, connected(port) as (reader, writer):
            writer.write(beginning)
            return await asyncio.wait_for(reader.read(), 5)

    answered = asyncio.run(run())
    assert answered.endswith(b"here") if beginning.count(b"GET") == 2 else answered == b""


def test_an_honest_connection_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)

    async def run() -> list[bytes]:
        async with listening() as port, connected(port) as (reader, writer):
            heard = []
            for _ in range(2):
                writer.write(HEAD + b"\r\n")
                heard.append((await asyncio.wait_for(reader.readuntil(b"here"), 5))[:12])
                await asyncio.sleep(0.4)
            return heard

    assert asyncio.run(run()) == [b"HTTP/1.1 200"] * 2


def test_an_address_with_too_many_parameters_is_refused_before_any_page() -> None:
    many = b"&".join(b"a=1" for _ in range(MOST_PARAMETERS + 1))
    status, body = asyncio.run(ask(Pages(echo), scope(query=many), [b""]))
    assert (status, b"site.bad_address" in body) == (400, True)
    few = asyncio.run(ask(Pages(echo), scope(query=b"a=1&b=2"), [b"x", b""]))
    assert few == (200, b"x")


def test_who_is_turned_away_does_not_stay_connected() -> None:
    assert refusal_response(TooBusy()).headers["connection"] == "close"
    assert "connection" not in refusal_response(BadQuery(name="q", reason="odd")).headers
