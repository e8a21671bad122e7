"""Batches as `multipart/mixed`: read with either line end, written with the standard's own.

Source: OGC 18-088, clause 11; RFC 2046, 5.1; OData 4.0, part 1, 11.7.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus

from hereabouts.standards.sensorthings.batch import (
    BatchPart,
    BatchReply,
    BatchRequest,
    BatchUnreadable,
    ChangeSet,
    ReplyPart,
    check_batch,
)

_BOUNDARY = re.compile(
    r"\s*multipart/mixed\s*;.*?\bboundary=(?:\"(?P<quoted>[^\"]{1,200})\"|(?P<plain>[^\s;,\"]{1,200}))",
    re.IGNORECASE | re.DOTALL,
)
_BLANK = re.compile(rb"\r?\n\r?\n")
_REQUEST_LINE = re.compile(
    r"(?P<method>[A-Z]{3,7})[ \t]+(?P<url>\S.*?)(?:[ \t]+HTTP/\d(?:\.\d)?)?[ \t]*"
)
_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def read_multipart(body: bytes, content_type: str) -> tuple[BatchPart, ...]:
    """The parts of a batch, in order; `content_type` is the header with its boundary.

    Raises: BatchUnreadable, also for a body that ends before its closing boundary.
    """
    parts: list[BatchPart] = []
    for piece in _split(body, content_type):
        headers, content = _read_headers(piece)
        if _is_multipart(headers):
            parts.append(_read_change_set(content, headers))
        else:
            parts.append(_read_request(content, headers))
    return check_batch(parts)


def write_multipart(parts: Sequence[ReplyPart], boundary: str) -> tuple[bytes, str]:
    """The body of a batch's answer and its content type; `boundary` must occur in no part."""
    written = []
    for number, part in enumerate(parts):
        if isinstance(part, BatchReply):
            written.append(_write_reply(part))
            continue
        inner = f"{boundary}-{number}"
        body = _join([_write_reply(reply) for reply in part.replies], inner)
        head = f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n"
        written.append(head.encode() + body)
    return _join(written, boundary), f"multipart/mixed; boundary={boundary}"


def _read_change_set(content: bytes, headers: dict[str, str]) -> ChangeSet:
    requests = []
    for piece in _split(content, headers["content-type"]):
        inner, request = _read_headers(piece)
        if _is_multipart(inner):
            raise BatchUnreadable("change sets hold requests only", inner["content-type"])
        requests.append(_read_request(request, inner))
        if requests[-1].method not in _WRITING:
            raise BatchUnreadable("change sets hold no reading requests", requests[-1].method)
    return ChangeSet(tuple(requests), headers.get("content-id", ""))


def _split(body: bytes, content_type: str) -> list[bytes]:
    match = _BOUNDARY.match(content_type)
    if match is None:
        raise BatchUnreadable("it is not multipart/mixed with a boundary", content_type)
    boundary = (match["quoted"] or match["plain"]).encode()
    line = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(?P<close>--)?[ \t]*(?=\r?\n|\Z)"
    )
    pieces: list[bytes] = []
    begin: int | None = None
    for found in line.finditer(body):
        if begin is not None:
            pieces.append(body[begin : found.start()])
        if found["close"]:
            return pieces
        begin = found.end()
    raise BatchUnreadable("the closing boundary is missing", boundary.decode())


def _is_multipart(headers: dict[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/http", "multipart/mixed"):
        raise BatchUnreadable("a part is application/http or multipart/mixed", kind)
    return kind == "multipart/mixed"


def _read_headers(piece: bytes) -> tuple[dict[str, str], bytes]:
    """Headers by name in lower case, and what follows the blank line."""
    plain = piece.lstrip(b"\r\n")
    blank = _BLANK.search(plain)
    head, rest = (plain[: blank.start()], plain[blank.end() :]) if blank else (plain, b"")
    return _parse_headers(_decode(head).splitlines()), rest


def _parse_headers(lines: Sequence[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise BatchUnreadable("it is not a header", line)
        headers[name.strip().lower()] = value.strip()
    return headers


def _read_request(content: bytes, outer: dict[str, str]) -> BatchRequest:
    plain = content.lstrip(b"\r\n")
    blank = _BLANK.search(plain)
    head, body = (plain[: blank.start()], plain[blank.end() :]) if blank else (plain, b"")
    lines = _decode(head).splitlines() or [""]
    match = _REQUEST_LINE.fullmatch(lines[0])
    if match is None:
        raise BatchUnreadable("it is not a request such as GET Things HTTP/1.1", lines[0])
    headers = _parse_headers([line for line in lines[1:] if line.strip()])
    name = outer.get("content-id") or headers.get("content-id", "")
    return BatchRequest(match["method"], match["url"], headers, body.rstrip(b"\r\n"), name)


def _decode(head: bytes) -> str:
    try:
        return head.decode()
    except UnicodeDecodeError:
        raise BatchUnreadable("the headers are not UTF-8", repr(head[:40])) from None


def _write_reply(reply: BatchReply) -> bytes:
    lines = ["Content-Type: application/http"]
    if reply.id:
        lines.append(f"Content-ID: {reply.id}")
    lines += ["", f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    lines += [f"Content-Length: {len(reply.body)}", "", ""]
    return "\r\n".join(lines).encode() + reply.body


def _join(pieces: Sequence[bytes], boundary: str) -> bytes:
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + piece + b"\r\n" for piece in pieces)
    return body + line + b"--\r\n"
