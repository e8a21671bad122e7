"""Compares the records of one kind with what is held: new, changed, moved, returned, gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import shapely

from hereabouts.kernel.ids import derive_uid
from hereabouts.places.actions.bulk import in_pieces
from hereabouts.places.actions.importing import held as holdings
from hereabouts.places.actions.importing.across import join_street
from hereabouts.places.actions.importing.candidates import Candidate, make_candidates
from hereabouts.places.actions.importing.held import Held
from hereabouts.places.actions.importing.kind_plan import Before, KindPlan, change_of, plain
from hereabouts.places.actions.importing.matching import match
from hereabouts.places.actions.importing.spool import Spool
from hereabouts.places.actions.importing.tables import (
    CELL,
    COMMON,
    DIGEST,
    GEOMETRY,
    ID,
    SOURCE_ID,
    UID,
    Table,
)
from hereabouts.places.domain.batch import Findings, Scope
from hereabouts.places.domain.kinds import Change
from hereabouts.places.domain.records import CodedRecord, Finding, Record, StreetRecord
from hereabouts.places.models import Feature

LinkOf = Callable[[Sequence[Record]], Sequence[int | None]]
"""Finds, for records, the row in another table that each belongs to."""


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
        self._holds_any = self._next > 1
        self._names: set[str] = set()
        self._seen: set[int] = set()
        self._pending: Spool[Candidate] = Spool()
        boundary = self.scope.boundary if self.scope and not self.scope.mostly else None
        self._border = shapely.from_wkb(boundary) if boundary else None
        if self._border is not None:
            shapely.prepare(self._border)

    def run(self, records: Iterable[Record]) -> KindPlan:
        """Compare all records, a piece at a time."""
        for piece in in_pieces(records):
            self._take([record for record in piece if self._is_first(record)])
        self._finish()
        return self.plan

    # --- one piece --------------------------------------------------------------------------------

    def _is_first(self, record: Record) -> bool:
        key = _key(record)
        if key in self._names:
            self.findings.add(Finding("record.duplicate", key))
            return False
        self._names.add(key)
        return True

    def _take(self, records: Sequence[Record]) -> None:
        if not records:
            return
        candidates, bounds = make_candidates(self.table, records, self.findings)
        if self.table.is_link_told:
            self._link(candidates)
        known = self._find_held([_key(candidate.record) for candidate in candidates])
        partial = self._reaches_out(bounds)
        pending: list[Candidate] = []
        differing: list[tuple[Held, Candidate, bool]] = []
        for at, candidate in enumerate(candidates):
            held = known.get(_key(candidate.record))
            if held is None:
                pending.append(candidate)
                continue
            self._see(held.id, candidate.record)
            if self._is_same(held, candidate):
                self.plan.count("unchanged")
            else:
                differing.append((held, candidate, bool(partial[at])))
        self._pending.extend(pending)
        self._change(differing)

    def _find_held(self, keys: Sequence[str]) -> Mapping[str, Held]:
        return holdings.find_held(self.table, self.source, keys) if self._holds_any else {}

    def _see(self, number: int, record: Record) -> None:
        self._seen.add(number)
        self.plan.keys[_key(record)] = number

    def _reaches_out(self, bounds: holdings.Boxes) -> holdings.Flags:
        """Whether each box lies partly outside what the file speaks for."""
        if self._border is None:
            return np.zeros(len(bounds), dtype=bool)
        return ~holdings.is_covered(self._border, bounds)

    def _is_same(self, held: Held, candidate: Candidate) -> bool:
        row = candidate.row
        linked = not self.table.is_link_told or held.link == row[-1]
        return held.digest == row[DIGEST] and not held.is_gone and linked

    def _link(self, candidates: Sequence[Candidate]) -> None:
        if self.link_of is None or not candidates:
            return
        links = self.link_of([candidate.record for candidate in candidates])
        for candidate, link in zip(candidates, links, strict=True):
            candidate.row[-1] = link

    def _link_near(self, candidates: Sequence[Candidate]) -> None:
        """Links by nearness are worked out only for what is going to be written."""
        if not self.table.is_link_told:
            self._link(candidates)

    # --- what differs -----------------------------------------------------------------------------

    def _change(self, differing: list[tuple[Held, Candidate, bool]]) -> None:
        before = {row.pk: row for row in holdings.load(self.table, [h.id for h, _, _ in differing])}
        self._link_near([candidate for _, candidate, _ in differing])
        for held, candidate, is_partial in differing:
            feature = before[held.id]
            if self._crosses(feature) and not held.is_gone:
                self._change_across(held, candidate, feature, is_partial=is_partial)
            else:
                self._update(held, candidate, feature)

    def _crosses(self, feature: Feature) -> bool:
        """Whether a held feature lies partly outside what the file speaks for."""
        box = feature.box
        bounds = np.array([[box.west, box.south, box.east, box.north]])
        return bool(self._reaches_out(bounds)[0])

    def _change_across(
        self, held: Held, candidate: Candidate, feature: Feature, *, is_partial: bool
    ) -> None:
        """Change what crosses the border of the file, of which the file may know only a part."""
        record = candidate.record
        if isinstance(record, StreetRecord) and self._border is not None:
            joined = join_street(record, feature, self._border)
            own = candidate.row[DIGEST]
            candidate = make_candidates(self.table, [joined], self.findings)[0][0]
            candidate.row[DIGEST] = own
            self._update(held, candidate, feature)
        elif is_partial and bytes(feature.geometry) != candidate.row[GEOMETRY]:
            self.plan.count("unchanged")
        else:
            self._update(held, candidate, feature)

    def _update(self, held: Held, candidate: Candidate, feature: Feature) -> None:
        row = candidate.row
        row[ID], row[UID] = held.id, held.uid
        was = self._differences(candidate, feature)
        if not was and not held.is_gone:
            self.plan.count("unchanged")
            self.plan.refreshed.append((held.id, str(row[DIGEST])))
            return
        if "geometry" in was or held.is_gone:
            self.plan.moved.add(held.id)
        change = change_of(was, held.is_gone)
        self.plan.updates.append(row)
        self.plan.identifiers.extend([(held.id, candidate.record.identifiers)])
        self.plan.changes.append((held.uid, change, was))
        self.plan.count(change.value)

    def _differences(self, candidate: Candidate, feature: Feature) -> Before:
        """Columns in which the record differs, as they were; sticky ones keep what they had."""
        row = candidate.row
        was: Before = {}
        for name, value in zip(self.table.own, candidate.values, strict=True):
            old = getattr(feature, name)
            old = bytes(old) if isinstance(old, memoryview) else old
            if name in self.table.sticky and old and not value:
                row[len(COMMON) + self.table.own.index(name)] = old
            elif old != value:
                was[name] = plain(old)
        if bytes(feature.geometry) != row[GEOMETRY]:
            was["geometry"] = plain(bytes(feature.geometry))
        if self.table.is_link_told and getattr(feature, self.table.link) != row[-1]:
            was[self.table.link] = getattr(feature, self.table.link)
        if feature.source_id != row[SOURCE_ID]:
            was["source_id"] = feature.source_id
        return was

    # --- the end ----------------------------------------------------------------------------------

    def _finish(self) -> None:
        inside: list[int] = []
        across: list[int] = []
        if self.scope is not None:
            unseen = holdings.list_unseen(self.table, self.source, self.scope, self._seen)
            inside, across = holdings.list_within(self.table, unseen, self.scope)
        left, over = set(inside), set(across)
        for piece in in_pieces(self._pending):
            matched = self._recognise(piece, sorted(left | over))
            found = {feature.pk for feature in matched.values()}
            left -= found
            over -= found
            self._place(piece, matched)
        self._remove(sorted(left))

    def _recognise(self, piece: Sequence[Candidate], ids: Sequence[int]) -> Mapping[int, Feature]:
        if not ids:
            return {}
        records = [candidate.record for candidate in piece]
        return match(self.table.kind, records, holdings.load(self.table, ids))

    def _place(self, pending: list[Candidate], matched: Mapping[int, Feature]) -> None:
        known: list[tuple[Held, Candidate, bool]] = []
        new: list[Candidate] = []
        for at, candidate in enumerate(pending):
            feature = matched.get(at)
            if feature is None:
                new.append(candidate)
                continue
            link = getattr(feature, self.table.link) if self.table.link else None
            held = Held(feature.pk, feature.uid, feature.digest, False, link)
            self._see(held.id, candidate.record)
            known.append((held, candidate, True))
        self._change(known)
        self._insert(new)

    def _insert(self, new: list[Candidate]) -> None:
        # Neighbours on the map become neighbours in the table, so that a tile reads few pages.
        new.sort(key=lambda candidate: cast(int, candidate.row[CELL]))
        self._link_near(new)
        names = [self._uid(candidate.record) for candidate in new]
        taken = holdings.list_taken(self.table, names) if self._holds_any else set()
        for candidate, name in zip(new, names, strict=True):
            row = candidate.row
            row[ID] = self._next
            row[UID] = self._free_uid(candidate.record) if name in taken else name
            self.plan.keys[_key(candidate.record)] = self._next
            if candidate.record.identifiers:
                self.plan.identifiers.extend([(self._next, candidate.record.identifiers)])
            self._next += 1
        self.plan.inserts.extend(candidate.row for candidate in new)
        self.plan.count(Change.APPEARED.value, len(new))

    def _uid(self, record: Record, *more: str) -> str:
        names = (_key(record),) if self.table.is_coded else (record.source, record.source_id)
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
            was: Before = {name: plain(getattr(feature, name)) for name in self.table.own}
            was["geometry"] = plain(bytes(feature.geometry))
            self.plan.changes.append((feature.uid, Change.WENT, was))
            self.plan.count(Change.WENT.value)


def _key(record: Record) -> str:
    """What a record is known by: its code, or the id its source gives it."""
    return record.code if isinstance(record, CodedRecord) else record.source_id
