"""Hot routes: found, guarded, answered and cached without a page framework."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.access import Access, Capability, public, requires
from hereabouts.kernel.asgi import (
    BadQuery,
    HotRoute,
    Message,
    Mount,
    Receive,
    Request,
    Response,
    Router,
    Scope,
    Send,
    UnguardedRouteError,
    compile_pattern,
    json_response,
    number,
)
from hereabouts.kernel.http_caching import accepts_gzip, compressed, conditional
from hereabouts.kernel.refusals import Refusal, RefusalKind

pytestmark = pytest.mark.once


class Closed(Refusal):
    code = "sample.closed"
    kind = RefusalKind.CONFLICT
    message = "Closed since {year}."


@public
def tile(request: Request) -> Response:
    return json_response(dict(request.parameters))


@public
async def closed(request: Request) -> Response:
    raise Closed(year=1999)


async def directly(handler: Callable[[Request], Response], request: Request) -> Response:
    return handler(request)


ROUTES = [
    HotRoute("/tiles/{layer}/{z:int}/{x:int}.mvt", tile, "sample:tile"),
    HotRoute("/closed", closed, "sample:closed"),
]


def ask(path: str, method: str = "GET", query: bytes = b"") -> tuple[bool, list[Message]]:
    """What the router sends for a request."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope: Scope = {"method": method, "path": path, "query_string": query, "headers": []}
    return asyncio.run(Router(ROUTES, directly)(scope, receive, send)), sent


def test_a_path_leads_to_its_route_with_what_stands_in_its_places() -> None:
    was_answered, sent = ask("/tiles/roads/14/8123.mvt")
    assert was_answered
    assert json.loads(sent[1]["body"]) == {"layer": "roads", "z": "14", "x": "8123"}


@pytest.mark.parametrize(
    "path",
    ["/", "/tiles/roads/14/x.mvt", "/tiles/a/b/1/2.mvt", "/closed/", "/tiles//1/2.mvt", "/CLOSED"],
)
def test_any_other_path_is_left_to_the_pages(path: str) -> None:
    assert ask(path) == (False, [])


def test_a_refusal_becomes_its_status_with_code_and_message() -> None:
    _, sent = ask("/closed")
    assert sent[0]["status"] == 409
    assert json.loads(sent[1]["body"]) == {"code": "sample.closed", "message": "Closed since 1999."}


def test_only_reading_is_answered() -> None:
    _, sent = ask("/closed", "DELETE")
    assert sent[0]["status"] == 405
    assert (b"allow", b"GET, HEAD") in sent[0]["headers"]


def test_head_gives_the_headers_alone() -> None:
    _, sent = ask("/tiles/roads/14/1.mvt", "HEAD")
    assert sent[1]["body"] == b""
    assert int(dict(sent[0]["headers"])[b"content-length"]) > 0


def test_every_answer_may_be_read_by_other_sites_and_is_what_it_says() -> None:
    headers = dict(ask("/closed")[1][0]["headers"])
    assert headers[b"access-control-allow-origin"] == b"*"
    assert headers[b"x-content-type-options"] == b"nosniff"


def test_a_route_that_is_not_marked_as_public_is_taken_by_no_router() -> None:
    def unmarked(request: Request) -> Response:
        return Response()

    @requires(Capability("sample.see"))
    def guarded(request: Request) -> Response:
        return Response()

    for handler in (unmarked, guarded):
        with pytest.raises(UnguardedRouteError):
            Router([HotRoute("/x", handler, "sample:x")], directly)
    Router([HotRoute("/x", unmarked, "sample:x", Access())], directly)


def test_two_routes_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="sample:a"):
        Router([HotRoute("/a", tile, "sample:a"), HotRoute("/b", tile, "sample:a")], directly)


