"""Looking through expressions: their parts, the paths in them, and what null makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from hereabouts.standards.sensorthings.tree import (
    AnyOf,
    Call,
    Constant,
    Expression,
    InList,
    InPath,
    Negative,
    Not,
    Operation,
    PropertyPath,
)

COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})

Outcome: TypeAlias = frozenset[bool | None]
"""What a condition may come to."""

_ANYTHING: Outcome = frozenset({True, False, None})
_NULL: Outcome = frozenset({None})
_CONDITIONS = frozenset(
    "substringof startswith endswith geo.intersects before after meets during overlaps starts"
    " finishes st_equals st_disjoint st_touches st_within st_overlaps st_crosses st_intersects"
    " st_contains st_relate".split()
)


def split(operator: str, expression: Expression) -> list[Expression]:
    """The operands of a chain of `and` or of `or`, in order, however it is bracketed."""
    operands: list[Expression] = []
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Operation) and part.operator == operator:
            waiting += [part.right, part.left]
        else:
            operands.append(part)
    return operands


def paths(expression: Expression) -> Iterator[PropertyPath]:
    """The paths of an expression, but for those inside `any`, which has rows of its own."""
    waiting: list[Expression] = [expression]
    while waiting:
        part = waiting.pop()
        match part:
            case PropertyPath():
                yield part
            case Operation(_, left, right):
                waiting += [right, left]
            case Not(operand) | Negative(operand):
                waiting.append(operand)
            case Call(_, arguments):
                waiting += reversed(arguments)
            case InList(operand, choices):
                waiting += [*reversed(choices), operand]
            case InPath(operand, container):
                waiting += [container, operand]
            case _:
                pass


def outcomes(expression: Expression, is_missing: Callable[[PropertyPath], bool]) -> Outcome:
    """What a condition may come to where some paths have no row to start from.

    Every function and operator of a null is null, so only null tests and connectives matter.
    """
    match expression:
        case Operation("and" | "or" as operator):
            found = [outcomes(part, is_missing) for part in split(operator, expression)]
            return _join(found, operator == "and")
        case Not(operand):
            inner = outcomes(operand, is_missing)
            return frozenset(None if outcome is None else not outcome for outcome in inner)
        case Operation(operator, left, right) if operator in COMPARISONS:
            return _outcomes_of_comparison(operator, left, right, is_missing)
        case AnyOf():
            return _ANYTHING
        case _:
            return _NULL if any(map(is_missing, paths(expression))) else _ANYTHING


def _outcomes_of_comparison(
    operator: str, left: Expression, right: Expression, is_missing: Callable[[PropertyPath], bool]
) -> Outcome:
    if is_condition(left) or is_condition(right):
        return _ANYTHING
    is_null = [any(map(is_missing, paths(side))) for side in (left, right)]
    if not any(is_null):
        return _ANYTHING
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Constant) and side.value is None:
            del other
            return frozenset({operator == "eq"}) if operator in ("eq", "ne") else _NULL
    return _NULL


def is_condition(expression: Expression) -> bool:
    """Whether an expression is a condition, whose value null may decide otherwise."""
    match expression:
        case Operation(operator):
            return operator in COMPARISONS or operator in ("and", "or")
        case Not() | InList() | InPath() | AnyOf():
            return True
        case Call(function):
            return function in _CONDITIONS
    return False


def _join(found: list[Outcome], is_and: bool) -> Outcome:
    """What a chain may come to, from what its parts may come to."""
    strong = not is_and  # true decides an `or`, false an `and`
    possible: set[bool | None] = set()
    if any(strong in outcome for outcome in found):
        possible.add(strong)
    if all(outcome - {strong} for outcome in found):
        if any(None in outcome for outcome in found):
            possible.add(None)
        if all((not strong) in outcome for outcome in found):
            possible.add(not strong)
    return frozenset(possible)
