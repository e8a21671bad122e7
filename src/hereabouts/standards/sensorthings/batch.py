"""Batches: several requests in one, as values; both forms are read into the same ones.

Source: OGC 18-088, clause 11 (batch requests); the JSON form is an extension.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote, urlsplit

from hereabouts.kernel.text import N_
from hereabouts.standards.sensorthings.errors import BadRequest

MOST_REQUESTS = 1_000
"""How many requests one batch may hold, those in change sets counted."""


class BatchUnreadable(BadRequest):
    """A batch, or one of its parts, has not the form the standard gives it."""

    code = "sta.batch_unreadable"
    message = N_("The batch cannot be used at “{token}” (character {position}): {reason}.")


class Condition(NamedTuple):
    """`if`: run only when the request `reference` found something, or (negated) nothing."""

    reference: str
    is_negated: bool


@dataclass(frozen=True)
class BatchRequest:
    """One request of a batch; header names are in lower case.

    `id` is its Content-ID (multipart) or `id` (JSON), "" where it has none.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    id: str = ""
    condition: Condition | None = None


@dataclass(frozen=True)
class ChangeSet:
    """Requests that succeed or fail as one."""

    requests: tuple[BatchRequest, ...]
    id: str = ""


BatchPart: TypeAlias = BatchRequest | ChangeSet


@dataclass(frozen=True)
class BatchReply:
    """The answer to one request; `headers` are written as they are given."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    id: str = ""


@dataclass(frozen=True)
class ChangeSetReply:
    """The answers to a change set; a failed one is answered by a single `BatchReply` instead."""

    replies: tuple[BatchReply, ...]


ReplyPart: TypeAlias = BatchReply | ChangeSetReply


class Target(NamedTuple):
    """Where a request of a batch goes: a path below the service root, decoded, and its query."""

    path: str
    query: str


class Reference(NamedTuple):
    """What a request with an id led to: its path below the root, and the id of its entity."""

    path: str
    key: int


_NAME = r"(?P<name>[A-Za-z0-9_.:,;-]+)"
_REFERENCE_IN_PATH = re.compile(rf"/?\${_NAME}(?=[/?]|$)")
_REFERENCE_IN_QUERY = re.compile(rf"(?:\$|%24){_NAME}(?![=\w])")
_REFERENCE_IN_BODY = re.compile(rb'(?<!\\)"@iot\.id"(?P<space>\s*:\s*)"\$(?P<name>[^"\\]+)"')
_ID = re.compile(r"[A-Za-z0-9_.:,;-]{1,200}")


def resolve_url(url: str, base: str, references: Mapping[str, Reference]) -> Target:
    """The target of a URL that is absolute, path-absolute, or relative to the service root.

    `base` is the absolute address of the root without a slash behind it. A first segment `$name`
    stands for what an earlier request made or found, and so does `id eq $name` in the query.
    Raises: BatchUnreadable.
    """
    place, _, query = url.partition("?")
    plain = _decode(_below_root(place.strip(), base))
    match = _REFERENCE_IN_PATH.match(plain)
    if match is not None:
        plain = _find(match["name"], references).path + plain[match.end() :]
    return Target(plain.lstrip("/"), _resolve_query(query, references))


def resolve_body(body: bytes, references: Mapping[str, Reference]) -> bytes:
    """The body with every `{"@iot.id": "$name"}` turned into the id it stands for.

    Everything else stays as written, digit for digit. Raises: BatchUnreadable, for an unknown name.
    """

    def write(match: re.Match[bytes]) -> bytes:
        key = _find(match["name"].decode(errors="replace"), references).key
        return b'"@iot.id"%b%d' % (match["space"], key)

    return _REFERENCE_IN_BODY.sub(write, body)


def check_batch(parts: Sequence[BatchPart]) -> tuple[BatchPart, ...]:
    """The same parts, if they are not too many and every id is used once.

    Raises: BatchUnreadable.
    """
    requests = [
        request
        for part in parts
        for request in (part.requests if isinstance(part, ChangeSet) else (part,))
    ]
    if len(requests) > MOST_REQUESTS:
        raise BatchUnreadable(f"a batch has at most {MOST_REQUESTS} requests", str(len(requests)))
    seen: set[str] = set()
    for request in requests:
        if request.id and (request.id in seen or not _ID.fullmatch(request.id)):
            raise BatchUnreadable("an id is used twice or has other signs in it", request.id)
        seen.add(request.id)
    return tuple(parts)


def _below_root(place: str, base: str) -> str:
    """The URL without the address of the root; other hosts are taken for our own behind a proxy."""
    try:
        root, parts = urlsplit(base).path, urlsplit(place)
    except ValueError:
        raise BatchUnreadable("it is not a URL", place) from None
    if parts.scheme in ("http", "https") or place.startswith("/"):
        path = parts.path if parts.scheme else place
        version = f"/{root.rpartition('/')[2]}/"
        if path.startswith(root + "/"):
            return path[len(root) :]
        return path.partition(version)[2] if version in path else path
    return place


def _resolve_query(query: str, references: Mapping[str, Reference]) -> str:
    def write(match: re.Match[str]) -> str:
        found = references.get(match["name"])
        return match[0] if found is None else str(found.key)

    pairs = (part.partition("=") for part in query.split("&"))
    return "&".join(
        name + equals + _REFERENCE_IN_QUERY.sub(write, value) for name, equals, value in pairs
    )


def _decode(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BatchUnreadable("it is not UTF-8", text) from None


def _find(name: str, references: Mapping[str, Reference]) -> Reference:
    found = references.get(name)
    if found is None:
        raise BatchUnreadable("no earlier request of this id made or found anything", f"${name}")
    return found
