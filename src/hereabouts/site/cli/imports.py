"""Commands that load a place: one for each kind of file, and what past imports found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from hereabouts.kernel.access import INSTALLATION
from hereabouts.site.cli.installation import prepare_database
from hereabouts.site.cli.observations import observations
from hereabouts.site.cli.output import Progress, as_json, print_summary

if TYPE_CHECKING:
    from hereabouts.places.api import ImportSummary

SHOWN = 5
Command = Callable[..., None]
Option = Callable[[Command], Command]


class Asked(TypedDict):
    """What every importer can be asked, whatever the file."""

    is_dry_run: bool
    attribution: str


the_file = click.argument("file", type=click.Path(path_type=Path))
dry_run = click.option(
    "--dry-run", is_flag=True, help="Read and compare, say what would change, and write nothing."
)
crs = click.option("--crs", help="Coordinate system where the file does not name it: EPSG:27700.")
attribution = click.option("--attribution", help="What is owed to the publisher, for every page.")


@click.group()
def imports() -> None:
    """Load the place from files; loading a file twice changes nothing."""


imports.add_command(observations)


def importer(
    name: str, *options: Option
) -> Callable[[Callable[..., dict[str, object]]], click.Command]:
    """A command that imports a file; the function turns its options into the reader's."""

    def make(function: Callable[..., dict[str, object]]) -> click.Command:
        @wraps(function)
        def run(
            *, file: Path, dry_run: bool, attribution: str | None, as_json: bool, **given: object
        ) -> None:
            told = {key: value for key, value in given.items() if value not in (None, "")}
            asked = Asked(is_dry_run=dry_run, attribution=attribution or "")
            _import(name, file, function(**told), asked, as_json=as_json)

        command: Command = run
        decorators: list[Option] = [*reversed(options), attribution, as_json, dry_run, the_file]
        for decorate in decorators:
            command = decorate(command)
        return imports.command(name)(command)

    return make


@importer("osm")
def osm() -> dict[str, object]:
    """Load streets, premises, assets and the map from OpenStreetMap (.osm, .osm.bz2, .osm.pbf)."""
    return {}


@importer(
    "areas",
    click.option("--kind", required=True, help="What they are: ward, district, parish, lsoa…"),
    click.option("--code", required=True, metavar="FIELD", help="Field with the code."),
    click.option("--name", required=True, metavar="FIELD", help="Field with the name."),
    click.option("--name-cy", metavar="FIELD", help="Field with the Welsh name."),
    click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day: 2025-05-01."),
    crs,
)
def areas(valid_from: datetime | None = None, **given: object) -> dict[str, object]:
    """Load areas of one kind (GeoJSON, GeoPackage, Shapefile; zipped too)."""
    return {**given, **({"valid_from": valid_from.date()} if valid_from else {})}


@importer("postcodes")
def postcodes() -> dict[str, object]:
    """Load postcodes (Code-Point Open or ONS Postcode Directory)."""
    return {}


@importer("uprn", click.option("--create", is_flag=True, help="Make premises of those left over."))
def uprn(**given: object) -> dict[str, object]:
    """Give premises their property numbers (OS Open UPRN)."""
    return given


@importer("usrn", crs)
def usrn(**given: object) -> dict[str, object]:
    """Give streets their street numbers (OS Open USRN, linked identifiers)."""
    return given


@importer("deprivation", click.option("--edition", help="Year of the edition: 2019 or 2025."))
def deprivation(**given: object) -> dict[str, object]:
    """Load an English index of deprivation by LSOA."""
    return given


@importer(
    "population",
    click.option("--code", metavar="COLUMN", help="Column with the area's code."),
    click.option("--residents", metavar="COLUMN", help="Column with the number of residents."),
    click.option("--households", metavar="COLUMN", help="Column with the number of households."),
    click.option("--edition", help="The year the figures are for."),
)
def population(**given: object) -> dict[str, object]:
    """Load how many people live in each area."""
    return given


@importer(
    "assets",
    click.option("--type", required=True, help="Type of all of them: street_lamp, bin, tree…"),
    click.option("--reference", metavar="FIELD", help="Field with the reference people quote."),
    click.option("--name", metavar="FIELD", help="Field with the name."),
    click.option("--lon", metavar="FIELD", help="Field with the longitude."),
    click.option("--lat", metavar="FIELD", help="Field with the latitude."),
    click.option("--easting", metavar="FIELD", help="Field with the easting on the British grid."),
    click.option("--northing", metavar="FIELD", help="Field with the northing."),
    click.option("--source", help="Name of the register; a later file of it replaces this one."),
    crs,
)
def assets(**given: object) -> dict[str, object]:
    """Load assets of one type (CSV, GeoJSON, GeoPackage, Shapefile; NaPTAN for bus_stop)."""
    return given


@imports.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 400))
@as_json
def list_(limit: int, as_json: bool) -> None:
    """Show past imports, newest first."""
    prepare_database()
    from hereabouts.places.api import list_import_runs

    runs = list_import_runs(limit)
    if as_json:
        click.echo(json.dumps([asdict(run) for run in runs], ensure_ascii=False, default=str))
        return
    for run in runs:
        when = run.ended_at.strftime("%Y-%m-%d %H:%M")
        click.echo(f"{run.uid}  {when}  {run.importer:<12} {run.file_name}")
    if not runs:
        click.echo("Nothing has been imported yet.")


@imports.command()
@click.argument("run")
@click.option("--code", default="", help="Only findings of this code.")
@click.option("--limit", default=1_000, show_default=True, type=click.IntRange(1, 1_000))
@as_json
def findings(run: str, code: str, limit: int, as_json: bool) -> None:
    """Show what was wrong in a file that was imported."""
    prepare_database()
    from hereabouts.places.api import find_run, list_findings
    from hereabouts.places.errors import ImportNotFound

    found = find_run(run)
    if found is None:
        raise ImportNotFound(run=run[:40])
    rows, _ = list_findings(run, code, limit=limit)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        mended = " (mended)" if row.repaired else ""
        click.echo(f"{row.code}: {row.subject} {row.field} {row.value}".rstrip() + mended)
    if found.finding_count > len(rows):
        click.echo(f"{len(rows):,} of {found.finding_count:,} shown.", err=True)
    if not rows:
        click.echo("Nothing was wrong in that file.")


def _import(
    name: str, file: Path, reader: dict[str, object], asked: Asked, *, as_json: bool
) -> None:
    prepare_database()
    from hereabouts.places.api import ImportOptions, import_file, sentence_of

    progress = Progress()
    options = ImportOptions(say=progress, reader=reader, **asked)
    try:
        summary = import_file(file, name, INSTALLATION, options)
    finally:
        progress.done()
    sentence = sentence_of(summary)
    print_summary(_plain(summary, sentence), sentence, as_json)
    if not as_json:
        _show_findings(summary)


def _plain(summary: ImportSummary, sentence: str) -> dict[str, object]:
    plain = asdict(summary)
    plain["is_unchanged"] = summary.is_unchanged
    plain["sentence"] = sentence
    return plain


def _show_findings(summary: ImportSummary) -> None:
    say = partial(click.echo, err=True)
    for code, count in list(summary.findings_by_code.items())[:SHOWN]:
        example = next((f.subject for f in summary.first_findings if f.code == code), "")
        say(f"  {code}: {count:,}" + (f", first {example}" if example else ""))
    if summary.findings and summary.run:
        say(f"  See all: hereabouts import findings {summary.run}")
