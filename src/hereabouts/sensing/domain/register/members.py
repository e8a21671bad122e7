"""The scalars inside an entity's `properties`, as rows of an index for filters."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from hereabouts.sensing.domain.register.faults import UnusableError

MOST_MEMBERS = 200
DEEPEST = 5
LONGEST_PATH = 200
LONGEST_TEXT = 300

NUMBER, TEXT, TRUTH = 0, 1, 2


class IndexedMember(NamedTuple):
    """A scalar at its path (`a/b`, `list[0]`); see the table of the same meaning."""

    path: str
    kind: int
    text: str | None
    number: float | None


class _Number(float):
    """A number with the text it was sent as."""

    text: str

    def __new__(cls, text: str) -> _Number:
        made = super().__new__(cls, text)
        made.text = text
        return made


_DECODER = msgspec.json.Decoder(dict[str, object], float_hook=_Number)


def list_members(properties: str | None, at: str = "properties") -> list[IndexedMember]:
    """The first 200 scalars at most five deep; texts longer than 300 characters are left out.

    Raises: UnusableError where a text holds a NUL, which not every database can keep.
    """
    if not properties or properties == "{}":
        return []
    found: list[IndexedMember] = []
    for member in _walk(_DECODER.decode(properties), "", 1, at):
        if len(found) == MOST_MEMBERS:
            break
        found.append(member)
    return found


def _walk(value: object, path: str, depth: int, at: str) -> Iterator[IndexedMember]:
    if isinstance(value, dict):
        parts = [(f"{path}/{name}" if path else name, part) for name, part in value.items()]
    elif isinstance(value, list):
        parts = [(f"{path}[{place}]", part) for place, part in enumerate(value)]
    else:
        yield from _scalar(value, path, at)
        return
    if depth <= DEEPEST:
        for name, part in parts:
            yield from _walk(part, name, depth + 1, at)


def _scalar(value: object, path: str, at: str) -> Iterator[IndexedMember]:
    if "\0" in path or (isinstance(value, str) and "\0" in value):
        raise UnusableError(at, "it holds a NUL character")
    if len(path) > LONGEST_PATH:
        return
    if isinstance(value, bool):
        yield IndexedMember(path, TRUTH, None, float(value))
    elif isinstance(value, str):
        if len(value) <= LONGEST_TEXT:
            yield IndexedMember(path, TEXT, value, None)
    elif isinstance(value, int | float):
        yield from _number(value, path)


def _number(value: int | float, path: str) -> Iterator[IndexedMember]:
    try:
        number = float(value)
    except OverflowError:
        return
    text = value.text if isinstance(value, _Number) else str(value)
    if math.isfinite(number) and len(text) <= LONGEST_TEXT:
        yield IndexedMember(path, NUMBER, text, number)
