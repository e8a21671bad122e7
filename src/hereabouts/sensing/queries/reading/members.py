"""Conditions on members of `properties` with a literal, through the index of members.

The index leaves out what is too much, too deep or too long (see `Member`). An entity of which some
member was left out has one row with an empty path; those are looked at one by one. What the index
finds is a superset: the exact condition stands beside it, unless nothing was left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hereabouts.sensing.models.register import ENTITY_NUMBERS
from hereabouts.sensing.queries.reading.comparing import MIRRORED, SIGNS
from hereabouts.sensing.queries.reading.sources import Scope
from hereabouts.sensing.queries.reading.walking import paths
from hereabouts.standards.sensorthings.tree import (
    Call,
    Constant,
    Expression,
    InList,
    Member,
    Operation,
    PropertyPath,
)

DEEPEST = 5
LONGEST = 300
LONGEST_PATH = 200
LEFT_OUT = ""
"""The path of the row that says an entity has more members than the index."""


LAST = chr(0x10FFFF)
SURROGATES, AFTER_SURROGATES = 0xD800, 0xE000
"""Between these lie no characters."""
FEW = 5_000
"""An index entry that names fewer entities than this is worth more than all others together."""


@dataclass(frozen=True)
class Chosen:
    """Conditions that the index of members answers, and the expressions they stand for whole."""

    conditions: Sequence[str] = ()
    answered: Sequence[Expression] = ()


def choose_members(scope: Scope, expressions: Sequence[Expression]) -> Chosen:
    """Conditions that together hold wherever the expressions all do, quickly answered.

    The one that names fewest entities is chosen where it names few. One that names many is of no
    use where reading stops early: rows that satisfy it are soon met.
    """
    found = []
    for expression in expressions:
        one = member_condition(scope, expression)
        if one is not None:
            found.append((*one, expression))
    counts = []
    for _, listed, _ in found:
        counted = f"SELECT 1 FROM ({listed}) named LIMIT {FEW}"
        counts.append(int(scope.query.run(f"SELECT count(*) FROM ({counted}) counted")[0][0]))
    if found and min(counts) < FEW:
        found = [found[counts.index(min(counts))]]
    elif len(found) == 1 and scope.query.stops_early and scope.parent is None:
        found = []
    answered = [told for _, _, told in found if _is_exact(told) and not _are_left_out(scope, told)]
    return Chosen([f"{row} IN ({listed})" for row, listed, _ in found], answered)


def _is_exact(expression: Expression) -> bool:
    """Whether the index finds neither more nor less than the expression, but for what it lacks."""
    match expression:
        case Operation(_, Constant(value), _) | Operation(_, _, Constant(value)):
            return _is_kept_whole(value)
        case InList(_, choices):
            return all(isinstance(one, Constant) and _is_kept_whole(one.value) for one in choices)
    return isinstance(expression, PropertyPath)


def _is_kept_whole(value: float | int | str | bool | None) -> bool:
    """Larger whole numbers are rounded in the index."""
    if isinstance(value, int | float):
        return abs(value) < 2**53
    return isinstance(value, str)


def _are_left_out(scope: Scope, expression: Expression) -> bool:
    """Whether the index lacks members of some entities of the type that is asked."""
    number = ENTITY_NUMBERS[next(paths(expression)).entity.name]
    memory, key = scope.query.reader.memory, ("left out", number)
    if key not in memory:
        left_out = f"entity_type = {number} AND path = '{LEFT_OUT}'"
        sql = f"SELECT 1 FROM sensing_member WHERE {left_out} LIMIT 1"
        memory[key] = bool(scope.query.reader.database.rows(sql, ()))
    return bool(memory[key])


def member_condition(scope: Scope, expression: Expression) -> tuple[str, str] | None:
    """An id and a query of the ids it is among wherever the expression holds; None for none."""
    match expression:
        case Operation(operator, PropertyPath() as path, Constant(value)) if operator in SIGNS:
            return _comparison(scope, path, operator, value)
        case Operation(operator, Constant(value), PropertyPath() as path) if operator in SIGNS:
            return _comparison(scope, path, MIRRORED[operator], value)
        case InList(PropertyPath() as path, choices):
            values = [choice.value for choice in choices if isinstance(choice, Constant)]
            if len(values) == len(choices):
                return _one_of(scope, path, values)
        case PropertyPath() as path:
            return _comparison(scope, path, "eq", True)
        case Call("startswith", (PropertyPath() as path, Constant(str() as beginning))):
            return _beginning(scope, path, beginning)
        case _:
            pass
    return None


def _comparison(
    scope: Scope, path: PropertyPath, operator: str, value: float | int | str | bool | None
) -> tuple[str, str] | None:
    if operator == "ne":
        return None
    if isinstance(value, bool | str) or value is None:
        return _one_of(scope, path, [value]) if operator == "eq" else None
    if not _is_indexed(path):
        return None
    bound = scope.query.bind(float(value), "number")
    return _found(scope, path, [f"kind = 0 AND number {SIGNS[operator]} {bound}"])


def _one_of(
    scope: Scope, path: PropertyPath, values: list[float | int | str | bool | None]
) -> tuple[str, str] | None:
    if not _is_indexed(path) or not all(map(_is_short, values)):
        return None
    query, tests = scope.query, []
    for value in values:
        if isinstance(value, bool):
            tests.append(f"kind = 2 AND number = {int(value)}")
        elif isinstance(value, str):
            tests.append(f"text = {query.bind(value, 'text')}")
        elif value is not None:
            tests.append(f"kind = 0 AND number = {query.bind(float(value), 'number')}")
    return _found(scope, path, tests) if tests else None


def _beginning(scope: Scope, path: PropertyPath, beginning: str) -> tuple[str, str] | None:
    """A range of the index in the order of code points."""
    if not beginning or not _is_indexed(path) or not _is_short(beginning):
        return None
    query = scope.query
    text = query.dialect.ordered_text("text")
    tests = f"{text} >= {query.bind(beginning, 'text')}"
    behind = first_behind(beginning)
    if behind:
        tests += f" AND {text} < {query.bind(behind, 'text')}"
    return _found(scope, path, [tests])


def first_behind(beginning: str) -> str:
    """The first text after all that begin so, by code points; empty where there is none."""
    kept = beginning.rstrip(LAST)
    if not kept:
        return ""
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(AFTER_SURROGATES if following == SURROGATES else following)


def _is_short(value: float | int | str | bool | None) -> bool:
    return not isinstance(value, str) or len(value) <= LONGEST


def _is_indexed(path: PropertyPath) -> bool:
    return (
        path.property is not None
        and path.property.name == "properties"
        and path.entity.name in ENTITY_NUMBERS
        and 0 < len(path.members)
        and _depth(path.members) <= DEEPEST
        and len(member_path(path.members)) <= LONGEST_PATH
        and not any(isinstance(step, str) and "/" in step for step in path.members)
    )


def _depth(members: tuple[Member, ...]) -> int:
    return len(members)


def member_path(members: tuple[Member, ...]) -> str:
    """How a path is written in the index: `a/b`, `list[0]`."""
    text = ""
    for step in members:
        text += f"[{step}]" if isinstance(step, int) else f"/{step}"
    return text.removeprefix("/")


def _found(scope: Scope, path: PropertyPath, tests: list[str]) -> tuple[str, str]:
    row = scope.row(path.variable, path.relations)
    query, number = scope.query, ENTITY_NUMBERS[path.entity.name]
    where = f"entity_type = {number} AND path = {query.bind(member_path(path.members), 'text')}"
    parts = [f"SELECT entity_id FROM sensing_member WHERE {where} AND {test}" for test in tests]
    if _are_left_out(scope, path):
        left_out = f"entity_type = {number} AND path = '{LEFT_OUT}'"
        parts.append(f"SELECT entity_id FROM sensing_member WHERE {left_out}")
    return f"{row.alias}.id", " UNION ALL ".join(parts)
