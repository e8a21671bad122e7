"""What a request means, in plain Python: slow, obvious, and what every reader is compared with.

A world is plain rows. Times are microseconds, moments are `(start, end | None)`, periods
`(start, end)`, geometries and JSON are what JSON holds. Null is None everywhere.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import shapely

from hereabouts.standards.sensorthings.model import ENTITY_TYPES, EntityType, Relation, target_of
from hereabouts.standards.sensorthings.parsing.functions import TIMES, Kind
from hereabouts.standards.sensorthings.parsing.kinds import ARITHMETIC, kind_of
from hereabouts.standards.sensorthings.times import (
    DAY,
    EARLIEST,
    HOUR,
    LATEST,
    MINUTE,
    SECOND,
    to_datetime,
)
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
    Options,
    OrderKey,
    PropertyPath,
    ResourcePath,
)


@dataclass
class Row:
    """An entity: its values by property, and the ids it is related to by relation, in order."""

    id: int
    values: dict[str, Any] = field(default_factory=dict)
    related: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class World:
    """Rows by entity type and id. `link` keeps both directions of a relation."""

    rows: dict[str, dict[int, Row]] = field(
        default_factory=lambda: {name: {} for name in ENTITY_TYPES}
    )

    def add(self, entity: str, key: int, **values: Any) -> Row:
        """A new entity."""
        row = Row(key, values)
        self.rows[entity][key] = row
        return row

    def link(self, entity: str, key: int, relation: str, other: int) -> None:
        """Relate two entities, and the second to the first."""
        known = ENTITY_TYPES[entity].relations[relation]
        self.rows[entity][key].related.setdefault(relation, []).append(other)
        back = self.rows[known.target][other].related.setdefault(known.inverse, [])
        if key not in back:
            back.append(key)

    def follow(self, row: Row | None, relation: Relation) -> list[Row]:
        """The related rows that exist."""
        if row is None:
            return []
        rows = self.rows[relation.target]
        return [rows[key] for key in row.related.get(relation.name, []) if key in rows]

    def without(self, hidden: Callable[[str, Row], bool]) -> World:
        """The same world without some rows, as a reader sees it who may not see them."""
        return World(
            {
                name: {key: row for key, row in rows.items() if not hidden(name, row)}
                for name, rows in self.rows.items()
            }
        )


@dataclass
class Found:
    """One entity of an answer and what is expanded in it."""

    id: int
    expanded: dict[str, list[Found]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


Key: TypeAlias = tuple[str, tuple[str, ...]]
"""A variable ("" for the entity itself), and the relations walked from it."""
Rows: TypeAlias = Mapping[Key, Row | None]


# --- requests -----------------------------------------------------------------------------------


def select_rows(world: World, path: ResourcePath) -> list[Row]:
    """The rows that a path leads to, before any option; empty where a step leads nowhere."""
    rows: list[Row] = []
    for step in path.steps:
        if step.relation is None:
            rows = list(world.rows[step.entity.name].values())
        else:
            relation = step.relation
            rows = _unique(other for row in rows for other in world.follow(row, relation))
        if step.key is not None:
            rows = [row for row in rows if row.id == step.key]
    return rows


def read(
    world: World, path: ResourcePath, options: Options, *, now: int, page: int = 100
) -> list[Found]:
    """The answer to a request, expansions included; `page` is where `$top` is missing."""
    return _answer(world, path.entity, select_rows(world, path), options, now, page)


def count(world: World, path: ResourcePath, options: Options, *, now: int) -> int:
    """What `$count=true` gives."""
    return len(_filtered(world, select_rows(world, path), options, now))


def _answer(
    world: World, entity: EntityType, rows: list[Row], options: Options, now: int, page: int
) -> list[Found]:
    kept = order_rows(world, _filtered(world, rows, options, now), options.order, now)
    top = page if options.top is None else min(options.top, page)
    found = []
    for row in kept[options.skip : options.skip + top]:
        one = Found(row.id)
        for expansion in options.expand:
            name, inner = expansion.relation.name, expansion.options
            target, others = target_of(expansion.relation), world.follow(row, expansion.relation)
            one.expanded[name] = _answer(world, target, others, inner, now, page)
            if inner.count:
                one.counts[name] = len(_filtered(world, others, inner, now))
        found.append(one)
    return found


def _filtered(world: World, rows: list[Row], options: Options, now: int) -> list[Row]:
    if options.filter is None:
        return rows
    return [row for row in rows if holds(world, options.filter, row, now=now)]


def _unique(rows: Iterator[Row]) -> list[Row]:
    return list({row.id: row for row in rows}.values())


def order_rows(world: World, rows: list[Row], keys: Sequence[OrderKey], now: int) -> list[Row]:
    """Rows in order: nulls first ascending; the id last, in the direction of the last key."""
    ordered = sorted(rows, key=lambda row: row.id, reverse=bool(keys) and keys[-1].is_descending)
    for key in reversed(keys):
        terms = {row.id: _terms(world, row, key, now) for row in ordered}
        for position in reversed(range(_width(key.expression))):
            ordered.sort(
                key=lambda row: _nullable(terms[row.id][position]),
                reverse=key.is_descending,
            )
    return ordered


def _nullable(value: Any) -> tuple[Any, ...]:
    return (0,) if value is None else (1, value)


def _width(expression: Expression) -> int:
    return 2 if kind_of(expression) in (Kind.ANY, Kind.PERIOD) else 1


def _terms(world: World, row: Row, key: OrderKey, now: int) -> list[Any]:
    """What a row is ordered by; over many related rows the least ascending, else the greatest."""
    expression = key.expression
    found = [
        _order_values(value_of(world, expression, rows, now), kind_of(expression))
        for rows in _choices(world, expression, {("", ()): row})
    ]
    extreme = max if key.is_descending else min
    return [
        extreme((value for value in column if value is not None), default=None)
        for column in zip(*found, strict=True)
    ]


def _order_values(value: Any, kind: Kind) -> list[Any]:
    match kind:
        case Kind.ANY:
            return [_number(value), value if isinstance(value, str) else None]
        case Kind.PERIOD:
            return list(value or (None, None))
        case Kind.MOMENT:
            return [None if value is None else value[0]]
    return [value]


# --- conditions ---------------------------------------------------------------------------------


def holds(
    world: World, condition: Expression, row: Row, *, now: int, around: Rows | None = None
) -> bool:
    """Whether a filter keeps a row: for some choice of related rows it is true, not null."""
    bound: dict[Key, Row | None] = dict(around or {})
    bound.setdefault(("", ()), row)
    return any(
        value_of(world, condition, rows, now) is True for rows in _choices(world, condition, bound)
    )


def paths_of(expression: Expression) -> Iterator[PropertyPath]:
    """The paths of an expression, but for those inside `any`, which has rows of its own."""
    match expression:
        case PropertyPath():
            yield expression
        case Operation(_, left, right) | InPath(left, right):
            yield from paths_of(left)
            yield from paths_of(right)
        case Not(operand) | Negative(operand):
            yield from paths_of(operand)
        case InList(operand, others) | Call(operand, others):
            if not isinstance(operand, str):
                yield from paths_of(operand)
            for other in others:
                yield from paths_of(other)


def _choices(world: World, expression: Expression, bound: Rows) -> Iterator[Rows]:
    """Every choice of one row for each path walked; none where there is none to choose."""
    wanted: dict[Key, Relation] = {}
    for path in paths_of(expression):
        names = tuple(relation.name for relation in path.relations)
        for end, relation in enumerate(path.relations, start=1):
            if (path.variable, names[:end]) not in bound:
                wanted[path.variable, names[:end]] = relation
    keys = sorted(wanted, key=lambda key: len(key[1]))
    yield from _choose(world, keys, wanted, dict(bound))


def _choose(
    world: World, keys: Sequence[Key], wanted: Mapping[Key, Relation], bound: dict[Key, Row | None]
) -> Iterator[Rows]:
    if not keys:
        yield bound
        return
    (variable, names), rest = keys[0], keys[1:]
    near = bound[variable, names[:-1]]
    for row in world.follow(near, wanted[variable, names]) or [None]:
        yield from _choose(world, rest, wanted, {**bound, (variable, names): row})


def _any(world: World, expression: AnyOf, rows: Rows, now: int) -> bool:
    reached = [rows[expression.outer, ()]]
    for relation in expression.relations:
        reached = [other for row in reached for other in world.follow(row, relation)]
    if expression.condition is None:
        return bool(reached)
    for row in reached:
        assert row is not None
        around = {**rows, (expression.variable, ()): row}
        if holds(world, expression.condition, row, now=now, around=around):
            return True
    return False


# --- values -------------------------------------------------------------------------------------


def value_of(world: World, expression: Expression, rows: Rows, now: int) -> Any:
    """The value of an expression where the row of every path is chosen."""
    match expression:
        case PropertyPath():
            return _read_path(expression, rows)
        case AnyOf():
            return _any(world, expression, rows, now)
        case Operation() | Not() | Negative() | Call() | InList() | InPath():
            return _combine(expression, lambda part: value_of(world, part, rows, now), now)
    return _constant(expression)


def _constant(expression: Expression) -> Any:
    match expression:
        case Constant(value):
            return value
        case InstantConstant(micros) | DurationConstant(micros):
            return micros
        case IntervalConstant(start, end):
            return start, end
        case GeometryConstant(wkb):
            return shapely.from_wkb(wkb)
    raise AssertionError(expression)


def _combine(expression: Expression, inner: Callable[[Expression], Any], now: int) -> Any:
    match expression:
        case Operation():
            return _operate(expression, inner)
        case Not(operand):
            truth = _truth(inner(operand))
            return None if truth is None else not truth
        case Negative(operand):
            number = _number(inner(operand))
            return None if number is None else -number
        case InList(operand, choices):
            found: bool | None = False
            for choice in choices:
                equal = compare("eq", operand, inner(operand), choice, inner(choice))
                found = _connect("or", found, equal)
            return found
        case InPath(operand, container):
            return _contains(inner(container), operand, inner(operand))
        case Call(function, arguments):
            return _call(function, arguments, [inner(one) for one in arguments], now)
    raise AssertionError(expression)


def _operate(operation: Operation, inner: Callable[[Expression], Any]) -> Any:
    operator, left, right = operation.operator, operation.left, operation.right
    if operator in ("and", "or"):
        return _connect(operator, _truth(inner(left)), _truth(inner(right)))
    if operator in ARITHMETIC:
        return _calculate(operator, (left, inner(left)), (right, inner(right)))
    return compare(operator, left, inner(left), right, inner(right))


def _read_path(path: PropertyPath, rows: Rows) -> Any:
    row = rows[path.variable, tuple(relation.name for relation in path.relations)]
    if row is None:
        return None
    if path.property is None:
        return row.id
    value = row.values.get(path.property.name)
    for step in path.members:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    if kind_of(path) is Kind.GEOMETRY:
        return _shape(value)
    return value


def _shape(value: Any) -> Any:
    if not isinstance(value, dict) or "type" not in value:
        return None
    shape = value["geometry"] if value["type"] == "Feature" else value
    return shapely.from_geojson(json.dumps(shape))


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    number = _number(value)
    if number is None:
        return None
    return repr(number).removesuffix(".0")


def _connect(operator: str, left: bool | None, right: bool | None) -> bool | None:
    decisive = operator == "or"
    if left is decisive or right is decisive:
        return decisive
    return None if left is None or right is None else not decisive


_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}


def compare(operator: str, left: Expression, a: Any, right: Expression, b: Any) -> bool | None:
    """A comparison; null where a side is missing or of another type than its opposite."""
    kinds = kind_of(left), kind_of(right)
    if Kind.NULL in kinds:
        is_null = (b if kinds[0] is Kind.NULL else a) is None
        return is_null if operator == "eq" else not is_null
    if a is None or b is None:
        return None
    if kinds[0] in TIMES:
        return _compare_times(operator, _moment(a, kinds[0]), _moment(b, kinds[1]))
    if Kind.ANY in kinds:
        pair = _match_types(left, a, right, b)
        return None if pair is None else _ORDER[operator](*pair)
    return _ORDER[operator](a, b)


def _match_types(left: Expression, a: Any, right: Expression, b: Any) -> tuple[Any, Any] | None:
    """Two JSON values, or one and a typed value, as two of one type."""
    kinds = kind_of(left), kind_of(right)
    if Kind.TEXT in kinds:
        for result, value, literal in ((left, a, b), (right, b, a)):
            number = _number(value)
            if _is_result(result) and number is not None and _is_numeric(literal):
                return (number, float(b)) if result is left else (float(a), number)
    for as_type in (_number, _truth, _text):
        pair = as_type(a), as_type(b)
        allowed = {_number: Kind.NUMBER, _truth: Kind.BOOLEAN, _text: Kind.TEXT}[as_type]
        if all(kind in (Kind.ANY, allowed) for kind in kinds) and None not in pair:
            return pair
    return None


def _is_result(expression: Expression) -> bool:
    return (
        isinstance(expression, PropertyPath)
        and expression.property is not None
        and expression.property.name == "result"
        and not expression.members
    )


def _is_numeric(literal: Any) -> bool:
    try:
        return isinstance(literal, str) and math.isfinite(float(literal))
    except ValueError:
        return False


def _contains(container: Any, operand: Expression, value: Any) -> bool | None:
    if not isinstance(container, list):
        return None
    kind = kind_of(operand)
    as_type = {Kind.NUMBER: _number, Kind.BOOLEAN: _truth, Kind.TEXT: _text}[kind]
    return any(as_type(element) == value for element in container if as_type(element) is not None)


# --- times --------------------------------------------------------------------------------------

Moment: TypeAlias = tuple[int, int | None]


def _moment(value: Any, kind: Kind) -> Moment:
    return (value, None) if kind is Kind.INSTANT else value


# Left [s, e) or instant s, right [t, u) or instant t: instant and instant; interval and instant;
# instant and interval; interval and interval.
_TIME_RULES: Mapping[str, Sequence[Callable[[int, Any, int, Any], bool]]] = {
    "lt": (
        lambda s, e, t, u: s < t,
        lambda s, e, t, u: e <= t,
        lambda s, e, t, u: s < t,
        lambda s, e, t, u: e <= t,
    ),
    "gt": (
        lambda s, e, t, u: s > t,
        lambda s, e, t, u: s > t,
        lambda s, e, t, u: s >= u,
        lambda s, e, t, u: s >= u,
    ),
    "le": (
        lambda s, e, t, u: s <= t,
        lambda s, e, t, u: e <= t,
        lambda s, e, t, u: s <= t,
        lambda s, e, t, u: s <= t and e <= u,
    ),
    "ge": (
        lambda s, e, t, u: s >= t,
        lambda s, e, t, u: s >= t,
        lambda s, e, t, u: s >= u,
        lambda s, e, t, u: s >= t and e >= u,
    ),
    "eq": (
        lambda s, e, t, u: s == t,
        lambda s, e, t, u: False,
        lambda s, e, t, u: False,
        lambda s, e, t, u: s == t and e == u,
    ),
    "meets": (
        lambda s, e, t, u: s == t,
        lambda s, e, t, u: t in (s, e),
        lambda s, e, t, u: s in (t, u),
        lambda s, e, t, u: e == t or s == u,
    ),
    "during": (
        lambda s, e, t, u: False,
        lambda s, e, t, u: False,
        lambda s, e, t, u: t <= s < u,
        lambda s, e, t, u: t <= s < u and e <= u,
    ),
    "overlaps": (
        lambda s, e, t, u: s == t,
        lambda s, e, t, u: s <= t < e,
        lambda s, e, t, u: t <= s < u,
        lambda s, e, t, u: s < u and t < e,
    ),
    "starts": (lambda s, e, t, u: s == t,) * 4,
    "finishes": (
        lambda s, e, t, u: s == t,
        lambda s, e, t, u: e == t,
        lambda s, e, t, u: s == u,
        lambda s, e, t, u: e == u,
    ),
}


def _compare_times(operator: str, left: Moment, right: Moment) -> bool:
    name = {"before": "lt", "after": "gt"}.get(operator, operator)
    if name == "ne":
        return not _compare_times("eq", left, right)
    rule = _TIME_RULES[name][(left[1] is not None) + 2 * (right[1] is not None)]
    return rule(*left, *right)


# --- arithmetic and functions -------------------------------------------------------------------


def _calculate(operator: str, left: tuple[Expression, Any], right: tuple[Expression, Any]) -> Any:
    kinds = kind_of(left[0]), kind_of(right[0])
    if Kind.DURATION in kinds or TIMES & set(kinds):
        return _shift(operator, (kinds[0], left[1]), (kinds[1], right[1]))
    a, b = _number(left[1]), _number(right[1])
    if a is None or b is None:
        return None
    first, second = float(a), float(b)
    match operator:
        case "add":
            return first + second
        case "sub":
            return first - second
        case "mul":
            return first * second
    if second == 0:
        return None
    quotient = first / second
    return quotient if operator == "div" else first - second * math.trunc(quotient)


def _shift(operator: str, left: tuple[Kind, Any], right: tuple[Kind, Any]) -> Any:
    (kind, a), (other, b) = left, right
    if a is None or b is None:
        return None
    if kind is Kind.DURATION and other is not Kind.DURATION:
        return _shift(operator, right, left)
    if other is not Kind.DURATION:
        return _moment(a, kind)[0] - _moment(b, other)[0]
    by = b if operator == "add" else -b
    if isinstance(a, tuple):
        return tuple(None if edge is None else edge + by for edge in a)
    return a + by


_SPATIAL: Mapping[str, Callable[[Any, Any], Any]] = {
    "geo.intersects": shapely.intersects,
    "st_intersects": shapely.intersects,
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_contains": shapely.contains,
    "geo.distance": shapely.distance,
}


def _call(name: str, arguments: Sequence[Expression], values: list[Any], now: int) -> Any:
    edges = {"now": now, "mindatetime": EARLIEST, "maxdatetime": LATEST}
    if name in edges:
        return edges[name]
    if None in values:
        return None
    if Kind.GEOMETRY in (kinds := [kind_of(argument) for argument in arguments]):
        return _spatial(name, values)
    if kinds[0] in TIMES:
        moments = [_moment(value, kind) for value, kind in zip(values, kinds, strict=True)]
        if len(moments) == 2:
            return _compare_times(name, *moments)
        return _part(name, moments[0][0], _zone(arguments[0]))
    if name in ("round", "floor", "ceiling"):
        return _rounded(name, _number(values[0]))
    return _substring(values) if name == "substring" else _text_function(name, values)


def _spatial(name: str, values: list[Any]) -> Any:
    if name == "st_relate":
        return bool(shapely.relate_pattern(*values))
    if name == "geo.length":
        # Areas and points have no length.
        return float(shapely.length(values[0])) if "Line" in values[0].geom_type else 0.0
    return _SPATIAL[name](*values).item()


def _zone(expression: Expression) -> int:
    """How far ahead of UTC a time was written, in microseconds; what is stored is in UTC."""
    match expression:
        case InstantConstant() | IntervalConstant():
            return expression.offset
        case Operation(_, left, right):
            return _zone(left) or _zone(right)
    return 0


def _part(name: str, micros: int, zone: int) -> Any:
    """A part of a time where it was written; null for one outside the calendar."""
    local = micros + zone
    if name == "totaloffsetminutes":
        return zone // MINUTE
    if not EARLIEST <= local <= LATEST:
        return None
    moment, within = to_datetime(local), local % DAY
    parts = {
        "hour": within // HOUR,
        "minute": within % HOUR // MINUTE,
        "second": within % MINUTE // SECOND,
        "fractionalseconds": within % SECOND / SECOND,
        "date": moment.date().isoformat(),
        "time": moment.time().isoformat(timespec="microseconds"),
    }
    return parts[name] if name in parts else getattr(moment, name)


def _rounded(name: str, number: float | None) -> float | None:
    if number is None:
        return None
    if name == "round":
        return math.copysign(math.floor(abs(number) + 0.5), number)
    return float(math.floor(number) if name == "floor" else math.ceil(number))


_TEXT_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "substringof": lambda part, whole: part in whole,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "length": len,
    "indexof": str.find,
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": lambda text: text.strip(" \t\n\r\f\v"),
    "concat": lambda first, second: first + second,
}


def _text_function(name: str, values: list[Any]) -> Any:
    texts = [_text(value) for value in values]
    return None if None in texts else _TEXT_FUNCTIONS[name](*texts)


def _substring(values: list[Any]) -> str | None:
    """From 0; what lies outside the text is cut off."""
    text, bounds = _text(values[0]), [_number(value) for value in values[1:]]
    if text is None or None in bounds:
        return None
    start, *length = (max(0, math.trunc(bound or 0)) for bound in bounds)
    return text[start : start + length[0]] if length else text[start:]
