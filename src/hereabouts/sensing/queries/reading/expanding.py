"""`$expand`: one statement for each relation of each level, however many parents there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hereabouts.sensing.errors.reading import AnswerTooLarge
from hereabouts.sensing.queries.reading.conditions import holds
from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.ordering import Term, order_by, order_terms
from hereabouts.sensing.queries.reading.paging import next_link
from hereabouts.sensing.queries.reading.selecting import STREAMS, Document, Selection, select
from hereabouts.sensing.queries.reading.sources import (
    Bound,
    Query,
    Reader,
    Scope,
    Source,
    add_far,
    link_condition,
)
from hereabouts.sensing.queries.reading.tables import link_of
from hereabouts.standards.sensorthings.model import EntityType, Property, target_of
from hereabouts.standards.sensorthings.tree import Expansion, Options, PropertyPath


@dataclass
class Loaded:
    """Entities that were read: rows with their documents, in order."""

    selection: Selection
    rows: list[Row] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)


def page_size(reader: Reader, options: Options) -> int:
    """How many entities a page holds."""
    size = reader.limits.page if options.top is None else options.top
    return min(size, reader.limits.most)


def expand(reader: Reader, loaded: Loaded, options: Options, base: str) -> None:
    """Put related entities into documents. Raises: AnswerTooLarge, CannotBeAsked."""
    for expansion in options.expand:
        if not loaded.rows:
            return
        if expansion.relation.is_many:
            _expand_many(reader, loaded, expansion, base)
        else:
            _expand_one(reader, loaded, expansion, base)


def _expand_one(reader: Reader, loaded: Loaded, expansion: Expansion, base: str) -> None:
    relation, options = expansion.relation, expansion.options
    target = target_of(relation)
    selection = select(target, options, base)
    at = loaded.selection.keys[relation.name]
    ids = sorted({row[at] for row in loaded.rows if row[at] is not None})
    query = Query(reader)
    source = Source(query)
    alias = source.add(target)
    scope = Scope(source)
    scope.bound["", ()] = Bound(target, alias, source)
    conditions = [f"{alias}.id IN {query.bind_ids(ids)}"]
    if options.filter is not None:
        conditions.append(holds(scope, options.filter))
    if selection.needs_state:
        source.add_state(alias)
    columns = ", ".join(column.format(alias) for column in selection.columns)
    rows = query.run(f"SELECT {columns}{source.text(conditions)}")
    found = Loaded(selection, rows, [selection.make(row) for row in rows])
    expand(reader, found, options, base)
    by_id = {row[0]: document for row, document in zip(rows, found.documents, strict=True)}
    for row, document in zip(loaded.rows, loaded.documents, strict=True):
        related = by_id.get(row[at])
        if related is not None:
            document[relation.name] = related


@dataclass
class _Children:
    """Rows of a to-many expansion: their parents, their order keys, and which go on."""

    rows: list[Row]
    width: int
    goes_on: Mapping[int, bool] = field(default_factory=dict)
    """By parent, where the rows themselves do not tell."""


def _expand_many(reader: Reader, loaded: Loaded, expansion: Expansion, base: str) -> None:
    relation, options = expansion.relation, expansion.options
    owner, target = loaded.selection.entity, target_of(relation)
    selection = select(target, options, base)
    parents = list(dict.fromkeys(row[0] for row in loaded.rows))
    size = page_size(reader, options)
    level = _Level(reader, owner, target, expansion, selection, parents, size)
    children = level.read() if size else _Children([], 0)
    grouped: dict[int, list[Row]] = {parent: [] for parent in parents}
    for row in children.rows:
        grouped[row[0]].append(row)
    counts = level.count() if options.count else None
    found = Loaded(selection)
    by_id: dict[int, Document] = {}
    for row, document in zip(loaded.rows, loaded.documents, strict=True):
        mine = grouped[row[0]]
        listed = []
        for child in mine[:size]:
            made = by_id.get(child[1])
            if made is None:
                made = by_id[child[1]] = selection.make(child[1:])
                found.rows.append(child[1:])
                found.documents.append(made)
            listed.append(made)
        if counts is not None:
            document[f"{relation.name}@iot.count"] = counts.get(row[0], 0)
        document[relation.name] = listed
        if mine and (len(mine) > size or children.goes_on.get(row[0], False)):
            path = f"{owner.set_name}({row[0]})/{relation.name}"
            keys = mine[size - 1][1 + children.width :]
            document[f"{relation.name}@iot.nextLink"] = next_link(base, path, options, keys)
    expand(reader, found, options, base)


@dataclass
class _Level:
    """One to-many expansion of many parents."""

    reader: Reader
    owner: EntityType
    target: EntityType
    expansion: Expansion
    selection: Selection
    parents: Sequence[int]
    size: int

    def read(self) -> _Children:
        """Up to a page and one row more of each parent's. Raises: AnswerTooLarge."""
        if self.target.name == "Observation":
            children = self._read_latest() if self._is_latest() else self._read_laterally()
        else:
            children = self._read_by_window()
        if len(children.rows) > self.reader.limits.rows:
            raise AnswerTooLarge(most=self.reader.limits.rows)
        return children

    def count(self) -> Mapping[int, int]:
        """How many each parent has, page or not."""
        options = self.expansion.options
        query = Query(self.reader)
        if options.filter is None and self.owner.name in STREAMS:
            ids = query.bind_ids(self.parents)
            sql = f"SELECT stream_id, count FROM sensing_stream_state WHERE stream_id IN {ids}"
            return {int(row[0]): int(row[1]) for row in query.run(sql)}
        hung = _Hung(self, query)
        sql = f"SELECT p.id, count(*){hung.source.text(hung.conditions())} GROUP BY p.id"
        return {int(row[0]): int(row[1]) for row in query.run(sql)}

    # --- three ways to read -------------------------------------------------------------------

    def _read_by_window(self) -> _Children:
        hung = _Hung(self, Query(self.reader))
        conditions = hung.conditions()
        terms = hung.terms()
        columns = hung.columns(terms)
        names = ", ".join(f"c{at}" for at in range(len(columns)))
        named = ", ".join(f"{column} AS c{at}" for at, column in enumerate(columns))
        order = order_by(hung.query.dialect, terms)
        skip = self.expansion.options.skip
        sql = (
            f"SELECT parent, {names} FROM (SELECT p.id AS parent, {named}, row_number() OVER"
            f" (PARTITION BY p.id ORDER BY {order}) AS place{hung.source.text(conditions)}) ranked"
            f" WHERE place > {skip} AND place <= {skip + self.size + 1}"
            f" ORDER BY parent, place LIMIT {self.reader.limits.rows + 1}"
        )
        return _Children(hung.query.run(sql), len(self.selection.columns))

    def _read_laterally(self) -> _Children:
        """Walk each parent's rows in order and stop early, in one statement."""
        query = Query(self.reader)
        if query.dialect.name == "sqlite":
            return self._read_by_keys(query)
        inner = _Hung(self, query, is_lateral=True)
        conditions, terms = inner.conditions(), inner.terms()
        columns = inner.columns(terms)
        named = ", ".join(f"{column} AS c{at}" for at, column in enumerate(columns))
        names = ", ".join(f"x.c{at}" for at in range(len(columns)))
        width = len(self.selection.columns)
        sorted_by = [
            Term(f"x.c{width + at}", term.kind, term.is_descending, term.is_nullable)
            for at, term in enumerate(terms)
        ]
        sql = (
            f"SELECT p.id, {names} FROM {query.bind_ids_table(self.parents, 'p')}"
            f" CROSS JOIN LATERAL (SELECT {named}{inner.source.text(conditions)}"
            f" ORDER BY {order_by(query.dialect, terms)} {self._slice()}) x"
            f" ORDER BY p.id, {order_by(query.dialect, sorted_by)}"
            f" LIMIT {self.reader.limits.rows + 1}"
        )
        return _Children(query.run(sql), width)

    def _read_by_keys(self, query: Query) -> _Children:
        """SQLite knows no LATERAL, but a limited list of keys for each parent."""
        inner = _Hung(self, query, is_lateral=True)
        conditions, inner_terms = inner.conditions(), inner.terms()
        outer = _Hung(self, query)
        by_stream = self.owner.name in STREAMS
        keys = ("started", "id") if by_stream else ("id",)
        listed = ", ".join(f"{inner.alias}.{key}" for key in keys)
        wanted = ", ".join(f"{outer.alias}.{key}" for key in keys)
        picked = (
            f"({wanted}) IN (SELECT {listed}{inner.source.text(conditions)}"
            f" ORDER BY {order_by(query.dialect, inner_terms)} {self._slice()})"
        )
        terms = outer.terms()
        tied = [outer.tie] if by_stream else []
        sql = (
            f"SELECT p.id, {', '.join(outer.columns(terms))}{outer.source.text([*tied, picked])}"
            f" ORDER BY p.id, {order_by(query.dialect, terms)}"
            f" LIMIT {self.reader.limits.rows + 1}"
        )
        return _Children(query.run(sql), len(self.selection.columns))

    def _slice(self) -> str:
        skip = self.expansion.options.skip
        return f"LIMIT {self.size + 1}" + (f" OFFSET {skip}" if skip else "")

    def _is_latest(self) -> bool:
        """Whether only the newest of each stream is asked for, which the writer keeps at hand."""
        options = self.expansion.options
        if self.owner.name not in STREAMS or options.filter is not None or options.skip:
            return False
        if self.size != 1 or len(options.order) != 1 or not options.order[0].is_descending:
            return False
        path = options.order[0].expression
        return (
            isinstance(path, PropertyPath)
            and not path.relations
            and isinstance(path.property, Property)
            and path.property.name == "phenomenonTime"
        )

    def _read_latest(self) -> _Children:
        query = Query(self.reader)
        hung = _Hung(self, query)
        terms = hung.terms()
        alias = hung.alias
        hung.source.tables.append("JOIN sensing_stream_state st ON st.stream_id = p.id")
        latest = [f"{alias}.id = st.latest_id"]
        if query.dialect.name == "sqlite":
            # The whole key is one look; PostgreSQL takes three conditions for three chances.
            latest += [hung.tie, f"{alias}.started = st.latest_started"]
        columns = [*hung.columns(terms), "st.count"]
        sql = f"SELECT p.id, {', '.join(columns)}{hung.source.text(latest)}"
        rows = query.run(sql)
        goes_on = {row[0]: row[-1] > 1 for row in rows}
        return _Children([row[:-1] for row in rows], len(self.selection.columns), goes_on)


