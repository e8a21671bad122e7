"""Pages: tokens that say behind which row the next one begins, and links that carry them."""

from __future__ import annotations

import base64
import binascii
import math
import re
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import msgspec

from hereabouts.sensing.errors.reading import BadPageToken
from hereabouts.sensing.queries.reading.ordering import Term
from hereabouts.standards.sensorthings.tree import Options

VERSION = 1
LONGEST_TOKEN = 8_000
LARGEST = 2**63
_PLAIN = "$/(),':;@*!"
_SIMPLE = re.compile(r"[A-Za-z0-9/()$]*")


_pack = msgspec.msgpack.Encoder().encode
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Token(msgspec.Struct, array_like=True):
    """What a `$skiptoken` says: of which question, and the keys of the last row before the page."""

    version: int
    question: int
    keys: list[int | float | str | None]


def write_token(path: str, options: Options, keys: Sequence[Any]) -> str:
    """The token of the page behind the row with these keys."""
    return _written(_question(path, options), list(keys))


def _written(question: int, keys: Sequence[Any]) -> str:
    packed = binascii.b2a_base64(_pack((VERSION, question, keys)), newline=False)
    return packed.translate(_URL_SAFE, b"=").decode()


def read_token(path: str, options: Options, terms: Sequence[Term]) -> list[Any]:
    """The keys in a token, one for each term of the order. Raises: BadPageToken."""
    token = _decode(options.skip_token or "")
    if token is None:
        raise BadPageToken
    if token.version != VERSION or token.question != _question(path, options):
        raise BadPageToken
    if len(token.keys) != len(terms) or not all(map(_fits, terms, token.keys)):
        raise BadPageToken
    return token.keys


def peek_first_key(options: Options) -> int | float | str | None:
    """The first key in a token that may not be in order; None where there is none."""
    token = _decode(options.skip_token) if options.skip_token else None
    return token.keys[0] if token is not None and token.keys else None


def _decode(text: str) -> Token | None:
    if len(text) > LONGEST_TOKEN:
        return None
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.msgpack.decode(packed, type=Token)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None


def _fits(term: Term, key: float | int | str | None) -> bool:
    if key is None:
        return term.is_nullable
    if isinstance(key, str):
        return term.kind == "text" and "\0" not in key
    if term.kind == "text" or (term.kind == "integer" and not isinstance(key, int)):
        return False
    return not math.isnan(key) and -LARGEST <= key < LARGEST


def _question(path: str, options: Options) -> int:
    """What must be the same from page to page: where, which, and in which order."""
    return zlib.crc32(path.encode("utf-8", "surrogatepass"), _asked(options.texts))


@lru_cache(maxsize=1024)
def _asked(texts: tuple[tuple[str, str], ...]) -> int:
    chosen = "\0".join(value for name, value in texts if name in ("$filter", "$orderby"))
    return zlib.crc32(chosen.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=1024)
def _query(texts: tuple[tuple[str, str], ...]) -> str:
    """The options as they were written, encoded, each with & behind it."""
    return "".join(
        f"{quote(name, safe=_PLAIN)}={quote(value, safe=_PLAIN)}&"
        for name, value in texts
        if name not in ("$skip", "$skiptoken")
    )


def next_link(base: str, path: str, options: Options, keys: Sequence[Any]) -> str:
    """The absolute link to the page behind a row: same path, every option as it was written."""
    where = path if path.isascii() and _SIMPLE.fullmatch(path) else quote(path, safe=_PLAIN)
    token = write_token(path, options, keys)
    return f"{base}/{where}?{_query(options.texts)}$skiptoken={token}"


def child_links(
    base: str, owner: str, relation: str, options: Options
) -> Callable[[int, Sequence[Any]], str]:
    """Writes the links of one relation of many parents, as `next_link` would, but quicker.

    `owner` is the name of the parents' set.
    """
    begun = zlib.crc32(f"{owner}(".encode(), _asked(options.texts))
    head, tail = f"{base}/{owner}(", f")/{relation}"
    asked = f"{tail}?{_query(options.texts)}$skiptoken="

    def link(parent: int, keys: Sequence[Any]) -> str:
        question = zlib.crc32(f"{parent}{tail}".encode(), begun)
        return f"{head}{parent}{asked}{_written(question, keys)}"

    return link
