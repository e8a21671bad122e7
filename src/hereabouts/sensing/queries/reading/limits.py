"""How much one reader may ask for at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one answer; all are on unless an operator says otherwise."""

    page: int = 100
    """Entities of a page, at the top and inside `$expand`, unless `$top` says otherwise."""
    most: int = 10_000
    """Entities of a page at most; a larger `$top` is replaced by it."""
    rows: int = 200_000
    """Rows that one level of `$expand` may hold."""
    characters: int = 25_000_000
    """Characters of the entities in one answer."""
    counted: int = 10_000
    """Filtered counts are exact up to here and estimated beyond."""
    seconds: float = 10.0
    """How long one answer may keep the database busy."""
    slow_seconds: float = 0.2
    """Answers that take longer are written to the log."""
    candidates: int = 500_000
    """Geometries looked at for one condition."""


LIMITS = Limits()
"""The limits unless a caller says otherwise."""
