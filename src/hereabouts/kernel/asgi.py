"""The vocabulary of hot routes: plain handlers that answer before the page framework is asked.

A room lists its `HotRoute`s, and `Mount`s for whole applications; `site` puts them into one
`Router`. Handlers know requests and responses only, so they can be called in a test and moved to
another server.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import parse_qsl

import msgspec

from hereabouts.kernel.access import Access, access_of
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_

Message = MutableMapping[str, Any]  # Any: ASGI's own messages have no closed shape
Scope = MutableMapping[str, Any]  # Any: as above
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

READING = ("GET", "HEAD")

FROM_PROXY = "is_from_trusted_proxy"
"""Key in a scope's `state`: there and true where a trusted proxy handed the request on."""

LONGEST_QUERY = 4_096
"""Characters of a query string that a hot route reads; longer ones are refused."""

GRACE_SECONDS = 5.0
"""How long a stream that was told to end may take to say goodbye."""

BODY_SECONDS = 60.0
"""How long the body of a request may take to arrive."""


class BadQuery(Refusal):
    """A query parameter cannot be read."""

    code = "web.bad_query"
    message = N_("The parameter “{name}” cannot be used: {reason}.")


class MethodNotAllowed(Refusal):
    """The route does not answer this method."""

    code = "web.method_not_allowed"
    message = N_("This address can only be read.")

    @property
    def status(self) -> int:
        """HTTP's own status for a method that an address does not know."""
        return 405


class BodyTooLarge(Refusal):
    """A request brings more than its address takes."""

    code = "web.body_too_large"
    kind = RefusalKind.TOO_LARGE
    message = N_("That is too large to be sent here: the limit is {limit}.")


class BodyTooSlow(Refusal):
    """A request did not bring its body in time."""

    code = "web.body_too_slow"
    message = N_("The request took too long to arrive; nothing was kept.")


@dataclass(frozen=True)
class Request:
    """What a hot handler may know about a request; header names are in lower case.

    `body` is read for routes with a `body_limit` only.
    """

    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Stream:
    """A body without an end: its chunks, a flag that ends it, and what to do when it is over.

    `ended` is set by whoever finds the reader too slow; `close` is called once in every case.
    """

    chunks: AsyncGenerator[bytes, None]
    ended: asyncio.Event
    close: Callable[[], None]


@dataclass(frozen=True)
class Response:
    """What a hot handler answers; header names are in lower case."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Stream = b""


Handler = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class HotRoute:
    """One address answered before the page framework.

    `pattern` is a path with `{name}` for one segment's text and `{name:int}` for digits. A
    handler that is `async` runs on the event loop and may not block; any other runs in a thread.
    `access` may be left out where the handler carries the mark of `kernel.access`. A route that
    takes bodies says of how many bytes at most.
    """

    pattern: str
    handler: Handler
    name: str
    access: Access | None = None
    methods: tuple[str, ...] = READING
    body_limit: int = 0

    @property
    def declared_access(self) -> Access | None:
        """Who may use the route, or None where nobody said."""
        return self.access or access_of(self.handler)


@dataclass(frozen=True)
class Mount:
    """A whole application that answers its prefix, and every path below, before the pages.

    It checks the credentials each request brings; `access` says so, as on a route. `summary` is one
    sentence for the list of routes.
    """

    prefix: str
    application: Application
    name: str
    access: Access | None = None
    summary: str = ""


class RunsBlocking(Protocol):
    """Runs a blocking handler in a thread and awaits its answer."""

    async def __call__(self, handler: Callable[[Request], Response], request: Request) -> Response:
        """Run it."""


class UnguardedRouteError(TypeError):
    """A hot route does not say that it is public; no router takes it."""


def json_response(
    value: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with JSON."""
    merged = {"content-type": "application/json; charset=utf-8", **(headers or {})}
    return Response(status, merged, msgspec.json.encode(value))


def refusal_response(refusal: Refusal) -> Response:
    """Answer with a refusal: `{"code": …, "message": …}` and its status."""
    headers = {"cache-control": "no-store"}
    if refusal.kind in (RefusalKind.UNAVAILABLE, RefusalKind.TOO_MANY):
        # Who is turned away because there are too many shall not stay connected.
        headers |= {"retry-after": "5", "connection": "close"}
    body = {"code": refusal.code, "message": refusal.sentence()}
    return json_response(body, status=refusal.status, headers=headers)


def number(request: Request, name: str, *, lowest: int, highest: int) -> int | None:
    """A whole number from the query, or None where it was left out.

    Raises: BadQuery when it is not a whole number or out of range.
    """
    text = request.query.get(name)
    if text is None or text == "":
        return None
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise BadQuery(name=name, reason="it is not a whole number")
    if not lowest <= int(text) <= highest:
        raise BadQuery(name=name, reason=f"it has to lie between {lowest} and {highest}")
    return int(text)


