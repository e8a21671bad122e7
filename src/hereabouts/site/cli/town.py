"""The command that invents a town."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import click

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_
from hereabouts.site.cli.output import Progress, as_json, print_summary
from hereabouts.site.configuration import from_environment
from hereabouts.town.api import generate


class NoTown(Refusal):
    """The installation is not a demonstration."""

    code = "site.no_town"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no invented town in {home}: start one with `hereabouts demo`.")


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


@town.command("rain")
@click.option(
    "--minutes",
    default=30.0,
    show_default=True,
    type=click.FloatRange(1, 1_440),
    help="For how long.",
)
@click.option(
    "--hard",
    "mm_per_hour",
    default=25.0,
    show_default=True,
    type=click.FloatRange(0.1, 200),
    help="Millimetres an hour; 25 is a cloudburst.",
)
def rain(minutes: float, mm_per_hour: float) -> None:
    """Make it rain on the demonstration's town from now on."""
    from hereabouts.site.demonstration.storms import order_storm

    home = from_environment(os.environ).home_path
    folder = home / "demonstration"
    if not (folder / "town.json").exists():
        raise NoTown(home=str(home))
    order_storm(folder, minutes, mm_per_hour)
    click.echo(f"It rains for {minutes:g} minutes, {mm_per_hour:g} mm an hour. Watch the gullies.")
