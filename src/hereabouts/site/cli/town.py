"""The command that invents a town."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from hereabouts.site.cli.output import Progress, as_json, print_summary
from hereabouts.town.api import generate


@click.group()
def town() -> None:
    """Invent a town, written as files a council could have received."""


@town.command("generate")
@click.option("--seed", default=1, show_default=True, help="Same seed, same town.")
@click.option(
    "--residents",
    default=30_000,
    show_default=True,
    type=click.IntRange(2_000, 500_000),
    help="How many people live there.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the files; made when missing.",
)
@as_json
def generate_town(seed: int, residents: int, out: Path, as_json: bool) -> None:
    """Write an invented English town as OSM PBF, areas, postcodes and figures."""
    progress = Progress()
    summary = generate(seed, residents, out, progress)
    progress.done()
    sentence = f"{summary.name}, an invented town of {summary.residents:,} residents, is in {out}."
    print_summary(dataclasses.asdict(summary), sentence, as_json)
