"""Rows of CSV and records of JSON, with a way to their cells by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from hereabouts.sensing.domain.connectors.records import Page

Row = Any
"""A list of cells of CSV, or a value of JSON; read by the table's own getters."""
Getter = Callable[[Row], object]
DELIMITERS = ",;\t|"
MOST_ROWS = 1_000_000
LONGEST_PATH = 20


class UnreadableTableError(ValueError):
    """The bytes are no table; the text says why, in English, without a full stop."""


class Table(Protocol):
    """Rows, each with where it stands, and getters of their cells."""

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Each row with the words for where it is."""

    def getter(self, name: str) -> Getter | None:
        """What reads a cell of a row by the name of its column; None where there is none."""

    @property
    def names(self) -> Sequence[str]:
        """The columns."""


class CsvTable:
    """A text with a line of headings; the delimiter is found in that line."""

    def __init__(self, text: str, skip: int = 0, *, first_line: int = 1) -> None:
        stream = io.StringIO(text, newline="")
        for _ in range(skip):
            stream.readline()
        at = stream.tell()
        heading = stream.readline()
        stream.seek(at)
        delimiter = max(DELIMITERS, key=heading.count) if heading else ","
        self._reader = csv.reader(stream, delimiter=delimiter)
        self._skipped = skip + first_line - 1
        try:
            self.names: Sequence[str] = [name.strip() for name in next(self._reader, [])]
        except csv.Error as fault:
            raise UnreadableTableError(f"the headings cannot be read ({fault})") from fault
        if not any(self.names):
            raise UnreadableTableError("there is no line of headings")

    def rows(self) -> Iterator[tuple[str, Row]]:
        """The rows below the headings; one of another width comes as None."""
        width = len(self.names)
        while True:
            try:
                row = next(self._reader, None)
            except csv.Error:
                yield f"line {self._reader.line_num + self._skipped}", None
                continue
            if row is None:
                return
            if row:
                where = f"line {self._reader.line_num + self._skipped}"
                yield where, row if len(row) == width or _is_padded(row, width) else None

    def getter(self, name: str) -> Getter | None:
        """By the heading; case and spaces around do not matter."""
        place = _place(self.names, name)
        return None if place is None else lambda row: row[place]


def _is_padded(row: list[str], width: int) -> bool:
    """Whether a longer row has but empty cells too many, as spreadsheets write them."""
    return len(row) > width and not any(row[width:])


def _place(names: Sequence[str], name: str) -> int | None:
    if name in names:
        return names.index(name)
    lower = [each.lower() for each in names]
    return lower.index(name.lower()) if name.lower() in lower else None


class JsonTable:
    """A list of records somewhere in a JSON value."""

    def __init__(self, body: bytes, records: str = "") -> None:
        try:
            sent = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise UnreadableTableError(f"the JSON cannot be read ({fault})") from fault
        found = follow(sent, split_path(records)) if records else sent
        if isinstance(found, Mapping):
            found = [found]
        if not isinstance(found, list):
            where = f"at “{records}”" if records else "in it"
            raise UnreadableTableError(f"there is no list of records {where}")
        self._records = found

    @property
    def names(self) -> Sequence[str]:
        """Members of the first record."""
        first = self._records[0] if self._records else None
        return list(first) if isinstance(first, Mapping) else []

    def rows(self) -> Iterator[tuple[str, Row]]:
        """The records."""
        for place, record in enumerate(self._records, start=1):
            where = f"record {place}"
            yield where, record if isinstance(record, Mapping | list) else None

    def getter(self, name: str) -> Getter | None:
        """By the names on the way, with points between; a number counts in a list, from 0."""
        path = split_path(name)
        return lambda row: follow(row, path)


def split_path(text: str) -> list[str]:
    """The names on the way of a path."""
    return [part for part in text.strip().split(".") if part][:LONGEST_PATH]


def follow(value: object, path: Sequence[str]) -> object:
    """What stands at the end of a path, or None."""
    for at, part in enumerate(path):
        if isinstance(value, Mapping):
            rest = ".".join(path[at:])
            if rest in value:
                return value[rest]
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def open_table(page: Page, form: str, *, records: str = "", skip: int = 0) -> Table:
    """The table of a page; `form` is csv, json or auto. Raises: UnreadableTableError."""
    if form == "auto":
        start = page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        is_json = "json" in page.media_type or (
            start in (b"{", b"[") and "csv" not in page.media_type
        )
        form = "json" if is_json else "csv"
    if form == "json":
        return JsonTable(page.body, records)
    return CsvTable(decode_text(page.body), skip)


def decode_text(body: bytes) -> str:
    """Text in UTF-8, or as Windows writes it."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")
