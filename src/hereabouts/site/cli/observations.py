"""The command that back-fills observations from a file."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hereabouts.site.cli.installation import prepare_database
from hereabouts.site.cli.output import Progress, as_json, print_summary

if TYPE_CHECKING:
    from hereabouts.sensing.domain.connectors.backfill import BackfillPlan, BackfillSummary

SHOWN = 20


@click.command("observations")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--time", required=True, metavar="COLUMN", help="Column with the time.")
@click.option(
    "--value",
    "values",
    required=True,
    multiple=True,
    metavar="COLUMN[=TARGET]",
    help="Column with values, and the stream's number or the property; as often as needed.",
)
@click.option("--stream", type=click.IntRange(1), help="Number of the stream of every row.")
@click.option("--stream-column", metavar="COLUMN", help="Column with the stream's number.")
@click.option("--thing", metavar="NAME", help="The thing of every row, by name or source key.")
@click.option("--station", metavar="COLUMN", help="Column with the thing's name or source key.")
@click.option("--property", "observed", metavar="COLUMN", help="Column that names the property.")
@click.option("--unit", metavar="COLUMN|=UNIT", help="Refuse rows whose unit is not the stream's.")
@click.option("--time-format", default="iso", help="iso, unix, unix_ms, or such as %d/%m/%Y %H:%M.")
@click.option("--zone", default="UTC", help="Zone of times without one: Europe/London.")
@click.option("--period", default=0, type=click.IntRange(0), help="Seconds a value stands for.")
@click.option("--ending", is_flag=True, help="The time is the end of that period.")
@click.option("--missing", help="Words that mean no value, with commas between.")
@click.option("--delimiter", metavar="CHARACTER", help="What stands between cells, if not found.")
@click.option("--dry-run", is_flag=True, help="Read, say what would be stored, write nothing.")
@as_json
def observations(file: Path, dry_run: bool, as_json: bool, **given: object) -> None:
    """Back-fill observations from CSV (.csv, .csv.gz) or Parquet; twice changes nothing.

    The streams have to be there: by number, or as the property of a thing. Leaves with 1 where no
    row could be used.
    """
    prepare_database()
    from hereabouts.sensing.actions.ingest import INGEST
    from hereabouts.sensing.adapters.connectors.backfill import import_observations

    plan = _plan(given)
    progress = Progress()
    try:
        summary = import_observations(file, plan, ingest=INGEST, is_dry_run=dry_run, say=progress)
    finally:
        progress.done()
        INGEST.stop()
    print_summary(_plain(summary), _sentence(summary), as_json)
    if not as_json:
        _show_findings(summary)
    if summary.is_unusable:
        sys.exit(1)


def _plan(given: dict[str, object]) -> BackfillPlan:
    from hereabouts.sensing.domain.connectors.backfill import BackfillOptions, make_plan
    from hereabouts.sensing.domain.connectors.mapping import UnusableMappingError
    from hereabouts.sensing.errors.connectors import ImportUnusable

    names = {"period": "period_s", "ending": "is_end"}
    told = {
        names.get(name, name): value for name, value in given.items() if value not in (None, "")
    }
    try:
        return make_plan(BackfillOptions(**told))  # type: ignore[arg-type]  # click has checked them
    except UnusableMappingError as fault:
        raise ImportUnusable(reason=fault.message.rstrip(".")) from fault


def _plain(summary: BackfillSummary) -> dict[str, object]:
    plain = asdict(summary)
    plain["streams"] = sorted(summary.streams)
    plain["problems"] = [problem._asdict() for problem in summary.problems]
    plain["sentence"] = _sentence(summary)
    return plain


def _sentence(summary: BackfillSummary) -> str:
    streams = len(summary.streams)
    where = "1 stream" if streams == 1 else f"{streams:,} streams"
    if summary.is_unusable:
        return f"None of {summary.rows:,} rows could be used; nothing was stored."
    if summary.is_dry_run:
        return (
            f"{summary.rows:,} rows have {summary.readings:,} observations for {where}; "
            "nothing was stored."
        )
    rate = summary.readings / summary.seconds if summary.seconds else 0
    return (
        f"{summary.rows:,} rows: {summary.added:,} observations added to {where}, "
        f"{summary.duplicates:,} were there already; {rate:,.0f} a second."
    )


def _show_findings(summary: BackfillSummary) -> None:
    for code, count in sorted(summary.problem_counts.items()):
        click.echo(f"  {code}: {count:,}", err=True)
    for problem in summary.problems[:SHOWN]:
        said = " ".join(part for part in (problem.field, problem.value) if part)
        click.echo(f"    {problem.where}: {problem.code} {said}".rstrip(), err=True)
