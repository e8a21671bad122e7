"""What expressions become: pieces of SQL that know what kind of value they yield."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hereabouts.sensing.queries.reading.dialects.base import JsonSql
from hereabouts.sensing.queries.reading.sources import Source


@dataclass(frozen=True)
class Nothing:
    """The literal null."""


@dataclass(frozen=True)
class Number:
    """A number; `is_whole` where it is an id."""

    sql: str
    is_nullable: bool = True
    is_whole: bool = False


@dataclass(frozen=True)
class Text:
    """A text; `constant` is its value where it is a literal."""

    sql: str
    is_nullable: bool = True
    constant: str | None = None


@dataclass(frozen=True)
class Truth:
    """A condition; `positive` says it more simply where null may count as false."""

    sql: str
    positive: str = ""


@dataclass(frozen=True)
class Time:
    """A time, in microseconds; `offset` is how far ahead of UTC its zone is, in microseconds."""

    sql: str
    is_nullable: bool = True
    offset: int = 0


@dataclass(frozen=True)
class Period:
    """An interval; both ends are null where it is missing. `offset` is that of its start."""

    start: str
    end: str
    offset: int = 0


@dataclass(frozen=True)
class Moment:
    """A time where `end` is null, else an interval."""

    start: str
    end: str
    is_nullable: bool = True


@dataclass(frozen=True)
class Duration:
    """A length of time, in microseconds."""

    sql: str


@dataclass(frozen=True)
class Anything:
    """A JSON value, typed row by row."""

    json: JsonSql


@dataclass(frozen=True)
class Result:
    """The result of an observation, typed row by row by its `kind`; the alias is its row's."""

    json: JsonSql
    alias: str


@dataclass(frozen=True)
class Geometry:
    """A column of geometries: of which entity type, by which key, and in which SELECT.

    `sql` is null where there is none. `key` is the id under which the geometry is found.
    """

    owner: str
    key: str
    sql: str
    source: Source


@dataclass(frozen=True)
class Shape:
    """A geometry that was written in the filter, as well-known binary."""

    wkb: bytes


Times: TypeAlias = Time | Period | Moment
Value: TypeAlias = (
    Nothing
    | Number
    | Text
    | Truth
    | Time
    | Period
    | Moment
    | Duration
    | Anything
    | Result
    | Geometry
    | Shape
)
