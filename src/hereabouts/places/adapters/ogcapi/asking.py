"""From a request's parameters to a question to the gazetteer, and from its rows to features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hereabouts.places.queries.features import TABLES, FeatureRow, Position, Question, Span, Table
from hereabouts.standards.ogcapi.geojson import Feature
from hereabouts.standards.ogcapi.model import Collection, Property, Type
from hereabouts.standards.ogcapi.parameters import (
    Interval,
    Place,
    check_crs,
    check_names,
    read_bbox,
    read_datetime,
    read_limit,
    read_token,
    read_value,
)

PAGE_PARAMETERS = frozenset({"f", "limit", "bbox", "bbox-crs", "crs", "datetime", "next"})


@dataclass(frozen=True)
class Asked:
    """What a request for items asks for."""

    collection: Collection
    question: Question
    after: Position | None
    limit: int
    is_limited: bool

    @property
    def table(self) -> Table:
        """Where the collection is kept."""
        return TABLES[self.collection.id]


def read_request(collection: Collection, query: Mapping[str, str], now: datetime) -> Asked:
    """Read the parameters of an items request.

    Raises: ParameterUnknown; ParameterUnreadable.
    """
    queryables = {one.name: one for one in collection.queryables}
    check_names(query, PAGE_PARAMETERS | queryables.keys())
    check_crs(query)
    equals = {
        name: read_value(one, query[name]) for name, one in queryables.items() if name in query
    }
    area = equals.pop("area", None)
    interval = read_datetime(query.get("datetime"))
    place = read_token(query.get("next"))
    question = Question(
        when=_span(interval, now),
        boxes=read_bbox(query.get("bbox")),
        equals=equals,
        area=str(area) if area is not None else None,
    )
    return Asked(
        collection,
        question,
        Position(place.cell, place.id) if place else None,
        read_limit(query.get("limit")),
        "limit" in query,
    )


def _span(interval: Interval | None, now: datetime) -> Span:
    """The present moment where no time was asked for: what is gone or to come is left out."""
    if interval is None:
        return Span(now, now)
    return Span(interval.start, interval.end)


def token_place(end: Position) -> Place:
    """A page's end as the standard's token carries it."""
    return Place(end.cell, end.id)


def feature_of(collection: Collection, row: FeatureRow) -> Feature:
    """A row as a feature: what is empty is null, so that columns are the same for all."""
    properties = {one.name: _shown(one, row.values.get(one.name)) for one in collection.properties}
    return Feature(row.id, row.geometry, properties)


def features_of(collection: Collection, rows: Sequence[FeatureRow]) -> list[Feature]:
    """Rows as features."""
    return [feature_of(collection, row) for row in rows]


def _shown(declared: Property, value: object) -> object:
    if value == "" or value is None:
        return None
    if declared.type is Type.BOOLEAN:
        return bool(value)
    return value
