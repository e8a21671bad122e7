"""What another register adds to features that are already held: a USRN to a street, and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from hereabouts.places.actions.importing import held as holdings
from hereabouts.places.actions.importing.tables import Table, to_database
from hereabouts.places.domain.batch import Amendment, Counts
from hereabouts.places.domain.kinds import Change
from hereabouts.places.domain.records import Identifiers
from hereabouts.places.models import Identifier


@dataclass
class AmendmentPlan:
    """Columns and identifiers to be set, by the columns that change together."""

    table: Table | None = None
    updates: dict[tuple[str, ...], list[list[object]]] = field(default_factory=dict)
    identifiers: list[tuple[int, Identifiers]] = field(default_factory=list)
    changes: list[tuple[str, Change, dict[str, object]]] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    unchanged: int = 0

    def added_to(self, counts: Counts) -> Counts:
        """The counts with the amended features."""
        return replace(
            counts,
            changed=counts.changed + len(self.touched),
            unchanged=counts.unchanged + self.unchanged,
        )


def plan_amendments(table: Table, source: str, amendments: Sequence[Amendment]) -> AmendmentPlan:
    """Compare amendments with the features they are for; those for none are passed over."""
    plan = AmendmentPlan(table)
    held = {row.pk: row for row in holdings.load(table, [a.feature_id for a in amendments])}
    known = _identifiers(table, source, set(held))
    for amendment in amendments:
        feature = held.get(amendment.feature_id)
        if feature is None:
            continue
        was = {
            name: _plain(getattr(feature, name))
            for name, value in amendment.columns.items()
            if getattr(feature, name) != value
        }
        numbers = amendment.identifiers
        has_news = numbers is not None and set(numbers) != known.get(feature.pk, set())
        if not was and not has_news:
            plan.unchanged += 1
            continue
        names = tuple(sorted(was))
        if names:
            values = to_database([amendment.columns[name] for name in names])
            plan.updates.setdefault(names, []).append([feature.pk, *values])
        if numbers is not None and has_news:
            plan.identifiers.append((feature.pk, numbers))
            was["identifiers"] = sorted(map(list, known.get(feature.pk, set())))
        plan.changes.append((feature.uid, Change.CHANGED, was))
        plan.touched.append(feature.pk)
    return plan


def _identifiers(table: Table, source: str, ids: set[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    rows = Identifier.objects.filter(kind=table.kind.value, source=source)
    for number, scheme, value in rows.values_list("feature_id", "scheme", "value").iterator():
        if number in ids:
            found.setdefault(number, set()).add((scheme, value))
    return found


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
