"""`$expand`: one statement for each relation of each level, however many parents there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Any

from hereabouts.sensing.errors.reading import AnswerTooLarge, AnswerTooLong
from hereabouts.sensing.queries.reading.conditions import holds
from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.fields import STREAMS
from hereabouts.sensing.queries.reading.forms import Form
from hereabouts.sensing.queries.reading.ordering import Term, order_by, order_terms
from hereabouts.sensing.queries.reading.paging import child_links
from hereabouts.sensing.queries.reading.selecting import Selection, select
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

KEPT_OF_LATEST = ("id", "started", "ended", "kind", "number", "result")
"""What is kept with each stream of its newest observation."""


@dataclass
class Loaded:
    """Entities that were read: rows with what is made of them, in order."""

    selection: Selection
    form: Form
    rows: list[Row]
    made: list[Any]
    weights: list[int]
    """About how many characters each comes to, with what is put into it."""


def load(reader: Reader, form: Form, selection: Selection, rows: list[Row]) -> Loaded:
    """Entities of rows. Raises: AnswerTooLong."""
    made = list(map(form.maker(selection), rows))
    loaded = Loaded(selection, form, rows, made, [0] * len(rows))
    _grow(reader, loaded, form.weigh(rows, made))
    return loaded


def _grow(reader: Reader, loaded: Loaded, weights: Sequence[int]) -> None:
    """Note what more the entities of a level come to. Raises: AnswerTooLong."""
    loaded.weights = list(map(add, loaded.weights, weights))
    most = reader.limits.characters
    if sum(loaded.weights) > most:
        raise AnswerTooLong(most=most)


def page_size(reader: Reader, options: Options) -> int:
    """How many entities a page holds."""
    size = reader.limits.page if options.top is None else options.top
    return min(size, reader.limits.most)


def expand(reader: Reader, loaded: Loaded, options: Options, base: str) -> None:
    """Put related entities into others. Raises: AnswerTooLarge, AnswerTooLong, CannotBeAsked."""
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
    selection = select(target, options, base, is_inner=True)
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
    found = load(reader, loaded.form, selection, rows)
    expand(reader, found, options, base)
    at_id = {row[0]: place for place, row in enumerate(rows)}
    places = [at_id.get(row[at]) for row in loaded.rows]
    _grow(reader, loaded, [0 if place is None else found.weights[place] for place in places])
    for mine, place in enumerate(places):
        if place is not None:
            one = loaded.form.with_one(loaded.made[mine], relation.name, found.made[place])
            loaded.made[mine] = one


@dataclass
class _Children:
    """Rows of a to-many expansion, by parent and in order; the last column is the parent.

    `places` says where in a row the keys of its order stand. Where only the newest of each stream
    was read, the last column but one says how many there are.
    """

    rows: list[Row] = field(default_factory=list)
    places: Sequence[int] = ()
    is_latest: bool = False


@dataclass
class _Sorted:
    """Children under their parents: each child once, as places in `rows`."""

    rows: list[Row]
    of: dict[int, list[int]]
    last: dict[int, Row]
    """The last row shown of each parent that has more."""


def _sort(children: _Children, parents: Sequence[int], size: int) -> _Sorted:
    rows: list[Row] = []
    of: dict[int, list[int]] = {parent: [] for parent in parents}
    if children.is_latest:
        for place, row in enumerate(children.rows):
            of[row[-1]].append(place)
        return _Sorted(children.rows, of, {row[-1]: row for row in children.rows if row[-2] > 1})
    last: dict[int, Row] = {}
    known: dict[int, int] = {}
    before: Row = ()
    for row in children.rows:
        mine = of[row[-1]]
        if len(mine) == size:
            last.setdefault(row[-1], before)
            continue
        place = known.setdefault(row[0], len(rows))
        if place == len(rows):
            rows.append(row)
        mine.append(place)
        before = row
    return _Sorted(rows, of, last)


def _expand_many(reader: Reader, loaded: Loaded, expansion: Expansion, base: str) -> None:
    relation, options = expansion.relation, expansion.options
    owner, target = loaded.selection.entity, target_of(relation)
    selection = select(target, options, base, is_inner=True)
    parents = list(dict.fromkeys(row[0] for row in loaded.rows))
    size = page_size(reader, options)
    level = _Level(reader, owner, target, expansion, selection, parents, size)
    children = level.read() if size else _Children()
    sorted_ = _sort(children, parents, size)
    found = load(reader, loaded.form, selection, sorted_.rows)
    expand(reader, found, options, base)
    weight_of = found.weights.__getitem__
    of = [sorted_.of[row[0]] for row in loaded.rows]
    _grow(reader, loaded, [sum(map(weight_of, mine)) for mine in of])
    form, name = loaded.form, relation.name
    counts = level.count() if options.count else None
    link_to = child_links(base, owner.set_name, name, options)
    made_of = found.made.__getitem__
    for at, row in enumerate(loaded.rows):
        parent, entity = row[0], loaded.made[at]
        if counts is not None:
            entity = form.with_count(entity, name, counts.get(parent, 0))
        last = sorted_.last.get(parent)
        link = None if last is None else link_to(parent, [last[key] for key in children.places])
        loaded.made[at] = form.with_many(entity, name, list(map(made_of, of[at])), link)


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
        columns, places = hung.columns(terms)
        names = ", ".join(f"c{at}" for at in range(len(columns)))
        named = ", ".join(f"{column} AS c{at}" for at, column in enumerate(columns))
        order = order_by(hung.query.dialect, terms)
        skip = self.expansion.options.skip
        sql = (
            f"SELECT {names}, parent FROM (SELECT p.id AS parent, {named}, row_number() OVER"
            f" (PARTITION BY p.id ORDER BY {order}) AS place{hung.source.text(conditions)}) ranked"
            f" WHERE place > {skip} AND place <= {skip + self.size + 1}"
            f" ORDER BY parent, place LIMIT {self.reader.limits.rows + 1}"
        )
        return _Children(hung.query.run(sql), places)

    def _read_laterally(self) -> _Children:
        """Walk each parent's rows in order and stop early, in one statement."""
        query = Query(self.reader)
        if query.dialect.name == "sqlite":
            return self._read_by_keys(query)
        inner = _Hung(self, query, is_lateral=True)
        conditions, terms = inner.conditions(), inner.terms()
        columns, places = inner.columns(terms)
        named = ", ".join(f"{column} AS c{at}" for at, column in enumerate(columns))
        names = ", ".join(f"x.c{at}" for at in range(len(columns)))
        sorted_by = [
            Term(f"x.c{place}", term.kind, term.is_descending, term.is_nullable)
            for place, term in zip(places, terms, strict=True)
        ]
        sql = (
            f"SELECT {names}, p.id FROM {query.bind_ids_table(self.parents, 'p')}"
            f" CROSS JOIN LATERAL (SELECT {named}{inner.source.text(conditions)}"
            f" ORDER BY {order_by(query.dialect, terms)} {self._slice()}) x"
            f" ORDER BY p.id, {order_by(query.dialect, sorted_by)}"
            f" LIMIT {self.reader.limits.rows + 1}"
        )
        return _Children(query.run(sql), places)

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
        columns, places = outer.columns(terms)
        sql = (
            f"SELECT {', '.join(columns)}, p.id{outer.source.text([*tied, picked])}"
            f" ORDER BY p.id, {order_by(query.dialect, terms)}"
            f" LIMIT {self.reader.limits.rows + 1}"
        )
        return _Children(query.run(sql), places)

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
        columns, places = hung.columns(hung.terms())
        known = self._read_known(columns, hung.alias)
        if known is not None:
            return _Children(known, places, is_latest=True)
        alias = hung.alias
        hung.source.tables.append("JOIN sensing_stream_state st ON st.stream_id = p.id")
        latest = [f"{alias}.id = st.latest_id"]
        if query.dialect.name == "sqlite":
            # By the rows' own key, not by that of ids, which leads there in a second step.
            # PostgreSQL takes three conditions for three chances.
            started = f"{alias}.started = st.latest_started"
            latest = [hung.tie, started, f"+{alias}.id = st.latest_id"]
        read = ", ".join([*columns, "st.count", "p.id"])
        rows = query.run(f"SELECT {read}{hung.source.text(latest)}")
        return _Children(rows, places, is_latest=True)

    def _read_known(self, columns: Sequence[str], alias: str) -> list[Row] | None:
        """The newest from what is kept of each stream; None where more of them is asked for.

        `columns` are those of observations under their alias.
        """
        query = Query(self.reader)
        source = Source(query)
        source.tables.append(query.bind_ids_table(self.parents, "p"))
        stream = source.add(self.owner, "{far}.id = p.id")
        source.tables.append("JOIN sensing_stream_state st ON st.stream_id = p.id")
        known = {f"{alias}.{name}": f"st.latest_{name}" for name in KEPT_OF_LATEST}
        known[f"{alias}s.is_multi"] = f"{stream}.is_multi"
        if not known.keys() >= set(columns):
            return None
        read = ", ".join([*(known[column] for column in columns), "st.count", "p.id"])
        return query.run(f"SELECT {read}{source.text(['st.latest_id IS NOT NULL'])}")


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

    def columns(self, terms: Sequence[Term]) -> tuple[list[str], list[int]]:
        """What is read of each row: its selection, then its order keys, and where those stand."""
        if self.level.selection.needs_state:
            self.source.add_state(self.alias)
        columns = [column.format(self.alias) for column in self.level.selection.columns]
        places = []
        for term in terms:
            if term.sql not in columns:
                columns.append(term.sql)
            places.append(columns.index(term.sql))
        return columns, places
