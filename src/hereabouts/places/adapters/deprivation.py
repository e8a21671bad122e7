"""Reads the English indices of deprivation: one row an area, one column a figure of a domain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hereabouts.places.adapters.figures import note_areas_held
from hereabouts.places.adapters.tabular import Row, Table, read_table
from hereabouts.places.domain.batch import Batch, Findings, Say
from hereabouts.places.domain.columns import bare
from hereabouts.places.domain.numbers import parse_number, parse_whole
from hereabouts.places.domain.records import DeprivationRecord
from hereabouts.places.errors import UnknownEdition

SOURCE = "deprivation"
EXPECTED = "a table of an index of deprivation (CSV)"
ATTRIBUTION = (
    "Indices of deprivation: Ministry of Housing, Communities and Local Government, licensed under "
    "the Open Government Licence v3.0."
)
EDITIONS = ("2004", "2007", "2010", "2015", "2019", "2025")
EDITION_OF_ZONES = {"01": "2007", "11": "2019", "21": "2025"}
"""The latest index made for the LSOAs of each census; used where no column names the year."""

DOMAINS: Sequence[tuple[str, re.Pattern[str]]] = (
    ("idaci", re.compile(r"idaci|affectingchildren")),
    ("idaopi", re.compile(r"idaopi|affectingolderpeople")),
    ("overall", re.compile(r"imd|multipledeprivation")),
    ("income", re.compile(r"income")),
    ("employment", re.compile(r"employment")),
    ("education", re.compile(r"education")),
    ("health", re.compile(r"health")),
    ("crime", re.compile(r"crime")),
    ("housing_and_services", re.compile(r"housing|barriers")),
    ("living_environment", re.compile(r"environment")),
)
"""The first pattern that a bare column name holds decides; the supplementary indices come first,
because their official names hold the word income."""

SUB_DOMAIN = "subdomain"
FIGURES = ("decile", "rank", "score")
_AREA = re.compile(r"(?:lsoa|area|feature)(?:20)?(01|11|21)?(?:code|cd)?(?:20)?(01|11|21)?")
_YEAR = re.compile(r"20\d\d")
DECILES = range(1, 11)
MAX_CODE = 40
MAX_RANK = 1_000_000


@dataclass(frozen=True)
class _Figures:
    """The columns of one domain."""

    domain: str
    score: int | None
    rank: int | None
    decile: int | None


def read_deprivation(path: Path, say: Say, options: Mapping[str, object]) -> Batch:
    """Read an index of deprivation; `options` may name the `edition`.

    Raises: ColumnMissing where no column is one of a domain, UnknownEdition, and the refusals of
    unpacking.
    """
    findings = Findings()
    table = read_table(path, findings, say, EXPECTED)
    area = _area_column(table)
    figures = _figure_columns(table, area)
    edition = str(options.get("edition") or "") or _edition(table, area, path)
    return Batch(
        source=SOURCE,
        figures=_records(table, area, figures, edition),
        findings=findings,
        attribution=ATTRIBUTION,
    )


def _area_column(table: Table) -> int:
    for place, column in enumerate(table.columns):
        if _AREA.fullmatch(bare(column)):
            return place
    return table.place_of("the code of the area", "lsoa code")


def _figure_columns(table: Table, area: int) -> list[_Figures]:
    places: dict[str, dict[str, int]] = {}
    for place, column in enumerate(table.columns):
        found = _figure_of(bare(column)) if place != area else None
        if found is not None:
            places.setdefault(found[0], {}).setdefault(found[1], place)
    if not places:
        table.place_of("a score, rank or decile of deprivation", "decile")
    return [
        _Figures(domain, at.get("score"), at.get("rank"), at.get("decile"))
        for domain, at in places.items()
    ]


def _figure_of(name: str) -> tuple[str, str] | None:
    """The domain and figure that a bare column name stands for, or None for any other column."""
    figure = next((word for word in FIGURES if word in name), None)
    if figure is None or SUB_DOMAIN in name:
        return None
    domain = next((domain for domain, pattern in DOMAINS if pattern.search(name)), None)
    return (domain, figure) if domain else None


def _edition(table: Table, area: int, path: Path) -> str:
    """The year in the file's name, else that of the latest index for the zones' census."""
    named = set(_YEAR.findall(path.name)) & set(EDITIONS)
    if len(named) == 1:
        return str(named.pop())
    zones = _AREA.fullmatch(bare(table.columns[area]))
    census = (zones[1] or zones[2]) if zones else None
    if census is None:
        raise UnknownEdition(name=table.name)
    return EDITION_OF_ZONES[census]


def _records(
    table: Table, area: int, figures: Sequence[_Figures], edition: str
) -> Iterator[DeprivationRecord]:
    seen: set[str] = set()
    for number, cells in table.rows():
        code = cells[area].strip()
        if not code or len(code) > MAX_CODE:
            table.note(number, "deprivation.no_code", table.columns[area], code)
        elif code in seen:
            table.note(number, "deprivation.code_repeated", table.columns[area], code)
        else:
            seen.add(code)
            for figure in figures:
                record = _record(table, (number, cells), (code, edition), figure)
                if record is not None:
                    yield record
    note_areas_held(table, seen)


def _record(
    table: Table, row: Row, key: tuple[str, str], figures: _Figures
) -> DeprivationRecord | None:
    score = _number(table, row, figures.score)
    rank = _whole(table, row, figures.rank)
    decile = _whole(table, row, figures.decile)
    if decile is not None and decile not in DECILES:
        table.note(row[0], "deprivation.not_a_decile", figures.domain, str(decile))
        decile = None
    if score is None and rank is None and decile is None:
        return None
    code, edition = key
    return DeprivationRecord(
        area_code=code,
        edition=edition,
        domain=figures.domain,
        score=score,
        rank=rank,
        decile=decile,
    )


def _number(table: Table, row: Row, place: int | None) -> float | None:
    text = row[1][place].strip() if place is not None else ""
    number = parse_number(text)
    if place is not None and text and number is None:
        table.note(row[0], "deprivation.not_a_number", table.columns[place], text)
    return number


def _whole(table: Table, row: Row, place: int | None) -> int | None:
    """A rank or decile: a whole number from 1; tied ranks are published as they are."""
    text = row[1][place].strip() if place is not None else ""
    number = parse_whole(text)
    if place is not None and text and (number is None or not 0 < number < MAX_RANK):
        table.note(row[0], "deprivation.not_a_rank", table.columns[place], text)
        return None
    return number
