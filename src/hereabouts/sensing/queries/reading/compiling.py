"""Expressions to SQL where every row they speak of is known; `conditions` sees to those rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from hereabouts.sensing.errors.reading import CannotBeAsked
from hereabouts.sensing.queries.reading.comparing import MIRRORED, Mismatch, compare
from hereabouts.sensing.queries.reading.functions import (
    as_number,
    as_truth,
    calculate,
    call_function,
)
from hereabouts.sensing.queries.reading.properties import json_column, property_value
from hereabouts.sensing.queries.reading.sources import Scope, balanced
from hereabouts.sensing.queries.reading.spatial import (
    SPATIAL,
    compare_distance,
    measure,
    relate,
)
from hereabouts.sensing.queries.reading.tables import link_of
from hereabouts.sensing.queries.reading.values import (
    Anything,
    Duration,
    Nothing,
    Number,
    Period,
    Shape,
    Text,
    Time,
    Truth,
    Value,
)
from hereabouts.sensing.queries.reading.walking import COMPARISONS, split
from hereabouts.standards.sensorthings.times import EARLIEST, LATEST
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

AnyRow: TypeAlias = Callable[[Scope, AnyOf], str]
"""Compiles `any`; handed in by `conditions`, which stands above."""

LARGEST = 2**63 - 1


class Compiler:
    """Expressions over the rows of one scope."""

    def __init__(self, scope: Scope, any_row: AnyRow) -> None:
        self.scope = scope
        self.query = scope.query
        self.dialect = scope.query.dialect
        self._any_row = any_row

    def truth(self, expression: Expression) -> str:
        """A condition, which may come to null. Raises: CannotBeAsked."""
        try:
            return as_truth(self.dialect, self.value(expression))
        except Mismatch as mismatch:
            raise _refused(expression, str(mismatch)) from None

    def positive(self, expression: Expression) -> str:
        """A condition in a place where null counts as false. Raises: CannotBeAsked."""
        value = self.value(expression)
        if isinstance(value, Truth) and value.positive:
            return value.positive
        try:
            return as_truth(self.dialect, value)
        except Mismatch as mismatch:
            raise _refused(expression, str(mismatch)) from None

    def value(self, expression: Expression) -> Value:
        """A value. Raises: CannotBeAsked."""
        try:
            return self._value(expression)
        except Mismatch as mismatch:
            raise _refused(expression, str(mismatch)) from None

    def _value(self, expression: Expression) -> Value:
        match expression:
            case PropertyPath():
                return self._path(expression)
            case Operation():
                return self._operation(expression)
            case Not(operand):
                return Truth(f"NOT ({self.truth(operand)})")
            case Negative(operand):
                return self._negative(operand)
            case Call():
                return self._call(expression)
            case InList() | InPath():
                return self._contained(expression)
            case AnyOf():
                return Truth(self._any_row(self.scope, expression))
            case _:
                return self._constant(expression)

    def _constant(self, expression: Expression) -> Value:
        bind = self.query.bind
        match expression:
            case InstantConstant(micros):
                return Time(bind(micros), is_nullable=False, offset=expression.offset)
            case IntervalConstant(start, end):
                return Period(bind(start), bind(end), expression.offset)
            case DurationConstant(micros):
                return Duration(bind(micros))
            case GeometryConstant(wkb):
                return Shape(wkb)
            case Constant(value):
                return self._scalar(value)
        raise Mismatch("it is no value")

    def _scalar(self, value: float | int | str | bool | None) -> Value:
        bind = self.query.bind
        match value:
            case None:
                return Nothing()
            case bool():
                return Truth("(1 = 1)" if value else "(1 = 0)")
            case str():
                return Text(bind(value, "text"), is_nullable=False, constant=value)
            case int() if abs(value) <= LARGEST:
                return Number(bind(value), is_nullable=False)
        return Number(bind(float(value), "number"), is_nullable=False)

    def _path(self, path: PropertyPath) -> Value:
        relations = path.relations
        if path.property is None and relations and not relations[-1].is_many:
            # The id of a related row often stands in the row itself.
            near, length, _ = self.scope.find(
                (path.variable, tuple(relation.name for relation in relations))
            )
            if length == len(relations) - 1 and near.entity.name != "Observation":
                near = self.scope.row(path.variable, relations[:-1])
                link = link_of(near.entity.name, relations[-1])
                return Number(link.near.format(near.alias), is_whole=True)
        row = self.scope.row(path.variable, relations)
        value = property_value(row, path.property, path.members)
        if relations and isinstance(value, Number | Text | Time):
            return _nullable(value)
        return value

    def _operation(self, expression: Operation) -> Value:
        operator = expression.operator
        if operator in ("and", "or"):
            parts = [f"({self.truth(part)})" for part in split(operator, expression)]
            return Truth(balanced(operator.upper(), parts))
        if operator not in COMPARISONS:
            left, right = self.value(expression.left), self.value(expression.right)
            return calculate(self.dialect, operator, left, right)
        distance = self._distance(operator, expression.left, expression.right)
        if distance is not None:
            return distance
        left, right = self.value(expression.left), self.value(expression.right)
        return Truth(compare(self.dialect, operator, left, right))

    def _distance(self, operator: str, left: Expression, right: Expression) -> Truth | None:
        """A distance against a number that was written, which an index can answer."""
        if isinstance(left, Constant) and isinstance(right, Call):
            return self._distance(MIRRORED[operator], right, left)
        if not (isinstance(left, Call) and left.function == "geo.distance"):
            return None
        if not isinstance(right, Constant) or isinstance(right.value, bool | str | None):
            return None
        pair = [self.value(argument) for argument in left.arguments]
        return compare_distance(self.query, operator, pair, float(right.value))

    def _negative(self, operand: Expression) -> Value:
        value = self.value(operand)
        if isinstance(value, Duration):
            return Duration(f"(- ({value.sql}))")
        return Number(f"(- ({self.dialect.function('double', [as_number(value)])}))")

    def _call(self, call: Call) -> Value:
        name = call.function
        if name == "now":
            return Time(self.query.bind(self.query.reader.now), is_nullable=False)
        if name in ("mindatetime", "maxdatetime"):
            edge = EARLIEST if name == "mindatetime" else LATEST
            return Time(self.query.bind(edge), is_nullable=False)
        arguments = [self.value(argument) for argument in call.arguments]
        if name in ("geo.distance", "geo.length"):
            return Number(measure(self.query, name, arguments))
        if name in SPATIAL:
            return relate(self.query, name, arguments)
        return call_function(self.dialect, name, arguments)

    def _contained(self, expression: InList | InPath) -> Value:
        if isinstance(expression, InList):
            return self._in_list(expression.operand, expression.choices)
        return self._in_path(expression.operand, expression.container)

    def _in_list(self, operand: Expression, choices: Sequence[Expression]) -> Value:
        value = self.value(operand)
        others = [self.value(choice) for choice in choices]
        is_plain = isinstance(value, Number | Text) and not any(
            isinstance(other, Nothing) for other in others
        )
        if is_plain and all(type(other) is type(value) for other in others):
            listed = ", ".join(other.sql for other in others)  # type: ignore[union-attr] # plain
            return Truth(f"({value.sql}) IN ({listed})")  # type: ignore[union-attr] # plain
        equal = [f"({compare(self.dialect, 'eq', value, other)})" for other in others]
        return Truth(balanced("OR", equal))

    def _in_path(self, operand: Expression, container: PropertyPath) -> Value:
        row = self.scope.row(container.variable, container.relations)
        if container.property is None:
            raise Mismatch("it holds no list")
        column = json_column(row, container.property)
        if container.property.name == "result":
            column = f"CASE WHEN {row.alias}.kind = 3 THEN {row.alias}.result END"
        table, element, is_list = self.dialect.json_elements(column, container.members)
        equal = compare(self.dialect, "eq", self.value(operand), Anything(element))
        return Truth(f"CASE WHEN {is_list} THEN EXISTS (SELECT 1 FROM {table} WHERE {equal}) END")


def _nullable(value: Number | Text | Time) -> Value:
    match value:
        case Number(sql, _, is_whole):
            return Number(sql, is_whole=is_whole)
        case Text(sql):
            return Text(sql)
        case Time(sql):
            return Time(sql)


def _refused(expression: Expression, reason: str) -> CannotBeAsked:
    token = getattr(expression, "operator", "") or getattr(expression, "function", "")
    if isinstance(expression, PropertyPath):
        token = "/".join([*(relation.name for relation in expression.relations), "…"])
    return CannotBeAsked(token=token, position=expression.at, reason=reason)
