"""The command that works out anew what is known of streams."""

from __future__ import annotations

import sys

import click

from hereabouts.site.cli.output import Progress, as_json, print_summary, with_django

MOST_NAMED = 20
"""Streams named in the sentence; JSON has them all."""


@click.command()
@click.option("--stream", type=int, help="One stream's number; without it, all streams.")
@click.option("--check", is_flag=True, help="Only report; leave with 1 where something differs.")
@as_json
def rebuild(stream: int | None, *, check: bool, as_json: bool) -> None:
    """Count streams' observations anew: latest value, count and extents; also while serving.

    Readings of the whole hub wait while one stream is counted, and go on between two streams.
    """
    with_django()
    from hereabouts.sensing.actions.rebuilding import rebuild_streams

    progress = Progress()
    found = rebuild_streams(
        stream,
        keeps=not check,
        tell=lambda done, of: progress("Counting the observations of streams", done / of),
    )
    progress.done()
    differing = list(found.differing)
    summary = {"streams": found.streams, "differing": differing, "changed": not check}
    print_summary(summary, _sentence(found.streams, differing, check=check), as_json)
    if check and differing:
        sys.exit(1)


def _sentence(streams: int, differing: list[int], *, check: bool) -> str:
    if not differing:
        return f"Looked at {streams:,} streams; each agrees with its observations."
    named = ", ".join(map(str, differing[:MOST_NAMED]))
    more = f" and {len(differing) - MOST_NAMED:,} more" if len(differing) > MOST_NAMED else ""
    outcome = "Nothing was changed." if check else "They were put right."
    return (
        f"Looked at {streams:,} streams; {len(differing):,} did not agree with their observations:"
        f" {named}{more}. {outcome}"
    )
