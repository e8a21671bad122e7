"""The door: how each database says what the compiler needs said."""

from __future__ import annotations

from hereabouts.sensing.queries.reading.dialects.base import Dialect
from hereabouts.sensing.queries.reading.dialects.postgres import POSTGRES
from hereabouts.sensing.queries.reading.dialects.sqlite import SQLITE

__all__ = ["POSTGRES", "SQLITE", "Dialect"]
