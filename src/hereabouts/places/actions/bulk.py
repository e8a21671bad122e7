"""Writes many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import connection

Item = TypeVar("Item")
Values = Sequence[Any]  # Any: whatever the column takes; the driver refuses what it does not

PIECE = 5_000
"""Rows handed to the database at a time."""

MOST_PARAMETERS = 900
"""Values in one statement: fewer than any SQLite allows."""

SPARE = "incoming_rows"
"""Name of the temporary table that updates pass through on PostgreSQL."""


def in_pieces(items: Iterable[Item], size: int = PIECE) -> Iterator[list[Item]]:
    """The items in lists of at most this size, in order."""
    waiting = iter(items)
    while piece := list(islice(waiting, size)):
        yield piece


def insert_rows(table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert rows in the caller's transaction; values as the database's driver takes them.

    Where the rows bring their own `id`, PostgreSQL's counter is moved past the largest.
    """
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return
    if connection.vendor == "postgresql":
        _copy(table, columns, chain([first], waiting))
        if "id" in columns:
            _move_counter(table)
        return
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {_quoted(table)} ({_names(columns)}) VALUES ({places})"
    with connection.cursor() as cursor:
        for piece in in_pieces(chain([first], waiting)):
            cursor.executemany(statement, piece)


def update_rows(table: str, columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Set columns of rows that are known by `id`, the first column, in the caller's transaction."""
    if not rows:
        return
    changed = columns[1:]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE TEMPORARY TABLE {SPARE} ON COMMIT DROP AS "
                f"SELECT {_names(columns)} FROM {_quoted(table)} WITH NO DATA"
            )
            _copy(SPARE, columns, rows)
            pairs = ", ".join(f"{_quoted(name)} = {SPARE}.{_quoted(name)}" for name in changed)
            cursor.execute(
                f"UPDATE {_quoted(table)} SET {pairs} FROM {SPARE} "
                f"WHERE {_quoted(table)}.id = {SPARE}.id"
            )
            cursor.execute(f"DROP TABLE {SPARE}")
            return
        pairs = ", ".join(f"{_quoted(name)} = %s" for name in changed)
        statement = f"UPDATE {_quoted(table)} SET {pairs} WHERE id = %s"
        for piece in in_pieces(rows):
            cursor.executemany(statement, [(*row[1:], row[0]) for row in piece])


def select_rows(
    table: str,
    columns: Sequence[str],
    wanted: tuple[str, Iterable[str | int]],
    fixed: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[tuple[Any, ...]]:  # Any: whatever the columns hold, as the driver gives it
    """Rows whose column (the first of `wanted`) has one of these values, others as `fixed`."""
    column, values = wanted
    also = "".join(f" AND {_quoted(name)} = %s" for name in fixed)
    start = f"SELECT {_names(columns)} FROM {_quoted(table)} WHERE {_quoted(column)} IN"
    with connection.cursor() as cursor:
        for piece in in_pieces(values, MOST_PARAMETERS):
            places = ", ".join(["%s"] * len(piece))
            cursor.execute(f"{start} ({places}){also}", [*piece, *fixed.values()])
            yield from cursor.fetchall()


def delete_rows(
    table: str, column: str, values: Iterable[int], fixed: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Delete rows whose column has one of these values, and whose others are as `fixed`."""
    also = "".join(f" AND {_quoted(name)} = %s" for name in fixed)
    with connection.cursor() as cursor:
        for piece in in_pieces(values, MOST_PARAMETERS):
            places = ", ".join(["%s"] * len(piece))
            cursor.execute(
                f"DELETE FROM {_quoted(table)} WHERE {_quoted(column)} IN ({places}){also}",
                [*piece, *fixed.values()],
            )


def _copy(table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
    statement = f"COPY {_quoted(table)} ({_names(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _move_counter(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), "
            f"(SELECT MAX(id) FROM {_quoted(table)}))",
            [table],
        )


def _names(columns: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in columns)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
