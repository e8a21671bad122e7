"""Lines into rows: one bad row is a finding and costs no other row anything."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hereabouts.places.adapters.recognition import describe
from hereabouts.places.adapters.tabular.lines import Lines, RecordTooLong
from hereabouts.places.adapters.unpacking import (
    ZIP,
    Opened,
    head_of,
    members_ending,
    open_archive,
    open_member,
    open_unpacked,
)
from hereabouts.places.domain.batch import Findings, Say, say_nothing
from hereabouts.places.domain.columns import PlaceColumns, find_column, find_place_columns
from hereabouts.places.domain.records import Finding
from hereabouts.places.errors import ColumnMissing, FileDamaged, FileEmpty, FileIsInstead

DELIMITERS = ",\t;|"
MAX_COLUMNS = 2_000
MAX_BROKEN_ROWS = 1_000
"""Unclosed quotation marks after which the whole table is called damaged."""

PROGRESS_EVERY = 20_000
_NAMED = 24

Row = tuple[int, list[str]]
"""The number of a row's first line, and its cells."""


@dataclass(kw_only=True)
class Table:
    """One table: its columns, and its rows once; those of the wrong length are findings."""

    name: str
    columns: Sequence[str]
    records: Iterator[Row]
    findings: Findings
    say: Say = say_nothing

    def place_of(self, wanted: str, *names: str) -> int:
        """Where the column with one of these names stands.

        Raises: ColumnMissing, which says what was wanted and which columns there are.
        """
        place = find_column(self.columns, names)
        if place is None:
            raise ColumnMissing(name=self.name, wanted=wanted, found=in_words(self.columns))
        return place

    def find(self, *names: str) -> int | None:
        """Where the column with the first of these names stands, or None."""
        return find_column(self.columns, names)

    @property
    def columns_in_words(self) -> str:
        """The columns as a list for people."""
        return in_words(self.columns)

    def places(self) -> PlaceColumns:
        """Where the coordinates stand, degrees before grid references. Raises: ColumnMissing."""
        found = find_place_columns(self.columns)
        if found is None:
            wanted = "the place (easting and northing, or longitude and latitude)"
            raise ColumnMissing(name=self.name, wanted=wanted, found=in_words(self.columns))
        return found

    def without_header(self, columns: Sequence[str]) -> None:
        """Take the first line for a row, because the publisher writes no header."""
        self.records = _with_first((1, list(self.columns)), self.records)
        self.columns = columns

    def rows(self) -> Iterator[Row]:
        """The rows that have one cell for each column."""
        width = len(self.columns)
        for number, cells in self.records:
            if len(cells) == width:
                yield number, cells
            elif len(cells) > width and not any(cells[width:]):
                yield number, cells[:width]
            else:
                self.note(number, "table.row_length", value=str(len(cells)))

    def note(self, number: int, code: str, field: str = "", value: str = "") -> None:
        """Note a finding about one row."""
        self.findings.add(Finding(code, f"{self.name}, line {number}", field, value[:300]))


Tables = Generator[Table, None, None]


def in_words(names: Sequence[str]) -> str:
    """Columns or fields as a list for people, cut where it grows too long."""
    shown = [name.strip()[:60] or "(nameless)" for name in names[:_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def read_tables(path: Path, findings: Findings, say: Say, expected: str) -> Tables:
    """Each table of a file: the file itself, or the CSV files of a ZIP in order of name.

    A table has to be used up before the next is asked for. `expected` says in words what the file
    should be. Raises: FileIsInstead, FileEmpty, FileDamaged and the refusals of unpacking.
    """
    if head_of(path, 4) != ZIP:
        with open_unpacked(path) as opened, Lines(opened, findings) as lines:
            yield _open_table(lines, opened, say, expected)
        return
    with open_archive(path) as archive:
        members = members_ending(archive, ".csv", ".txt")
        for place, member in enumerate(members):
            if not member.file_size:
                findings.add(Finding("table.empty", member.filename))
                continue
            part = _part(say, place, len(members))
            with open_member(archive, member) as opened, Lines(opened, findings) as lines:
                yield _open_table(lines, opened, part, expected)


def read_table(path: Path, findings: Findings, say: Say, expected: str) -> Table:
    """The first table of a file; its file is closed when its rows are used up."""
    tables = read_tables(path, findings, say, expected)
    table = next(tables)
    table.records = _until_closed(table.records, tables)
    return table


def _until_closed(records: Iterator[Row], tables: Tables) -> Iterator[Row]:
    yield from records
    tables.close()


def _part(say: Say, place: int, parts: int) -> Say:
    return lambda step, share: say(step, (place + min(1.0, share)) / parts)


def _open_table(lines: Lines, opened: Opened, say: Say, expected: str) -> Table:
    if found := describe(lines.head):
        raise FileIsInstead(name=opened.name, expected=expected, found=found)
    try:
        header = next(line for line in lines if line.strip())
    except StopIteration:
        raise FileEmpty(name=opened.name) from None
    delimiter = max(DELIMITERS, key=header.count)
    columns = [column.strip() for column in next(csv.reader([header], delimiter=delimiter))]
    if not header.isprintable() and not header.replace("\t", " ").strip("\r\n ").isprintable():
        raise FileIsInstead(name=opened.name, expected=expected, found="binary data")
    if len(columns) > MAX_COLUMNS:
        raise FileDamaged(name=opened.name, reason=f"it has more than {MAX_COLUMNS} columns")
    return Table(
        name=lines.name,
        columns=columns,
        records=_records(lines, delimiter, opened, say),
        findings=lines.findings,
        say=say,
    )


def _with_first(first: Row, others: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from others


def _records(lines: Lines, delimiter: str, opened: Opened, say: Say) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    broken = count = 0
    while True:
        lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            say("Reading the table", 1.0)
            return
        except (csv.Error, RecordTooLong):
            cells = None
        number = lines.began_at
        if cells is None or lines.ended:
            # Asking for more lines than there are means that a quotation mark was never closed.
            lines.take_back()
            lines.findings.add(Finding("table.row_broken", f"{lines.name}, line {number}"))
            broken += 1
            if broken > MAX_BROKEN_ROWS:
                raise FileDamaged(name=lines.name, reason="its quotation marks do not match")
        elif cells:
            yield number, cells
        count += 1
        if count % PROGRESS_EVERY == 0:
            say("Reading the table", min(1.0, opened.share()))
