"""Properties of entities in answers: which columns hold each, and what makes a value of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import msgspec

from hereabouts.sensing.domain.results import write_number
from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.tables import JSON_COLUMNS, TEXT_COLUMNS
from hereabouts.standards.sensorthings.model import EntityType, Property, Shape
from hereabouts.standards.sensorthings.times import format_instant, format_moment

Maker: TypeAlias = Callable[[Row, int], Any]
"""Makes a value from a row and the position of its first column."""

STATE_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "observedArea": ("{0}st.area",),
        "phenomenonTime": ("{0}st.first_started", "{0}st.last_ended"),
        "resultTime": ("{0}st.first_result_time", "{0}st.last_result_time"),
    }
)
_ALWAYS = frozenset({"resultTime", "result", "unitOfMeasurement"})
"""Properties of rows that are shown as null where they are missing; the others are left out."""

STREAMS = frozenset({"Datastream", "MultiDatastream"})


@dataclass(frozen=True)
class Field:
    """A property in an answer: its name there, its columns, and what makes a value of them."""

    name: str
    columns: tuple[str, ...]
    make: Maker
    is_always: bool
    needs_state: bool = False


def make_result(kind: int, number: float | None, text: str | None) -> Any:
    """The JSON of a result, as it was sent."""
    if text is not None:
        return msgspec.Raw(text.encode())
    if kind == 0 and number is not None:
        return write_number(number)
    return bool(number) if kind == 2 else None


def make_raw(row: Row, at: int) -> Any:
    """JSON text as it was sent."""
    text = row[at]
    return None if text is None else msgspec.Raw(text.encode())


def make_plain(row: Row, at: int) -> Any:
    """A text."""
    return row[at]


def make_instant(row: Row, at: int) -> Any:
    """A time."""
    return None if row[at] is None else format_instant(row[at])


def make_moment(row: Row, at: int) -> Any:
    """A time or an interval."""
    return None if row[at] is None else format_moment(row[at], row[at + 1])


def make_extent(row: Row, at: int) -> Any:
    """An interval, of one moment where it has no end."""
    start, end = row[at], row[at + 1]
    return None if start is None else format_moment(start, start if end is None else end)


def make_unit(row: Row, at: int) -> Any:
    """A unit of measurement."""
    return {"name": row[at], "symbol": row[at + 1], "definition": row[at + 2]}


def make_kept_result(row: Row, at: int) -> Any:
    """The result of an observation."""
    return make_result(row[at], row[at + 1], row[at + 2])


def field_of(entity: EntityType, owned: Property, *, is_always: bool = False) -> Field:
    """How a property of an entity type is read."""
    columns, make, needs_state = _columns(entity, owned)
    is_shown = owned.name in _ALWAYS and not needs_state
    return Field(owned.name, columns, make, is_always or is_shown, needs_state)


def _columns(entity: EntityType, owned: Property) -> tuple[tuple[str, ...], Maker, bool]:
    match owned.shape:
        case Shape.TEXT:
            return (("{0}." + TEXT_COLUMNS.get(owned.name, owned.name),), make_plain, False)
        case Shape.UNIT:
            parts = tuple(f"{{0}}.unit_{part}" for part in ("name", "symbol", "definition"))
            return parts, make_unit, False
        case Shape.RESULT:
            return ("{0}.kind", "{0}.number", "{0}.result"), make_kept_result, False
        case Shape.INSTANT | Shape.MOMENT | Shape.PERIOD:
            return _time_columns(entity, owned)
        case Shape.GEOMETRY if owned.name == "observedArea":
            return STATE_COLUMNS["observedArea"], make_raw, True
        case _:
            column = JSON_COLUMNS.get((entity.name, owned.name), "properties")
            return ("{0}." + column,), make_raw, False


def _time_columns(entity: EntityType, owned: Property) -> tuple[tuple[str, ...], Maker, bool]:
    if owned.shape is Shape.INSTANT:
        column = "result_time" if owned.name == "resultTime" else "time"
        return ("{0}." + column,), make_instant, False
    if owned.shape is Shape.MOMENT:
        return ("{0}.started", "{0}.ended"), make_moment, False
    if entity.name in STREAMS:
        return STATE_COLUMNS[owned.name], make_extent, True
    return ("{0}.valid_start", "{0}.valid_end"), make_moment, False
