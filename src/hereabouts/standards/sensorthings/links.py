"""Links: to entities, along relations, and to the next page.

`base` is the absolute address of the service root without a slash behind it. A link holds one `?`,
keeps the path that was asked for and repeats every option word for word, so that clients which keep
only what follows the `?` still page rightly.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from hereabouts.standards.sensorthings.model import EntityType, Relation
from hereabouts.standards.sensorthings.tree import Options

_IN_PATH = "/()$,:@-._~!*'"
_IN_QUERY = "/()$,:@-._~!*';="


def self_link(base: str, entity: EntityType, key: int) -> str:
    """The address of an entity."""
    return f"{base}/{entity.set_name}({key})"


def navigation_link(base: str, entity: EntityType, key: int, relation: Relation) -> str:
    """The address of what an entity is related to."""
    return f"{base}/{entity.set_name}({key})/{relation.name}"


def page_link(base: str, path: str, options: Options, **changed: str | int | None) -> str:
    """The address of another page of a path.

    `path` is as written, decoded and without the root. `changed` replaces options by their names
    without `$`: `skiptoken="…"`, `skip=200`; None leaves one out.
    """
    changes = {f"${name}": value for name, value in changed.items()}
    pairs = [(name, text) for name, text in options.texts if name not in changes]
    pairs += [(name, str(value)) for name, value in changes.items() if value is not None]
    address = f"{base}/{quote(path.strip('/'), safe=_IN_PATH)}"
    return f"{address}?{write_query(pairs)}" if pairs else address


def write_query(pairs: Iterable[tuple[str, str]]) -> str:
    """A query string, without its `?`, that reads back as the same pairs."""
    return "&".join(
        f"{quote(name, safe=_IN_PATH)}={quote(text, safe=_IN_QUERY)}" for name, text in pairs
    )
