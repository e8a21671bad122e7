"""What stands between the socket and the pages: limits, and headers that WSGI would confuse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable

import pytest

from hereabouts.kernel.asgi import HotRoute, Message, Request, Response, Router, Scope
from hereabouts.site import asgi
from hereabouts.site.asgi import HotThreads, Pages, Site
from hereabouts.site.background import Background

pytestmark = pytest.mark.once

Environ = dict[str, object]
seen: list[Environ] = []


def echo(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    """A page that answers with the body it was sent."""
    seen.append(environ)
    start_response("200 OK", [("Content-Type", "text/plain")])
    body = environ["wsgi.input"]
    return [body.read()]  # type: ignore[attr-defined]  # WSGI's stream has no class


def scope(headers: dict[str, str] | None = None, query: bytes = b"") -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/form",
        "query_string": query,
        "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 80),
    }


async def ask(pages: Pages, asked: Scope, parts: list[bytes]) -> tuple[int, bytes]:
    """Send a body in parts, ended by an empty one; the status and the answer."""
    sent: list[Message] = []
    waiting = list(parts)

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": part != b""}

    async def send(message: Message) -> None:
        sent.append(message)

    await pages(asked, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body


def test_a_body_in_parts_arrives_whole() -> None:
    assert asyncio.run(ask(Pages(echo), scope(), [b"a" * 70_000, b"b", b""])) == (
        200,
        b"a" * 70_000 + b"b",
    )


def test_a_body_that_grows_too_large_is_refused_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "LARGEST_BODY", 2**20)
    status, body = asyncio.run(ask(Pages(echo), scope(), [b"x" * 2**19] * 3 + [b""]))
    assert status == 413
    assert json.loads(body)["code"] == "web.body_too_large"


def test_a_body_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "BODY_SECONDS", 0.05)
    status, body = asyncio.run(ask(Pages(echo), scope(), [b"x"]))
    assert status == 400
    assert json.loads(body)["code"] == "web.body_too_slow"


def test_half_a_form_is_never_taken_for_a_whole_one() -> None:
    seen.clear()
    parts: list[Message] = [
        {"type": "http.request", "body": b"delete=no", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        raise AssertionError("nobody is there to be answered")

    asyncio.run(Pages(echo)(scope(), receive, send))
    assert seen == []


def test_an_address_outside_ascii_is_refused() -> None:
    status, body = asyncio.run(ask(Pages(echo), scope(query=b"q=\xff"), [b""]))
    assert status == 400 and json.loads(body)["code"] == "site.bad_address"


def test_a_header_that_only_looks_like_another_is_left_out() -> None:
    seen.clear()
    headers = {"x_forwarded_proto": "https", "x-real": "1"}
    asyncio.run(ask(Pages(echo), scope(headers), [b""]))
    assert "HTTP_X_FORWARDED_PROTO" not in seen[0]
    assert seen[0]["HTTP_X_REAL"] == "1"


def test_more_requests_than_can_be_answered_soon_are_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asgi, "LONGEST_QUEUE", 0)
    status, body = asyncio.run(ask(Pages(echo), scope(), [b""]))
    assert status == 503 and json.loads(body)["code"] == "site.too_busy"


def test_hot_routes_come_before_the_pages() -> None:
    from hereabouts.kernel.access import public

    @public
    def hot(request: Request) -> Response:
        return Response(200, {}, b"hot")

    async def story() -> list[tuple[int, bytes]]:
        threads = HotThreads()
        site = Site(
            Router([HotRoute("/hot", hot, "sample:hot")], threads), Pages(echo), Background()
        )
        answers = []
        for path in ("/hot", "/cold"):
            sent: list[Message] = []

            async def receive() -> Message:
                return {"type": "http.request", "body": b"cold", "more_body": False}

            async def send(message: Message, into: list[Message] = sent) -> None:
                into.append(message)

            await site({**scope(), "method": "GET", "path": path}, receive, send)
            body = b"".join(message.get("body", b"") for message in sent[1:])
            answers.append((sent[0]["status"], body))
        return answers

    assert asyncio.run(story()) == [(200, b"hot"), (200, b"cold")]
