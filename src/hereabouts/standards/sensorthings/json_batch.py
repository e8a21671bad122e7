"""Batches as JSON: `{"requests": […]}` answered by `{"responses": […]}`.

Requests in a row with the same `atomicityGroup` are one change set. Source: the FROST extension
JsonBatchRequest; OData JSON 4.01, clause 19.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec

from hereabouts.standards.sensorthings.batch import (
    BatchPart,
    BatchReply,
    BatchRequest,
    BatchUnreadable,
    ChangeSet,
    ChangeSetReply,
    Condition,
    ReplyPart,
    check_batch,
)

_CONDITION = re.compile(r"\s*(?P<negation>not\s+)?\$(?P<name>[A-Za-z0-9_.:,;-]+)\s*")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class _Request(msgspec.Struct):
    id: str | int
    method: str
    url: str
    headers: dict[str, str] = {}
    group: str | None = msgspec.field(name="atomicityGroup", default=None)
    body: msgspec.Raw = msgspec.Raw(b"")
    condition: str | None = msgspec.field(name="if", default=None)


class _Batch(msgspec.Struct):
    requests: list[_Request]


_DECODER = msgspec.json.Decoder(_Batch)


def read_json_batch(body: bytes) -> tuple[BatchPart, ...]:
    """The parts of a batch, in order. Raises: BatchUnreadable."""
    try:
        batch = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as refused:
        raise BatchUnreadable(str(refused)) from None
    except RecursionError:
        raise BatchUnreadable("it nests too deep") from None
    parts: list[BatchPart] = []
    groups: set[str] = set()
    for group, requests in groupby(batch.requests, key=lambda request: request.group):
        read = tuple(_read_request(request) for request in requests)
        if group is None:
            parts += read
            continue
        if group in groups:
            raise BatchUnreadable("the requests of an atomicityGroup stand in a row", group)
        groups.add(group)
        parts.append(ChangeSet(read, group))
    return check_batch(parts)


def write_json_batch(parts: Sequence[ReplyPart]) -> bytes:
    """The answer to a batch; bodies must be JSON."""
    replies: list[BatchReply] = []
    for part in parts:
        replies += part.replies if isinstance(part, ChangeSetReply) else (part,)
    return msgspec.json.encode({"responses": [_reply(reply) for reply in replies]})


def _read_request(request: _Request) -> BatchRequest:
    method = request.method.upper()
    if method not in _METHODS:
        raise BatchUnreadable("there is no such method", request.method)
    body = bytes(request.body)
    return BatchRequest(
        method,
        request.url,
        {name.lower(): value for name, value in request.headers.items()},
        b"" if body == b"null" else body,
        str(request.id),
        None if request.condition is None else _read_condition(request.condition),
    )


def _read_condition(text: str) -> Condition:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise BatchUnreadable("a condition is “$id” or “not $id”", text)
    return Condition(match["name"], match["negation"] is not None)


def _reply(reply: BatchReply) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": reply.id, "status": reply.status}
    location = next((v for name, v in reply.headers.items() if name.lower() == "location"), None)
    if location is not None:
        answer["location"] = location
    if reply.body:
        answer["body"] = msgspec.Raw(reply.body)
    return answer
