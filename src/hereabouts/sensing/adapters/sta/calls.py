"""One request to the service, wherever it came from: the wire, or a part of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from hereabouts.sensing.adapters.sta.settings import StaSettings
from hereabouts.sensing.domain.grants import Grant
from hereabouts.standards.sensorthings.errors import BodyUnreadable

T = TypeVar("T")


class Call(msgspec.Struct, frozen=True):
    """A request as the service sees it.

    `path` is decoded and begins behind the service root; `query` is as it was sent, encoded and
    without `?`. Header names are in lower case. `base` is the service root as the caller knows it.
    `is_atomic`: it is part of a change set, inside whose transaction it has to stay.
    """

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    body: bytes
    grant: Grant
    base: str
    settings: StaSettings
    is_atomic: bool = False

    @property
    def wants_minimal(self) -> bool:
        """Whether the caller asked to be spared the entity."""
        return prefers_minimal(self.headers.get(b"prefer", b""))

    @property
    def media_type(self) -> bytes:
        """The media type of the body, without parameters, in lower case."""
        return self.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def prefers_minimal(header: bytes) -> bool:
    """Whether a `Prefer` header asks to be spared the entity. Source: RFC 7240, 4.2."""
    return b"return=minimal" in header.replace(b" ", b"").lower()


def read_json(body: bytes, kind: type[T]) -> T:
    """The body as JSON of a type.

    Raises: BodyUnreadable, with where the text stops being JSON.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BodyUnreadable(_reason(fault), body[:60].decode("utf-8", "replace")) from fault


def _reason(fault: Exception) -> str:
    if isinstance(fault, RecursionError):
        return "it nests too deep"
    text = str(fault) if isinstance(fault, msgspec.DecodeError) else "it is not UTF-8"
    return text[:1].lower() + text[1:]
