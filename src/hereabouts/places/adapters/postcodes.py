"""Reads postcodes: Code-Point Open, with or without its header, and the ONS postcode directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from hereabouts.places.adapters.tabular import Row, Table, read_tables
from hereabouts.places.adapters.tabular.positions import in_pieces, place_rows
from hereabouts.places.domain.batch import Batch, Findings, Say
from hereabouts.places.domain.columns import PlaceColumns, find_column
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.postcodes import parse_postcode
from hereabouts.places.domain.records import PostcodeRecord
from hereabouts.places.errors import ColumnMissing

SOURCE = "postcodes"
EXPECTED = "a table of postcodes (CSV)"
ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right. Contains Royal Mail data © Royal Mail "
    "copyright and database right. Source: Office for National Statistics licensed under the Open "
    "Government Licence v3.0."
)

CODE = ("pcds", "postcode", "pcd2", "pcd7", "pcd8", "pcd", "post_code")
QUALITY = ("positional_quality", "positional_quality_indicator", "pq", "osgrdind", "gridind")
ENDED = ("doterm", "date_of_termination", "terminated")
AREAS: Mapping[str, tuple[str, ...]] = {
    "country": ("country_code", "ctry", "ctry25cd", "cc"),
    "county": ("admin_county", "admin_county_code", "oscty", "cty25cd", "cy"),
    "district": ("admin_district", "admin_district_code", "oslaua", "lad25cd", "laua", "dc"),
    "ward": ("admin_ward", "admin_ward_code", "osward", "wd25cd", "ward", "wc"),
    "parish": ("parish", "parncp25cd"),
    "lsoa": ("lsoa21", "lsoa21cd", "lsoa11", "lsoa11cd"),
    "msoa": ("msoa21", "msoa21cd", "msoa11", "msoa11cd"),
}
"""Kinds of area and the columns that name them; kept as published, for comparing with our own."""

CODE_POINT_OPEN = (
    "postcode", "positional_quality", "easting", "northing", "country_code", "nhs_regional_ha",
    "nhs_ha", "admin_county", "admin_district", "admin_ward",
)  # fmt: skip
"""The columns of Code-Point Open, whose files carry none. Source: its product guide."""

NO_PLACE = frozenset({"90", "9"})
"""Quality of codes without a place: the Crown dependencies have grids of their own."""


@dataclass(frozen=True)
class _Columns:
    """Where one table keeps what a postcode needs."""

    code: int
    place: PlaceColumns
    quality: int | None
    ended: int | None
    areas: Mapping[str, int]


def read_postcodes(path: Path, say: Say, options: Mapping[str, object]) -> Batch:
    """Read postcodes from a CSV file, gzipped or not, or from every CSV file of a ZIP.

    Raises: the refusals of `places.errors`.
    """
    findings = Findings()
    tables = read_tables(path, findings, say, EXPECTED)
    # The first table is looked at before anything else, so that a wrong file is refused at once.
    first = next(tables)
    columns = _columns(first)
    rest = (record for table in tables for record in _read_further(table))
    return Batch(
        source=SOURCE,
        records={Kind.POSTCODE: chain(_read(first, columns), rest)},
        findings=findings,
        attribution=ATTRIBUTION,
    )


def _read_further(table: Table) -> Iterator[PostcodeRecord]:
    """The postcodes of a further table of an archive, which may hold other tables too."""
    try:
        columns = _columns(table)
    except ColumnMissing:
        table.note(1, "table.not_postcodes")
        return
    yield from _read(table, columns)


def _columns(table: Table) -> _Columns:
    if parse_postcode(table.columns[0]) and len(table.columns) == len(CODE_POINT_OPEN):
        table.without_header(CODE_POINT_OPEN)
    found = {kind: find_column(table.columns, names) for kind, names in AREAS.items()}
    return _Columns(
        code=table.place_of("the postcode", *CODE),
        place=table.places(),
        quality=find_column(table.columns, QUALITY),
        ended=find_column(table.columns, ENDED),
        areas={kind: at for kind, at in found.items() if at is not None},
    )


def _read(table: Table, columns: _Columns) -> Iterator[PostcodeRecord]:
    for piece in in_pieces(_placed(table, columns)):
        for (number, cells), point in place_rows(piece, columns.place, table):
            code = parse_postcode(cells[columns.code])
            if code is None:
                table.note(number, "postcode.malformed", value=cells[columns.code])
                continue
            yield PostcodeRecord(
                source=SOURCE,
                source_id=code,
                geometry=point,
                code=code,
                quality=cells[columns.quality].strip() if columns.quality is not None else "",
                area_codes=_area_codes(cells, columns),
                ended=_ended(number, cells, columns, table),
            )


def _placed(table: Table, columns: _Columns) -> Iterator[Row]:
    """Rows of codes that have a place; the publisher marks the others in one of three ways."""
    for number, cells in table.rows():
        quality = cells[columns.quality].strip() if columns.quality is not None else ""
        x, y = cells[columns.place.x].strip(), cells[columns.place.y].strip()
        if quality in NO_PLACE or x in ("", "0") or y.startswith("99.999"):
            table.note(number, "postcode.without_place", value=cells[columns.code])
        else:
            yield number, cells


def _area_codes(cells: Sequence[str], columns: _Columns) -> dict[str, str]:
    found = {kind: cells[at].strip() for kind, at in columns.areas.items()}
    return {kind: code for kind, code in found.items() if code}


def _ended(number: int, cells: Sequence[str], columns: _Columns, table: Table) -> date | None:
    """The first day of the month of termination, written `199606` or `1996-06`."""
    text = cells[columns.ended].strip().replace("-", "") if columns.ended is not None else ""
    if not text:
        return None
    if len(text) >= 6 and text.isdecimal() and 1 <= int(text[4:6]) <= 12 and int(text[:4]):
        return date(int(text[:4]), int(text[4:6]), 1)
    table.note(number, "postcode.bad_end", "doterm", text)
    return None
