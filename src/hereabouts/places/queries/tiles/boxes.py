"""SQL that finds the features in a box on either database: cell ranges, then the exact boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from hereabouts.kernel.geometry import Box, cell_ranges
from hereabouts.places.models import Feature

Row = tuple[Any, ...]  # Any: a driver's row; each query names its columns' types
SqlValue = str | int | float | date


@dataclass(frozen=True)
class Condition:
    """A piece of a WHERE clause with its values; empty for no condition."""

    sql: str = ""
    values: tuple[SqlValue, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        """Both conditions."""
        if not self.sql or not other.sql:
            return self if self.sql else other
        return Condition(f"{self.sql} AND {other.sql}", self.values + other.values)


def in_box(box: Box) -> Condition:
    """Features, aliased `f`, that stand today and whose box touches this one.

    Ranges joined by OR are what both databases read quickest from an index: the
    decision 0046-tiles-and-their-cache has the measurements.
    """
    ranges = cell_ranges(box)
    cells = " OR ".join("f.cell BETWEEN %s AND %s" for _ in ranges)
    exact = "f.west <= %s AND f.east >= %s AND f.south <= %s AND f.north >= %s"
    numbers = [number for pair in ranges for number in pair]
    values = (*numbers, box.east, box.west, box.north, box.south)
    return Condition(f"({cells}) AND {exact} AND f.gone_at IS NULL", values)


def one_of(column: str, names: Sequence[str | int]) -> Condition:
    """The column has one of these values; no condition for no values."""
    marks = ", ".join("%s" for _ in names)
    return Condition(f"{column} IN ({marks})" if names else "", tuple(names))


def none_of(column: str, names: Sequence[str]) -> Condition:
    """The column has none of these values; no condition for no values."""
    found = one_of(column, names)
    return Condition(f"NOT ({found.sql})" if found.sql else "", found.values)


def read_rows(
    model: type[Feature], columns: Sequence[str], where: Condition, join: str = ""
) -> list[Row]:
    """Rows of a kind, aliased `f`; `columns` and `join` are SQL of our own, never a caller's."""
    table = model._meta.db_table
    sql = f"SELECT {', '.join(columns)} FROM {table} f {join} WHERE {where.sql}"
    with connection.cursor() as cursor:
        cursor.execute(sql, where.values)
        rows: list[Row] = cursor.fetchall()
    return rows