class _Hung:
    """The far rows of a relation, hung on a table `p` of parents' ids."""

    def __init__(self, level: _Level, query: Query, *, is_lateral: bool = False) -> None:
        self.level, self.query = level, query
        self.source = Source(query)
        if not is_lateral:
            self.source.tables.append(query.bind_ids_table(level.parents, "p"))
        link = link_of(level.owner.name, level.expansion.relation)
        self.alias, between = add_far(self.source, link, level.target)
        self.tie = link_condition(link, "p", self.alias, between)
        self.rank = f"{between}.{link.rank}" if link.rank else ""
        self.scope = Scope(self.source)
        self.scope.bound["", ()] = Bound(level.target, self.alias, self.source)

    def conditions(self) -> list[str]:
        """The tie to the parents, and the filter."""
        condition = self.level.expansion.options.filter
        return [self.tie] if condition is None else [self.tie, holds(self.scope, condition)]

    def terms(self) -> list[Term]:
        """The keys of the order."""
        first = []
        if self.rank:
            first = [Term(self.rank)]
        elif self.level.owner.name in STREAMS and self.level.target.name == "Observation":
            first = [Term(f"{self.alias}.started")]
        return order_terms(self.scope, self.alias, self.level.expansion.options, first=first)

    def columns(self, terms: Sequence[Term]) -> list[str]:
        """What is read of each row: its selection, then its order keys."""
        if self.level.selection.needs_state:
            self.source.add_state(self.alias)
        columns: list[Any] = [column.format(self.alias) for column in self.level.selection.columns]
        return columns + [term.sql for term in terms]
