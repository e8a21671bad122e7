"""The ASGI application: requests off the wire, answers onto it, threads in between."""

from __future__ import annotations

import logging
from functools import partial

from django.db import connection

from hereabouts.kernel.asgi import Receive, Scope, Send, read_body
from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.access import find_remembered_grant, grant_for_authorization
from hereabouts.sensing.adapters.sta.addresses import Addresses
from hereabouts.sensing.adapters.sta.batching import BATCH, answer_batch
from hereabouts.sensing.adapters.sta.calls import Call, prefers_minimal
from hereabouts.sensing.adapters.sta.posts import Posts, Target, find_target
from hereabouts.sensing.adapters.sta.replies import (
    InternalFault,
    Reply,
    preflight,
    refused,
    send_reply,
    zipped,
)
from hereabouts.sensing.adapters.sta.service import answer
from hereabouts.sensing.adapters.sta.settings import PREFIX, StaSettings
from hereabouts.sensing.adapters.sta.short_reads import LoopReads, ThreadReads
from hereabouts.sensing.adapters.sta.threads import DatabaseAway, Threads, TooBusy
from hereabouts.sensing.adapters.sta.writing import show_created
from hereabouts.sensing.domain.observations import Stored
from hereabouts.sensing.errors.keys import CredentialsNeeded
from hereabouts.standards.sensorthings.model import OBSERVATION

WITH_BODIES = frozenset({"POST", "PATCH", "PUT", "DELETE"})

log = logging.getLogger(__name__)


class Application:
    """The service at `/sta/v1.1`; without `posts` every observation goes the ordinary way."""

    def __init__(self, settings: StaSettings, posts: Posts | None = None) -> None:
        self.settings = settings
        self.posts = posts
        self.addresses = Addresses(settings)
        self.threads = Threads(settings.threads, settings.longest_queue)
        self.loop_reads = LoopReads(settings.sqlite_path) if settings.sqlite_path else None
        self.thread_reads = ThreadReads() if connection.vendor == "postgresql" else None

    def close(self) -> None:
        """Finish what is in hand; nothing may be asked afterwards."""
        self.threads.close(None if self.thread_reads is None else self.thread_reads.close)
        if self.loop_reads is not None:
            self.loop_reads.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; one whose sender leaves half-way is forgotten."""
        try:
            reply = await self._answer(scope, receive)
        except Refusal as refusal:
            reply = refused(refusal)
        except Exception:
            # The edge: whatever broke is noted, and the caller told no more than that.
            log.exception("sta_failed method=%s path=%s", scope["method"], scope["path"])
            reply = refused(InternalFault())
        if reply is not None:
            await send_reply(reply, scope, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Reply | None:
        """The answer; None where the sender has left. Raises: refusals."""
        method = scope["method"]
        if method == "OPTIONS":
            return preflight()
        asked = _Asked(scope, self.addresses.base_of(scope), self.settings)
        if method not in WITH_BODIES:
            reply = self._at_once(asked) if method == "GET" else None
            return await self._in_thread(asked, b"") if reply is None else reply
        if asked.authorization is None and not scope["path"].endswith(BATCH):
            # Nobody in particular writes: their bodies are not worth reading.
            raise CredentialsNeeded
        if method == "POST" and self.posts is not None and not asked.query:
            target = find_target(scope["path"])
            if target is not None:
                return await self._post(self.posts, target, asked, receive)
        limit, seconds = self.settings.largest_body, self.settings.body_seconds
        body = await read_body(scope, receive, limit, seconds)
        return None if body is None else await self._in_thread(asked, body)

    async def _post(
        self, posts: Posts, target: Target, asked: _Asked, receive: Receive
    ) -> Reply | None:
        """Take one observation."""
        limit, seconds = self.settings.largest_observation, self.settings.body_seconds
        body = await read_body(asked.scope, receive, limit, seconds)
        if body is None:
            return None
        grant = find_remembered_grant(asked.authorization)
        row = None if grant is None else posts.read(body, target, grant)
        if row is None:
            work = partial(_post_slowly, posts, target, asked, body)
            return await self.threads.run(work)
        stored = await posts.write(row)
        told = posts.tell(row, stored, asked.base, is_minimal=asked.wants_minimal)
        if told is not None:
            return told
        try:
            return await self.threads.run(lambda: _show(asked, stored))
        except (TooBusy, DatabaseAway):
            # It is committed: its address is answer enough, and nobody sends it again.
            return posts.tell(row, stored, asked.base, is_minimal=True)

    def _at_once(self, asked: _Asked) -> Reply | None:
        """A short read, answered here and now; None where it has to go the ordinary way."""
        grant = find_remembered_grant(asked.authorization)
        if self.loop_reads is None or grant is None:
            return None
        reply = self.loop_reads.answer(asked.path, asked.query, grant.level, asked.base)
        return None if reply is None else zipped(reply, asked.headers)

    async def _in_thread(self, asked: _Asked, body: bytes) -> Reply:
        return await self.threads.run(lambda: self._shortly(asked) or _work(asked, body))

    def _shortly(self, asked: _Asked) -> Reply | None:
        """In a thread: the answer to a short read; None where it has to go the ordinary way."""
        if self.thread_reads is None or asked.scope["method"] != "GET":
            return None
        grant = find_remembered_grant(asked.authorization)
        if grant is None:
            return None
        reply = self.thread_reads.answer(asked.path, asked.query, grant.level, asked.base)
        return None if reply is None else zipped(reply, asked.headers)


class _Asked:
    """A request's head, looked at once."""

    __slots__ = ("authorization", "base", "headers", "path", "query", "scope", "settings")

    def __init__(self, scope: Scope, base: str, settings: StaSettings) -> None:
        self.scope = scope
        self.settings = settings
        self.base = base
        self.path: str = scope["path"][len(PREFIX) :]
        self.query: str = scope.get("query_string", b"").decode("latin-1")
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        found = self.headers.get(b"authorization")
        self.authorization = None if found is None else found.decode("latin-1")

    @property
    def wants_minimal(self) -> bool:
        """As `Call.wants_minimal`."""
        return b"prefer" in self.headers and prefers_minimal(self.headers[b"prefer"])


def _work(asked: _Asked, body: bytes) -> Reply:
    call = _call_of(asked, body)
    work = answer_batch if call.path.strip("/") == BATCH else answer
    return zipped(work(call), call.headers)


def _post_slowly(posts: Posts, target: Target, asked: _Asked, body: bytes) -> Reply:
    """Take an observation whose stream or sender has to be looked up, or that brings more."""
    call = _call_of(asked, body)
    stored = posts.write_blocking(body, target, call.grant)
    if stored is None:
        return answer(call)
    return show_created(call, OBSERVATION, stored.id)


def _show(asked: _Asked, stored: Stored) -> Reply:
    return show_created(_call_of(asked, b""), OBSERVATION, stored.id)


def _call_of(asked: _Asked, body: bytes) -> Call:
    grant = find_remembered_grant(asked.authorization)
    if grant is None:
        grant = grant_for_authorization(asked.authorization)
    return Call(
        method=asked.scope["method"],
        path=asked.path,
        query=asked.query,
        headers=asked.headers,
        body=body,
        grant=grant,
        base=asked.base,
        settings=asked.settings,
    )
