"""Statistics of areas: compared by their natural key and replaced, never removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models

from hereabouts.places.actions.bulk import in_pieces
from hereabouts.places.domain.batch import Counts
from hereabouts.places.domain.records import DeprivationRecord, PopulationRecord
from hereabouts.places.models import Deprivation, Population

Figure = DeprivationRecord | PopulationRecord


@dataclass(frozen=True)
class FigureTable:
    """One table of statistics: its key and its values, by column."""

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    values: tuple[str, ...]


DEPRIVATION = FigureTable(
    "deprivation", Deprivation, ("area_code", "edition", "domain"), ("score", "rank", "decile")
)
POPULATION = FigureTable(
    "population", Population, ("area_code", "edition"), ("residents", "households")
)


@dataclass
class FigurePlan:
    """Figures to be inserted and updated, each table's rows in column order."""

    inserts: dict[FigureTable, list[list[object]]] = field(default_factory=dict)
    updates: dict[FigureTable, list[list[object]]] = field(default_factory=dict)
    tallies: dict[FigureTable, dict[str, int]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, Counts]:
        """What happens to the figures of each table."""
        return {table.name: Counts(**tally) for table, tally in self.tallies.items()}

    def count(self, table: FigureTable, what: str) -> None:
        """Count one figure under `what`."""
        tally = self.tallies.setdefault(table, {})
        tally[what] = tally.get(what, 0) + 1


def plan_figures(figures: Iterable[Figure]) -> FigurePlan:
    """Compare figures with those held; of two with the same key the later counts."""
    plan = FigurePlan()
    known: dict[FigureTable, dict[tuple[object, ...], tuple[int, tuple[object, ...]]]] = {}
    for piece in in_pieces(figures):
        for figure in {_key(figure): figure for figure in piece}.values():
            table = _table(figure)
            if table not in known:
                known[table] = _held(table)
            key = tuple(getattr(figure, name) for name in table.key)
            values = tuple(getattr(figure, name) for name in table.values)
            _place(plan, table, (key, values), known[table])
    return plan


def _place(
    plan: FigurePlan,
    table: FigureTable,
    new: tuple[tuple[object, ...], tuple[object, ...]],
    known: dict[tuple[object, ...], tuple[int, tuple[object, ...]]],
) -> None:
    key, values = new
    held = known.get(key)
    if held is None:
        plan.inserts.setdefault(table, []).append([*key, *values])
        plan.count(table, "appeared")
        # A repeat in a later piece finds this and changes nothing.
        known[key] = (0, values)
    elif held[1] == values:
        plan.count(table, "unchanged")
    elif held[0]:
        plan.updates.setdefault(table, []).append([held[0], *values])
        plan.count(table, "changed")


def _table(figure: Figure) -> FigureTable:
    return DEPRIVATION if isinstance(figure, DeprivationRecord) else POPULATION


def _key(figure: Figure) -> tuple[object, ...]:
    table = _table(figure)
    return (table.name, *(getattr(figure, name) for name in table.key))


def _held(
    table: FigureTable,
) -> dict[tuple[object, ...], tuple[int, tuple[object, ...]]]:
    width = len(table.key)
    rows = table.model._default_manager.values_list(*table.key, *table.values, "id")
    return {tuple(row[:width]): (row[-1], tuple(row[width:-1])) for row in rows.iterator()}
