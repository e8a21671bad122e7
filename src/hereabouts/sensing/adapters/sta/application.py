"""The ASGI application: requests off the wire, answers onto it, threads in between."""

from __future__ import annotations

import logging
from functools import partial

from hereabouts.kernel.asgi import Receive, Scope, Send, read_body
from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.access import find_remembered_grant, grant_for_authorization
from hereabouts.sensing.adapters.sta.addresses import Addresses
from hereabouts.sensing.adapters.sta.batching import BATCH, answer_batch
from hereabouts.sensing.adapters.sta.calls import Call
from hereabouts.sensing.adapters.sta.loop_reads import LoopReads
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
from hereabouts.sensing.adapters.sta.threads import Threads
from hereabouts.sensing.domain.grants import NOBODY, Grant
from hereabouts.sensing.errors.keys import CredentialsNeeded

WITH_BODIES = frozenset({"POST", "PATCH", "PUT", "DELETE"})

log = logging.getLogger(__name__)


class Application:
    """The service at `/sta/v1.1`."""

    def __init__(self, settings: StaSettings) -> None:
        self.settings = settings
        self.addresses = Addresses(settings)
        self.threads = Threads(settings.threads, settings.longest_queue)
        self.loop_reads = LoopReads(settings.sqlite_path) if settings.sqlite_path else None

    def close(self) -> None:
        """Finish what is in hand; nothing may be asked afterwards."""
        self.threads.close()
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
        if scope["method"] == "OPTIONS":
            return preflight()
        if scope["method"] == "GET" and self.loop_reads is not None:
            reply = self._at_once(self.loop_reads, scope)
            if reply is not None:
                return reply
        return await self._in_thread(scope, receive)

    def _at_once(self, reads: LoopReads, scope: Scope) -> Reply | None:
        """A short read, answered here and now; None where it has to go the ordinary way."""
        headers = dict(scope["headers"])
        grant = _remembered(headers.get(b"authorization"))
        if grant is None:
            return None
        query = scope.get("query_string", b"").decode("latin-1")
        base = self.addresses.base_of(scope)
        reply = reads.answer(scope["path"][len(PREFIX) :], query, grant.level, base)
        return None if reply is None else zipped(reply, headers)

    async def _in_thread(self, scope: Scope, receive: Receive) -> Reply | None:
        headers = dict(scope["headers"])
        base = self.addresses.base_of(scope)
        authorization = headers.get(b"authorization")
        body: bytes | None = b""
        if scope["method"] in WITH_BODIES:
            if authorization is None and not scope["path"].endswith(BATCH):
                # Nobody in particular writes: their bodies are not worth reading.
                raise CredentialsNeeded
            limit = self.settings.largest_body
            body = await read_body(scope, receive, limit, self.settings.body_seconds)
        if body is None:
            return None
        call = partial(
            Call,
            method=scope["method"],
            path=scope["path"][len(PREFIX) :],
            query=scope.get("query_string", b"").decode("latin-1"),
            headers=headers,
            body=body,
            base=base,
            settings=self.settings,
        )
        return await self.threads.run(lambda: _work(call, authorization))


def _work(call: partial[Call], authorization: bytes | None) -> Reply:
    made = call(grant=_grant(authorization))
    work = answer_batch if made.path.strip("/") == BATCH else answer
    return zipped(work(made), made.headers)


def _remembered(authorization: bytes | None) -> Grant | None:
    """The grant, if it can be told without the database. Raises: BadCredentials."""
    return find_remembered_grant(None if authorization is None else authorization.decode("latin-1"))


def _grant(authorization: bytes | None) -> Grant:
    """The grant. Raises: BadCredentials."""
    found = _remembered(authorization)
    if found is None and authorization is not None:
        return grant_for_authorization(authorization.decode("latin-1"))
    return found or NOBODY
