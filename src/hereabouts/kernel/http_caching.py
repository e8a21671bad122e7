"""What keeps a byte from travelling twice: entity tags and compression for hot responses."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib

from hereabouts.kernel.asgi import Request, Response

SMALLEST_COMPRESSED = 860
"""Bytes below which compressing costs more than it saves: they fit one packet anyway."""


def etag(body: bytes) -> str:
    """A strong entity tag of these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:22]}"'


def conditional(request: Request, response: Response) -> Response:
    """The response with an entity tag, or a bare 304 where the reader holds these bytes.

    Source: RFC 9110, 13.1.2.
    """
    if response.status != 200 or not isinstance(response.body, bytes):
        return response
    tag = response.headers.get("etag") or etag(response.body)
    headers = {**response.headers, "etag": tag}
    if is_held(request, tag):
        kept = ("etag", "cache-control", "vary", "expires", "last-modified")
        return Response(304, {name: headers[name] for name in kept if name in headers})
    return dataclasses.replace(response, headers=headers)


def is_held(request: Request, tag: str) -> bool:
    """Whether the reader says that it holds the representation with this tag."""
    asked = request.headers.get("if-none-match", "")
    held = [entry.strip().removeprefix("W/") for entry in asked.split(",")]
    return asked.strip() == "*" or tag.removeprefix("W/") in held


def compressed(request: Request, response: Response) -> Response:
    """The response, gzipped where the reader takes that and the body is long enough."""
    body = response.body
    if not isinstance(body, bytes) or "content-encoding" in response.headers:
        return response
    if response.status != 200 or len(body) < SMALLEST_COMPRESSED:
        return response
    headers = {**response.headers, "vary": "accept-encoding"}
    if not accepts_gzip(request):
        return dataclasses.replace(response, headers=headers)
    if "etag" in headers and not headers["etag"].startswith("W/"):
        # The compressed bytes are another representation of the same content.
        headers["etag"] = "W/" + headers["etag"]
    headers["content-encoding"] = "gzip"
    return Response(response.status, headers, gzip.compress(body, compresslevel=5, mtime=0))


def accepts_gzip(request: Request) -> bool:
    """Whether the reader takes gzip. Source: RFC 9110, 12.5.3."""
    for entry in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = entry.strip().partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
