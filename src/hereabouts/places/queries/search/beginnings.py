"""Plain SQL for the box: what both databases read quickest from their plain indexes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import Q

LAST = "\U0010ffff"
Value = str | int
Row = tuple[object, ...]


def begins(field: str, beginning: str) -> Q:
    """The filter for rows whose field begins with a text, upper and lower case apart.

    SQLite compares bytes, so a range serves; PostgreSQL may sort by a language, so it is asked
    with LIKE, for which Django keeps an index of its own on every indexed text.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": beginning})
    return Q(**{f"{field}__gte": beginning, f"{field}__lt": beginning + LAST})


def begins_sql(column: str, beginning: str) -> tuple[str, list[Value]]:
    """The same as a condition of SQL with its values."""
    if connection.vendor == "postgresql":
        escaped = beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{column} LIKE %s", [f"{escaped}%"]
    return f"{column} >= %s AND {column} < %s", [beginning, beginning + LAST]


def read(sql: str, values: Sequence[Value]) -> list[Row]:
    """The rows of a statement of our own. Building it through the ORM takes longer than reading."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
    return rows


def marks(values: Collection[object]) -> str:
    """As many placeholders as there are values."""
    return ", ".join(["%s"] * len(values))
