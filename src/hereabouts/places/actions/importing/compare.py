"""Compares the records of one kind with what is held: new, changed, moved, returned, gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.kernel.ids import derive_uid
from hereabouts.places.actions.bulk import in_pieces
from hereabouts.places.actions.importing import held as holdings
from hereabouts.places.actions.importing.held import Held
from hereabouts.places.actions.importing.matching import match
from hereabouts.places.actions.importing.spool import Spool
from hereabouts.places.actions.importing.tables import (
    COMMON,
    DIGEST,
    GEOMETRY,
    ID,
    SOURCE_ID,
    UID,
    Row,
    Table,
    Value,
    digest_of,
    to_database,
)
from hereabouts.places.domain.batch import Counts, Findings, Scope
from hereabouts.places.domain.cells import cells_of
from hereabouts.places.domain.kinds import Change
from hereabouts.places.domain.records import CodedRecord, Finding, Identifiers, Record
from hereabouts.places.models import Feature

Shapes = NDArray[np.object_]
LinkOf = Callable[[Sequence[Record]], Sequence[int | None]]
"""Finds, for records, the row in another table that each belongs to."""

PlainBefore = dict[str, object]


@dataclass
class KindPlan:
    """What is to be written for one kind, ready for the database."""

    table: Table
    inserts: Spool[Row] = field(default_factory=Spool)
    updates: list[Row] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    refreshed: list[tuple[int, str]] = field(default_factory=list)
    changes: list[tuple[str, Change, PlainBefore]] = field(default_factory=list)
    identifiers: Spool[tuple[int, Identifiers]] = field(default_factory=Spool)
    keys: dict[str, int] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    tally: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Count one feature under `what`."""
        self.tally[what] = self.tally.get(what, 0) + 1

    @property
    def counts(self) -> Counts:
        """The tally as values."""
        return Counts(**self.tally)

    @property
    def is_touched(self) -> bool:
        """Whether anything of this kind is to be written."""
        return bool(len(self.inserts) or self.updates or self.gone)


@dataclass
class Pending:
    """A record without a held feature of its key: new, unless it is recognised."""

    row: Row
    record: Record
    values: list[Value]


