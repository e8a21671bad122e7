"""Functions of the filter language over values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from hereabouts.sensing.queries.reading.comparing import Mismatch
from hereabouts.sensing.queries.reading.dialects import Dialect
from hereabouts.sensing.queries.reading.timing import compare_times
from hereabouts.sensing.queries.reading.values import (
    Anything,
    Duration,
    Moment,
    Number,
    Period,
    Result,
    Text,
    Time,
    Truth,
    Value,
)
from hereabouts.standards.sensorthings.times import EARLIEST, LATEST, MINUTE

Function: TypeAlias = Callable[[Dialect, Sequence[Value]], Value]

TEMPORAL = frozenset({"before", "after", "meets", "during", "overlaps", "starts", "finishes"})


def call_function(dialect: Dialect, name: str, arguments: Sequence[Value]) -> Value:
    """The value of a function that is not about space. Raises: Mismatch."""
    if name in TEMPORAL:
        left, right = arguments
        if not isinstance(left, _TIMES) or not isinstance(right, _TIMES):
            raise Mismatch("it compares times and intervals")
        return Truth(compare_times(name, left, right))
    if name in _PARTS:
        return _part(dialect, name, arguments)
    function = _FUNCTIONS.get(name)
    if function is None:
        raise Mismatch("there is no such function")
    return function(dialect, arguments)


def as_text(dialect: Dialect, value: Value) -> str:
    """The text of a text, a number, or a JSON value that is one of them. Raises: Mismatch."""
    match value:
        case Text(sql):
            return sql
        case Number(sql):
            return dialect.function("text", [sql])
        case Anything(json) | Result(json):
            return json.text
    raise Mismatch("it has no text")


def as_number(value: Value) -> str:
    """The number of a number, or of a JSON value that is one. Raises: Mismatch."""
    match value:
        case Number(sql):
            return sql
        case Anything(json) | Result(json):
            return json.number
    raise Mismatch("it is no number")


def as_truth(dialect: Dialect, value: Value) -> str:
    """The condition of a condition, or of a JSON value that is true or false. Raises: Mismatch."""
    match value:
        case Truth(sql):
            return sql
        case Anything(json) | Result(json):
            return json.truth
    raise Mismatch("it is no condition")


def calculate(dialect: Dialect, operator: str, left: Value, right: Value) -> Value:
    """Arithmetic of numbers, or of times and durations. Raises: Mismatch."""
    if isinstance(left, _TIMES) or isinstance(right, _TIMES) or isinstance(right, Duration):
        return _shift(operator, left, right)
    first = dialect.function("double", [as_number(left)])
    second = dialect.function("double", [as_number(right)])
    if operator == "mod":
        return Number(dialect.function("mod", [first, second]))
    if operator == "div":
        return Number(f"({first}) / nullif({second}, 0)")
    return Number(f"({first}) {_SIGNS[operator]} ({second})")


_TIMES = (Time, Period, Moment)
_SIGNS = {"add": "+", "sub": "-", "mul": "*"}


def _shift(operator: str, left: Value, right: Value) -> Value:
    if operator not in ("add", "sub"):
        raise Mismatch("times are only added to and taken from")
    sign = _SIGNS[operator]
    if operator == "add" and isinstance(left, Duration) and isinstance(right, _TIMES):
        left, right = right, left
    match left, right:
        case (Time(sql, is_nullable, offset), Duration(by)):
            return Time(f"({sql} {sign} {by})", is_nullable, offset)
        case (Period(start, end, offset), Duration(by)):
            return Period(f"({start} {sign} {by})", f"({end} {sign} {by})", offset)
        case (Moment(start, end, is_nullable), Duration(by)):
            return Moment(f"({start} {sign} {by})", f"({end} {sign} {by})", is_nullable)
        case (Duration(sql), Duration(by)):
            return Duration(f"({sql} {sign} {by})")
        case (Time() | Period() | Moment(), Time() | Period() | Moment()) if operator == "sub":
            return Duration(f"({_start(left)} - {_start(right)})")
    raise Mismatch("these cannot be added or taken from each other")


def _start(value: Value) -> str:
    match value:
        case Time(sql):
            return sql
        case Period(start) | Moment(start):
            return start
    raise Mismatch("it is no time")


_PARTS = frozenset(
    {"year", "month", "day", "hour", "minute", "second", "fractionalseconds", "date", "time"}
)


def _part(dialect: Dialect, name: str, arguments: Sequence[Value]) -> Value:
    """Date and time in the zone of a literal, else in UTC; of an interval, those of its start.

    Null for what arithmetic took out of the calendar: the databases' own calendars differ there.
    """
    start, offset = _start(arguments[0]), _zone(arguments[0])
    local = f"({start} + {offset})" if offset else start
    local = f"CASE WHEN {local} BETWEEN {EARLIEST} AND {LATEST} THEN {local} END"
    if name in ("date", "time"):
        return Text(dialect.function(name, [local]))
    return Number(dialect.function("part", [local, name]))


def _offset(dialect: Dialect, arguments: Sequence[Value]) -> Value:
    minutes = _zone(arguments[0]) // MINUTE
    return Number(f"CASE WHEN ({_start(arguments[0])}) IS NOT NULL THEN {minutes} END")


def _zone(value: Value) -> int:
    """How far ahead of UTC a time's zone is, in microseconds; what is stored is in UTC."""
    return value.offset if isinstance(value, Time | Period) else 0


