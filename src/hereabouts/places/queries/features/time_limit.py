"""A limit on how long one reader's question may keep the database busy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from hereabouts.places.errors import QuestionTookTooLong

STEPS = 20_000
"""Instructions of SQLite's machine between two looks at the clock: about a millisecond."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Statements within may take this long. Raises: QuestionTookTooLong."""
    connection.ensure_connection()
    limited = _on_sqlite if connection.vendor == "sqlite" else _on_postgres
    try:
        with limited(seconds):
            yield
    except OperationalError as fault:
        if _was_cut_off(fault):
            raise QuestionTookTooLong(seconds=seconds) from fault
        raise


@contextmanager
def _on_sqlite(seconds: float) -> Iterator[None]:
    ends = time.monotonic() + seconds
    native = connection.connection
    native.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
    try:
        yield
    finally:
        native.set_progress_handler(None, STEPS)


@contextmanager
def _on_postgres(seconds: float) -> Iterator[None]:
    # The setting ends with the transaction, or below when there is one round this.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true)", [f"{seconds * 1000:.0f}"]
        )
        yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


def _was_cut_off(fault: OperationalError) -> bool:
    cause = fault.__cause__
    name = type(cause).__name__
    return name == "QueryCanceled" or (name == "OperationalError" and "interrupted" in str(cause))
