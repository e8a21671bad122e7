"""Every address of the open interfaces, asked for with anything: never our fault, never slow."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote, quote_from_bytes, unquote

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hereabouts.kernel.asgi import (
    HotRoute,
    Request,
    Response,
    Router,
    Scope,
    read_request,
    refusal_response,
)
from hereabouts.kernel.refusals import Refusal
from hereabouts.site.asgi import HotThreads
from hereabouts.site.hot import hot_routes, openapi
from tests.rooms.places.small_town import small_town

pytestmark = pytest.mark.django_db

LONGEST_SECONDS = 5.0
"""Far above what any answer takes; what never ends is found all the same."""

FUZZ = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
OGC = ["/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/tileMatrixSets"]
OGC += [
    f"/ogc/collections/{collection}{rest}"
    for collection in ("areas", "streets", "segments", "premises", "assets", "{id}")
    for rest in ("", "/items", "/items/{id}", "/queryables", "/tiles", "/tiles/{id}")
]
PAGES = ["/search", "/at", "/streets", "/areas", "/premises", "/assets", "/journal", "/theme.css"]
PAGES += [f"/{kind}/{{id}}" for kind in ("streets", "areas", "premises", "assets", "postcodes")]
NAMES = (
    "q kind skip lat lon after before type subject bbox bbox-crs crs datetime limit cursor token f "
    "name code use street postcode road_class level in letter"
).split()
ODD = [
    *("", " ", "\0", "a\0b", "..", "../..", "%", "%zz", '"', "'", "\\", "*", "-", "(((", "a:b"),
    *("NEAR(a b)", "a AND", "'; DROP TABLE x;--", "<script>", "\u202eabc", "\ufeff", "\U0001f3f3"),
    *("nan", "inf", "-inf", "1e400", "0x1", "1_0", "\u0663", "\u00b2", "-0", "9" * 25, "1.5", "-1"),
    *("1,2,3", "nan,nan,nan,nan", "-180,-90,180,90", "170,-10,-170,10", ",".join("1" * 99)),
    *("../..", "2020-01-01/..", "2021-02-30", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z/.."),
    *("a" * 130, "\u00e9" * 300, "1 " * 100, "st-", "NP20 4AX", "json", "csv", "gpkg", "html"),
]
texts = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.floats().map(str),
    st.integers().map(str),
)
pieces = st.one_of(
    texts.map(lambda text: quote(text, safe="")),
    st.binary(max_size=12).map(lambda value: quote_from_bytes(value, safe="")),
)
queries = st.lists(st.tuples(st.sampled_from(NAMES), pieces), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)


@pytest.fixture
def asking(client: Client) -> Client:
    small_town()
    client.raise_request_exception = False
    return client


def described() -> Mapping[str, Any]:  # Any: a JSON document
    """What our own description says: its paths, and what may be asked of each."""
    body = openapi(Request("GET", "/api/openapi.json")).body
    assert isinstance(body, bytes)
    paths: Mapping[str, Any] = json.loads(body)["paths"]
    return paths


def filled(path: str, piece: str) -> str:
    """The path with this piece, which is percent-encoded, in its places."""
    return re.sub(r"\{[a-z]+(:int)?\}", lambda _: piece or "x", path)


def check(status: int, media_type: str, body: bytes, seconds: float) -> None:
    """Never our fault, in time, and every no has a sentence."""
    assert status < 500, body[:300]
    assert seconds < LONGEST_SECONDS
    if status >= 400:
        assert has_sentence(media_type, body.decode()), body[:300]


def has_sentence(media_type: str, text: str) -> bool:
    """Whether an answer says in a sentence what was wrong."""
    if "json" in media_type:
        found = json.loads(text)
        said = str(found.get("message") or found.get("description"))
    else:
        main = text.partition("<main")[2]
        said = " ".join(re.sub(r"<[^>]+>", " ", main).split())
    return re.search(r"\w.*[.?!]", said, re.DOTALL) is not None


def ask(client: Client, address: str) -> None:
    """Ask for a page and check what comes."""
    began = time.monotonic()
    answer = client.get(address)
    body = b"".join(answer) if answer.streaming else answer.content
    check(
        answer.status_code, answer.headers.get("Content-Type", ""), body, time.monotonic() - began
    )


@FUZZ
@given(path=st.sampled_from([*OGC, *PAGES]), piece=pieces, query=queries)
@example(path="/postcodes/{id}", piece="x", query="")
@example(path="/ogc/collections/streets/items/{id}", piece="a%00", query="")
@example(path="/streets/{id}", piece="a%00", query="")
@example(path="/ogc/collections/streets/items", piece="", query="bbox=" + ",".join(["1"] * 10_000))
@example(path="/search", piece="", query="&".join(f"a{number}=1" for number in range(600)))
def test_pages_and_open_data_answer_anything(
    asking: Client, path: str, piece: str, query: str
) -> None:
    ask(asking, f"{filled(path, piece)}?{query}")


@FUZZ
@given(data=st.data())
def test_what_describes_itself_answers_anything(asking: Client, data: st.DataObject) -> None:
    paths = {path: what for path, what in described().items() if path not in HOT}
    path = data.draw(st.sampled_from(sorted(paths)))
    names = [each["name"] for each in paths[path]["get"].get("parameters", ())]
    query = "&".join(f"{name}={data.draw(pieces)}" for name in names)
    ask(asking, f"{filled(path, data.draw(pieces))}?{query}")


ROUTER = Router(hot_routes(), HotThreads(1))
HOT = sorted(route.pattern for route in ROUTER.routes)
CLOSED = b"journal.streams_closed"
"""What `/events` says here, where no server follows the journal."""


@FUZZ
@given(
    path=st.sampled_from([path for path in HOT if path != "/readyz"]),
    numbers=st.lists(pieces, min_size=3, max_size=3),
    query=queries,
    resumed=texts,
)
@example(path="/events", numbers=["", "", ""], query="", resumed="9" * 25)
def test_hot_routes_answer_anything(
    asking: Client, path: str, numbers: list[str], query: str, resumed: str
) -> None:
    places = iter(numbers)
    path = re.sub(r"\{[a-z]+(:int)?\}", lambda _: unquote(next(places, "x")) or "x", path)
    found = ROUTER.find(path)
    if found is None:
        return
    headers = [(b"last-event-id", resumed.encode())]
    scope: Scope = {
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
    }
    began = time.monotonic()
    answer = _answer(*found, scope)
    if isinstance(answer.body, bytes) and CLOSED not in answer.body:
        media_type = answer.headers.get("content-type", "")
        check(answer.status, media_type, answer.body, time.monotonic() - began)


def _answer(route: HotRoute, parameters: Mapping[str, str], scope: Scope) -> Response:
    # In this thread, where the test's database is.
    handler: Any = route.handler  # Any: it answers directly or is awaited
    try:
        request = read_request(scope, parameters)
        if inspect.iscoroutinefunction(handler):
            return asyncio.run(_awaited(handler, request))
        answer: Response = handler(request)
        return answer
    except Refusal as refusal:
        return refusal_response(refusal)


async def _awaited(handler: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    answer = await handler(request)
    if not isinstance(answer.body, bytes):
        await answer.body.chunks.aclose()
        answer.body.close()
    return answer
