"""Entities as CSV, a piece at a time: a unit in three columns, to-one relations beside them.

Source: RFC 4180; the INSIDE extension CSV-ResultFormat; OWASP, CSV Injection.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from hereabouts.standards.ogcapi.table import FORMULA_SIGNS
from hereabouts.standards.sensorthings.errors import FormatUnsuitable
from hereabouts.standards.sensorthings.model import EntityType, Property, Shape, target_of
from hereabouts.standards.sensorthings.tree import (
    Expansion,
    Member,
    Options,
    SelectedProperty,
)

Entity = Mapping[str, Any]
"""An entity as the reader yields it: JSON values may be `msgspec.Raw`."""


class Column(NamedTuple):
    """A heading, and the steps from the entity to the value."""

    heading: str
    steps: tuple[Member, ...]


def list_columns(entity: EntityType, options: Options) -> list[Column]:
    """The columns of a table of entities, in order.

    Raises: FormatUnsuitable, for a to-many relation expanded without `$top=1`.
    """
    columns = _own_columns(entity, options)
    for expansion in options.expand:
        _check_single(expansion)
        name = expansion.relation.name
        for column in list_columns(target_of(expansion.relation), expansion.options):
            steps = (
                (name, 0, *column.steps) if expansion.relation.is_many else (name, *column.steps)
            )
            columns.append(Column(f"{name}/{column.heading}", steps))
    return columns


def write_csv(pieces: Iterable[Sequence[Entity]], columns: Sequence[Column]) -> Iterator[bytes]:
    """Lines of CSV in UTF-8, the headings first.

    JSON objects and lists are written as JSON. A text that begins like a formula gets an apostrophe
    before it, so that opening the file runs nothing; numbers keep their signs and digits.
    """
    yield _lines([[column.heading for column in columns]])
    for entities in pieces:
        yield _lines(
            [_cell(_dig(entity, column.steps)) for column in columns] for entity in entities
        )


def _own_columns(entity: EntityType, options: Options) -> list[Column]:
    if not options.select:
        columns = [Column("id", ("@iot.id",))]
        for owned in entity.properties.values():
            columns += _columns_of(owned, ())
        return columns
    columns = []
    for selected in options.select:
        if isinstance(selected, SelectedProperty):
            columns += _columns_of(selected.property, selected.members)
    return columns


def _columns_of(owned: Property | None, members: tuple[Member, ...]) -> list[Column]:
    if owned is None:
        return [Column("id", ("@iot.id",))]
    if owned.shape is Shape.UNIT and not members:
        parts = ("name", "symbol", "definition")
        return [Column(f"{owned.name}/{part}", (owned.name, part)) for part in parts]
    heading = owned.name + "".join(
        f"[{member}]" if isinstance(member, int) else f"/{member}" for member in members
    )
    return [Column(heading, (owned.name, *members))]


def _check_single(expansion: Expansion) -> None:
    if expansion.relation.is_many and expansion.options.top != 1:
        reason = "a table has one row for each entity; expand it with $top=1"
        raise FormatUnsuitable(reason, expansion.relation.name)


def _dig(value: Any, steps: Sequence[Member]) -> Any:
    for step in steps:
        if isinstance(value, msgspec.Raw):
            value = msgspec.json.decode(value)
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, Mapping) else None
        elif isinstance(value, list | tuple):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _cell(value: object) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, msgspec.Raw):
        return _raw_cell(bytes(value).strip())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _raw_cell(raw: bytes) -> str | int | float:
    if raw[:1] == b'"':
        return _cell(msgspec.json.decode(raw))
    return "" if raw == b"null" else raw.decode()
