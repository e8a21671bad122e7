"""Text that begins so, as each database reads it from a plain index."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q

LAST = "\U0010ffff"


def begins(field: str, beginning: str) -> Q:
    """The filter for rows whose field begins with a text, upper and lower case apart.

    SQLite compares bytes, so a range serves; PostgreSQL may sort by a language, so it is asked
    with LIKE, for which Django keeps an index of its own on every indexed text.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": beginning})
    return Q(**{f"{field}__gte": beginning, f"{field}__lt": beginning + LAST})
