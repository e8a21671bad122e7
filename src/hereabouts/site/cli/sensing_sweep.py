"""The command that deletes what streams no longer keep."""

from __future__ import annotations

import click

from hereabouts.site.cli.output import Progress, as_json, print_summary, with_django

MOST_NAMED = 20
"""Streams named in the sentence; JSON has them all."""


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@as_json
def sweep(*, dry_run: bool, as_json: bool) -> None:
    """Delete observations older than their streams keep them; also while serving.

    The service does the same by itself once a day. Streams without keptDays keep theirs for ever.
    """
    with_django()
    if dry_run:
        _say_what_would_go(as_json=as_json)
        return
    from hereabouts.sensing.actions.retention import sweep as sweep_observations

    progress = Progress()
    swept = sweep_observations(
        tell=lambda done, of: progress("Deleting what streams no longer keep", done / of)
    )
    progress.done()
    summary = {"streams": swept.streams, "observations": swept.observations, "changed": True}
    sentence = f"Deleted {swept.observations:,} observations of {swept.streams:,} streams."
    print_summary(summary, sentence, as_json)


def _say_what_would_go(*, as_json: bool) -> None:
    from hereabouts.sensing.actions.retention import count_overdue, list_overdue

    found = [(each, count_overdue(each)) for each in list_overdue()]
    total = sum(count for _, count in found)
    lines = [f"Would delete {total:,} observations of {len(found):,} streams."]
    lines += [
        f"Stream {each.stream_id} keeps {each.days:,} days: {count:,}"
        for each, count in found[:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        lines.append(f"and {len(found) - MOST_NAMED:,} streams more")
    summary = {
        "streams": len(found),
        "observations": total,
        "changed": False,
        "overdue": [
            {"stream": each.stream_id, "days": each.days, "observations": count}
            for each, count in found
        ],
    }
    print_summary(summary, "\n".join(lines), as_json)
