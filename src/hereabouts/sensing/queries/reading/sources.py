"""Statements being built: parameters, tables and what a name stands for in them.

`Query.table` is the only place that names a table of entities, and it adds what the reader may see.
An observation has no class of its own: its stream is joined with it, under its alias with an s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.reading.database import Database, Row
from hereabouts.sensing.queries.reading.limits import Limits
from hereabouts.sensing.queries.reading.tables import KINDS, NAMES, Link, link_of
from hereabouts.standards.sensorthings.model import EntityType, Relation, target_of

Key: TypeAlias = tuple[str, tuple[str, ...]]
"""A variable ("" for the entity itself) and the names of the relations walked from it."""


@dataclass(frozen=True)
class Reader:
    """Who asks, of which database, how much and when; `now` in microseconds."""

    database: Database
    level: DataClass
    limits: Limits
    now: int
    memory: dict[Any, Any] = field(default_factory=dict, compare=False)
    """What was looked up for one statement and serves the next of the same question."""


class Query:
    """One statement: its numbered parameters and aliases."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.dialect = reader.database.dialect
        self.parameters: list[Any] = []
        self._marks: list[str] = []
        self._aliases = 0
        self.is_broad = False
        """Whether a condition holds for so many rows that they are better met one by one."""
        self.stops_early = False
        """Whether rows are read by id and no further than a page or a limit."""

    def bind(self, value: Any, kind: str = "integer") -> str:
        """A parameter: integer, number, text or blob."""
        return self._mark(value, kind)

    def bind_ids(self, ids: Sequence[int]) -> str:
        """A query, in brackets, of many ids."""
        return self.dialect.ids_query(self._mark(self.dialect.id_list(ids), "ids"))

    def bind_ids_table(self, ids: Sequence[int], alias: str) -> str:
        """A table of many ids, for FROM."""
        return self.dialect.ids_table(self._mark(self.dialect.id_list(ids), "ids"), alias)

    def bind_pairs(self, values: Sequence[tuple[int, float]]) -> str:
        """A query, in brackets, of many ids with a number each."""
        marks = [self._mark(value, kind) for value, kind in self.dialect.pairs(values)]
        return self.dialect.pairs_query(marks)

    def _mark(self, value: Any, kind: str) -> str:
        self.parameters.append(value)
        mark = self.dialect.placeholder(len(self.parameters), kind)
        self._marks.append(mark)
        return mark

    def alias(self) -> str:
        """A name not used so far."""
        self._aliases += 1
        return f"t{self._aliases}"

    def run(self, sql: str) -> list[Row]:
        """The rows of the statement."""
        # A rule may have had no use for a parameter, which a database does not forgive.
        unused = [mark for mark in self._marks if not _is_in(mark, sql)]
        if unused:
            sql = f"WITH unused AS (SELECT {', '.join(unused)}) {sql}"
        return self.reader.database.rows(sql, self.parameters)

    def table(self, entity: EntityType, alias: str) -> tuple[str, str]:
        """The table of a type, for FROM, and the condition on what of it may be seen."""
        guarded, table = alias, f"{NAMES[entity.name]} {alias}"
        if entity.name == "Observation":
            guarded = f"{alias}s"
            table += f" JOIN sensing_stream {guarded} ON {guarded}.id = {alias}.stream_id"
        wanted = [KINDS[entity.name].format(alias)] if entity.name in KINDS else []
        if self.reader.level < DataClass.CLOSED:
            wanted.append(f"{guarded}.data_class <= {int(self.reader.level)}")
        return table, " AND ".join(wanted)


def _is_in(mark: str, sql: str) -> bool:
    """Whether a placeholder stands in a statement; ?1 is no part of ?11."""
    at = sql.find(mark)
    while at >= 0 and sql[at + len(mark) : at + len(mark) + 1].isdigit():
        at = sql.find(mark, at + 1)
    return at >= 0