class Router:
    """Finds the hot route of a request and answers it, or leaves it to somebody else.

    Raises: UnguardedRouteError for a route or mount that is not marked as public, since none has a
    session to check; ValueError for two routes with one name.
    """

    def __init__(
        self,
        routes: Sequence[HotRoute],
        run_blocking: RunsBlocking,
        mounts: Sequence[Mount] = (),
    ) -> None:
        self.routes = tuple(routes)
        self.run_blocking = run_blocking
        self.mounts = tuple((mount.prefix, mount.application) for mount in mounts)
        for mount in mounts:
            if mount.access is None or not mount.access.is_public:
                raise UnguardedRouteError(f"{mount.name} ({mount.prefix}) is not marked as public")
        self._exact: dict[str, HotRoute] = {}
        self._patterns: list[tuple[re.Pattern[str], HotRoute]] = []
        for route in self.routes:
            self._add(route)

    def _add(self, route: HotRoute) -> None:
        access = route.declared_access
        if access is None or not access.is_public:
            raise UnguardedRouteError(f"{route.name} ({route.pattern}) is not marked as public")
        if sum(route.name == other.name for other in self.routes) > 1:
            raise ValueError(f"two hot routes are named {route.name}")
        if "{" in route.pattern:
            self._patterns.append((compile_pattern(route.pattern), route))
        else:
            self._exact[route.pattern] = route

    def find(self, path: str) -> tuple[HotRoute, Mapping[str, str]] | None:
        """The route of a path and what stands in its places, or None."""
        exact = self._exact.get(path)
        if exact is not None:
            return exact, {}
        for pattern, route in self._patterns:
            match = pattern.fullmatch(path)
            if match:
                return route, match.groupdict()
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer a request; false when no hot route has its path."""
        path: str = scope["path"]
        for prefix, application in self.mounts:
            if path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/"):
                await application(scope, receive, send)
                return True
        found = self.find(path)
        if found is None:
            return False
        route, parameters = found
        try:
            request = await _read(route, parameters, (scope, receive))
            if request is None:
                return True
            response = await self._respond(route, request)
        except Refusal as refusal:
            response = refusal_response(refusal)
            if isinstance(refusal, MethodNotAllowed):
                allowed = {"allow": ", ".join(route.methods)}
                response = replace(response, headers={**response.headers, **allowed})
        await deliver(response, scope, receive, send)
        return True

    async def _respond(self, route: HotRoute, request: Request) -> Response:
        if inspect.iscoroutinefunction(route.handler):
            answer: Response = await route.handler(request)
            return answer
        blocking: Any = route.handler  # Any: not a coroutine function, so it answers directly
        return await self.run_blocking(blocking, request)


async def _read(
    route: HotRoute, parameters: Mapping[str, str], source: tuple[Scope, Receive]
) -> Request | None:
    """The request with its body where the route takes one; None where its sender has left."""
    scope, receive = source
    if scope["method"] not in route.methods:
        raise MethodNotAllowed
    request = read_request(scope, parameters)
    if not route.body_limit:
        return request
    body = await read_body(scope, receive, route.body_limit)
    return None if body is None else replace(request, body=body)


async def read_body(
    scope: Scope, receive: Receive, limit: int, seconds: float = BODY_SECONDS
) -> bytes | None:
    """A request's whole body; None where the sender left half-way.

    `limit` in bytes. Raises: BodyTooLarge, before reading where the head says so; BodyTooSlow.
    """
    declared = next((v for n, v in scope["headers"] if n == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLarge(limit=_size(limit))
    try:
        async with asyncio.timeout(seconds):
            return await _gather(receive, limit)
    except TimeoutError as fault:
        raise BodyTooSlow from fault


async def _gather(receive: Receive, limit: int) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            raise BodyTooLarge(limit=_size(limit))
        if not message.get("more_body", False):
            return bytes(body)


def _size(limit: int) -> str:
    return f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 2**10} kB"


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The expression that matches a route's pattern."""
    parts = re.split(r"(\{[a-z_]+(?::int)?\})", pattern)
    return re.compile("".join(_piece(part) for part in parts))


def _piece(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name, _, kind = part[1:-1].partition(":")
    return f"(?P<{name}>{'[0-9]{1,18}' if kind == 'int' else '[^/]{1,200}?'})"


def read_request(scope: Scope, parameters: Mapping[str, str]) -> Request:
    """The request an ASGI scope describes.

    Raises: BadQuery for a query string that is too long or not UTF-8.
    """
    raw: bytes = scope.get("query_string", b"")
    if len(raw) > LONGEST_QUERY:
        raise BadQuery(name="?", reason="the address is too long")
    try:
        query = dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as fault:
        raise BadQuery(name="?", reason="the address is not UTF-8") from fault
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(scope["method"], scope["path"], parameters, query, headers)


async def deliver(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a response; a stream ends when its reader leaves."""
    body = response.body
    headers = {
        "x-content-type-options": "nosniff",
        # Everything a hot route answers is public, so other sites' pages may read it too.
        "access-control-allow-origin": "*",
        **response.headers,
    }
    if isinstance(body, bytes) and response.status != 304:
        headers["content-length"] = str(len(body))
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": pairs})
    if isinstance(body, bytes):
        await send({"type": "http.response.body", "body": b"" if _is_bare(scope) else body})
        return
    try:
        if _is_bare(scope):
            await send({"type": "http.response.body", "body": b""})
        else:
            await _stream(body, receive, send)
    finally:
        await body.chunks.aclose()
        body.close()


def _is_bare(scope: Scope) -> bool:
    return bool(scope["method"] == "HEAD")


async def _stream(stream: Stream, receive: Receive, send: Send) -> None:
    pump = asyncio.create_task(_pump(stream, send))
    others = [asyncio.create_task(_gone(receive)), asyncio.create_task(stream.ended.wait())]
    try:
        await asyncio.wait([pump, *others], return_when=asyncio.FIRST_COMPLETED)
        if stream.ended.is_set():
            await asyncio.wait([pump], timeout=GRACE_SECONDS)
    finally:
        for task in (pump, *others):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pump


async def _pump(stream: Stream, send: Send) -> None:
    async for chunk in stream.chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
