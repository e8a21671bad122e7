"""What every table of figures about areas has to tell: whether the areas are there at all."""

from __future__ import annotations

from collections.abc import Collection

from hereabouts.places.adapters.tabular import Table
from hereabouts.places.domain.records import Finding
from hereabouts.places.queries.standing import held_codes


def note_areas_held(table: Table, codes: Collection[str]) -> None:
    """Say how many of a table's areas are held; where none is, that is a finding."""
    held = len(held_codes(codes))
    table.say(f"{held:,} of {len(codes):,} areas are held here", 1.0)
    if codes and not held:
        table.findings.add(Finding("figures.no_area_held", table.name, value=f"{len(codes):,}"))
