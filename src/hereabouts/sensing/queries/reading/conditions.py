"""Filters to SQL: which related rows they speak of, and how those are found.

The rule for paths over to-many relations: a filter holds for an entity where, for some choice of
one related row for each such path (a row of nothing where there are none), the whole of it holds.
So conditions that share a path speak of the same row. The choice is pushed inwards as far as that
keeps the meaning: `or` distributes over it, and operands of `and` that share no path are chosen
for separately. `not` keeps the choice outside itself: `not Datastreams/name eq 'x'` finds what has
a Datastream of another name. `any` chooses rows of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.sensing.queries.reading.compiling import Compiler
from hereabouts.sensing.queries.reading.members import choose_members
from hereabouts.sensing.queries.reading.sources import (
    Bound,
    Key,
    Scope,
    Source,
    add_far,
    balanced,
    link_condition,
)
from hereabouts.sensing.queries.reading.tables import link_of
from hereabouts.sensing.queries.reading.walking import outcomes, paths, split
from hereabouts.standards.sensorthings.model import Relation, target_of
from hereabouts.standards.sensorthings.tree import AnyOf, Expression, Operation, PropertyPath


def holds(scope: Scope, expression: Expression, *, is_sure: bool = True) -> str:
    """A condition that is true exactly where the expression is; null counts as false.

    `is_sure` says that the whole statement asks for it, so that rows without it may be dropped by
    an inner join. Raises: CannotBeAsked.
    """
    conjuncts = split("and", expression)
    if is_sure:
        scope.required |= _required(scope, conjuncts)
    groups = _groups(scope, conjuncts)
    chosen = choose_members(scope, [part for group, heads in groups if not heads for part in group])
    parts = list(chosen.conditions)
    for group, heads in groups:
        if not heads:
            parts += [_plain(scope, part) for part in group if part not in chosen.answered]
        elif len(group) == 1 and _is_or(group[0]):
            parts.append(_either(scope, group[0]))
        else:
            parts.append(_some_rows(scope, group, heads))
    return balanced("AND", [f"({part})" for part in parts])


def _is_or(expression: Expression) -> bool:
    return isinstance(expression, Operation) and expression.operator == "or"


def _either(scope: Scope, expression: Expression) -> str:
    operands = split("or", expression)
    return balanced("OR", [f"({holds(scope, part, is_sure=False)})" for part in operands])


def _plain(scope: Scope, expression: Expression) -> str:
    """A condition whose rows are all known."""
    if _is_or(expression):
        return _either(scope, expression)
    return Compiler(scope, any_row).positive(expression)


# --- rows of to-many paths ----------------------------------------------------------------------


def _head(scope: Scope, path: PropertyPath) -> Key | None:
    """The path up to its first to-many relation for which no row is chosen yet, if any."""
    names = tuple(relation.name for relation in path.relations)
    _, length, _ = scope.find((path.variable, names))
    for position in range(length, len(names)):
        if path.relations[position].is_many:
            return path.variable, names[: position + 1]
    return None


def _heads(scope: Scope, expression: Expression) -> dict[Key, tuple[Relation, ...]]:
    found: dict[Key, tuple[Relation, ...]] = {}
    for path in paths(expression):
        head = _head(scope, path)
        if head is not None:
            found[head] = path.relations[: len(head[1])]
    return found


_Group = tuple[list[Expression], dict[Key, tuple[Relation, ...]]]


def _groups(scope: Scope, conjuncts: Sequence[Expression]) -> list[_Group]:
    """Conjuncts that share a to-many path, together; those without one, each by itself."""
    groups: list[_Group] = []
    for conjunct in conjuncts:
        heads = _heads(scope, conjunct)
        shared = [group for group in groups if group[1].keys() & heads.keys()]
        merged: _Group = ([], dict(heads))
        for group in shared:
            merged[0].extend(group[0])
            merged[1].update(group[1])
            groups.remove(group)
        merged[0].append(conjunct)
        groups.append(merged)
    return groups


def _some_rows(
    scope: Scope, conjuncts: Sequence[Expression], heads: dict[Key, tuple[Relation, ...]]
) -> str:
    """That some choice of related rows satisfies all of the conjuncts."""
    missing = {head for head in heads if _may_hold_without(conjuncts, head)}
    inner = Scope(Source(scope.query), scope)
    if missing:
        inner.source.tables.append("(SELECT 1 AS one) one")
    links = [_choose(scope, inner, head, heads[head], is_outer=head in missing) for head in heads]
    condition = _all_hold(inner, conjuncts, is_sure=True)
    is_alone = len(links) == 1 and not missing and not inner.reaches_out
    if is_alone and links[0].serves_in and not scope.query.is_broad:
        link = links[0]
        return f"{link.near} IN (SELECT {link.far}{inner.source.text([condition])})"
    tied = [link.condition for link in links if link.condition]
    return f"EXISTS (SELECT 1{inner.source.text([*tied, condition])})"


def _all_hold(scope: Scope, conjuncts: Sequence[Expression], *, is_sure: bool) -> str:
    whole = conjuncts[0]
    for conjunct in conjuncts[1:]:
        whole = Operation("and", whole, conjunct)
    return holds(scope, whole, is_sure=is_sure)


class _Tie:
    """How a chosen row hangs on the row it is chosen for."""

    def __init__(self, near: str, far: str, condition: str, serves_in: bool) -> None:
        self.near = near
        self.far = far
        self.condition = condition
        self.serves_in = serves_in


def _choose(
    scope: Scope, inner: Scope, head: Key, relations: tuple[Relation, ...], *, is_outer: bool
) -> _Tie:
    """Add the table a row is chosen from to the inner SELECT."""
    near = scope.row(head[0], relations[:-1])
    relation = relations[-1]
    link, target = link_of(near.entity.name, relation), target_of(relation)
    if is_outer:
        far = _add_outer(inner.source, near, relation)
        inner.bound[head] = Bound(target, far, inner.source)
        return _Tie("", "", "", False)
    far, between = add_far(inner.source, link, target)
    inner.bound[head] = Bound(target, far, inner.source)
    condition = link_condition(link, near.alias, far, between)
    key = f"{between}.{link.between[1]}" if link.between else link.far.format(far)
    # Among observations the first match is soon found; elsewhere the set of matches is small.
    serves_in = not link.either and target.name != "Observation"
    return _Tie(link.near.format(near.alias), key, condition, serves_in)


def _add_outer(source: Source, near: Bound, relation: Relation) -> str:
    """Join the rows of a relation, or a row of nothing where there are none to be seen."""
    link, target = link_of(near.entity.name, relation), target_of(relation)
    if link.between is None:
        return source.add(target, link_condition(link, near.alias, "{far}"), is_outer=True)
    alias, between = source.query.alias(), source.query.alias()
    table, seen = source.query.table(target, alias)
    tie = f"{alias}.id = {between}.{link.between[2]}"
    tied = link_condition(link, near.alias, alias, between)
    condition = " AND ".join(filter(None, (tied, seen)))
    source.tables.append(
        f"LEFT JOIN ({link.between[0]} {between} JOIN {table} ON {tie}) ON {condition}"
    )
    return alias


def _may_hold_without(conjuncts: Sequence[Expression], head: Key) -> bool:
    """Whether all conjuncts may be true where there is no row for a path."""

    def is_missing(path: PropertyPath) -> bool:
        names = tuple(relation.name for relation in path.relations)
        return path.variable == head[0] and names[: len(head[1])] == head[1]

    return all(True in outcomes(conjunct, is_missing) for conjunct in conjuncts)


def _required(scope: Scope, conjuncts: Sequence[Expression]) -> set[Key]:
    """To-one paths without whose row some conjunct cannot be true."""
    required: set[Key] = set()
    for conjunct in conjuncts:
        for path in paths(conjunct):
            names = tuple(relation.name for relation in path.relations)
            _, length, _ = scope.find((path.variable, names))
            for end in range(length + 1, len(names) + 1):
                key = (path.variable, names[:end])
                if path.relations[end - 1].is_many:
                    break
                if key not in required and not _may_hold_without([conjunct], key):
                    required.add(key)
    return required


# --- any ----------------------------------------------------------------------------------------


def any_row(scope: Scope, expression: AnyOf) -> str:
    """That some row at the end of a path satisfies a condition; rows of its own."""
    inner = Scope(Source(scope.query), scope)
    relations = expression.relations
    to_one = 0
    while to_one < len(relations) - 1 and not relations[to_one].is_many:
        to_one += 1
    near = scope.row(expression.outer, relations[:to_one])
    conditions = []
    for relation in relations[to_one:]:
        link, target = link_of(near.entity.name, relation), target_of(relation)
        far, between = add_far(inner.source, link, target)
        conditions.append(link_condition(link, near.alias, far, between))
        near = Bound(target, far, inner.source)
    inner.bound[expression.variable, ()] = near
    if expression.condition is not None:
        conditions.append(holds(inner, expression.condition))
    return f"EXISTS (SELECT 1{inner.source.text(conditions)})"
