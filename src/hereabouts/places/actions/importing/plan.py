"""Works out, before anything is locked, everything that one import will write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hereabouts.places.actions.importing import held as holdings
from hereabouts.places.actions.importing.amend import AmendmentPlan, plan_amendments
from hereabouts.places.actions.importing.belonging import MembershipPlan, plan_memberships
from hereabouts.places.actions.importing.compare import Comparison, LinkOf
from hereabouts.places.actions.importing.endings import EndingPlan, plan_endings
from hereabouts.places.actions.importing.figures import FigurePlan, plan_figures
from hereabouts.places.actions.importing.kind_plan import KindPlan
from hereabouts.places.actions.importing.links import Streets, relink
from hereabouts.places.actions.importing.tables import TABLES
from hereabouts.places.domain.batch import Batch, Counts, Say
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import LabelRecord, Record, SegmentRecord

COMPARING = "Comparing with what is held"
PLACING = "Finding the areas of each place"


@dataclass
class Plan:
    """All that one import will write, and the version of the gazetteer it is true for."""

    batch: Batch
    moment: datetime
    version: int
    kinds: dict[Kind, KindPlan] = field(default_factory=dict)
    relinked: dict[Kind, list[tuple[int, int | None]]] = field(default_factory=dict)
    amendments: dict[Kind, AmendmentPlan] = field(default_factory=dict)
    figures: FigurePlan = field(default_factory=FigurePlan)
    endings: EndingPlan = field(default_factory=EndingPlan)
    memberships: MembershipPlan = field(default_factory=MembershipPlan)

    def counts(self) -> dict[str, Counts]:
        """What happens to each kind, in the order of the tables, then to figures."""
        counts = {kind.value: plan.counts for kind, plan in self.kinds.items()}
        for kind, amended in self.amendments.items():
            before = counts.get(kind.value, Counts())
            counts[kind.value] = amended.added_to(before)
        if self.endings.rows:
            before = counts.get(Kind.AREA.value, Counts())
            counts[Kind.AREA.value] = self.endings.added_to(before)
        return {**counts, **self.figures.counts}

    @property
    def is_unchanged(self) -> bool:
        """Whether the gazetteer stays as it is."""
        return all(counts.touched == 0 for counts in self.counts().values())


def make_plan(batch: Batch, say: Say, moment: datetime) -> Plan:
    """Compare a batch with the gazetteer; reads only, outside any transaction."""
    plan = Plan(batch, moment, holdings.version())
    named = [kind for kind in TABLES if kind in batch.records or kind in batch.scopes]
    streets: Streets | None = None
    for number, kind in enumerate(named):
        say(COMPARING, number / len(named))
        if streets is None and kind in (Kind.PREMISES, Kind.ASSET):
            streets = Streets(plan.kinds.get(Kind.STREET))
        plan.kinds[kind] = _compare(plan, kind, streets)
    say(COMPARING, 1.0)
    if Kind.STREET in plan.kinds:
        for kind, links in relink(streets or Streets(plan.kinds[Kind.STREET]), plan.kinds):
            plan.relinked.setdefault(kind, []).extend(links)
    plan.amendments = {
        kind: plan_amendments(TABLES[kind], batch.source, amendments)
        for kind, amendments in batch.amendments.items()
    }
    plan.figures = plan_figures(batch.figures)
    plan.endings = plan_endings(batch.endings, plan.kinds.get(Kind.AREA))
    say(PLACING, 0.0)
    plan.memberships = plan_memberships(plan.kinds, plan.endings)
    say(PLACING, 1.0)
    return plan


def _compare(plan: Plan, kind: Kind, streets: Streets | None) -> KindPlan:
    batch = plan.batch
    comparison = Comparison(
        table=TABLES[kind],
        source=batch.source,
        scope=batch.scopes.get(kind),
        findings=batch.findings,
        link_of=_link_of(plan, kind, streets),
    )
    return comparison.run(batch.records.get(kind, ()))


def _link_of(plan: Plan, kind: Kind, streets: Streets | None) -> LinkOf | None:
    if kind is Kind.SEGMENT:
        return _Told(plan.kinds.get(Kind.STREET)).street
    if kind is Kind.LABEL:
        return _Told(plan.kinds.get(Kind.PREMISES)).premises
    if streets is not None and kind is Kind.PREMISES:
        return streets.of_premises
    if streets is not None and kind is Kind.ASSET:
        return streets.of_assets
    return None


class _Told:
    """Links that records name by the other record's source id."""

    def __init__(self, plan: KindPlan | None) -> None:
        self._keys = plan.keys if plan else {}

    def street(self, records: Sequence[Record]) -> list[int | None]:
        """The street of each segment."""
        return [
            self._keys.get(record.street_source_id) if isinstance(record, SegmentRecord) else None
            for record in records
        ]

    def premises(self, records: Sequence[Record]) -> list[int | None]:
        """The premises of each label."""
        return [
            self._keys.get(record.premises_source_id) if isinstance(record, LabelRecord) else None
            for record in records
        ]
