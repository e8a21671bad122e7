"""Batches: each request answered as if it came alone, change sets in one transaction.

Source: OGC 18-088, clause 11; the JSON form is an extension. A request whose `if` does not hold is
left out and answered 204; its id then stands for what the condition found, so that a read, a create
“if not” and whatever refers to the second make get-or-create.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

import msgspec
from django.db import transaction

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.adapters.sta.calls import Call
from hereabouts.sensing.adapters.sta.replies import (
    JSON,
    Header,
    MethodNotHere,
    Reply,
    refused,
)
from hereabouts.sensing.adapters.sta.service import answer
from hereabouts.standards.sensorthings.batch import (
    BatchPart,
    BatchReply,
    BatchRequest,
    ChangeSet,
    ChangeSetReply,
    Condition,
    Reference,
    ReplyPart,
    resolve_body,
    resolve_url,
)
from hereabouts.standards.sensorthings.json_batch import read_json_batch, write_json_batch
from hereabouts.standards.sensorthings.multipart import read_multipart, write_multipart

BATCH = "$batch"

_ENTITY = re.compile(r"[A-Za-z]+\((?P<key>[0-9]+)\)$")


class _Undone(Exception):  # noqa: N818 - it carries an answer out of a transaction
    """A change set failed: what it did is taken back."""

    def __init__(self, reply: BatchReply) -> None:
        self.reply = reply
        super().__init__()


class _Found(msgspec.Struct):
    """What a read led to: an entity, or the first of a set."""

    key: int | None = msgspec.field(name="@iot.id", default=None)
    link: str = msgspec.field(name="@iot.selfLink", default="")
    value: list[_Found] = []


_found = msgspec.json.Decoder(_Found)


def answer_batch(call: Call) -> Reply:
    """The answer to a batch: its parts' answers in the same form and order."""
    is_json = call.media_type == b"application/json"
    try:
        if call.method != "POST":
            raise MethodNotHere(method=call.method, allowed="POST, OPTIONS")
        parts = _read(call, is_json=is_json)
    except Refusal as refusal:
        return refused(refusal)
    replies = _Run(call).answer_all(parts)
    if is_json:
        return Reply(200, write_json_batch([_as_json(part) for part in replies]))
    body, kind = write_multipart(replies, f"batch_{secrets.token_hex(16)}")
    return Reply(200, body, ((b"content-type", kind.encode("latin-1")),))


def _read(call: Call, *, is_json: bool) -> Sequence[BatchPart]:
    if is_json:
        return read_json_batch(call.body)
    return read_multipart(call.body, call.headers.get(b"content-type", b"").decode("latin-1"))


class _Run:
    """One batch being answered; `references` are what its requests led to so far."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.references: dict[str, Reference] = {}

    def answer_all(self, parts: Sequence[BatchPart]) -> list[ReplyPart]:
        """Every part in order; one that fails leaves the others alone."""
        return [
            self._change_set(part) if isinstance(part, ChangeSet) else self._request(part)
            for part in parts
        ]

    def _change_set(self, part: ChangeSet) -> ReplyPart:
        before = dict(self.references)
        replies = []
        try:
            with transaction.atomic():
                for request in part.requests:
                    reply = self._request(request, is_atomic=True)
                    if reply.status >= 400:
                        raise _Undone(reply)
                    replies.append(reply)
        except _Undone as undone:
            self.references = before
            return undone.reply
        return ChangeSetReply(tuple(replies))

    def _request(self, request: BatchRequest, *, is_atomic: bool = False) -> BatchReply:
        if request.condition is not None and not self._holds(request.condition):
            found = self.references.get(request.condition.reference)
            if request.id and found is not None:
                self.references[request.id] = found
            return BatchReply(204, id=request.id)
        try:
            reply = answer(self._call_of(request, is_atomic=is_atomic))
        except Refusal as refusal:
            reply = refused(refusal)
        if request.id and reply.status < 300:
            self._note(request, reply)
        return BatchReply(reply.status, _shown(reply.headers), reply.body, request.id)

    def _holds(self, condition: Condition) -> bool:
        return (condition.reference in self.references) is not condition.is_negated

    def _call_of(self, request: BatchRequest, *, is_atomic: bool) -> Call:
        target = resolve_url(request.url, self.call.base, self.references)
        headers = {
            name.lower().encode("latin-1", "replace"): value.encode("latin-1", "replace")
            for name, value in request.headers.items()
        }
        return msgspec.structs.replace(
            self.call,
            method=request.method,
            path=target.path,
            query=target.query,
            headers=headers,
            body=resolve_body(request.body, self.references),
            is_atomic=is_atomic,
        )

    def _note(self, request: BatchRequest, reply: Reply) -> None:
        """Remember what a request made or found under its id."""
        link = dict(reply.headers).get(b"location", b"").decode("latin-1")
        if not link and request.method == "GET" and JSON in reply.headers:
            try:
                found = _found.decode(reply.body)
            except msgspec.DecodeError:
                return
            first = found.value[0] if found.value else found
            link = first.link or (f"{self._set_of(request)}({first.key})" if first.key else "")
        match = _ENTITY.search(link)
        if match is not None:
            self.references[request.id] = Reference(match[0], int(match["key"]))

    def _set_of(self, request: BatchRequest) -> str:
        path = resolve_url(request.url, self.call.base, self.references).path
        return path.rstrip("/").rpartition("/")[2]


def _shown(headers: Sequence[Header]) -> dict[str, str]:
    """Headers of a part's answer; the length is the writer's business."""
    return {
        name.decode("latin-1").title(): value.decode("latin-1")
        for name, value in headers
        if name != b"content-length"
    }


def _as_json(part: ReplyPart) -> ReplyPart:
    """The same part with every body in JSON: texts and tables as JSON texts."""
    if isinstance(part, ChangeSetReply):
        return ChangeSetReply(tuple(_body_as_json(reply) for reply in part.replies))
    return _body_as_json(part)


def _body_as_json(reply: BatchReply) -> BatchReply:
    kind = reply.headers.get("Content-Type", "")
    if not reply.body or "json" in kind:
        return reply
    text = msgspec.json.encode(reply.body.decode("utf-8", "replace"))
    return BatchReply(reply.status, reply.headers, text, reply.id)
