"""The command line: one word per job, each a thin call on a room's door."""

from __future__ import annotations

import importlib
import os
import sys

import click

from hereabouts import __version__
from hereabouts.kernel.refusals import Refusal

COMMANDS = {
    "demo": "hereabouts.site.cli.demo:demo",
    "deployments": "hereabouts.site.cli.deployments:deployments",
    "import": "hereabouts.site.cli.imports:imports",
    "journal": "hereabouts.site.cli.journal:journal",
    "migrate": "hereabouts.site.cli.installation:migrate",
    "places": "hereabouts.site.cli.places:places",
    "sensing": "hereabouts.site.cli.sensing:sensing",
    "serve": "hereabouts.site.cli.serve:serve",
    "token": "hereabouts.site.cli.people:token",
    "town": "hereabouts.site.cli.town:town",
    "user": "hereabouts.site.cli.people:user",
    "worker": "hereabouts.site.cli.serve:worker",
}
"""Where each command lives; loaded when asked for, so that `--help` is quick."""

DATABASE = "django.db.utils"


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(importlib.import_module(module), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is not a command")
        return found


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hereabouts")
def group() -> None:
    """Run a place together: load it, serve it, and account for it."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command and leave with 0 on success, 1 on a refusal, 2 on wrong usage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    try:
        group.main(args=arguments, prog_name="hereabouts", standalone_mode=False)
    except Refusal as refusal:
        leave(refusal.sentence())
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (click.Abort, KeyboardInterrupt):
        leave("Stopped before it was finished; nothing was kept.", 130)
    except OSError as fault:
        leave(_about_the_machine(fault))
    except Exception as fault:
        if not _is_database_fault(fault):
            raise
        leave(_about_the_database(fault))


def leave(sentence: str, status: int = 1) -> None:
    """Say one sentence on stderr and leave."""
    click.echo(sentence, err=True)
    sys.exit(status)


def _about_the_machine(fault: OSError) -> str:
    where = f" ({fault.filename})" if fault.filename else ""
    return f"The machine refused: {fault.strerror or fault}{where}. Nothing was kept."


def _is_database_fault(fault: Exception) -> bool:
    # Named rather than imported: Django is loaded only by commands that need it.
    kinds = [kind.__name__ for kind in type(fault).__mro__ if kind.__module__ == DATABASE]
    if "OperationalError" in kinds or "InterfaceError" in kinds:
        return True
    # A damaged file has no kind of its own; a table that is not there is a mistake in a program
    # to PostgreSQL. Every other fault of these kinds is a bug of ours.
    return kinds[:1] == ["DatabaseError"] or _lacks_tables(str(fault))


def _lacks_tables(text: str) -> bool:
    return "no such table" in text or ("relation" in text and "does not exist" in text)


def _about_the_database(fault: Exception) -> str:
    text = " ".join(str(fault).split())
    if _lacks_tables(text):
        return "The database has no tables yet: run `hereabouts migrate` first."
    if "malformed" in text or "not a database" in text:
        return "The database file is damaged; put a copy that was kept back in its place."
    if "locked" in text:
        return "The database is locked by another process; try again when it has finished."
    if "full" in text:
        return "The disk is full; everything this command had written was rolled back."
    return f"The database cannot be reached or refused: {text.rstrip('.?')}. Nothing was kept."
