"""Functions that SQLite lacks, or has otherwise than PostgreSQL, in Python.

Each has its counterpart in PostgreSQL's own SQL and gives the same value.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from typing import Any

from hereabouts.standards.sensorthings.times import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    format_instant,
    to_datetime,
)

SPACES = " \t\n\r\f\v"
"""What `trim` takes away."""


def text_of_number(number: float | str | None) -> str | None:
    """The shortest text of a number, whole ones without a fraction, as PostgreSQL has it."""
    if number is None or isinstance(number, str):
        return number
    if isinstance(number, int):
        return str(number)
    text = repr(number)
    return text.removesuffix(".0")


def round_away(number: float | None) -> float | None:
    """The nearest whole number; a half goes away from zero."""
    if number is None or not math.isfinite(number):
        return number
    return math.copysign(math.floor(abs(number) + 0.5), number) if number else 0.0


def root(number: float | None) -> float | None:
    """The square root; SQLite may be built without its own."""
    return None if number is None else math.sqrt(number)


def floor(number: float | None) -> float | None:
    """The whole number below."""
    return number if number is None or not math.isfinite(number) else float(math.floor(number))


def ceiling(number: float | None) -> float | None:
    """The whole number above."""
    return number if number is None or not math.isfinite(number) else float(math.ceil(number))


def modulo(number: float | None, divisor: float | None) -> float | None:
    """What remains of a division; it has the sign of the number. Null for a divisor of 0."""
    if number is None or divisor is None or divisor == 0 or not math.isfinite(number / divisor):
        return None
    return float(number) - divisor * math.trunc(number / divisor)


def part_of_time(micros: int | None, name: str) -> float | None:
    """A part of a time in UTC: year, month, day, hour, minute, second, fractionalseconds."""
    if micros is None:
        return None
    if name in ("year", "month", "day"):
        return int(getattr(to_datetime(micros), name))
    within = int(micros) % DAY
    return {
        "hour": within // HOUR,
        "minute": within % HOUR // MINUTE,
        "second": within % MINUTE // SECOND,
        "fractionalseconds": within % SECOND / SECOND,
    }[name]


def date_of_time(micros: int | None) -> str | None:
    """The date in UTC, `2024-01-31`."""
    return None if micros is None else format_instant(int(micros))[:10]


def time_of_day(micros: int | None) -> str | None:
    """The time of day in UTC with six digits of a second, `10:00:00.000000`."""
    if micros is None:
        return None
    text = format_instant(int(micros) // SECOND * SECOND)[11:-1]
    return f"{text}.{int(micros) % SECOND:06d}"


def lower(text: str | None) -> str | None:
    """Small letters, each by itself."""
    return None if text is None else "".join(_one(letter.lower(), letter) for letter in text)


def upper(text: str | None) -> str | None:
    """Capital letters, each by itself: ß stays."""
    return None if text is None else "".join(_one(letter.upper(), letter) for letter in text)


def _one(changed: str, letter: str) -> str:
    return changed if len(changed) == 1 else letter


def ends_with(text: str | None, ending: str | None) -> bool | None:
    """Whether a text ends with another."""
    return None if text is None or ending is None else text.endswith(ending)


def substring(text: str | None, start: float | None, length: float | None = math.inf) -> str | None:
    """A part of a text from a position, from 0, cut at the text's own ends."""
    if text is None or start is None or length is None:
        return None
    first = max(0, math.trunc(max(-1.0, min(start, 1e9))))
    return text[first : first + math.trunc(max(0.0, min(length, 1e9)))]


_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("sta_text", 1, text_of_number),
    ("sta_round", 1, round_away),
    ("sta_root", 1, root),
    ("sta_floor", 1, floor),
    ("sta_ceiling", 1, ceiling),
    ("sta_mod", 2, modulo),
    ("sta_part", 2, part_of_time),
    ("sta_date", 1, date_of_time),
    ("sta_time", 1, time_of_day),
    ("sta_lower", 1, lower),
    ("sta_upper", 1, upper),
    ("sta_ends", 2, ends_with),
    ("sta_substring", 2, substring),
    ("sta_substring", 3, substring),
)


def register_functions(native: sqlite3.Connection) -> None:
    """Make the functions known to a connection."""
    for name, arguments, function in _FUNCTIONS:
        native.create_function(name, arguments, function, deterministic=True)
