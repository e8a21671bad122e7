"""Commands that run until they are stopped: the server and the worker."""

from __future__ import annotations

import signal
from types import FrameType

import click

from hereabouts.site.cli.output import with_django


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
    from hereabouts.site.server import serve_forever

    serve_forever(host, port)


@click.command()
def worker() -> None:
    """Deliver events to reactions until stopped, where HEREABOUTS_WORKER is `separate`."""
    with_django()
    from hereabouts.journal.jobs import Worker

    running = Worker(shows_life=True)

    def leave(number: int, frame: FrameType | None) -> None:
        running.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    click.echo("The worker delivers events (Ctrl+C stops it).", err=True)
    running.run()
