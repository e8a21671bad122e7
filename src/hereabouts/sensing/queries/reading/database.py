"""One connection to read from: a vendor's driver, its dialect, a snapshot and a time limit."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol, TypeAlias

import psycopg
from django.db import connection

from hereabouts.sensing.errors.reading import CannotBeAsked, QuestionTooSlow
from hereabouts.sensing.queries.reading.dialects import (
    POSTGRES,
    SQLITE,
    Dialect,
)
from hereabouts.sensing.queries.reading.dialects.callables import register_functions

LOGGER = logging.getLogger(__name__)

STEPS = 20_000
"""Instructions of SQLite's machine between two looks at the clock: about a millisecond."""

Row: TypeAlias = tuple[Any, ...]
ASKED = "$filter, $orderby"
"""Where a value stands that a database stumbles over; it does not say in which of them."""

_REFUSED = {
    "user-defined function": "a value does not fit",
    "malformed JSON": "a value does not fit",
    "integer overflow": "a number is too large",
    "parser stack overflow": "it nests too deep",
    "Expression tree is too large": "it nests too deep",
}
"""What SQLite says of questions that no database answers, and what the reader is told."""


class Database(Protocol):
    """What the reader needs of a connection."""

    dialect: Dialect

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        """The rows of one statement, its parameters numbered as the dialect writes them.

        Raises: QuestionTooSlow, CannotBeAsked.
        """

    def reading(self, seconds: float, *, is_single: bool = False) -> Any:  # a context manager
        """Statements within see one state of the tables and may take this long together.

        `is_single` says that one statement is all there will be: it needs no snapshot.
        """

    def walk_by_keys(self) -> None:
        """From here on read rows in the order of their keys rather than sort all that match."""


Translator: TypeAlias = AbstractContextManager[Any]  # Any: what it yields is not used
"""Makes the page framework's faults of a driver's, so that edges need to know one kind."""


class SqliteDatabase:
    """A connection of the standard library, in autocommit (`isolation_level` None).

    Its faults leave as they are, or as `translator` makes them.
    """

    dialect: Dialect = SQLITE

    def __init__(self, native: sqlite3.Connection, translator: Translator | None = None) -> None:
        self.native = native
        self._translated = translator or nullcontext()
        self._seconds = 0.0
        register_functions(native)

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        """The rows of one statement. Raises: QuestionTooSlow, CannotBeAsked."""
        with self._translated:
            try:
                return self.native.execute(sql, parameters).fetchall()
            except sqlite3.OperationalError as fault:
                if "interrupted" in str(fault):
                    raise QuestionTooSlow(seconds=self._seconds) from fault
                reason = next((why for sign, why in _REFUSED.items() if sign in str(fault)), "")
                if reason:
                    raise CannotBeAsked(reason=reason, token=ASKED, position=0) from fault
                raise

    @contextmanager
    def reading(self, seconds: float, *, is_single: bool = False) -> Iterator[None]:
        """Hold one snapshot and the time limit."""
        native, begun = self.native, not (is_single or self.native.in_transaction)
        ends = time.monotonic() + seconds
        self._seconds = seconds
        with self._translated:
            native.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
            if begun:
                native.execute("BEGIN")
        try:
            yield
        finally:
            with self._translated:
                native.set_progress_handler(None, STEPS)
                if begun and native.in_transaction:
                    native.execute("COMMIT")

    def walk_by_keys(self) -> None:
        """SQLite does so by itself."""


class PostgresDatabase:
    """A connection of psycopg, in autocommit; faults as those of `SqliteDatabase`.

    `standing_seconds` is the time limit that the connection was opened with, 0 for none.
    """

    dialect: Dialect = POSTGRES

    def __init__(
        self,
        native: psycopg.Connection[Any],
        translator: Translator | None = None,
        *,
        standing_seconds: float = 0.0,
    ) -> None:
        self.native = native
        self._standing_seconds = standing_seconds
        self._translated = translator or nullcontext()
        self._seconds = 0.0

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        """The rows of one statement. Raises: QuestionTooSlow, CannotBeAsked."""
        with self._translated:
            cursor: psycopg.RawCursor[Any] = psycopg.RawCursor(self.native)
            try:
                return cursor.execute(sql, parameters).fetchall()
            except psycopg.errors.QueryCanceled as fault:
                raise QuestionTooSlow(seconds=self._seconds) from fault
            except psycopg.DataError as fault:
                reason = "a value does not fit"
                raise CannotBeAsked(reason=reason, token=ASKED, position=0) from fault
            except psycopg.errors.StatementTooComplex as fault:
                reason = "it nests too deep"
                raise CannotBeAsked(reason=reason, token=ASKED, position=0) from fault

    @contextmanager
    def reading(self, seconds: float, *, is_single: bool = False) -> Iterator[None]:
        """Hold one snapshot and the time limit; a transaction round this survives a refusal."""
        if is_single and self._standing_seconds and self._standing_seconds <= seconds:
            self._seconds = self._standing_seconds
            yield
            return
        begun = self.native.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        limit = (
            f"SET LOCAL statement_timeout = {max(1, round(seconds * 1000))}; SET LOCAL jit = off"
        )
        opening = (
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if begun else "SAVEPOINT reading"
        )
        self._seconds = seconds
        self._run(f"{opening}; {limit}")
        try:
            yield
        finally:
            # Nothing was written: going back only takes the settings away again.
            back = "ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading"
            self._run("ROLLBACK" if begun else back)

    def walk_by_keys(self) -> None:
        """PostgreSQL thinks conditions on JSON much rarer than they are, and would sort."""
        self._run("SET LOCAL enable_sort = off")

    def _run(self, statements: str) -> None:
        if not self.native.closed:
            with self._translated:
                psycopg.Cursor(self.native).execute(statements.encode())


_kept = threading.local()


def database_of_thread() -> Database:
    """The database of this thread's Django connection."""
    connection.ensure_connection()
    native = connection.connection
    kept: SqliteDatabase | PostgresDatabase | None = getattr(_kept, "database", None)
    if kept is None or kept.native is not native:
        # It also notes on Django's connection that it broke, so that the next one is fresh.
        translator = connection.wrap_database_errors
        is_sqlite = connection.vendor == "sqlite"
        kept = (SqliteDatabase if is_sqlite else PostgresDatabase)(native, translator)
        _kept.database = kept
    return kept
