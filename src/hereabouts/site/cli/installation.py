"""Commands that prepare the installation itself."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_
from hereabouts.site.cli.output import as_json, print_summary, with_django
from hereabouts.site.configuration import Configuration, from_environment

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor

LOCK = 7_302_118
"""Number of the PostgreSQL lock that lets one process make tables at a time."""


class DatabaseOutOfDate(Refusal):
    """The database lacks steps, and is not ours to change unasked."""

    code = "site.database_out_of_date"
    kind = RefusalKind.CONFLICT
    message = N_("The database lacks {missing} steps; run `hereabouts migrate` first.")


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


def prepare_database(configuration: Configuration | None = None) -> None:
    """Bring the embedded database up to this version; leave a server's to its operator.

    Raises: DatabaseOutOfDate for a PostgreSQL that lacks steps.
    """
    with_django()
    if (configuration or from_environment(os.environ)).database_url:
        from hereabouts.site.health import count_missing_migrations

        missing = count_missing_migrations()
        if missing:
            raise DatabaseOutOfDate(missing=missing)
        return
    applied = bring_up_to_date()
    if applied:
        click.echo(f"The database was brought up to this version: {applied} steps.", err=True)


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
