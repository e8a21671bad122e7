"""What kind of value an expression yields, as far as its text tells.

JSON members and results are typed row by row; they are `ANY` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hereabouts.standards.sensorthings.model import Shape
from hereabouts.standards.sensorthings.parsing.functions import FUNCTIONS, NUMBERS, TIMES, Kind
from hereabouts.standards.sensorthings.tree import (
    Call,
    Constant,
    DurationConstant,
    Expression,
    GeometryConstant,
    InstantConstant,
    IntervalConstant,
    Negative,
    Operation,
    PropertyPath,
)

COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
ARITHMETIC = frozenset({"add", "sub", "mul", "div", "mod"})
CONNECTIVES = frozenset({"and", "or"})

_SHAPES: Mapping[Shape, Kind] = MappingProxyType(
    {
        Shape.TEXT: Kind.TEXT,
        Shape.GEOMETRY: Kind.GEOMETRY,
        Shape.INSTANT: Kind.INSTANT,
        Shape.PERIOD: Kind.PERIOD,
        Shape.MOMENT: Kind.MOMENT,
        Shape.UNITS: Kind.LIST,
        Shape.TEXTS: Kind.LIST,
    }
)


def kind_of(expression: Expression) -> Kind:
    """What the expression yields; `ANY` where the row decides."""
    match expression:
        case Constant(value):
            return _kind_of_constant(value)
        case PropertyPath(property=None):
            return Kind.NUMBER
        case PropertyPath(is_list=True):
            return Kind.LIST
        case PropertyPath(property=owned, members=members) if owned is not None:
            return Kind.ANY if members else _SHAPES.get(owned.shape, Kind.ANY)
        case Call(function):
            return FUNCTIONS[function].result
        case Operation(operator, left, right) if operator in ARITHMETIC:
            return kind_of_arithmetic(operator, kind_of(left), kind_of(right)) or Kind.NUMBER
        case Negative(operand):
            return Kind.DURATION if kind_of(operand) is Kind.DURATION else Kind.NUMBER
    return _LITERALS.get(type(expression), Kind.BOOLEAN)


_LITERALS: Mapping[type, Kind] = MappingProxyType(
    {
        InstantConstant: Kind.INSTANT,
        IntervalConstant: Kind.PERIOD,
        DurationConstant: Kind.DURATION,
        GeometryConstant: Kind.GEOMETRY,
    }
)


def kind_of_arithmetic(operator: str, left: Kind, right: Kind) -> Kind | None:
    """What arithmetic on two kinds yields, or None where it has no meaning."""
    if left in NUMBERS and right in NUMBERS:
        return Kind.NUMBER
    if operator not in ("add", "sub"):
        return None
    if right is Kind.DURATION and (left in TIMES or left is Kind.DURATION):
        return left
    if operator == "add":
        return right if left is Kind.DURATION and right in TIMES else None
    return Kind.DURATION if left in TIMES and right in TIMES else None


def are_comparable(left: Kind, right: Kind) -> bool:
    """Whether two kinds have an order, or at least an equality, between them."""
    if left is Kind.NULL or right is Kind.NULL:
        return True
    for one, other in ((left, right), (right, left)):
        if one in TIMES:
            return other in TIMES
        if one is Kind.ANY:
            return other in (Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.ANY)
        if one in (Kind.DATE, Kind.TIME_OF_DAY):
            return other in (one, Kind.TEXT)
    return left is right and left not in (Kind.GEOMETRY, Kind.LIST)


def _kind_of_constant(value: float | int | str | bool | None) -> Kind:
    if value is None:
        return Kind.NULL
    if isinstance(value, bool):
        return Kind.BOOLEAN
    return Kind.TEXT if isinstance(value, str) else Kind.NUMBER
