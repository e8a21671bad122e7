"""Which columns an answer needs, and how a row becomes the entity a client sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from hereabouts.sensing.queries.reading.database import Row
from hereabouts.sensing.queries.reading.fields import Field, Maker, field_of, make_result
from hereabouts.sensing.queries.reading.tables import link_of
from hereabouts.standards.sensorthings.model import EntityType, Relation
from hereabouts.standards.sensorthings.times import format_instant, format_moment
from hereabouts.standards.sensorthings.tree import (
    Member,
    Metadata,
    Options,
    SelectedProperty,
    SelectedRelation,
)

Document: TypeAlias = dict[str, Any]


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
    layout: Layout


def select(entity: EntityType, options: Options, base: str, *, is_inner: bool = False) -> Selection:
    """What the options ask for of an entity type; `base` is the service root without a slash.

    The streams of observations are read too, but not of those inside other entities.
    """
    columns = ["{0}.id"]
    keys: dict[str, int] = {}
    for expansion in options.expand:
        _add_key(entity, expansion.relation, columns, keys)
    if entity.name == "Observation":
        if not is_inner:
            keys["stream"] = len(columns)
            columns.append("{0}.stream_id")
        keys["is_multi"] = len(columns)
        columns.append("{0}s.is_multi")
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
    is_whole = multi >= 0 and not options.select and options.metadata is Metadata.FULL
    layout = Layout(prefix, has_id, has_link, placed, links, multi, is_whole)
    make = _ObservationMaker(prefix, multi) if is_whole else layout.make
    needs_state = any(field.needs_state for field in fields)
    return Selection(entity, tuple(columns), keys, needs_state, make, layout)


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
class Layout:
    """What stands where in a row, and under which name in the entity."""

    prefix: str
    has_id: bool
    has_link: bool
    fields: Sequence[tuple[str, int, Maker, bool]]
    """Name, first column, what makes the value, and whether it is shown where it is missing."""
    links: Sequence[tuple[str, str, str]]
    """Name, what follows the key in the address, and the relation."""
    multi: int
    """Where a row says that its stream is a MultiDatastream; -1 for other entities."""
    is_whole: bool
    """Whether it is an observation with all there is of it."""

    def make(self, row: Row) -> Document:
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
    """Makes whole observations, as its layout would, in a third of the time."""

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
