"""The command behind `make demo`: an invented town, imported as a council's own would be."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_
from hereabouts.site.cli.installation import bring_up_to_date
from hereabouts.site.cli.output import Progress, with_django
from hereabouts.site.configuration import from_environment

if TYPE_CHECKING:
    from hereabouts.town.api import TownSummary

ATTRIBUTION = "An invented town; any likeness to a real one is chance"
MARKER = "demonstration.json"
FOLDER = "demonstration"
WRITTEN = "# Written by `hereabouts demo`. The town, its council and everything in it are invented."
COUNCIL = """

[council]
name = "{name} Demonstration Council"
name_cy = "Cyngor Arddangos {name}"
place = "{name}"
place_cy = "{name}"
invented = true
languages = ["en", "cy"]

[home]
welcome = "Find out about your street"
welcome_cy = "Dysgwch am eich stryd"
"""


class AnotherPlace(Refusal):
    """The installation holds something that the demonstration must not touch."""

    code = "site.another_place"
    kind = RefusalKind.CONFLICT
    message = N_(
        "The installation in {home} already holds {what}; "
        "name another folder with HEREABOUTS_HOME, or remove this one."
    )


@click.command()
@click.option("--seed", default=1, show_default=True, help="Same seed, same town.")
@click.option(
    "--residents",
    default=30_000,
    show_default=True,
    type=click.IntRange(2_000, 500_000),
    help="How many people live there.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--open/--no-open",
    "opens",
    default=None,
    help="Open the browser; by default where there is a screen.",
)
def demo(*, seed: int, residents: int, host: str, port: int, opens: bool | None) -> None:
    """Start an invented town: generate it, import it, serve it."""
    from hereabouts.site.demonstration.running import choose_mqtt_port, simulation

    mqtt_port = choose_mqtt_port()
    home = from_environment(os.environ).home_path
    wanted = {"seed": seed, "residents": residents}
    if not _is_ready(home, wanted):
        _build(home, wanted)
    with_django()
    bring_up_to_date()
    _say_who_may_sign_in()
    from hereabouts.site.demonstration.sensors import set_up_sensors
    from hereabouts.site.server import serve_forever

    click.echo(
        "About two hundred invented sensors report, by webhook and by MQTT on port "
        f"{mqtt_port.number}; `hereabouts town rain` makes it rain."
    )
    set_up_sensors(home / FOLDER, seed)
    if _shows(opens):
        webbrowser.open(f"http://{host}:{port}/")
    mqtt_port.release()
    with simulation(home / FOLDER, host, port):
        serve_forever(host, port)


def _is_ready(home: Path, wanted: dict[str, int]) -> bool:
    marker = home / MARKER
    if not marker.exists():
        return False
    found = json.loads(marker.read_text())
    if {name: found[name] for name in wanted} != wanted:
        what = (
            f"the demonstration town of seed {found['seed']} with {found['residents']:,} residents"
        )
        raise AnotherPlace(home=str(home), what=what)
    return True


def _build(home: Path, wanted: dict[str, int]) -> None:
    """Generate and import; the council comes first, because Django reads it when it loads."""
    from hereabouts.town.api import generate

    progress = Progress()
    folder, council = home / FOLDER, home / "council" / "council.toml"
    if council.exists() and not council.read_text().startswith(WRITTEN):
        raise AnotherPlace(home=str(home), what="a council’s own description")
    summary = generate(wanted["seed"], wanted["residents"], folder, progress)
    _write_council(council, summary)
    try:
        bring_up_to_date()
        _refuse_a_real_place(home, folder)
    except BaseException:
        council.unlink()
        raise
    _import(folder, progress)
    progress.done()
    (home / MARKER).write_text(json.dumps({**wanted, "name": summary.name}, indent=2))


FILES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("areas", "district.geojson", {"kind": "district", "code": "LAD25CD", "name": "LAD25NM"}),
    ("areas", "wards.geojson", {"kind": "ward", "code": "WD25CD", "name": "WD25NM"}),
    ("areas", "msoas.geojson", {"kind": "msoa", "code": "MSOA21CD", "name": "MSOA21NM"}),
    ("areas", "lsoas.geojson", {"kind": "lsoa", "code": "LSOA21CD", "name": "LSOA21NM"}),
    ("osm", "town.osm.pbf", {}),
    ("postcodes", "postcodes.csv", {}),
    ("uprn", "uprn.csv", {}),
    ("usrn", "usrn.geojson", {}),
    ("deprivation", "deprivation.csv", {}),
    ("population", "population.csv", {}),
    ("assets", "assets-street_lamp.csv", {"type": "street_lamp", "reference": "reference"}),
    ("assets", "assets-gully.csv", {"type": "gully", "reference": "reference"}),
    ("assets", "assets-grit_bin.csv", {"type": "grit_bin", "reference": "reference"}),
)
"""Importer, file and options, in the order in which a council would load them."""


def _import(folder: Path, progress: Progress) -> None:
    from hereabouts.places.api import ImportOptions, import_file

    for importer, name, options in FILES:
        told = ImportOptions(say=progress, reader=options, attribution=ATTRIBUTION)
        import_file(folder / name, importer, INSTALLATION, told)


def _write_council(path: Path, summary: TownSummary) -> None:
    """Describe the invented council, so that every page says that it is invented."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(WRITTEN + COUNCIL.format(name=summary.name))


def _shows(opens: bool | None) -> bool:
    """Whether to open a browser: as asked, or where somebody sits before a screen."""
    if opens is not None:
        return opens
    has_screen = sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty()


def _say_who_may_sign_in() -> None:
    from hereabouts.people.api import create_demonstration_people

    click.echo("This town is invented: its streets, its people and its figures.")
    click.echo("Sign in as:")
    for one in create_demonstration_people():
        how = (
            f"password {one.password}, and the code that "
            f"`hereabouts user code {one.address}` prints (secret {one.secret})"
            if one.password
            else "by e-mail link; the e-mail is written to the installation's folder `email`"
        )
        click.echo(f"  {one.role.value:<14} {one.address:<34} {how}")


def _refuse_a_real_place(home: Path, folder: Path) -> None:
    from hereabouts.places.api import list_import_runs

    others = [run.file_name for run in list_import_runs() if not (folder / run.file_name).exists()]
    if others:
        raise AnotherPlace(home=str(home), what=f"a place imported from {others[0]}")
