"""Commands that run until they are stopped: the server and the worker."""

from __future__ import annotations

import os
import signal
from types import FrameType

import click

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_
from hereabouts.site.cli.installation import bring_up_to_date
from hereabouts.site.cli.output import with_django
from hereabouts.site.configuration import Configuration, from_environment


class DatabaseOutOfDate(Refusal):
    """The database lacks steps, and is not ours to change unasked."""

    code = "site.database_out_of_date"
    kind = RefusalKind.CONFLICT
    message = N_("The database lacks {missing} steps; run `hereabouts migrate` first.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65_535),
    help="Port to listen on; 0 for any that is free.",
)
def serve(host: str, port: int) -> None:
    """Serve the place to browsers until stopped."""
    prepare_database(from_environment(os.environ))
    from hereabouts.site.server import serve_forever

    serve_forever(host, port)


def prepare_database(configuration: Configuration) -> None:
    """Bring the embedded database up to this version; leave a server's to its operator.

    Raises: DatabaseOutOfDate for a PostgreSQL that lacks steps.
    """
    with_django()
    if configuration.database_url:
        from hereabouts.site.health import count_missing_migrations

        missing = count_missing_migrations()
        if missing:
            raise DatabaseOutOfDate(missing=missing)
        return
    applied = bring_up_to_date()
    if applied:
        click.echo(f"The database was brought up to this version: {applied} steps.", err=True)


def _refuse_without_tables() -> None:
    """A worker waits for a database that is away, but not for tables that nobody makes.

    Raises: DatabaseOutOfDate.
    """
    from django.db import Error

    from hereabouts.site.health import count_missing_migrations

    try:
        missing = count_missing_migrations()
    except Error:
        return
    if missing:
        raise DatabaseOutOfDate(missing=missing)


@click.command()
def worker() -> None:
    """Deliver events to reactions until stopped, where HEREABOUTS_WORKER is `separate`."""
    with_django()
    _refuse_without_tables()
    from hereabouts.journal.jobs import Worker
    from hereabouts.site.housekeeping import Housekeeping

    running = Worker(shows_life=True)
    daily = Housekeeping()

    def leave(number: int, frame: FrameType | None) -> None:
        running.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    click.echo("The worker delivers events (Ctrl+C stops it).", err=True)
    daily.start()
    running.run()
    daily.stop()
