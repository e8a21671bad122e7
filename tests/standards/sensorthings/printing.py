"""Expressions back to text, every operation in brackets; and trees without their positions."""

from __future__ import annotations

import dataclasses
from typing import Any

import shapely

from hereabouts.standards.sensorthings.model import EntityType, Property, Relation
from hereabouts.standards.sensorthings.times import HOUR, MINUTE, format_instant
from hereabouts.standards.sensorthings.tree import (
    AnyOf,
    Call,
    Constant,
    DurationConstant,
    Expression,
    GeometryConstant,
    InList,
    InPath,
    InstantConstant,
    IntervalConstant,
    Negative,
    Not,
    Operation,
    PropertyPath,
)


def print_expression(expression: Expression) -> str:
    """Text that parses to the same expression."""
    show = print_expression
    match expression:
        case Operation(operator, left, right):
            return f"({show(left)} {operator} {show(right)})"
        case Not(operand):
            return f"(not {show(operand)})"
        case Negative(operand):
            return f"(-({show(operand)}))"
        case Call(function, arguments):
            return f"{function}({', '.join(map(show, arguments))})"
        case InList(operand, choices):
            return f"({show(operand)} in ({', '.join(map(show, choices))}))"
        case InPath(operand, container):
            return f"({show(operand)} in {show(container)})"
        case AnyOf(relations, variable, condition, outer):
            inner = "" if condition is None else f"{variable}: {show(condition)}"
            return "/".join([*_steps(outer, relations), f"any({inner})"])
    return _leaf(expression)


def _leaf(expression: Expression) -> str:
    match expression:
        case Constant(value):
            return _literal(value)
        case PropertyPath(relations, _, owned, members, variable):
            text = "/".join([*_steps(variable, relations), owned.name if owned else "id"])
            return text + "".join(
                f"[{member}]" if isinstance(member, int) else "/" + _literal(member)
                for member in members
            )
        case InstantConstant(micros):
            return format_zoned(micros, expression.offset)
        case IntervalConstant(start, end):
            return f"{format_zoned(start, expression.offset)}/{format_instant(end)}"
        case DurationConstant(micros):
            sign, size = ("-" if micros < 0 else ""), abs(micros)
            return f"duration'{sign}PT{size // 1_000_000}.{size % 1_000_000:06d}S'"
        case GeometryConstant(wkb):
            text = shapely.to_wkt(shapely.from_wkb(wkb), rounding_precision=-1)
            return f"geography'{text}'"
    raise AssertionError(expression)


def format_zoned(micros: int, offset: int) -> str:
    """A time as it is written in a zone so far ahead of UTC, in whole minutes."""
    if not offset:
        return format_instant(micros)
    sign, ahead = "-" if offset < 0 else "+", abs(offset)
    zone = f"{ahead // HOUR:02d}:{ahead % HOUR // MINUTE:02d}"
    return format_instant(micros + offset)[:-1] + sign + zone


def _literal(value: float | str | bool | None) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def _steps(variable: str, relations: tuple[Relation, ...]) -> list[str]:
    return [*([variable] if variable else []), *(relation.name for relation in relations)]


def without_positions(node: Any) -> Any:
    """The same tree with every position 0."""
    if isinstance(node, tuple):
        return tuple(without_positions(part) for part in node)
    if not dataclasses.is_dataclass(node) or isinstance(
        node, EntityType | Property | Relation | type
    ):
        return node
    parts = {
        part.name: 0 if part.name == "at" else without_positions(getattr(node, part.name))
        for part in dataclasses.fields(node)
    }
    return dataclasses.replace(node, **parts)