@dataclass
class Source:
    """The tables and conditions of one SELECT."""

    query: Query
    tables: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)

    def add(self, entity: EntityType, on: str = "", *, is_outer: bool = False) -> str:
        """Join the table of a type and return its alias; `on` may name it as `{far}`."""
        alias = self.query.alias()
        table, seen = self.query.table(entity, alias)
        on = on.replace("{far}", alias)
        condition = " AND ".join(filter(None, (on, seen)))
        if is_outer:
            table = f"({table})" if " JOIN " in table else table
            self.tables.append(f"LEFT JOIN {table} ON {condition or 'TRUE'}")
            return alias
        self.join(table)
        # Inner joins take their conditions in WHERE, where both databases may choose the order.
        if condition:
            self.where.append(condition)
        return alias

    def join(self, table: str) -> None:
        """Join a table, its conditions to follow in WHERE."""
        if self.tables:
            first, joined, more = table.partition(" JOIN ")
            table = f"JOIN {first} ON TRUE{joined}{more}"
        self.tables.append(table)

    def add_state(self, stream_alias: str) -> None:
        """Join what is known of a stream's observations, under its alias with `st`."""
        join = (
            f"LEFT JOIN sensing_stream_state {stream_alias}st"
            f" ON {stream_alias}st.stream_id = {stream_alias}.id"
        )
        if join not in self.tables:
            self.tables.append(join)

    def text(self, more: Sequence[str] = ()) -> str:
        """FROM and WHERE."""
        conditions = [*self.where, *more]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f" FROM {' '.join(self.tables)}{where}"


@dataclass(frozen=True)
class Bound:
    """A row that a path stands for: its type, its alias and the SELECT it is in."""

    entity: EntityType
    alias: str
    source: Source


class Scope:
    """What paths stand for in one SELECT, and in those around it."""

    def __init__(self, source: Source, parent: Scope | None = None) -> None:
        self.source = source
        self.query = source.query
        self.parent = parent
        self.bound: dict[Key, Bound] = {}
        self.required: set[Key] = set()
        self.reaches_out = False
        """Whether something in here named a row of a scope around it."""

    def find(self, key: Key) -> tuple[Bound, int, Scope]:
        """The row of the longest prefix of a path, how many relations it covers, and where."""
        variable, names = key
        for length in range(len(names), -1, -1):
            scope: Scope | None = self
            while scope is not None:
                bound = scope.bound.get((variable, names[:length]))
                if bound is not None:
                    return bound, length, scope
                scope = scope.parent
        raise LookupError(variable)

    def row(self, variable: str, relations: Sequence[Relation]) -> Bound:
        """The row at the end of a path; to-one relations are joined as needed."""
        names = tuple(relation.name for relation in relations)
        bound, length, owner = self.find((variable, names))
        self._note(owner)
        for position in range(length, len(relations)):
            relation = relations[position]
            key = (variable, names[: position + 1])
            bound = owner.join(bound, relation, is_outer=key not in owner.required)
            owner.bound[key] = bound
        return bound

    def join(self, near: Bound, relation: Relation, *, is_outer: bool) -> Bound:
        """Join a to-one relation."""
        link = link_of(near.entity.name, relation)
        on = f"{link.far.format('{far}')} = {link.near.format(near.alias)}"
        target = target_of(relation)
        return Bound(target, near.source.add(target, on, is_outer=is_outer), near.source)

    def _note(self, owner: Scope) -> None:
        scope: Scope | None = self
        while scope is not None and scope is not owner:
            scope.reaches_out = True
            scope = scope.parent


def link_condition(link: Link, near: str, far: str, between: str = "") -> str:
    """That two rows are related, by their aliases; `between` is that of a table between them."""
    if link.between is not None:
        return f"{between}.{link.between[1]} = {link.near.format(near)}"
    if link.either:
        return link.either.format(f=far, n=link.near.format(near))
    return f"{link.far.format(far)} = {link.near.format(near)}"


def add_far(source: Source, link: Link, target: EntityType) -> tuple[str, str]:
    """Add the far table of a relation, and the one between; their aliases, the latter or "".

    The rows are not yet tied to the near row: that is `link_condition`.
    """
    if link.between is None:
        return source.add(target), ""
    between = source.query.alias()
    source.join(f"{link.between[0]} {between}")
    return source.add(target, f"{{far}}.id = {between}.{link.between[2]}"), between


def balanced(word: str, parts: Sequence[str]) -> str:
    """Parts joined by AND or OR, bracketed as a flat tree: SQLite bounds how deep it may be."""
    if len(parts) <= 8:
        return f" {word} ".join(parts)
    middle = len(parts) // 2
    return f"({balanced(word, parts[:middle])}) {word} ({balanced(word, parts[middle:])})"
