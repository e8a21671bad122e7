"""Commands of the sensor hub."""

from __future__ import annotations

import click

from hereabouts.site.cli.sensing_keys import key


@click.group()
def sensing() -> None:
    """Look after the sensor hub."""


sensing.add_command(key)
