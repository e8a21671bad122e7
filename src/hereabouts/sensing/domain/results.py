"""Results as JSON texts: their kind, their number, and when the text itself must be kept."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import msgspec

from hereabouts.sensing.domain.observations import ResultKind

EXACT_DIGITS = 15
"""A whole number of so many digits comes back from a double as it went in."""

LEAST_PLAIN = 1e-4
"""Smaller numbers are written with an exponent."""

_PLAIN = re.compile(
    rb"-?(?:[1-9][0-9]*(?:\.[0-9]*[1-9])?|0\.0{0,2}[1-9](?:[0-9]*[1-9])?)|0"
).fullmatch
_NUMBER = int(ResultKind.NUMBER)
_NUMBER_STARTS = frozenset("-0123456789")
_list_of_raw = msgspec.json.Decoder(list[msgspec.Raw])
_anything = msgspec.json.Decoder()


class Result(NamedTuple):
    """A result as the tables keep it; `text` is None where kind and number say it all."""

    kind: int
    number: float | None
    text: str | None


_TRUE = Result(ResultKind.TRUTH, 1.0, None)
_FALSE = Result(ResultKind.TRUTH, 0.0, None)
_NULL = Result(ResultKind.NULL, None, None)
_WORDS = {"true": _TRUE, "false": _FALSE, "null": _NULL}


class ResultUnreadableError(ValueError):
    """A result is not JSON, or a number beyond what can be kept."""


def read_result(text: str) -> Result:
    """Sort one JSON value as it was sent, without space around it.

    Raises: ResultUnreadableError.
    """
    first = text[:1]
    if first in _NUMBER_STARTS:
        return _read_number(text)
    word = _WORDS.get(text)
    if word is not None:
        return word
    try:
        _anything.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        raise ResultUnreadableError(f"the result is not JSON: {fault}") from fault
    return Result(ResultKind.TEXT if first == '"' else ResultKind.JSON, None, text)


def find_plain_number(sent: bytes) -> float | None:
    """The number in a JSON value whose shortest form is what was sent; None for any other value.

    The short way for what nearly every sensor sends; what it leaves out is for `read_result`.
    """
    if len(sent) <= EXACT_DIGITS and _PLAIN(sent) is not None:
        return float(sent)
    return None


def number_result(number: float) -> Result:
    """The result of a number that was never written as text."""
    if not math.isfinite(number):
        raise ResultUnreadableError("the number is not finite")
    return Result(ResultKind.NUMBER, number, None)


def write_number(number: float) -> int | float:
    """The number as JSON shows it in its shortest form: whole ones without a point."""
    if number.is_integer() and abs(number) < 10**EXACT_DIGITS:
        return int(number)
    return number


def write_result(kind: int, number: float | None, text: str | None) -> str:
    """The JSON text of a kept result: as it was sent."""
    if text is not None:
        return text
    if kind == ResultKind.NUMBER and number is not None:
        return msgspec.json.encode(write_number(number)).decode()
    if kind == ResultKind.TRUTH:
        return "true" if number else "false"
    return "null"


def count_elements(text: str | None) -> int | None:
    """How many elements a JSON list has; None where the text is no list."""
    if text is None or text[:1] != "[":
        return None
    return len(_list_of_raw.decode(text))


def _read_number(text: str) -> Result:
    try:
        number = float(text)
    except ValueError as fault:
        raise ResultUnreadableError("the result is not JSON") from fault
    if len(text) <= EXACT_DIGITS and "e" not in text and "E" not in text:
        # So few digits come back as they went in, save zeros at the end, and tiny numbers, which
        # are written with an exponent.
        if "." not in text:
            return Result(_NUMBER, number, None if text != "-0" else text)
        is_shortest = text[-1] != "0" and (number >= LEAST_PLAIN or number <= -LEAST_PLAIN)
        return Result(_NUMBER, number, None if is_shortest else text)
    if not math.isfinite(number):
        raise ResultUnreadableError("the number is larger than a double can hold")
    return Result(_NUMBER, number, None if repr(number) == text and "." in text else text)
