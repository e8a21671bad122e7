"""Which columns an answer needs, and how a row becomes the entity a client sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import msgspec

from hereabouts.sensing.domain.results import write_number
from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.tables import JSON_COLUMNS, TEXT_COLUMNS, link_of
from hereabouts.standards.sensorthings.model import EntityType, Property, Relation, Shape
from hereabouts.standards.sensorthings.times import format_instant, format_moment
from hereabouts.standards.sensorthings.tree import (
    Member,
    Metadata,
    Options,
    SelectedProperty,
    SelectedRelation,
)

Document: TypeAlias = dict[str, Any]
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


def _raw(row: Row, at: int) -> Any:
    text = row[at]
    return None if text is None else msgspec.Raw(text.encode())


def _plain(row: Row, at: int) -> Any:
    return row[at]


def _instant(row: Row, at: int) -> Any:
    return None if row[at] is None else format_instant(row[at])


def _moment(row: Row, at: int) -> Any:
    return None if row[at] is None else format_moment(row[at], row[at + 1])


def _extent(row: Row, at: int) -> Any:
    start, end = row[at], row[at + 1]
    return None if start is None else format_moment(start, start if end is None else end)


def _unit(row: Row, at: int) -> Any:
    return {"name": row[at], "symbol": row[at + 1], "definition": row[at + 2]}


def _result(row: Row, at: int) -> Any:
    return make_result(row[at], row[at + 1], row[at + 2])


def field_of(entity: EntityType, owned: Property, *, is_always: bool = False) -> Field:
    """How a property of an entity type is read."""
    columns, make, needs_state = _columns(entity, owned)
    is_shown = owned.name in _ALWAYS and not needs_state
    return Field(owned.name, columns, make, is_always or is_shown, needs_state)


def _columns(entity: EntityType, owned: Property) -> tuple[tuple[str, ...], Maker, bool]:
    match owned.shape:
        case Shape.TEXT:
            return (("{0}." + TEXT_COLUMNS.get(owned.name, owned.name),), _plain, False)
        case Shape.UNIT:
            parts = tuple(f"{{0}}.unit_{part}" for part in ("name", "symbol", "definition"))
            return parts, _unit, False
        case Shape.RESULT:
            return ("{0}.kind", "{0}.number", "{0}.result"), _result, False
        case Shape.INSTANT | Shape.MOMENT | Shape.PERIOD:
            return _time_columns(entity, owned)
        case Shape.GEOMETRY if owned.name == "observedArea":
            return STATE_COLUMNS["observedArea"], _raw, True
        case _:
            column = JSON_COLUMNS.get((entity.name, owned.name), "properties")
            return ("{0}." + column,), _raw, False


def _time_columns(entity: EntityType, owned: Property) -> tuple[tuple[str, ...], Maker, bool]:
    if owned.shape is Shape.INSTANT:
        column = "result_time" if owned.name == "resultTime" else "time"
        return ("{0}." + column,), _instant, False
    if owned.shape is Shape.MOMENT:
        return ("{0}.started", "{0}.ended"), _moment, False
    if entity.name in STREAMS:
        return STATE_COLUMNS[owned.name], _extent, True
    return ("{0}.valid_start", "{0}.valid_end"), _moment, False


@dataclass(frozen=True)
class Selection:
    """What is read of an entity type and how it is shown.

    `columns` are templates over its alias; the first is the id, then come the keys that expansions
    and links need, named in `keys` by relation.
    """

    entity: EntityType
    columns: tuple[str, ...]
    keys: Mapping[str, int]
    needs_state: bool
    make: Callable[[Row], Document]


def select(entity: EntityType, options: Options, base: str) -> Selection:
    """What the options ask for of an entity type; `base` is the service root without a slash."""
    columns = ["{0}.id"]
    keys: dict[str, int] = {}
    for expansion in options.expand:
        _add_key(entity, expansion.relation, columns, keys)
    if entity.name == "Observation":
        keys["stream"], keys["is_multi"] = len(columns), len(columns) + 1
        columns += ["{0}.stream_id", "{0}s.is_multi"]
    fields, deep = _selected_fields(entity, options)
    placed = []
    for field in fields:
        parts = deep.get(field.name)
        made = field.make if parts is None else _deeper(field.make, parts)
        placed.append((field.name, len(columns), made, field.is_always))
        columns += field.columns
    has_id, has_link = _has_control(options)
    links = [(f"{name}@iot.navigationLink", f")/{name}", name) for name in _linked(entity, options)]
    prefix = f"{base}/{entity.set_name}("
    multi = keys.get("is_multi", -1)
    make: Callable[[Row], Document] = _Maker(prefix, has_id, has_link, placed, links, multi)
    if multi >= 0 and not options.select and options.metadata is Metadata.FULL:
        make = _ObservationMaker(prefix, multi)
    needs_state = any(field.needs_state for field in fields)
    return Selection(entity, tuple(columns), keys, needs_state, make)


def _add_key(
    entity: EntityType, relation: Relation, columns: list[str], keys: dict[str, int]
) -> None:
    """The column that leads to a related entity, where the row itself has it."""
    if relation.is_many:
        return
    keys[relation.name] = len(columns)
    columns.append(link_of(entity.name, relation).near)


_Deep: TypeAlias = Mapping[str, Sequence[tuple[Member, ...]]]


def _selected_fields(entity: EntityType, options: Options) -> tuple[list[Field], _Deep]:
    if not options.select:
        return [field_of(entity, owned) for owned in entity.properties.values()], {}
    fields: dict[str, Field] = {}
    deep: dict[str, list[tuple[Member, ...]]] = {}
    whole: set[str] = set()
    for chosen in options.select:
        if not isinstance(chosen, SelectedProperty) or chosen.property is None:
            continue
        name = chosen.property.name
        fields[name] = field_of(entity, chosen.property, is_always=True)
        if chosen.members:
            deep.setdefault(name, []).append(chosen.members)
        else:
            whole.add(name)
    return list(fields.values()), {name: deep[name] for name in deep if name not in whole}


@dataclass(frozen=True)
class _Maker:
    """Makes documents of rows."""

    prefix: str
    has_id: bool
    has_link: bool
    fields: Sequence[tuple[str, int, Maker, bool]]
    links: Sequence[tuple[str, str, str]]
    multi: int
    """Where a row says that its stream is a MultiDatastream; -1 for other entities."""

    def __call__(self, row: Row) -> Document:
        """The entity of a row."""
        key = row[0]
        document: Document = {}
        if self.has_id:
            document["@iot.id"] = key
        if self.has_link:
            document["@iot.selfLink"] = f"{self.prefix}{key})"
        for name, at, make, is_always in self.fields:
            value = make(row, at)
            if value is not None or is_always:
                document[name] = value
        absent = ""
        if self.multi >= 0:
            absent = "Datastream" if row[self.multi] else "MultiDatastream"
        for link, suffix, relation in self.links:
            if relation != absent:
                document[link] = f"{self.prefix}{key}{suffix}"
        return document


@dataclass(frozen=True)
class _ObservationMaker:
    """Makes whole observations, as `_Maker` would, in a third of the time."""

    prefix: str
    multi: int
    """Where a row says that its stream is a MultiDatastream; the properties follow it."""

    def __call__(self, row: Row) -> Document:
        """The observation of a row."""
        key, is_multi = row[0], row[self.multi]
        first = self.multi + 1
        started, ended, result_time, kind, number, text, quality = row[first : first + 7]
        valid_start, valid_end, parameters = row[first + 7 : first + 10]
        own = f"{self.prefix}{key})"
        time = format_instant(started)
        shown: str | None = time
        if result_time != started:
            shown = None if result_time is None else format_instant(result_time)
        document: Document = {
            "@iot.id": key,
            "@iot.selfLink": own,
            "phenomenonTime": time if ended is None else f"{time}/{format_instant(ended)}",
            "resultTime": shown,
            "result": make_result(kind, number, text),
        }
        if quality is not None:
            document["resultQuality"] = msgspec.Raw(quality.encode())
        if valid_start is not None:
            document["validTime"] = format_moment(valid_start, valid_end)
        if parameters is not None:
            document["parameters"] = msgspec.Raw(parameters.encode())
        parent = "MultiDatastream" if is_multi else "Datastream"
        document[f"{parent}@iot.navigationLink"] = f"{own}/{parent}"
        document["FeatureOfInterest@iot.navigationLink"] = f"{own}/FeatureOfInterest"
        return document


def _deeper(make: Maker, parts: Sequence[tuple[Member, ...]]) -> Maker:
    return lambda row, at: pick(make(row, at), parts)


def _has_control(options: Options) -> tuple[bool, bool]:
    """Whether id and self link are shown: as selected, and as much as `$resultMetadata` says."""
    chosen = not options.select or SelectedProperty(None) in options.select
    has_id = chosen and options.metadata is not Metadata.OFF
    has_link = not options.select and options.metadata is Metadata.FULL
    return has_id, has_link


def _linked(entity: EntityType, options: Options) -> list[str]:
    if options.metadata is not Metadata.FULL:
        return []
    if not options.select:
        return list(entity.relations)
    return [
        chosen.relation.name for chosen in options.select if isinstance(chosen, SelectedRelation)
    ]


def pick(value: Any, parts: Sequence[tuple[Member, ...]]) -> Any:
    """Only some members of a JSON value, in their place; None where none of them is there."""
    whole = msgspec.json.decode(value) if isinstance(value, msgspec.Raw) else value
    picked: Any = None
    for members in parts:
        found, is_there = walk(whole, members)
        if is_there:
            picked = _put(picked, members, found)
    return picked


def nest(members: Sequence[Member], value: Any) -> Any:
    """A value in its place inside a JSON value that has nothing else."""
    return _put(None, members, value)


def walk(value: Any, members: Sequence[Member]) -> tuple[Any, bool]:
    """The value inside a JSON value, and whether there is one."""
    for step in members:
        if isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        elif isinstance(step, str) and isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None, False
    return value, True


def _put(into: Any, members: Sequence[Member], value: Any) -> Any:
    if not members:
        return value
    step = members[0]
    if isinstance(step, int):
        # A single element stands alone in its list: the others were not asked for.
        listed = into if isinstance(into, list) else []
        return [*listed, _put(None, members[1:], value)]
    held = into if isinstance(into, dict) else {}
    return {**held, step: _put(held.get(step), members[1:], value)}