@dataclass
class Comparison:
    """Goes through the records of one kind and builds its plan."""

    table: Table
    source: str
    scope: Scope | None
    findings: Findings
    link_of: LinkOf | None = None
    plan: KindPlan = field(init=False)

    def __post_init__(self) -> None:
        """Begin with an empty plan; new ids follow the last one held."""
        self.plan = KindPlan(self.table)
        self._next = holdings.last_id(self.table) + 1
        self._names: set[str] = set()
        self._seen: set[int] = set()
        self._pending: Spool[Pending] = Spool()
        boundary = self.scope.boundary if self.scope and not self.scope.mostly else None
        self._border = shapely.from_wkb(boundary) if boundary else None
        if self._border is not None:
            shapely.prepare(self._border)

    def run(self, records: Iterable[Record]) -> KindPlan:
        """Compare all records, a piece at a time."""
        for piece in in_pieces(records):
            self._take(piece)
        self._finish()
        return self.plan

    # --- one piece --------------------------------------------------------------------------------

    def _take(self, records: Sequence[Record]) -> None:
        usable = [record for record in records if self._is_first(record)]
        shapes: Shapes = np.array(shapely.from_wkb([r.geometry for r in usable]), dtype=object)
        bounds = shapely.bounds(shapes).reshape(-1, 4)
        lacking = np.asarray(np.isnan(bounds).any(axis=1))
        if lacking.any():
            for at in np.flatnonzero(lacking):
                self.findings.add(Finding("geometry.empty", usable[at].source_id))
            usable = [record for record, bad in zip(usable, lacking, strict=True) if not bad]
            shapes, bounds = shapes[~lacking], bounds[~lacking]
        if usable:
            self._compare(usable, shapes, bounds)

    def _is_first(self, record: Record) -> bool:
        key = self._key(record)
        if key in self._names:
            self.findings.add(Finding("record.duplicate", key))
            return False
        self._names.add(key)
        return True

    def _key(self, record: Record) -> str:
        return record.code if isinstance(record, CodedRecord) else record.source_id

    def _compare(self, records: list[Record], shapes: Shapes, bounds: NDArray[np.float64]) -> None:
        told = self.link_of if self.table.is_link_told else None
        links = told(records) if told else [None] * len(records)
        known = holdings.find_held(self.table, self.source, [self._key(r) for r in records])
        partial = (
            ~holdings.is_covered(self._border, bounds)
            if self._border is not None
            else np.zeros(len(records), dtype=bool)
        )
        cells = cells_of(bounds)
        pending: list[Pending] = []
        differing: list[tuple[Held, Pending, bool]] = []
        for at, record in enumerate(records):
            values = self._clean(record, self.table.values(record))
            row: Row = [
                None,
                "",
                record.source,
                record.source_id,
                digest_of(record, values),
                record.geometry,
                int(cells[at]),
                *bounds[at].tolist(),
                None,
                *to_database(values),
                *self.table.derived_values(shapes[at]),
            ]
            if self.table.link:
                row.append(links[at])
            candidate = Pending(row, record, values)
            held = known.get(self._key(record))
            if held is None:
                pending.append(candidate)
                continue
            self._seen.add(held.id)
            self.plan.keys[self._key(record)] = held.id
            if self._is_same(held, row):
                self.plan.count("unchanged")
            else:
                differing.append((held, candidate, bool(partial[at])))
        self._pending.extend(pending)
        self._change(differing)

    def _is_same(self, held: Held, row: Row) -> bool:
        linked = not self.table.is_link_told or held.link == row[-1]
        return held.digest == row[DIGEST] and not held.is_gone and linked

    def _find_links(self, candidates: Sequence[Pending]) -> None:
        """Set the links that are worked out by nearness; those that are told are set already."""
        if self.link_of is None or self.table.is_link_told or not candidates:
            return
        links = self.link_of([candidate.record for candidate in candidates])
        for candidate, link in zip(candidates, links, strict=True):
            candidate.row[-1] = link

    def _clean(self, record: Record, values: list[Value]) -> list[Value]:
        for at, most in self.table.limits.items():
            value = values[at]
            if isinstance(value, str) and (len(value) > most or "\0" in value):
                name = self.table.own[at]
                self.findings.add(
                    Finding("text.cut", record.source_id, name, value[:60], repaired=True)
                )
                values[at] = value.replace("\0", "")[:most]
        return values

    # --- what differs -----------------------------------------------------------------------------

    def _change(self, differing: list[tuple[Held, Pending, bool]]) -> None:
        before = {row.pk: row for row in holdings.load(self.table, [h.id for h, _, _ in differing])}
        self._find_links([candidate for _, candidate, _ in differing])
        for held, candidate, is_partial in differing:
            feature = before[held.id]
            moved = bytes(feature.geometry) != candidate.row[GEOMETRY]
            if is_partial and moved and not held.is_gone:
                # The file knows only a part of what crosses its border: what is held is more.
                self.plan.count("unchanged")
                continue
            self._update(held, candidate, feature)

    def _update(self, held: Held, candidate: Pending, feature: Feature) -> None:
        row = candidate.row
        row[ID], row[UID] = held.id, held.uid
        was = self._differences(candidate, feature)
        if not was and not held.is_gone:
            self.plan.count("unchanged")
            self.plan.refreshed.append((held.id, str(row[DIGEST])))
            return
        if "geometry" in was or held.is_gone:
            self.plan.moved.add(held.id)
        change = _change_of(was, held.is_gone)
        self.plan.updates.append(row)
        self.plan.identifiers.extend([(held.id, candidate.record.identifiers)])
        self.plan.changes.append((held.uid, change, was))
        self.plan.count(change.value)

    def _differences(self, candidate: Pending, feature: Feature) -> PlainBefore:
        """Columns in which the record differs, as they were; sticky ones keep what they had."""
        row, was = candidate.row, {}
        for name, value in zip(self.table.own, candidate.values, strict=True):
            old = getattr(feature, name)
            old = bytes(old) if isinstance(old, memoryview) else old
            if name in self.table.sticky and old and not value:
                row[len(COMMON) + self.table.own.index(name)] = old
            elif old != value:
                was[name] = _plain(old)
        if bytes(feature.geometry) != row[GEOMETRY]:
            was["geometry"] = _plain(bytes(feature.geometry))
        if self.table.is_link_told and getattr(feature, self.table.link) != row[-1]:
            was[self.table.link] = getattr(feature, self.table.link)
        if feature.source_id != row[SOURCE_ID]:
            was["source_id"] = feature.source_id
        return was

    # --- the end ----------------------------------------------------------------------------------

    def _finish(self) -> None:
        candidates: list[int] = []
        across: list[int] = []
        if self.scope is not None:
            unseen = holdings.list_unseen(self.table, self.source, self.scope, self._seen)
            candidates, across = holdings.list_within(self.table, unseen, self.scope)
        left = set(candidates)
        recognise = bool(candidates or across) and len(self._pending) > 0
        for piece in in_pieces(self._pending):
            matched = (
                match(self.table.kind, [p.record for p in piece], self._load([*left, *across]))
                if recognise
                else {}
            )
            left.difference_update(found.pk for found in matched.values())
            across = [number for number in across if number not in {f.pk for f in matched.values()}]
            self._place(piece, matched)
        self._remove(sorted(left))

    def _load(self, ids: Iterable[int]) -> list[Feature]:
        return list(holdings.load(self.table, list(ids)))

    def _place(self, pending: list[Pending], matched: Mapping[int, Feature]) -> None:
        new: list[Pending] = []
        self._find_links([pending[at] for at in matched])
        for at, candidate in enumerate(pending):
            feature = matched.get(at)
            if feature is None:
                new.append(candidate)
                continue
            link = getattr(feature, self.table.link) if self.table.link else None
            held = Held(feature.pk, feature.uid, feature.digest, False, link)
            self.plan.keys[self._key(candidate.record)] = held.id
            self._update(held, candidate, feature)
        self._insert(new)

    def _insert(self, new: list[Pending]) -> None:
        self._find_links(new)
        names = [self._uid(candidate.record) for candidate in new]
        taken = holdings.list_taken(self.table, names)
        for candidate, name in zip(new, names, strict=True):
            row = candidate.row
            row[ID] = self._next
            row[UID] = self._free_uid(candidate.record) if name in taken else name
            self.plan.keys[self._key(candidate.record)] = self._next
            self._next += 1
        self.plan.inserts.extend(candidate.row for candidate in new)
        self.plan.identifiers.extend(
            (int(str(c.row[ID])), c.record.identifiers) for c in new if c.record.identifiers
        )
        self.plan.tally["appeared"] = self.plan.tally.get("appeared", 0) + len(new)

    def _uid(self, record: Record, *more: str) -> str:
        names = (self._key(record),) if self.table.is_coded else (record.source, record.source_id)
        return derive_uid(self.table.prefix, *names, *more)

    def _free_uid(self, record: Record) -> str:
        # The source gave the id to another thing, which goes on under the first public id.
        number = 2
        while holdings.list_taken(self.table, [name := self._uid(record, str(number))]):
            number += 1
        return name

    def _remove(self, ids: list[int]) -> None:
        self.plan.gone = ids
        for feature in holdings.load(self.table, ids):
            was = {name: _plain(getattr(feature, name)) for name in self.table.own}
            was["geometry"] = _plain(bytes(feature.geometry))
            self.plan.changes.append((feature.uid, Change.WENT, was))
            self.plan.count(Change.WENT.value)


def _change_of(was: PlainBefore, was_gone: bool) -> Change:
    if was_gone:
        return Change.RETURNED
    return Change.MOVED if set(was) <= {"geometry", "outline", "length_m"} else Change.CHANGED


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date | datetime) else value
