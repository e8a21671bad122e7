"""A parsed request: paths, options and filter expressions as plain values.

Every face of the service (HTTP, batch, MQTT, filtered delete) hands this tree on; nothing below it
sees text. Names are resolved against the entity types while parsing, so a tree names only what
exists. `at` is the position of the first character in the text that was parsed, for messages.
Source: OGC 18-088, clauses 9.2 (resource paths) and 9.3 (query options).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from hereabouts.standards.sensorthings.model import EntityType, Property, Relation

Member: TypeAlias = str | int
"""One step inside a JSON value: an object's key, or a list's index from 0."""


# --- expressions --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Constant:
    """A number, text, truth value or null; numbers keep int apart from float."""

    value: float | int | str | bool | None
    at: int = 0


@dataclass(frozen=True)
class InstantConstant:
    """A time, in microseconds since 1970 UTC.

    `offset` is how far ahead of UTC the zone is in which it was written, in microseconds.
    """

    micros: int
    at: int = 0
    offset: int = 0


@dataclass(frozen=True)
class IntervalConstant:
    """An interval [start, end), both in microseconds since 1970 UTC; `offset` is its start's."""

    start: int
    end: int
    at: int = 0
    offset: int = 0


@dataclass(frozen=True)
class DurationConstant:
    """A duration in microseconds; years and months are refused while parsing."""

    micros: int
    at: int = 0


@dataclass(frozen=True)
class GeometryConstant:
    """A geometry as well-known binary, longitude first, WGS 84."""

    wkb: bytes
    at: int = 0


@dataclass(frozen=True)
class PropertyPath:
    """A value reached from the entity being filtered, or from a variable of `any`.

    `variable` is "" for the entity itself. `relations` are walked first, then `property` read, then
    `members` inside its JSON (or unit) value. `property` is None for the entity's id. `entity` is
    the type that owns the property. `is_list` says that the value is always a list: the results of
    a MultiDatastream's observations are.
    """

    relations: tuple[Relation, ...]
    entity: EntityType
    property: Property | None
    members: tuple[Member, ...] = ()
    variable: str = ""
    at: int = 0
    is_list: bool = False


@dataclass(frozen=True)
class Operation:
    """Two operands: `and or`, `eq ne gt ge lt le`, `add sub mul div mod`."""

    operator: str
    left: Expression
    right: Expression
    at: int = 0


@dataclass(frozen=True)
class Not:
    """The opposite of a condition; null stays null."""

    operand: Expression
    at: int = 0


@dataclass(frozen=True)
class Negative:
    """A number or duration with its sign turned."""

    operand: Expression
    at: int = 0


@dataclass(frozen=True)
class Call:
    """A function with its arguments, name in lower case (`geo.distance`, `st_within`)."""

    function: str
    arguments: tuple[Expression, ...]
    at: int = 0


@dataclass(frozen=True)
class InList:
    """`operand in (a, b)`: whether a value equals one of several constants."""

    operand: Expression
    choices: tuple[Expression, ...]
    at: int = 0


@dataclass(frozen=True)
class InPath:
    """`constant in properties/tags`: whether a JSON list holds a value."""

    operand: Expression
    container: PropertyPath
    at: int = 0


@dataclass(frozen=True)
class AnyOf:
    """`Datastreams/any(d: …)`: whether some related row satisfies a condition.

    `relations` are walked from `outer` ("" for the entity being filtered, else a variable); the row
    is known as `variable` inside. `condition` is None for `any()` without one.
    """

    relations: tuple[Relation, ...]
    variable: str
    condition: Expression | None
    outer: str = ""
    at: int = 0


Expression: TypeAlias = (
    Constant
    | InstantConstant
    | IntervalConstant
    | DurationConstant
    | GeometryConstant
    | PropertyPath
    | Operation
    | Not
    | Negative
    | Call
    | InList
    | InPath
    | AnyOf
)


# --- options ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderKey:
    """One key of `$orderby`."""

    expression: Expression
    is_descending: bool = False


@dataclass(frozen=True)
class SelectedProperty:
    """A property (or, with None, the id) of `$select`, or members deep inside it."""

    property: Property | None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class SelectedRelation:
    """A relation of `$select`: its navigation link is kept."""

    relation: Relation


Selected: TypeAlias = SelectedProperty | SelectedRelation


class ResultFormat(Enum):
    """Form of an answer."""

    JSON = "json"
    DATA_ARRAY = "dataArray"
    CSV = "CSV"
    GEOJSON = "GeoJSON"


class Metadata(Enum):
    """How much control information an answer carries (`$resultMetadata`)."""

    FULL = "full"
    MINIMAL = "minimal"
    NONE = "none"
    OFF = "off"


@dataclass(frozen=True)
class Expansion:
    """One relation of `$expand` with its own options; each relation occurs once per level."""

    relation: Relation
    options: Options


@dataclass(frozen=True)
class Options:
    """All query options of one level.

    `top` None means the service's page size. `texts` holds the options as they were written,
    decoded, in order and without `$skiptoken`, so that links can repeat them word for word.
    """

    filter: Expression | None = None
    count: bool = False
    order: tuple[OrderKey, ...] = ()
    skip: int = 0
    top: int | None = None
    expand: tuple[Expansion, ...] = ()
    select: tuple[Selected, ...] = ()
    is_distinct: bool = False
    result_format: ResultFormat = ResultFormat.JSON
    metadata: Metadata = Metadata.FULL
    skip_token: str | None = None
    texts: tuple[tuple[str, str], ...] = field(default=())


# --- paths --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of a resource path: a set or related entity, and the key in brackets if there.

    `relation` is None for the first step. A to-one relation is an entity without a key.
    """

    entity: EntityType
    relation: Relation | None = None
    key: int | None = None

    @property
    def is_entity(self) -> bool:
        """Whether the step leads to one entity rather than to a set."""
        if self.key is not None:
            return True
        return self.relation is not None and not self.relation.is_many


class Ending(Enum):
    """What is asked for at the end of a path."""

    ENTITIES = "entities"
    """A set or an entity, as the last step says."""
    PROPERTY = "property"
    VALUE = "$value"
    REFERENCES = "$ref"


@dataclass(frozen=True)
class ResourcePath:
    """A resource path: steps, and what is asked for at its end.

    With PROPERTY and VALUE, `leaf` is the property asked for, or None for the id. `text` is the
    path as it was written, without the service root and decoded.
    """

    steps: tuple[Step, ...]
    ending: Ending = Ending.ENTITIES
    leaf: Property | None = None
    members: tuple[Member, ...] = ()
    text: str = ""

    @property
    def entity(self) -> EntityType:
        """The type of what the path leads to."""
        return self.steps[-1].entity

    @property
    def is_entity(self) -> bool:
        """Whether the path leads to one entity."""
        return self.steps[-1].is_entity
