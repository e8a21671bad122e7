"""Commands of the sensor hub."""

from __future__ import annotations

import click

from hereabouts.site.cli.sensing_keys import key
from hereabouts.site.cli.sensing_rebuild import rebuild


@click.group()
def sensing() -> None:
    """Look after the sensor hub."""


sensing.add_command(key)
sensing.add_command(rebuild)