def _changed(name: str) -> Function:
    def function(dialect: Dialect, arguments: Sequence[Value]) -> Value:
        return Text(dialect.function(name, [as_text(dialect, arguments[0])]))

    return function


def _rounded(name: str) -> Function:
    def function(dialect: Dialect, arguments: Sequence[Value]) -> Value:
        return Number(dialect.function(name, [as_number(arguments[0])]))

    return function


def _substring_of(dialect: Dialect, arguments: Sequence[Value]) -> Value:
    part, whole = (as_text(dialect, value) for value in arguments)
    return Truth(f"{dialect.function('position', [whole, part])} > 0")


def _starts_with(dialect: Dialect, arguments: Sequence[Value]) -> Value:
    whole, part = (as_text(dialect, value) for value in arguments)
    return Truth(f"{dialect.function('position', [whole, part])} = 1")


def _ends_with(dialect: Dialect, arguments: Sequence[Value]) -> Value:
    return Truth(dialect.function("ends", [as_text(dialect, value) for value in arguments]))


def _length(dialect: Dialect, arguments: Sequence[Value]) -> Value:
    return Number(dialect.function("length", [as_text(dialect, arguments[0])]))


def _index_of(dialect: Dialect, arguments: Sequence[Value]) -> Value:
    whole, part = (as_text(dialect, value) for value in arguments)
    return Number(f"({dialect.function('position', [whole, part])} - 1)")


def _substring(dialect: Dialect, arguments: Sequence[Value]) -> Value:
    numbers = [as_number(value) for value in arguments[1:]]
    name = "substring_of_length" if len(numbers) > 1 else "substring"
    return Text(dialect.function(name, [as_text(dialect, arguments[0]), *numbers]))


def _concatenated(dialect: Dialect, arguments: Sequence[Value]) -> Value:
    first, second = (as_text(dialect, value) for value in arguments)
    return Text(f"(({first}) || ({second}))")


_FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "substringof": _substring_of,
        "startswith": _starts_with,
        "endswith": _ends_with,
        "length": _length,
        "indexof": _index_of,
        "substring": _substring,
        "tolower": _changed("lower"),
        "toupper": _changed("upper"),
        "trim": _changed("trim"),
        "concat": _concatenated,
        "round": _rounded("round"),
        "floor": _rounded("floor"),
        "ceiling": _rounded("ceiling"),
        "totaloffsetminutes": _offset,
    }
)
