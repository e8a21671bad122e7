"""JSON values as they were sent, typed member by member.

A value that is kept as JSON stays the text that was sent; a value of a shape is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.standards.sensorthings.errors import TimeUnreadable
from hereabouts.standards.sensorthings.model import Property, Shape
from hereabouts.standards.sensorthings.times import parse_instant

LONGEST_TEXT = 100_000
LONGEST_KEY = 2_000
"""Of a text that is looked up by an index, in bytes: PostgreSQL's holds no more."""
NAME = "name"
"""What people and clients know an entity by; a blank one is none."""
KEYS = frozenset({"definition"})
LONGEST_JSON = 1_000_000
"""Of one member, in bytes."""
MOST_UNITS = 500
DEEPEST_JSON = 100
"""Lists and objects inside each other in one member."""

Members = Mapping[str, msgspec.Raw]
T = TypeVar("T")

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL as JSON escapes it; PostgreSQL's own JSON cannot hold one."""
_BRACKETS = re.compile(rb"[\[\]{}]")
_MEMBERS: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(
    dict[str, msgspec.Raw]
)
_LIST: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT: msgspec.json.Decoder[str] = msgspec.json.Decoder(str)
_TEXTS: msgspec.json.Decoder[list[str]] = msgspec.json.Decoder(list[str])
_UNIT: msgspec.json.Decoder[dict[str, str | None]] = msgspec.json.Decoder(dict[str, str | None])
_UNITS: msgspec.json.Decoder[list[dict[str, str | None]]] = msgspec.json.Decoder(
    list[dict[str, str | None]]
)
_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()

UNIT_MEMBERS = ("name", "symbol", "definition")
OBJECTS = frozenset({"properties", "parameters"})
"""Members that are a JSON object or nothing."""


def raw_members(body: Mapping[str, object]) -> Members:
    """The body's members as JSON texts; values that are parsed already are written anew."""
    return {
        name: value if isinstance(value, msgspec.Raw) else msgspec.Raw(msgspec.json.encode(value))
        for name, value in body.items()
    }


def read_members(raw: msgspec.Raw, member: str) -> Members:
    """The members of a JSON object. Raises: UnusableError."""
    return decode(_MEMBERS, raw, member, "it is not a JSON object")


def read_list(raw: msgspec.Raw, member: str) -> list[msgspec.Raw]:
    """The elements of a JSON list. Raises: UnusableError."""
    return decode(_LIST, raw, member, "it is not a JSON list")


def is_null(raw: msgspec.Raw) -> bool:
    """Whether the value is null."""
    return bytes(raw).strip() == b"null"


def text_of(raw: msgspec.Raw, member: str) -> str:
    """The JSON text as sent. Raises: UnusableError where it is too long or not UTF-8."""
    sent = bytes(raw).strip()
    if len(sent) > LONGEST_JSON:
        raise UnusableError(member, f"it is longer than {LONGEST_JSON} bytes")
    if _NUL.search(sent):
        raise UnusableError(member, "it holds a NUL character")
    if is_deeper(sent, DEEPEST_JSON):
        raise UnusableError(member, f"it nests more than {DEEPEST_JSON} deep")
    try:
        return sent.decode()
    except UnicodeDecodeError as fault:
        raise UnusableError(member, "it is not UTF-8") from fault


def is_deeper(sent: bytes, most: int) -> bool:
    """Whether a JSON text nests more than so many lists and objects."""
    if sent.count(b"[") + sent.count(b"{") <= most:
        return False
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", sent)):
        depth += 1 if bracket in b"[{" else -1
        if depth > most:
            return True
    return False


def decode(decoder: msgspec.json.Decoder[T], raw: msgspec.Raw, member: str, reason: str) -> T:
    """A value of the decoder's type. Raises: UnusableError."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as fault:
        raise UnusableError(member, reason) from fault


def read_any(raw: msgspec.Raw, member: str) -> Any:
    """Any JSON value as Python's own. Raises: UnusableError."""
    return decode(_ANY, raw, member, "it is not JSON")


def read_value(entry: Property, raw: msgspec.Raw, member: str) -> object:
    """The value of a property by its shape: text, JSON text, microseconds, unit or list.

    None for null where the property may be missing. Raises: UnusableError.
    """
    if is_null(raw):
        if entry.is_mandatory and entry.shape is not Shape.RESULT:
            raise UnusableError(member, "it must have a value")
        return None
    if entry.name == NAME and not read_text(raw, member).strip():
        raise UnusableError(member, "it is empty")
    if entry.name in KEYS:
        check_key(read_text(raw, member), member)
    reader = _READERS.get(entry.shape)
    if reader is not None:
        return reader(raw, member)
    return _read_json(entry, raw, member)


def read_text(raw: msgspec.Raw, member: str) -> str:
    """A text. Raises: UnusableError."""
    text = decode(_TEXT, raw, member, "it is not a text")
    if len(text) > LONGEST_TEXT:
        raise UnusableError(member, f"it is longer than {LONGEST_TEXT} characters")
    return _without_nul(text, member)


def check_key(text: str, member: str) -> None:
    """Refuse a text that no index can hold. Raises: UnusableError."""
    if len(text.encode()) > LONGEST_KEY:
        raise UnusableError(member, f"it is longer than {LONGEST_KEY} bytes")


def _without_nul(text: str, member: str) -> str:
    if "\0" in text:
        raise UnusableError(member, "it holds a NUL character")
    return text


def _read_json(entry: Property, raw: msgspec.Raw, member: str) -> str:
    text = text_of(raw, member)
    value = read_any(raw, member)
    if entry.name in OBJECTS and not isinstance(value, dict):
        raise UnusableError(member, "it is not a JSON object")
    return text


def _read_instant(raw: msgspec.Raw, member: str) -> int:
    try:
        return parse_instant(read_text(raw, member))
    except TimeUnreadable as fault:
        raise UnusableError(member, str(fault.facts["reason"])) from fault


def _read_unit(raw: msgspec.Raw, member: str) -> dict[str, str | None]:
    return _unit(
        decode(_UNIT, raw, member, "it is not an object of name, symbol and definition"), member
    )


def _unit(sent: dict[str, str | None], member: str) -> dict[str, str | None]:
    for name, value in sent.items():
        if name not in UNIT_MEMBERS:
            raise UnusableError(f"{member}/{name}", "a unit has name, symbol and definition")
        _without_nul(value or "", f"{member}/{name}")
    return {name: sent.get(name) for name in UNIT_MEMBERS}


def _read_units(raw: msgspec.Raw, member: str) -> list[dict[str, str | None]]:
    sent = decode(_UNITS, raw, member, "it is not a list of units")
    _check_count(len(sent), member)
    return [_unit(unit, f"{member}[{place}]") for place, unit in enumerate(sent)]


def _read_texts(raw: msgspec.Raw, member: str) -> list[str]:
    sent = decode(_TEXTS, raw, member, "it is not a list of texts")
    _check_count(len(sent), member)
    return sent


def _check_count(count: int, member: str) -> None:
    if count > MOST_UNITS:
        raise UnusableError(member, f"it has more than {MOST_UNITS} elements")


_READERS = {
    Shape.TEXT: read_text,
    Shape.INSTANT: _read_instant,
    Shape.UNIT: _read_unit,
    Shape.UNITS: _read_units,
    Shape.TEXTS: _read_texts,
}
