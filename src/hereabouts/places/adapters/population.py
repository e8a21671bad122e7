"""Reads how many people and households live in each area."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hereabouts.places.adapters.figures import note_areas_held
from hereabouts.places.adapters.tabular import Row, Table, read_table
from hereabouts.places.domain.batch import Batch, Findings, Say
from hereabouts.places.domain.numbers import parse_whole
from hereabouts.places.domain.records import PopulationRecord
from hereabouts.places.errors import FieldMissing, UnknownEdition

SOURCE = "population"
EXPECTED = "a table of population (CSV)"
CODES = (
    "lsoa", "lsoa_code", "lsoa21_code", "lsoa21cd", "lsoa11_code", "lsoa11cd", "msoa_code",
    "msoa21cd", "msoa11cd", "oa21cd", "oa11cd", "ward_code", "area_code", "geography_code", "code",
)  # fmt: skip
RESIDENTS = (
    "residents", "total_residents", "total_population", "population", "all_ages", "persons",
    "total",
)  # fmt: skip
HOUSEHOLDS = ("households", "total_households", "all_households")
MAX_CODE = 40
MOST = 100_000_000
_YEAR = re.compile(r"(?<!\d)(?:mid)?((?:19|20)\d\d)(?!\d)")
_CENSUS = re.compile(r"census((?:19|20)\d\d)")


@dataclass(frozen=True)
class _Columns:
    """Where the table keeps its figures."""

    code: int
    residents: int
    households: int | None


def read_population(path: Path, say: Say, options: Mapping[str, object]) -> Batch:
    """Read a table of population.

    `options` may name the columns `code`, `residents` and `households`, and the `edition`, a year.
    Raises: ColumnMissing, FieldMissing, UnknownEdition and the refusals of unpacking.
    """
    findings = Findings()
    table = read_table(path, findings, say, EXPECTED)
    households = _named(table, options, "households")
    columns = _Columns(
        code=_column(table, options, "code", CODES),
        residents=_column(table, options, "residents", RESIDENTS),
        households=table.find(*HOUSEHOLDS) if households is None else households,
    )
    edition = str(options.get("edition") or "") or _edition(path, table.columns[columns.code])
    return Batch(
        source=SOURCE,
        figures=_records(table, columns, edition),
        findings=findings,
    )


def _column(table: Table, options: Mapping[str, object], name: str, usual: tuple[str, ...]) -> int:
    named = _named(table, options, name)
    return table.place_of(name, *usual) if named is None else named


def _named(table: Table, options: Mapping[str, object], name: str) -> int | None:
    """The column that the operator names, exactly. Raises: FieldMissing."""
    wanted = str(options.get(name) or "")
    if not wanted:
        return None
    if wanted not in table.columns:
        raise FieldMissing(name=table.name, field=wanted, found=table.columns_in_words)
    return list(table.columns).index(wanted)


def _edition(path: Path, code_column: str) -> str:
    """The year in the file's name, that of a census first, else the census the zones are of.

    Raises: UnknownEdition.
    """
    name = path.name.lower()
    found = _CENSUS.search(name) or _YEAR.search(name)
    if found:
        return found[1]
    zones = re.search(r"(01|11|21)", code_column)
    if zones is None:
        raise UnknownEdition(name=path.name)
    return f"20{zones[1]}"


def _records(table: Table, columns: _Columns, edition: str) -> Iterator[PopulationRecord]:
    seen: set[str] = set()
    for number, cells in table.rows():
        code = cells[columns.code].strip()
        residents = _count(table, (number, cells), columns.residents)
        if not code or len(code) > MAX_CODE:
            table.note(number, "population.no_code", table.columns[columns.code], code)
        elif code in seen:
            table.note(number, "population.code_repeated", table.columns[columns.code], code)
        elif residents is not None:
            seen.add(code)
            yield PopulationRecord(
                area_code=code,
                edition=edition,
                residents=residents,
                households=(
                    _count(table, (number, cells), columns.households)
                    if columns.households is not None
                    else None
                ),
            )
    note_areas_held(table, seen)


def _count(table: Table, row: Row, place: int) -> int | None:
    number = parse_whole(row[1][place])
    if number is None or not 0 <= number < MOST:
        table.note(row[0], "population.not_a_count", table.columns[place], row[1][place])
        return None
    return number
