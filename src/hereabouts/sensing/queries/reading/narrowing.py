"""Questions about all observations, led by the streams and times they can lie in.

Observations lie by stream and time, so a question about all of them is quick where it can be asked
stream by stream. What a filter says of the Datastream, and of the time, is asked of the few streams
first; where those hold little, their observations are read, and nothing else. An order by time is
read in windows that grow until a page is full. Either is an addition: the filter itself stands
beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from hereabouts.sensing.queries.reading.conditions import holds
from hereabouts.sensing.queries.reading.fields import STREAMS
from hereabouts.sensing.queries.reading.sources import Bound, Query, Reader, Scope, Source
from hereabouts.sensing.queries.reading.walking import outcomes, paths, split
from hereabouts.standards.sensorthings.model import ENTITY_TYPES
from hereabouts.standards.sensorthings.tree import (
    AnyOf,
    Call,
    DurationConstant,
    Expression,
    InList,
    InPath,
    InstantConstant,
    IntervalConstant,
    Negative,
    Not,
    Operation,
    Options,
    PropertyPath,
)

MOST_STREAMS = 20_000
"""More streams than this are not named one by one."""
FEW = 50_000
"""So many observations are soon read and sorted, in whatever order."""
GROWTH = 16
"""How much further each window reaches than the one before."""


@dataclass(frozen=True)
class Held:
    """A stream with observations: how many, and when the first and the latest begin."""

    id: int
    count: int
    first: int
    latest: int

    def share(self, span: tuple[int, int]) -> float:
        """About how many of its observations begin within a span."""
        low, high = max(span[0], self.first), min(span[1], self.latest)
        if low > high:
            return 0.0
        return self.count * (high - low + 1) / (self.latest - self.first + 1)


EVER = (-(2**62), 2**62)


def find_streams(reader: Reader, condition: Expression, *, is_by_id: bool) -> list[int] | None:
    """The streams in which all observations lie for which a filter holds; None for no help.

    `is_by_id` says that the answer is wanted by id, where reading on until a page is full may be
    quicker than reading all that is meant. Raises: CannotBeAsked.
    """
    conjuncts = split("and", condition)
    span = _span(conjuncts, reader.now)
    about = {name: _about(conjuncts, name) for name in ("FeatureOfInterest", *sorted(STREAMS))}
    if span == EVER and not any(about.values()):
        return None
    found = _list_all(reader, about)
    meant = [stream for stream in found if stream.share(span) > 0]
    is_much = sum(stream.share(span) for stream in meant) > FEW
    if len(meant) > MOST_STREAMS or (is_by_id and is_much):
        return None
    return [stream.id for stream in meant]


def list_windows(
    reader: Reader, options: Options, *, size: int, behind: int | None
) -> Iterator[tuple[int, int] | None]:
    """Spans of time to look into, one after the other until a page is full; None means all time.

    `behind` is the time of the last row of the page before.
    """
    if not _is_by_time(options):
        yield None
        return
    streams = _list_all(reader, {})
    total = sum(stream.count for stream in streams)
    if not total:
        yield None
        return
    first, latest = min(s.first for s in streams), max(s.latest for s in streams)
    is_backwards = options.order[0].is_descending
    width = max(1, (latest - first + 1) * 4 * (size + options.skip + 1) // total)
    edge = behind if behind is not None else (latest if is_backwards else first)
    while width < latest - first:
        yield (edge - width, edge) if is_backwards else (edge, edge + width)
        width *= GROWTH
    yield None


def _is_by_time(options: Options) -> bool:
    if not options.order:
        return False
    path = options.order[0].expression
    return (
        isinstance(path, PropertyPath)
        and not path.relations
        and path.property is not None
        and path.property.name == "phenomenonTime"
    )


# --- streams ------------------------------------------------------------------------------------


_About: TypeAlias = Mapping[str, Sequence[Expression]]
"""Conditions on the one related row of a type, by its name."""


def _list_all(reader: Reader, about: _About) -> list[Held]:
    """The streams that satisfy what is said of them and of their features."""
    named = [name for name in sorted(STREAMS) if about.get(name)]
    if len(named) > 1:
        return []
    wanted = named or sorted(STREAMS)
    return [held for name in wanted for held in _list_streams(reader, name, about)]


def _list_streams(reader: Reader, name: str, about: _About) -> list[Held]:
    query = Query(reader)
    source = Source(query)
    entity = ENTITY_TYPES[name]
    alias = source.add(entity)
    source.add_state(alias)
    scope = Scope(source)
    scope.bound["", ()] = Bound(entity, alias, source)
    wanted = [f"({holds(scope, condition)})" for condition in about.get(name, ())]
    if about.get("FeatureOfInterest"):
        wanted.append(_has_features(query, alias, about["FeatureOfInterest"]))
    wanted.append(f"{alias}st.count > 0")
    columns = ("count", "first_started", "latest_started")
    read = ", ".join([f"{alias}.id", *(f"{alias}st.{column}" for column in columns)])
    return [Held(*row) for row in query.run(f"SELECT {read}{source.text(wanted)}")]


def _has_features(query: Query, stream: str, conditions: Sequence[Expression]) -> str:
    """That a stream has observations of features, or stands for one, for which conditions hold."""
    source = Source(query)
    entity = ENTITY_TYPES["FeatureOfInterest"]
    alias, between = source.add(entity), query.alias()
    scope = Scope(source)
    scope.bound["", ()] = Bound(entity, alias, source)
    wanted = [f"({holds(scope, condition)})" for condition in conditions]
    features = f"(SELECT {alias}.id{source.text(wanted)})"
    seen = f"SELECT stream_id FROM sensing_stream_feature {between} WHERE feature_id IN {features}"
    return f"({stream}.feature_id IN {features} OR {stream}.id IN ({seen}))"


def _about(conjuncts: Sequence[Expression], name: str) -> list[Expression]:
    return [moved for part in conjuncts if (moved := _of_stream(part, name)) is not None]


def _of_stream(expression: Expression, name: str) -> Expression | None:
    """A condition about nothing but one related row, as one on that row; None for others."""
    found = list(paths(expression))
    if not found or _has_any(expression):
        return None
    if not all(path.relations and path.relations[0].name == name for path in found):
        return None
    if True in outcomes(expression, lambda path: True):
        return None
    moved: Expression = _moved(expression)
    return moved


def _has_any(expression: Expression) -> bool:
    match expression:
        case AnyOf():
            return True
        case Operation(_, left, right):
            return _has_any(left) or _has_any(right)
        case Not(operand) | Negative(operand) | InList(operand) | InPath(operand):
            return _has_any(operand)
        case Call(_, arguments):
            return any(map(_has_any, arguments))
    return False


def _moved(expression: Any) -> Any:
    """The same expression with every path beginning one relation later."""
    match expression:
        case PropertyPath(relations):
            return replace(expression, relations=relations[1:])
        case Operation(_, left, right):
            return replace(expression, left=_moved(left), right=_moved(right))
        case Not(operand) | Negative(operand):
            return replace(expression, operand=_moved(operand))
        case Call(_, arguments):
            return replace(expression, arguments=tuple(map(_moved, arguments)))
        case InList(operand, choices):
            return replace(expression, operand=_moved(operand), choices=tuple(map(_moved, choices)))
        case InPath(operand, container):
            return replace(expression, operand=_moved(operand), container=_moved(container))
    return expression


# --- times --------------------------------------------------------------------------------------

_MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq"}


def _span(conjuncts: Sequence[Expression], now: int) -> tuple[int, int]:
    """Between which times all observations begin for which some comparisons hold."""
    low, high = EVER
    for conjunct in conjuncts:
        operator, edge = _edge(conjunct, now)
        if operator in ("gt", "ge", "eq"):
            low = max(low, edge)
        if operator in ("lt", "le", "eq"):
            high = min(high, edge)
    return low, high


def _edge(expression: Expression, now: int) -> tuple[str, int]:
    """A comparison of the phenomenon time with a fixed time; no operator for anything else."""
    if not isinstance(expression, Operation) or expression.operator not in _MIRRORED:
        return "", 0
    for operator, side, other in (
        (expression.operator, expression.left, expression.right),
        (_MIRRORED[expression.operator], expression.right, expression.left),
    ):
        fixed = _fixed(other, now)
        is_time = isinstance(side, PropertyPath) and not side.relations and not side.variable
        if fixed is not None and is_time and _is_phenomenon_time(side):
            return operator, fixed
    return "", 0


def _is_phenomenon_time(expression: Expression) -> bool:
    return (
        isinstance(expression, PropertyPath)
        and expression.property is not None
        and expression.property.name == "phenomenonTime"
    )


def _fixed(expression: Expression, now: int) -> int | None:
    """The start of a time or interval that no row decides."""
    match expression:
        case InstantConstant(micros):
            return micros
        case IntervalConstant(start):
            return start
        case Call("now"):
            return now
        case Operation("add" | "sub" as operator, left, DurationConstant(micros)):
            base = _fixed(left, now)
            return None if base is None else base + (micros if operator == "add" else -micros)
    return None
