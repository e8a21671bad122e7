"""Writes docs/reference from the code: settings, commands, events, errors, routes.

With --check it fails where a page is stale, so that the reference cannot drift.
"""

from __future__ import annotations

import dataclasses
import importlib
import os
import pkgutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def settings() -> str:
    """Every setting of an installation."""
    from hereabouts.site.configuration import PREFIX, Configuration

    rows = (
        (
            f"`{PREFIX}{entry.name.upper()}`",
            f"`{entry.default}`" if entry.default else "",
            entry.metadata["meaning"],
        )
        for entry in dataclasses.fields(Configuration)
    )
    return "# Settings\n\nRead from the environment when a command starts.\n\n" + _table(
        ("name", "default", "meaning"), rows
    )


def _commands(command: object, path: str) -> Iterator[tuple[str, str, str]]:
    import click

    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (child := command.get_command(context, name)) is not None:
                yield from _commands(child, f"{path} {name}")
    elif isinstance(command, click.Command):
        options = (option for option in command.params if isinstance(option, click.Option))
        words = [
            parameter.make_metavar(click.Context(command))
            for parameter in command.params
            if isinstance(parameter, click.Argument)
        ]
        flags = ", ".join(f"`{option.opts[0]}`" for option in options)
        yield f"`{' '.join([path, *words])}`", (command.help or "").split("\n\n")[0], flags


def commands() -> str:
    """Every command, its options and what it is for."""
    from hereabouts.site.cli import group

    return (
        "# Commands\n\nEach leaves with 0 on success, 1 on a refusal with one sentence on stderr, "
        "2 on wrong usage.\n\n"
        + _table(("command", "what it does", "options"), _commands(group, "hereabouts"))
    )


def events() -> str:
    """Every fact the rooms announce."""
    from hereabouts.journal.api import list_event_types

    rows = (
        (
            f"`{kind.wire_name}`",
            (kind.__doc__ or "").split("\n")[0],
            "yes" if kind.is_public else "no",
            ", ".join(f"`{entry.name}`" for entry in dataclasses.fields(kind)),
        )
        for kind in sorted(list_event_types(), key=lambda one: one.wire_name)
    )
    return "# Events\n\nFacts in the journal. None holds personal data.\n\n" + _table(
        ("wire name", "what happened", "public", "fields"), rows
    )


def errors() -> str:
    """Every refusal: its code, status and sentence."""
    from hereabouts.kernel.refusals import Refusal

    rows = (
        (f"`{kind.code}`", str(kind.kind.value), kind.message)
        for kind in sorted(_subclasses(Refusal), key=lambda one: one.code)
        if kind.code
    )
    return "# Refusals\n\nEvery no has a stable code and a sentence.\n\n" + _table(
        ("code", "kind", "sentence"), rows
    )


def _subclasses(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("hereabouts."):
            yield child
            yield from _subclasses(child)


def routes() -> str:
    """Every address and who may use it."""
    from django.urls import get_resolver

    from hereabouts.kernel.access import Access, access_of
    from hereabouts.site.hot import hot_mounts, hot_routes

    def walk(resolver: object, prefix: str) -> Iterator[tuple[str, Access | None]]:
        for entry in getattr(resolver, "url_patterns", ()):
            address = prefix + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                yield from walk(entry, address)
            else:
                yield address, access_of(entry.callback)

    found = {f"/{address}": access for address, access in walk(get_resolver(), "")}
    found |= {route.pattern: access_of(route.handler) or route.access for route in hot_routes()}
    found |= {f"{mount.prefix}/…": mount.access for mount in hot_mounts()}
    rows = (
        (
            f"`{address}`",
            "nobody"
            if access is None
            else "public"
            if access.is_public
            else f"`{access.capability}`",
        )
        for address, access in sorted(found.items())
    )
    return "# Routes\n\nWho may use which address; what is not listed is refused.\n\n" + _table(
        ("address", "who"), rows
    )


def roles() -> str:
    """Which role holds which capability."""
    from hereabouts.people.domain.roles import ROLES

    rows = (
        (
            f"`{getattr(role, 'value', role)}`",
            ", ".join(f"`{one}`" for one in sorted(held)) or "none beyond what is public",
        )
        for role, held in ROLES.items()
    )
    return "# Roles\n\nCode asks for capabilities; people hold roles.\n\n" + _table(
        ("role", "capabilities"), rows
    )


WRITERS: dict[str, Callable[[], str]] = {
    "settings": settings,
    "commands": commands,
    "events": events,
    "errors": errors,
    "routes": routes,
    "roles": roles,
}
NOTE = "<!-- Written by tools/reference.py from the code; change the code instead. -->\n\n"


def _load_everything() -> None:
    os.environ["HEREABOUTS_HOME"] = tempfile.mkdtemp(prefix="hereabouts-reference-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "hereabouts.site.settings"
    import django

    django.setup()
    import hereabouts

    for module in pkgutil.walk_packages(hereabouts.__path__, "hereabouts."):
        if not module.name.endswith((".asgi", ".wsgi")) and ".migrations" not in module.name:
            importlib.import_module(module.name)


def main() -> int:
    """Write the pages, or name the stale ones."""
    _load_everything()
    PAGES.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, writer in WRITERS.items():
        page, text = PAGES / f"{name}.md", NOTE + writer()
        if "--check" not in sys.argv:
            page.write_text(text)
        elif not page.exists() or page.read_text() != text:
            stale.append(f"docs/reference/{name}.md")
    if stale:
        print(f"Stale: {', '.join(stale)}; run make reference.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
