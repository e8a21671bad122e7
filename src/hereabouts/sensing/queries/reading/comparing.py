"""Comparisons of two values: which types meet, and how null behaves.

A value of another type than its opposite counts as null, and so the comparison is null. Two values
typed row by row meet as numbers, else as truth values, else as texts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from hereabouts.sensing.queries.reading.dialects import Dialect
from hereabouts.sensing.queries.reading.timing import compare_times
from hereabouts.sensing.queries.reading.values import (
    Anything,
    Duration,
    Geometry,
    Moment,
    Nothing,
    Number,
    Period,
    Result,
    Shape,
    Text,
    Time,
    Truth,
    Value,
)

SIGNS: Mapping[str, str] = MappingProxyType(
    {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
)
MIRRORED: Mapping[str, str] = MappingProxyType(
    {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
)


class Mismatch(Exception):  # noqa: N818 - carried to the compiler, which knows the token
    """Two values that never meet."""


def compare(dialect: Dialect, operator: str, left: Value, right: Value) -> str:
    """The condition. Raises: Mismatch."""
    if isinstance(left, Nothing) or isinstance(right, Nothing):
        return _compare_with_null(dialect, operator, right if isinstance(left, Nothing) else left)
    match left, right:
        case (Time() | Period() | Moment(), Time() | Period() | Moment()):
            return compare_times(operator, left, right)
        case (
            (Number(first), Number(second))
            | (Duration(first), Duration(second))
            | (Truth(first), Truth(second))
        ):
            return f"({first}) {SIGNS[operator]} ({second})"
        case (Text(), Text()):
            return _compare_texts(dialect, operator, left.sql, right.sql)
        case (Anything() | Result(), _):
            return _compare_any(dialect, operator, left, right)
        case (_, Anything() | Result()):
            return _compare_any(dialect, MIRRORED[operator], right, left)
    raise Mismatch("these two are of different kinds")


def is_null(value: Value) -> str:
    """That a value is missing."""
    match value:
        case Nothing():
            return "1 = 1"
        case Anything(json) | Result(json):
            return json.is_null
        case Period(start) | Moment(start):
            return f"({start}) IS NULL"
        case Shape():
            return "1 = 0"
        case Number() | Text() | Truth() | Time() | Duration() | Geometry():
            return f"({value.sql}) IS NULL"
    raise Mismatch("it has no null")


def _compare_with_null(dialect: Dialect, operator: str, other: Value) -> str:
    if operator == "eq":
        return is_null(other)
    return f"NOT ({is_null(other)})" if operator == "ne" else dialect.no_truth


def _compare_texts(dialect: Dialect, operator: str, left: str, right: str) -> str:
    if operator in ("eq", "ne"):
        return f"({left}) {SIGNS[operator]} ({right})"
    return f"{dialect.ordered_text(left)} {SIGNS[operator]} {dialect.ordered_text(right)}"


def _compare_any(dialect: Dialect, operator: str, left: Anything | Result, right: Value) -> str:
    sign, json = SIGNS[operator], left.json
    match right:
        case Number():
            return f"({json.number}) {sign} ({right.sql})"
        case Truth():
            return f"({json.truth}) {sign} ({right.sql})"
        case Text():
            if isinstance(left, Result) and right.constant is not None:
                return _compare_result(dialect, operator, left, right)
            return _compare_texts(dialect, operator, json.text, right.sql)
        case Anything(other) | Result(other):
            numbers = f"({json.number}) {sign} ({other.number})"
            truths = f"({json.truth}) {sign} ({other.truth})"
            texts = _compare_texts(dialect, operator, json.text, other.text)
            return f"coalesce({numbers}, {truths}, {texts})"
    raise Mismatch("a JSON value meets numbers, texts and truth values")


def _compare_result(dialect: Dialect, operator: str, left: Result, right: Text) -> str:
    """A whole result and a quoted literal: in numeric order where both are numbers."""
    texts = _compare_texts(dialect, operator, left.json.only_text, right.sql)
    number = find_number(right.constant or "")
    if number is None:
        numbers = _compare_texts(dialect, operator, left.json.text, right.sql)
        return f"CASE WHEN {left.alias}.kind = 0 THEN {numbers} ELSE {texts} END"
    literal = dialect.function("double", [repr(number)])
    numbers = f"({left.alias}.number) {SIGNS[operator]} {literal}"
    return f"CASE WHEN {left.alias}.kind = 0 THEN {numbers} ELSE {texts} END"


def find_number(text: str) -> float | None:
    """The number a text says, or None."""
    try:
        number = float(text.replace("_", "x"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
