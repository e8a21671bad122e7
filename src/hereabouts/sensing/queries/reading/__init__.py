"""The door: one compiler from a parsed request to SQL, in two dialects, and the reader of it."""

from __future__ import annotations

from hereabouts.sensing.queries.reading.database import (
    Database,
    PostgresDatabase,
    SqliteDatabase,
    database_of_thread,
)
from hereabouts.sensing.queries.reading.limits import LIMITS, Limits
from hereabouts.sensing.queries.reading.reader import (
    ESTIMATED,
    Answer,
    answer_bytes,
    entity_document,
    exists,
    find_ids,
    observations_page_bytes,
    read,
)

__all__ = [
    "ESTIMATED",
    "LIMITS",
    "Answer",
    "Database",
    "Limits",
    "PostgresDatabase",
    "SqliteDatabase",
    "answer_bytes",
    "database_of_thread",
    "entity_document",
    "exists",
    "find_ids",
    "observations_page_bytes",
    "read",
]
