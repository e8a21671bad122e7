"""Ends areas that later ones took over: the day, and the area that holds most of the land since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from hereabouts.places.actions.bulk import MOST_PARAMETERS, in_pieces
from hereabouts.places.actions.importing.compare import KindPlan
from hereabouts.places.domain.kinds import Change
from hereabouts.places.domain.records import AreaEnding
from hereabouts.places.models import Area


@dataclass
class EndingPlan:
    """Areas whose last day or successor changes, as id, day and successor's id."""

    updates: list[tuple[int, date | None, int | None]] = field(default_factory=list)
    changes: list[tuple[str, Change, dict[str, object]]] = field(default_factory=list)

    @property
    def ids(self) -> set[int]:
        """The areas concerned."""
        return {number for number, _, _ in self.updates}

    @property
    def ended(self) -> dict[int, date | None]:
        """The last day of each area concerned."""
        return {number: day for number, day, _ in self.updates}


def plan_endings(endings: Sequence[AreaEnding], areas: KindPlan | None) -> EndingPlan:
    """Compare endings with what is held; an unknown successor is none, an unknown code nothing."""
    plan = EndingPlan()
    if not endings:
        return plan
    codes = {ending.code for ending in endings} | {ending.successor for ending in endings}
    held = _held(codes)
    ids = {code: area.pk for code, area in held.items()} | dict(areas.keys if areas else {})
    for ending in endings:
        if ending.code not in ids:
            continue
        successor = ids.get(ending.successor)
        area = held.get(ending.code)
        if area is None:
            plan.updates.append((ids[ending.code], ending.ended_on, successor))
        elif (area.valid_to, area.successor_id) != (ending.ended_on, successor):
            plan.updates.append((area.pk, ending.ended_on, successor))
            was = area.valid_to.isoformat() if area.valid_to else None
            heir = area.successor.code if area.successor else ""
            before: dict[str, object] = {"valid_to": was, "successor": heir}
            plan.changes.append((area.uid, Change.CHANGED, before))
    return plan


def _held(codes: set[str]) -> dict[str, Area]:
    found: dict[str, Area] = {}
    for piece in in_pieces(sorted(codes - {""}), MOST_PARAMETERS):
        rows = Area.objects.filter(code__in=piece).select_related("successor")
        found.update({area.code: area for area in rows})
    return found
