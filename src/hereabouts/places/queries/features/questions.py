"""What may be asked of a collection, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hereabouts.kernel.geometry import Box

Value = str | int | float | bool | date | datetime


@dataclass(frozen=True)
class Span:
    """A stretch of time, both ends included; None where it is open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Position:
    """The last feature of a page: the next page begins behind it."""

    cell: int
    id: int


@dataclass(frozen=True)
class Question:
    """Which features: in these boxes, at that time, with these values, in that area.

    No box means everywhere.
    """

    when: Span
    boxes: tuple[Box, ...] = ()
    equals: Mapping[str, Value] = field(default_factory=dict)
    area: str | None = None


@dataclass(frozen=True)
class FeatureRow:
    """A feature: public id, shape as well-known binary in WGS 84, values by property name."""

    id: str
    geometry: bytes
    values: Mapping[str, object]


@dataclass(frozen=True)
class Page:
    """Some features in their order, and where they end if more follow."""

    rows: tuple[FeatureRow, ...]
    end: Position | None
