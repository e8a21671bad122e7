"""Lets tests that commit leave an empty journal behind, which its guards would refuse."""

from __future__ import annotations

from django.db import connection
from django.test import TransactionTestCase


def let_flushes_through() -> None:
    """Take the journal's guards off while a test's database is emptied, and put them back."""
    flush = TransactionTestCase._fixture_teardown

    def flush_unguarded(self: TransactionTestCase) -> None:
        from hereabouts.journal.adapters.guards import install_guards, lift_guards

        lift_guards(connection)
        try:
            flush(self)
        finally:
            install_guards(connection)

    TransactionTestCase._fixture_teardown = flush_unguarded
