"""Ends areas that later ones took over: their last day and their successor, with history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from hereabouts.places.actions.bulk import MOST_PARAMETERS, in_pieces, update_rows
from hereabouts.places.actions.importing.kind_plan import KindPlan
from hereabouts.places.actions.importing.tables import to_database
from hereabouts.places.domain.batch import Counts
from hereabouts.places.domain.kinds import Change
from hereabouts.places.domain.records import AreaEnding
from hereabouts.places.models import Area

COLUMNS = ("id", "valid_to", "successor_id")


@dataclass
class EndingPlan:
    """Rows to be written, and the changes of areas that were already held."""

    rows: list[list[object]] = field(default_factory=list)
    changes: list[tuple[str, Change, dict[str, object]]] = field(default_factory=list)

    @property
    def touched(self) -> list[int]:
        """Ids of the areas that end, or stand again."""
        return [int(str(row[0])) for row in self.rows]

    @property
    def has_ended(self) -> dict[int, bool]:
        """Whether each of these areas ends, rather than stands again."""
        return {int(str(row[0])): row[1] is not None for row in self.rows}

    def added_to(self, counts: Counts) -> Counts:
        """The counts of areas with those that end or stand again."""
        went = sum(1 for _, change, _ in self.changes if change is Change.WENT)
        returned = len(self.changes) - went
        return replace(counts, went=counts.went + went, returned=counts.returned + returned)


def plan_endings(endings: Sequence[AreaEnding], areas: KindPlan | None) -> EndingPlan:
    """Compare endings with what is held; `areas` knows the ids of those that are only planned."""
    plan = EndingPlan()
    if not endings:
        return plan
    codes = {ending.code for ending in endings} | {ending.successor for ending in endings}
    held = {area.code: area for area in _held(codes - {""})}
    ids = {**(areas.keys if areas else {}), **{code: area.pk for code, area in held.items()}}
    for ending in endings:
        if ending.code not in ids:
            continue
        successor = ids.get(ending.successor)
        area = held.get(ending.code)
        if area is not None and (area.valid_to, area.successor_id) == (ending.ended_on, successor):
            continue
        plan.rows.append([ids[ending.code], *to_database([ending.ended_on, successor])])
        if area is not None:
            change = Change.RETURNED if ending.ended_on is None else Change.WENT
            plan.changes.append((area.uid, change, _before(area)))
    return plan


def write_endings(plan: EndingPlan) -> None:
    """Set the ends and successors, in the caller's transaction."""
    update_rows(Area._meta.db_table, COLUMNS, plan.rows)


def _held(codes: Collection[str]) -> Iterable[Area]:
    for piece in in_pieces(sorted(codes), MOST_PARAMETERS):
        yield from Area.objects.filter(code__in=piece).select_related("successor").defer("geometry")


def _before(area: Area) -> dict[str, object]:
    return {
        "valid_to": area.valid_to.isoformat() if area.valid_to else None,
        "successor": area.successor.code if area.successor else None,
    }
