"""Commands that prepare the installation itself."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hereabouts.site.cli.output import as_json, print_summary, with_django
from hereabouts.site.configuration import from_environment

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor

LOCK = 7_302_118
"""Number of the PostgreSQL lock that lets one process make tables at a time."""


@click.command()
@as_json
def migrate(as_json: bool) -> None:
    """Create the database's tables, or bring them up to this version."""
    count = bring_up_to_date()
    sentence = f"{count} steps applied." if count else "The database is up to date."
    print_summary({"applied": count}, sentence, as_json)


def bring_up_to_date() -> int:
    """Apply what is missing and return how many steps that took."""
    with_django()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    home = from_environment(os.environ).home_path
    home.mkdir(parents=True, exist_ok=True)
    if not _count_missing(MigrationExecutor(connection)):
        return 0
    with _alone(home):
        # Another process may have done it while this one waited.
        missing = _count_missing(MigrationExecutor(connection))
        if missing:
            call_command("migrate", interactive=False, verbosity=0)
    return missing


def _count_missing(executor: MigrationExecutor) -> int:
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process at a time: of this home folder, and on a server of all that use its database."""
    from django.db import connection

    # The file stays: removing it would let a third process hold another file of that name.
    with (home / "migrate.lock").open("w") as file, connection.cursor() as cursor:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
