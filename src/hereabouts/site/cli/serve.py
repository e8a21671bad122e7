"""Commands that run until they are stopped: the server and the worker."""

from __future__ import annotations

import os
import signal
from types import FrameType

import click

from hereabouts.site.cli.installation import DatabaseOutOfDate, prepare_database
from hereabouts.site.cli.output import with_django
from hereabouts.site.configuration import from_environment


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
    prepare_database()
    from hereabouts.site.server import serve_forever

    serve_forever(host, port)


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
    from hereabouts.sensing.jobs.rounds import Rounds
    from hereabouts.site.housekeeping import Housekeeping

    running = Worker(shows_life=True)
    daily = Housekeeping()
    rounds = Rounds()

    def leave(number: int, frame: FrameType | None) -> None:
        running.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    click.echo("The worker delivers events (Ctrl+C stops it).", err=True)
    configuration = from_environment(os.environ)
    if not configuration.base_url:
        click.echo(
            f"The letters it sends link to {configuration.base_address()}, as "
            "HEREABOUTS_BASE_URL is not set.",
            err=True,
        )
    daily.start()
    rounds.start()
    running.run()
    rounds.stop()
    daily.stop()
