"""The order of an answer, always total, and the condition that goes on behind a row.

The id comes last, in the direction of the last key: so an index on (stream, time, id) serves both
ways. Nulls come first ascending and last descending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hereabouts.sensing.errors.reading import CannotBeAsked
from hereabouts.sensing.queries.reading.compiling import Compiler
from hereabouts.sensing.queries.reading.conditions import any_row
from hereabouts.sensing.queries.reading.dialects import Dialect
from hereabouts.sensing.queries.reading.sources import (
    Bound,
    Query,
    Scope,
    Source,
    add_far,
    link_condition,
)
from hereabouts.sensing.queries.reading.tables import link_of
from hereabouts.sensing.queries.reading.values import (
    Anything,
    Duration,
    Moment,
    Number,
    Period,
    Result,
    Text,
    Time,
    Value,
)
from hereabouts.standards.sensorthings.model import Relation, target_of
from hereabouts.standards.sensorthings.tree import Expression, Options, OrderKey, PropertyPath


@dataclass(frozen=True)
class Term:
    """One key of an order; `kind` is that of its parameter."""

    sql: str
    kind: str = "integer"
    is_descending: bool = False
    is_nullable: bool = False


def order_terms(
    scope: Scope, alias: str, options: Options, *, first: Sequence[Term] = ()
) -> list[Term]:
    """The keys of an order for rows of an alias; `first` is the order where none is asked for.

    Raises: CannotBeAsked.
    """
    terms: list[Term] = []
    for key in options.order:
        terms += terms_of_key(scope, key)
    terms = terms or list(first)
    is_descending = terms[-1].is_descending if terms else False
    if not terms or terms[-1].sql != f"{alias}.id":
        terms.append(Term(f"{alias}.id", is_descending=is_descending))
    return terms


def order_by(dialect: Dialect, terms: Sequence[Term]) -> str:
    """The text behind ORDER BY."""
    return ", ".join(
        dialect.order(
            ordered(dialect, term),
            is_descending=term.is_descending,
            is_nullable=term.is_nullable,
        )
        for term in terms
    )


def ordered(dialect: Dialect, term: Term) -> str:
    """A key as it is compared."""
    return dialect.ordered_text(term.sql) if term.kind == "text" else term.sql


def behind(query: Query, terms: Sequence[Term], values: Sequence[Any]) -> str:
    """The condition on rows that come after the one with these keys."""
    dialect = query.dialect
    is_one_way = len({term.is_descending for term in terms}) == 1
    if is_one_way and not any(term.is_nullable for term in terms):
        sign = "<" if terms[0].is_descending else ">"
        left = ", ".join(ordered(dialect, term) for term in terms)
        right = ", ".join(
            _bind(query, term, value) for term, value in zip(terms, values, strict=True)
        )
        return f"({left}) {sign} ({right})"
    condition = ""
    for term, value in reversed(list(zip(terms, values, strict=True))):
        further = _further(query, term, value)
        if not condition:
            condition = further
            continue
        same = (
            f"{term.sql} IS NULL"
            if value is None
            else f"{ordered(dialect, term)} = {_bind(query, term, value)}"
        )
        condition = f"({further} OR ({same} AND {condition}))"
    return condition


def _further(query: Query, term: Term, value: Any) -> str:
    if value is None:
        return "1 = 0" if term.is_descending else f"{term.sql} IS NOT NULL"
    sign = "<" if term.is_descending else ">"
    further = f"{ordered(query.dialect, term)} {sign} {_bind(query, term, value)}"
    if term.is_descending and term.is_nullable:
        return f"({further} OR {term.sql} IS NULL)"
    return further


def _bind(query: Query, term: Term, value: Any) -> str:
    return query.bind(value, term.kind)


def terms_of_key(scope: Scope, key: OrderKey) -> list[Term]:
    """What one key of `$orderby` comes to. Raises: CannotBeAsked."""
    expression = key.expression
    if isinstance(expression, PropertyPath) and any(r.is_many for r in expression.relations):
        return _terms_of_rows(scope, expression, key.is_descending)
    value = Compiler(scope, any_row).value(expression)
    return _terms_of_value(value, key.is_descending, expression)


def _terms_of_value(value: Value, is_descending: bool, expression: Expression) -> list[Term]:
    match value:
        case Number(sql, is_nullable, is_whole):
            kind = "integer" if is_whole else "number"
            return [Term(sql, kind, is_descending, is_nullable)]
        case Text(sql, is_nullable):
            return [Term(sql, "text", is_descending, is_nullable)]
        case Time(sql, is_nullable):
            return [Term(sql, "integer", is_descending, is_nullable)]
        case Duration(sql):
            return [Term(sql, "integer", is_descending, True)]
        case Period(start, end):
            return [Term(sql, "integer", is_descending, True) for sql in (start, end)]
        case Moment(start, _, is_nullable):
            # By its start alone, as the rows lie; the id parts those that begin together.
            return [Term(start, "integer", is_descending, is_nullable)]
        case Anything(json) | Result(json):
            return [
                Term(json.number, "number", is_descending, True),
                Term(json.only_text, "text", is_descending, True),
            ]
    raise CannotBeAsked(token="$orderby", position=expression.at, reason="it gives no order")


def _terms_of_rows(scope: Scope, path: PropertyPath, is_descending: bool) -> list[Term]:
    """A key over many related rows: the least of them ascending, the greatest descending."""
    inner = Scope(Source(scope.query), scope)
    names = tuple(relation.name for relation in path.relations)
    many = next(at for at, relation in enumerate(path.relations) if relation.is_many)
    near = scope.row(path.variable, path.relations[:many])
    ties = []
    for relation in path.relations[many:]:
        near, tie = _add_row(inner.source, near, relation)
        ties.append(tie)
    inner.bound[path.variable, names] = near
    value = Compiler(inner, any_row).value(path)
    extreme = "max" if is_descending else "min"
    terms = []
    for term in _terms_of_value(value, is_descending, path):
        picked = (
            f"(SELECT {extreme}({ordered(scope.query.dialect, term)}){inner.source.text(ties)})"
        )
        terms.append(Term(picked, term.kind, is_descending, True))
    return terms


def _add_row(source: Source, near: Bound, relation: Relation) -> tuple[Bound, str]:
    link, target = link_of(near.entity.name, relation), target_of(relation)
    far, between = add_far(source, link, target)
    return Bound(target, far, source), link_condition(link, near.alias, far, between)
