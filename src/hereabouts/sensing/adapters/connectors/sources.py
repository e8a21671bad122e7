"""Files of observations as columns, some thousand rows at a time: CSV (plain or gzip), Parquet."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from hereabouts.sensing.domain.connectors.records import Problem
from hereabouts.sensing.domain.connectors.tables import DELIMITERS
from hereabouts.sensing.errors.connectors import ImportUnusable

ROWS_AT_ONCE, VALUES_AT_ONCE = 10_000, 30_000
NO_PYARROW = (
    "Parquet needs the package pyarrow, which is not installed: pip install 'hereabouts[parquet]'"
)


@dataclass(frozen=True)
class Chunk:
    """Some rows: the columns that were asked for, where each row stands, and rows left out.

    `share` of the file is read by then, from 0 to 1.
    """

    columns: dict[str, Sequence[Any]]
    where: Sequence[int]
    problems: Sequence[Problem]
    share: float


@contextmanager
def _text_of(path: Path) -> Iterator[tuple[TextIO, Any]]:
    """The text of a file, and the raw file, whose place says how much is read."""
    with path.open("rb") as raw:
        packed = path.suffix.lower() == ".gz"
        plain = gzip.GzipFile(fileobj=raw) if packed else raw
        with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text:
            yield text, raw


def rows_at_once(columns: int) -> int:
    """How many rows are read at a time where so many columns have values."""
    return max(1, min(ROWS_AT_ONCE, VALUES_AT_ONCE // max(1, columns)))


def read_csv(path: Path, wanted: Sequence[str], size: int, delimiter: str = "") -> Iterator[Chunk]:
    """The rows of a CSV file, so many at a time. Raises: ImportUnusable."""
    length = max(1, path.stat().st_size)
    try:
        with _text_of(path) as (text, raw):
            heading = text.readline()
            mark = delimiter or max(DELIMITERS, key=heading.count)
            names = [name.strip() for name in next(csv.reader([heading], delimiter=mark), [])]
            places = _places(names, wanted)
            reader = csv.reader(text, delimiter=mark)
            while True:
                chunk = _csv_chunk(islice(reader, size), reader, places, len(names))
                if chunk is None:
                    return
                columns, where, problems = chunk
                # A packed file is not read back, so its place may be asked for.
                share = min(1.0, raw.tell() / length) if not raw.closed else 1.0
                yield Chunk(columns, where, problems, share)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as fault:
        raise ImportUnusable(reason=f"{path.name} cannot be read: {fault}") from fault


def _places(names: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in wanted:
        if name not in names:
            there = ", ".join(each for each in names[:30] if each)
            raise ImportUnusable(reason=f"there is no column “{name}”; there are: {there}")
        found[name] = names.index(name)
    return found


CsvPart = tuple[dict[str, Sequence[Any]], list[int], list[Problem]]


def _csv_chunk(
    some: Iterator[list[str]], reader: Any, places: dict[str, int], width: int
) -> CsvPart | None:
    """The next rows, column by column; None at the end."""
    rows: list[list[str]] = []
    where: list[int] = []
    problems: list[Problem] = []
    seen = 0
    for row in some:
        seen += 1
        if len(row) == width:
            rows.append(row)
            where.append(reader.line_num + 1)
        elif row:
            said = f"{len(row)} cells for {width} headings"
            problems.append(Problem("not_a_record", f"line {reader.line_num + 1}", value=said))
    if not seen:
        return None
    turned = list(zip(*rows, strict=True)) if rows else [()] * width
    return {name: turned[place] for name, place in places.items()}, where, problems


def read_parquet(path: Path, wanted: Sequence[str], size: int) -> Iterator[Chunk]:
    """The rows of a Parquet file, so many at a time; times come as microseconds.

    Raises: ImportUnusable, also where pyarrow is not installed.
    """
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as fault:
        raise ImportUnusable(reason=NO_PYARROW) from fault
    try:
        with ParquetFile(path) as file:
            _places(file.schema_arrow.names, wanted)
            total, done = max(1, file.metadata.num_rows), 0
            for batch in file.iter_batches(batch_size=size, columns=list(wanted)):
                columns = {name: _plain(batch.column(name)) for name in wanted}
                where = range(done + 1, done + 1 + batch.num_rows)
                done += batch.num_rows
                yield Chunk(columns, where, (), done / total)
    except (OSError, ArrowException) as fault:
        raise ImportUnusable(reason=f"{path.name} cannot be read: {fault}") from fault


def _plain(column: Any) -> Sequence[Any]:
    """A column as Python's values; times with a zone, and those without, in microseconds."""
    import pyarrow

    kind = column.type
    if pyarrow.types.is_timestamp(kind):
        stamp = pyarrow.timestamp("us", tz=kind.tz)
        values: Sequence[Any] = column.cast(stamp, safe=False).cast(pyarrow.int64()).to_pylist()
        # Without a zone they are a clock's face, which the plan reads in its zone.
        made = Instant if kind.tz is not None else Face
        return [None if each is None else made(each) for each in values]
    if pyarrow.types.is_date(kind):
        days = column.cast(pyarrow.date32()).to_pylist()
        return [None if each is None else each.isoformat() for each in days]
    if pyarrow.types.is_decimal(kind):
        return [None if each is None else float(each) for each in column.to_pylist()]
    return list(column.to_pylist())


class Instant(int):
    """Microseconds since 1970 UTC."""


class Face(int):
    """Microseconds of a clock's face without a zone."""
