"""The scalars inside an entity's `properties`, as rows of an index for filters.

An entity of which some member is left out (too many, too deep, too long) has one row more, with an
empty path, by which a filter knows that it must look at the entity itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

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


LEFT_OUT = IndexedMember("", TEXT, None, None)
"""Says that the entity has more members than the index."""


class _Number(float):
    """A number with the text it was sent as."""

    text: str

    def __new__(cls, text: str) -> _Number:
        made = super().__new__(cls, text)
        made.text = text
        return made


_DECODER = msgspec.json.Decoder(dict[str, object], float_hook=_Number)


def list_members(properties: str | None) -> list[IndexedMember]:
    """The first 200 scalars at most five deep, and `LEFT_OUT` where that is not all."""
    if not properties or properties == "{}":
        return []
    found: list[IndexedMember] = []
    is_whole = True
    for member in _walk(_DECODER.decode(properties), "", 1):
        if member is None or len(found) == MOST_MEMBERS:
            is_whole = False
        else:
            found.append(member)
    return found if is_whole else [*found, LEFT_OUT]


def _walk(value: object, path: str, depth: int) -> Iterator[IndexedMember | None]:
    """Every scalar but null; None for each that does not fit the index."""
    if isinstance(value, dict):
        parts = [(f"{path}/{name}" if path else name, part) for name, part in value.items()]
    elif isinstance(value, list):
        parts = [(f"{path}[{place}]", part) for place, part in enumerate(value)]
    else:
        if value is not None:
            fits = depth <= DEEPEST + 1 and len(path) <= LONGEST_PATH
            yield _scalar(value, path) if fits else None
        return
    for name, part in parts:
        yield from _walk(part, name, depth + 1)


def _scalar(value: object, path: str) -> IndexedMember | None:
    if isinstance(value, bool):
        return IndexedMember(path, TRUTH, None, float(value))
    if isinstance(value, str):
        return IndexedMember(path, TEXT, value, None) if len(value) <= LONGEST_TEXT else None
    return _number(value, path) if isinstance(value, int | float) else None


def _number(value: int | float, path: str) -> IndexedMember | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    text = value.text if isinstance(value, _Number) else str(value)
    if math.isfinite(number) and len(text) <= LONGEST_TEXT:
        return IndexedMember(path, NUMBER, text, number)
    return None
