"""The words of the filter language. Source: OGC 18-088, 9.3.3.5; OData 4.0, part 2, 5.1.1."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from hereabouts.standards.sensorthings.errors import FilterUnreadable


class Word(Enum):
    """What kind of word a token is."""

    GEOMETRY = "geometry"
    DURATION = "duration"
    TEXT = "text"
    MOMENT = "moment"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    NAME = "name"
    """A name or a path of names: `Datastream/unitOfMeasurement/symbol`, `and`, `geo.distance`."""
    SIGN = "sign"
    """One of `( ) , : -`."""
    END = "end"


class Token(NamedTuple):
    """A word, its text as written, and where it begins."""

    word: Word
    text: str
    at: int


_INSTANT = r"\d{4}-\d\d-\d\dT[\d:]*(?:[.,]\d+)?(?:Z|[+\-]\d\d(?::?\d\d)?| \d\d:?\d\d(?![\w:]))?"
_QUOTED = r"'(?:[^']|'')*'"
_INDEX = r"(?:\[\d{1,9}\])*"
_SEGMENT = r"(?:[\w.@~:\-]+|" + _QUOTED + ")"
_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<geometry>(?i:geography|geometry)" + _QUOTED + ")",
            r"(?P<duration>(?i:duration)" + _QUOTED + ")",
            f"(?P<text>{_QUOTED})",
            f"(?P<moment>{_INSTANT}(?:/(?:{_INSTANT}|P[0-9A-Z.,]*))?)(?![\\w/])",
            r"(?P<date>\d{4}-\d\d-\d\d)(?![\w:.\-])",
            r"(?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?![\w:.\-])",
            r"(?P<number>[+\-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+\-]?\d+)?)(?![\w.:]|-\d)",
            rf"(?P<name>(?:[^\W\d]|@)[\w.@\-]*{_INDEX}(?:/{_SEGMENT}{_INDEX})*)",
            r"(?P<sign>[(),:\-])",
            r"(?P<space>\s+)",
        )
    ),
)
_UNKNOWN = re.compile(r"[^\s(),]+|.", re.DOTALL)


def read_tokens(text: str, at: int = 0) -> list[Token]:
    """The words of a text, an END last; positions count from `at`. Raises: FilterUnreadable."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position, at)
        if match.lastgroup != "space":
            tokens.append(Token(Word(match.lastgroup), match[0], at + position))
        position = match.end()
    tokens.append(Token(Word.END, "", at + len(text)))
    return tokens


def unquote(text: str) -> str:
    """The content of a literal: what stands between the quotes, doubled quotes made single."""
    return text[text.index("'") + 1 : -1].replace("''", "'")


def _unreadable(text: str, position: int, at: int) -> FilterUnreadable:
    if text[position] == "'":
        reason = "a quote is opened and never closed"
        return FilterUnreadable(reason, text[position:], at + position)
    match = _UNKNOWN.match(text, position)
    token = match[0] if match else text[position]
    return FilterUnreadable("it is no word of the filter language", token, at + position)