def post(path: str, parts: list[Message], *routes: HotRoute) -> list[Message]:
    """What the router sends for a body that arrives in parts."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return parts.pop(0)

    scope: Scope = {"method": "POST", "path": path, "query_string": b"", "headers": []}
    asyncio.run(Router(routes, directly)(scope, receive, send))
    return sent


@public
def taken(request: Request) -> Response:
    return json_response({"bytes": len(request.body)}, status=202)


TAKING = HotRoute("/in", taken, "sample:in", methods=("POST",), body_limit=2048)


def test_a_route_that_takes_bodies_gets_the_whole_body() -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"a" * 1000, "more_body": True},
        {"type": "http.request", "body": b"b" * 1000},
    ]
    sent = post("/in", parts, TAKING)
    assert (sent[0]["status"], json.loads(sent[1]["body"])) == (202, {"bytes": 2000})


def test_a_body_beyond_the_limit_of_its_route_is_refused() -> None:
    sent = post("/in", [{"type": "http.request", "body": b"a" * 2049}], TAKING)
    assert sent[0]["status"] == 413
    assert json.loads(sent[1]["body"])["message"].endswith("the limit is 2 kB.")


def test_half_a_body_reaches_no_handler_and_gets_no_answer() -> None:
    half: list[Message] = [
        {"type": "http.request", "body": b"a", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert post("/in", half, TAKING) == []


def test_a_mount_answers_its_prefix_and_what_lies_below_it_only() -> None:
    paths: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        paths.append(scope["path"])

    async def nowhere(*_: object) -> Message:
        raise AssertionError

    async def nothing(message: Message) -> None:
        raise AssertionError

    router = Router([], directly, [Mount("/x/v1", application, "sample:x", Access())])
    for path in ("/x/v1", "/x/v1/", "/x/v1/a", "/x/v11", "/x", "/"):
        found = asyncio.run(router({"path": path, "method": "PUT"}, nowhere, nothing))
        assert found is (path in paths)
    assert paths == ["/x/v1", "/x/v1/", "/x/v1/a"]
    with pytest.raises(UnguardedRouteError):
        Router([], directly, [Mount("/x", application, "sample:x")])


@given(st.text(max_size=40))
def test_no_path_confuses_a_pattern(path: str) -> None:
    match = compile_pattern("/a/{name}/{z:int}").fullmatch(path)
    assert match is None or (match["z"].isdigit() and "/" not in match["name"])


@pytest.mark.parametrize("text", ["x", "1.5", "1e3", "9" * 30, "--1", "5", "-1"])
def test_a_number_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(BadQuery):
        number(Request("GET", "/", query={"n": text}), "n", lowest=0, highest=4)


def test_a_number_is_read_or_absent() -> None:
    assert number(Request("GET", "/", query={"n": "3"}), "n", lowest=0, highest=4) == 3
    assert number(Request("GET", "/", query={"n": ""}), "n", lowest=0, highest=4) is None


def request(**headers: str) -> Request:
    return Request("GET", "/", headers={k.replace("_", "-"): v for k, v in headers.items()})


PAGE = Response(200, {"cache-control": "max-age=5", "content-type": "text/plain"}, b"x" * 5_000)


def test_a_reader_that_holds_these_bytes_gets_a_bare_304() -> None:
    first = conditional(request(), PAGE)
    tag = first.headers["etag"]
    for held in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = conditional(request(if_none_match=held), PAGE)
        assert (again.status, again.body) == (304, b"")
        assert again.headers == {"etag": tag, "cache-control": "max-age=5"}
    assert conditional(request(if_none_match='"other"'), PAGE).status == 200


def test_long_answers_are_compressed_for_those_who_take_it() -> None:
    small = compressed(request(accept_encoding="gzip"), Response(200, {}, b"x"))
    assert "content-encoding" not in small.headers
    packed = compressed(request(accept_encoding="br, gzip;q=0.5"), conditional(request(), PAGE))
    assert isinstance(packed.body, bytes)
    assert gzip.decompress(packed.body) == PAGE.body
    assert packed.headers["etag"].startswith("W/")
    plain = compressed(request(), PAGE)
    assert plain.body == PAGE.body and plain.headers["vary"] == "accept-encoding"
    tag = packed.headers["etag"]
    assert conditional(request(if_none_match=tag), PAGE).status == 304


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ("gzip", True),
        ("*", True),
        ("br", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
    ],
)
def test_gzip_is_sent_only_to_those_who_take_it(asked: str, taken: bool) -> None:
    assert accepts_gzip(request(accept_encoding=asked)) is taken
