"""Triggers that keep entries as they were written, on both databases.

A migration that rebuilds the table of entries (SQLite does so to alter a column) loses them and
has to call `install_guards` again; a test finds it where that was forgotten.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "entries of the journal are never changed or removed"

_SQLITE_INSTALL = [
    f"""CREATE TRIGGER IF NOT EXISTS journal_entry_no_{verb.lower()} BEFORE {verb} ON journal_entry
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"""
    for verb in ("UPDATE", "DELETE")
]
_SQLITE_LIFT = [f"DROP TRIGGER IF EXISTS journal_entry_no_{verb}" for verb in ("update", "delete")]
_POSTGRESQL_INSTALL = [
    f"""CREATE OR REPLACE FUNCTION journal_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
    """CREATE OR REPLACE TRIGGER journal_entry_no_change
        BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
        FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_refuse()""",
]
_POSTGRESQL_LIFT = ["DROP TRIGGER IF EXISTS journal_entry_no_change ON journal_entry"]


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Let the database refuse every UPDATE, DELETE and TRUNCATE of entries; may be repeated."""
    _run(connection, _SQLITE_INSTALL if connection.vendor == "sqlite" else _POSTGRESQL_INSTALL)


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the guards off: for reversing the migration, and for tests that tamper or clean up."""
    _run(connection, _SQLITE_LIFT if connection.vendor == "sqlite" else _POSTGRESQL_LIFT)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
