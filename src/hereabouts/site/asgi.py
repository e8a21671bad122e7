"""The whole site as one ASGI application: hot routes first, then Django's pages in threads."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application
from django.db import InterfaceError, OperationalError, close_old_connections
from django.urls import get_resolver

from hereabouts.kernel.asgi import (
    Message,
    Receive,
    Request,
    Response,
    Router,
    Scope,
    Send,
    deliver,
    read_body,
    refusal_response,
)
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_
from hereabouts.site.configuration import from_environment

if TYPE_CHECKING:
    from hereabouts.site.background import Background

PAGE_THREADS = 12
HOT_THREADS = 8
LONGEST_QUEUE = 200
"""Requests for pages in hand and waiting; more are asked to come again."""
LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of a request's body: a few photographs. Large data comes in by the importers."""
MOST_PARAMETERS = 200
"""Parameters in one address: many times what any page asks for."""
BODY_SECONDS = 60.0

log = logging.getLogger(__name__)


class BadAddress(Refusal):
    """A request's address is not one."""

    code = "site.bad_address"
    message = N_("This address cannot be read.")


class TooBusy(Refusal):
    """More requests are waiting than can be answered soon."""

    code = "site.too_busy"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The site is very busy; try again in a few seconds.")


class DatabaseAway(Refusal):
    """The database is locked or cannot be reached."""

    code = "site.database_away"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The database does not answer just now. Nothing was changed.")


class Pages:
    """Django's pages: each request is read whole, then answered in one of a few threads.

    Reading first keeps a slow sender from holding a thread.
    """

    def __init__(self, wsgi: Any) -> None:  # Any: a2wsgi and Django name WSGI's types differently
        self._asgi: Any = WSGIMiddleware(wsgi, workers=PAGE_THREADS)  # Any: so does ASGI here
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            if self._in_hand >= LONGEST_QUEUE:
                raise TooBusy
            _check_query(scope["query_string"])
            body = await read_body(scope, receive, LARGEST_BODY, BODY_SECONDS)
        except Refusal as refusal:
            await deliver(refusal_response(refusal), scope, receive, send)
            return
        if body is None:
            return
        self._in_hand += 1
        try:
            await self._asgi(_for_wsgi(scope), _replaying(body, receive), send)
        finally:
            self._in_hand -= 1


def _check_query(query: bytes) -> None:
    # Django counts too, but only where a page reads them, and its error pages do so again.
    if not query.isascii() or query.count(b"&") >= MOST_PARAMETERS:
        raise BadAddress


def _for_wsgi(scope: Scope) -> Scope:
    """The scope without headers that WSGI would confuse: there `_` and `-` become the same."""
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    return {**scope, "headers": headers}


def _replaying(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


class HotThreads:
    """Runs hot handlers that touch the database in a few threads of their own."""

    def __init__(self, size: int = HOT_THREADS) -> None:
        self._threads = ThreadPoolExecutor(size, "hot")

    async def __call__(self, handler: Callable[[Request], Response], request: Request) -> Response:
        """Run a handler, on a database connection that is not stale."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _run, handler, request)


def _run(handler: Callable[[Request], Response], request: Request) -> Response:
    close_old_connections()
    try:
        return handler(request)
    except (OperationalError, InterfaceError) as fault:
        log.warning("database_away path=%s fault=%s", request.path, fault)
        raise DatabaseAway from fault
    finally:
        close_old_connections()


class Site:
    """The application a server runs."""

    def __init__(self, router: Router, pages: Pages, background: Background) -> None:
        self.router = router
        self.pages = pages
        self.background = background

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through the server's start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and not await self.router(scope, receive, send):
            await self.pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        embeds_worker = from_environment(os.environ).worker == "embedded"
        await self.background.start(embeds_worker=embeds_worker)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.background.stop()
        await send({"type": "lifespan.shutdown.complete"})


def build() -> Site:
    """The site, with Django loaded first: rooms can only be imported once it is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    wsgi = get_wsgi_application()
    from hereabouts.design.api import current_council
    from hereabouts.site.background import BACKGROUND
    from hereabouts.site.hot import hot_mounts, hot_routes

    # Read now what the first page would wait for; a mistake in it stops the start, not a page.
    current_council()
    _ = get_resolver().url_patterns
    return Site(Router(hot_routes(), HotThreads(), hot_mounts()), Pages(wsgi), BACKGROUND)
