"""Commands of the sensor hub."""

from __future__ import annotations

import click

from hereabouts.site.cli.sensing_keys import key
from hereabouts.site.cli.sensing_rebuild import rebuild
from hereabouts.site.cli.sensing_sweep import sweep


@click.group()
def sensing() -> None:
    """Look after the sensor hub."""


sensing.add_command(key)
sensing.add_command(rebuild)
sensing.add_command(sweep)
