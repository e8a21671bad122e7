"""Expressions put together with their kinds checked, so that no filter is silently empty."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hereabouts.standards.sensorthings.errors import FilterUnreadable
from hereabouts.standards.sensorthings.parsing.functions import (
    CONDITIONS,
    FUNCTIONS,
    NUMBERS,
    SPANS,
    TIMES,
    Kind,
    Kinds,
)
from hereabouts.standards.sensorthings.parsing.kinds import (
    are_comparable,
    kind_of,
    kind_of_arithmetic,
)
from hereabouts.standards.sensorthings.parsing.lexer import Token
from hereabouts.standards.sensorthings.parsing.literals import (
    find_number,
    read_date,
    read_moment,
    read_time_of_day,
)
from hereabouts.standards.sensorthings.tree import (
    Call,
    Constant,
    DurationConstant,
    Expression,
    InList,
    InstantConstant,
    IntervalConstant,
    Negative,
    Operation,
)

_PATTERN = re.compile(r"[012TF*]{9}")
_CONSTANTS = (Constant, InstantConstant, IntervalConstant, DurationConstant)
_UNORDERED = frozenset({Kind.BOOLEAN, Kind.NULL})


def require_condition(expression: Expression, token: Token) -> Expression:
    """The expression, if it can be true or false. Raises: FilterUnreadable."""
    kind = kind_of(expression)
    if kind not in CONDITIONS:
        reason = f"a condition was expected, but this is {kind.value}"
        raise FilterUnreadable(reason, token.text, token.at)
    return expression


def build_comparison(token: Token, left: Expression, right: Expression) -> Expression:
    """`left eq right` and its like; texts become times, dates or ids as the other side asks.

    Raises: FilterUnreadable, TimeUnreadable.
    """
    left, right = _adapt(left, kind_of(right)), _adapt(right, kind_of(left))
    kinds = kind_of(left), kind_of(right)
    if not are_comparable(*kinds):
        raise FilterUnreadable(_explain(*kinds), token.text, token.at)
    if token.text not in ("eq", "ne") and not _UNORDERED.isdisjoint(kinds):
        reason = "true, false and null have no order; use eq or ne"
        raise FilterUnreadable(reason, token.text, token.at)
    return Operation(token.text, left, right, token.at)


def build_operation(token: Token, left: Expression, right: Expression) -> Expression:
    """Arithmetic. Raises: FilterUnreadable."""
    if kind_of_arithmetic(token.text, kind_of(left), kind_of(right)) is None:
        reason = f"it cannot join {kind_of(left).value} and {kind_of(right).value}"
        raise FilterUnreadable(reason, token.text, token.at)
    return Operation(token.text, left, right, token.at)


def build_negative(token: Token, operand: Expression) -> Expression:
    """Minus before a number or duration; constants take the sign in. Raises: FilterUnreadable."""
    kind = kind_of(operand)
    if kind not in NUMBERS and kind is not Kind.DURATION:
        raise FilterUnreadable(f"minus cannot stand before {kind.value}", token.text, token.at)
    match operand:
        case Constant(int() | float() as value):
            return Constant(-value, token.at)
        case DurationConstant(micros):
            return DurationConstant(-micros, token.at)
    return Negative(operand, token.at)


def build_call(token: Token, name: str, arguments: tuple[Expression, ...]) -> Expression:
    """A function with its arguments, checked. Raises: FilterUnreadable, TimeUnreadable."""
    signature = FUNCTIONS[name]
    most = len(signature.parameters)
    if not signature.fewest <= len(arguments) <= most:
        wanted = str(most) if signature.fewest == most else f"{signature.fewest} or {most}"
        reason = f"it takes {wanted} arguments, not {len(arguments)}"
        raise FilterUnreadable(reason, token.text, token.at)
    fitted = tuple(
        _fit(token, argument, kinds)
        for argument, kinds in zip(arguments, signature.parameters, strict=False)
    )
    if name == "st_relate":
        _check_pattern(token, fitted[2])
    if name == "substring":
        _check_positions(token, fitted[1:])
    return Call(name, fitted, token.at)


def build_choices(
    token: Token, left: Expression, choices: Sequence[tuple[Token, Expression]]
) -> Expression:
    """`left in (a, b)`; each choice must be a constant that `left` can equal.

    Raises: FilterUnreadable, TimeUnreadable.
    """
    fitted = []
    for start, choice in choices:
        if not isinstance(choice, _CONSTANTS) or kind_of(choice) is Kind.NULL:
            reason = "the list after “in” holds constants other than null"
            raise FilterUnreadable(reason, start.text, start.at)
        adapted = _adapt(choice, kind_of(left))
        build_comparison(Token(token.word, "eq", start.at), left, adapted)
        fitted.append(adapted)
    return InList(left, tuple(fitted), token.at)


def _adapt(side: Expression, other: Kind) -> Expression:
    """A text constant as what the other side of a comparison is; everything else unchanged."""
    if not isinstance(side, Constant) or not isinstance(side.value, str):
        return side
    if other in TIMES:
        return read_moment(side.value, side.at)
    if other is Kind.DATE:
        return Constant(read_date(side.value, side.at), side.at)
    if other is Kind.TIME_OF_DAY:
        return Constant(read_time_of_day(side.value, side.at), side.at)
    if other is Kind.NUMBER:
        return _as_number(side)
    return side


def _as_number(side: Constant) -> Expression:
    number = find_number(str(side.value))
    return side if number is None else Constant(number, side.at)


def _explain(left: Kind, right: Kind) -> str:
    pair = {left, right}
    if pair == {Kind.NUMBER, Kind.TEXT}:
        return "a text and a number cannot be compared; a text stands in quotes, a number bare"
    if Kind.GEOMETRY in pair:
        return "geometries are compared by functions such as st_equals"
    if Kind.LIST in pair:
        return "a list has no value of its own; compare what is in it, such as result[0]"
    if Kind.ANY in pair and pair & TIMES:
        return "JSON holds no times; compare its text, in quotes"
    return f"{left.value} cannot be compared with {right.value}"


def _fit(token: Token, argument: Expression, kinds: Kinds) -> Expression:
    if kinds <= TIMES and Kind.TEXT not in kinds:
        argument = _adapt(argument, Kind.INSTANT)
    kind = kind_of(argument)
    if kind in kinds:
        return argument
    if kinds == SPANS:
        reason = f"its second argument must be an interval, not {kind.value}"
        raise FilterUnreadable(reason, token.text, token.at)
    wanted = " or ".join(sorted({one.value for one in kinds}))
    raise FilterUnreadable(f"it takes {wanted}, not {kind.value}", token.text, token.at)


def _check_pattern(token: Token, pattern: Expression) -> None:
    if not isinstance(pattern, Constant) or not _PATTERN.fullmatch(str(pattern.value)):
        reason = "its third argument is a pattern of nine signs out of 0 1 2 T F *"
        raise FilterUnreadable(reason, token.text, token.at)


def _check_positions(token: Token, positions: Sequence[Expression]) -> None:
    for position in positions:
        if isinstance(position, Constant) and not (
            isinstance(position.value, int) and position.value >= 0
        ):
            reason = "positions and lengths are whole numbers from 0"
            raise FilterUnreadable(reason, token.text, token.at)
