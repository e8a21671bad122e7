"""What the service answers with: status, headers and body, refusals among them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

import msgspec

from hereabouts.kernel.asgi import Scope, Send
from hereabouts.kernel.http_caching import SMALLEST_COMPRESSED
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_

Header = tuple[bytes, bytes]

JSON: Header = (b"content-type", b"application/json")
MINIMAL: Header = (b"preference-applied", b"return=minimal")
TEXT: Header = (b"content-type", b"text/plain; charset=utf-8")

METHODS = "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"

ALWAYS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Location, Link"),
    (b"x-content-type-options", b"nosniff"),
)
"""Headers of every answer: open data, so other sites' pages may read it with the ids of links."""

CHALLENGE: Header = (b"www-authenticate", b'Bearer, Basic realm="SensorThings", charset="UTF-8"')

_encoder = msgspec.json.Encoder()


class Reply(msgspec.Struct, frozen=True):
    """One answer; a body that is already compressed says so in its headers."""

    status: int = 200
    body: bytes = b""
    headers: tuple[Header, ...] = (JSON,)


class MethodNotHere(Refusal):
    """The address does not answer this method."""

    code = "sta.method_not_allowed"
    message = N_("This address does not answer {method}; it answers {allowed}.")

    @property
    def status(self) -> int:
        """HTTP's own status for a method that an address does not know."""
        return 405


class InternalFault(Refusal):
    """Something broke here; what, stands in the log alone."""

    code = "sta.fault"
    message = N_("Something went wrong on our side. It has been noted.")

    @property
    def status(self) -> int:
        """HTTP's own status for a fault of ours."""
        return 500


def json_reply(value: object, status: int = 200, *headers: Header) -> Reply:
    """An answer in JSON."""
    return Reply(status, _encoder.encode(value), (JSON, *headers))


def refused(refusal: Refusal) -> Reply:
    """A refusal: `{"code", "type": "error", "message"}`, with the offending token where known.

    The status is under `code` as well, as a number, for clients that expect FROST's form: ours is
    a text and stands under `reason`.
    """
    body: dict[str, object] = {
        "code": refusal.status,
        "type": "error",
        "message": refusal.sentence(),
        "reason": refusal.code,
    }
    if refusal.facts.get("token"):
        body["token"] = refusal.facts["token"]
        body["position"] = refusal.facts.get("position", 0)
    return json_reply(body, refusal.status, (b"cache-control", b"no-store"), *_extra(refusal))


def _extra(refusal: Refusal) -> tuple[Header, ...]:
    if refusal.kind in (RefusalKind.UNAVAILABLE, RefusalKind.TOO_MANY):
        return ((b"retry-after", b"5"),)
    if refusal.kind is RefusalKind.NOT_SIGNED_IN:
        return (CHALLENGE,)
    if isinstance(refusal, MethodNotHere):
        return ((b"allow", str(refusal.facts["allowed"]).encode()),)
    return ()


def preflight() -> Reply:
    """What a browser asks before another site's page may write."""
    return Reply(
        204,
        b"",
        (
            (b"allow", METHODS.encode()),
            (b"access-control-allow-methods", METHODS.encode()),
            (b"access-control-allow-headers", b"Authorization, Content-Type, Prefer, Accept"),
            (b"access-control-max-age", b"86400"),
        ),
    )


def zipped(reply: Reply, headers: Mapping[bytes, bytes]) -> Reply:
    """The answer, compressed where it is long and the reader takes that."""
    if len(reply.body) < SMALLEST_COMPRESSED or b"gzip" not in headers.get(b"accept-encoding", b""):
        return reply
    if b"gzip;q=0" in headers[b"accept-encoding"].replace(b" ", b""):
        return reply
    added = ((b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))
    # Level 1: the reader waits, and at this size the higher levels save little more.
    return Reply(reply.status, gzip.compress(reply.body, 1, mtime=0), (*reply.headers, *added))


async def send_reply(reply: Reply, scope: Scope, send: Send) -> None:
    """Put an answer on the wire."""
    length = (b"content-length", b"%d" % len(reply.body))
    bare = reply.status == 204
    headers = [*ALWAYS, *reply.headers] if bare else [*ALWAYS, *reply.headers, length]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else reply.body
    await send({"type": "http.response.body", "body": body})
