"""Commands that prepare the installation itself."""

from __future__ import annotations

import os

import click

from hereabouts.site.cli.output import as_json, print_summary, with_django
from hereabouts.site.configuration import from_environment


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

    from_environment(os.environ).home_path.mkdir(parents=True, exist_ok=True)
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
    return missing
