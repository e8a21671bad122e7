"""Properties of entities as values: which columns stand behind each."""

from __future__ import annotations

from hereabouts.sensing.queries.reading.dialects import Dialect
from hereabouts.sensing.queries.reading.dialects.base import JsonSql
from hereabouts.sensing.queries.reading.sources import Bound
from hereabouts.sensing.queries.reading.tables import JSON_COLUMNS, TEXT_COLUMNS
from hereabouts.sensing.queries.reading.values import (
    Anything,
    Geometry,
    Moment,
    Number,
    Period,
    Result,
    Text,
    Time,
    Value,
)
from hereabouts.standards.sensorthings.model import Property, Shape
from hereabouts.standards.sensorthings.tree import Member


def property_value(bound: Bound, owned: Property | None, members: tuple[Member, ...]) -> Value:
    """A property, or (None) the id, of the row behind an alias."""
    alias, dialect = bound.alias, bound.source.query.dialect
    if owned is None:
        return Number(f"{alias}.id", is_nullable=False, is_whole=True)
    match owned.shape:
        case Shape.TEXT:
            column = TEXT_COLUMNS.get(owned.name, owned.name)
            return Text(f"{alias}.{column}", is_nullable=False)
        case Shape.INSTANT | Shape.MOMENT | Shape.PERIOD:
            return _time(bound, owned)
        case Shape.RESULT:
            return _result(dialect, alias, members)
        case Shape.UNIT:
            return _unit(dialect, alias, members)
        case Shape.GEOMETRY if not members:
            return _geometry(bound, owned)
        case _:
            return Anything(dialect.json_value(_json_column(bound, owned), members))


def json_column(bound: Bound, owned: Property) -> str:
    """The column of JSON text behind a property."""
    return _json_column(bound, owned)


def _json_column(bound: Bound, owned: Property) -> str:
    if owned.name == "observedArea":
        bound.source.add_state(bound.alias)
        return f"{bound.alias}st.area"
    column = JSON_COLUMNS.get((bound.entity.name, owned.name), "properties")
    return f"{bound.alias}.{column}"


def _time(bound: Bound, owned: Property) -> Time | Moment | Period:
    alias = bound.alias
    if owned.shape is Shape.MOMENT:
        return Moment(f"{alias}.started", f"{alias}.ended", is_nullable=False)
    if owned.shape is Shape.PERIOD:
        return _period(bound, owned)
    if owned.name == "resultTime":
        return Time(f"{alias}.result_time")
    return Time(f"{alias}.time", is_nullable=False)


def _period(bound: Bound, owned: Property) -> Period:
    alias = bound.alias
    if owned.name == "validTime":
        return Period(f"{alias}.valid_start", f"{alias}.valid_end")
    bound.source.add_state(alias)
    if owned.name == "resultTime":
        return Period(f"{alias}st.first_result_time", f"{alias}st.last_result_time")
    return Period(f"{alias}st.first_started", f"{alias}st.last_ended")


def _geometry(bound: Bound, owned: Property) -> Geometry:
    if owned.name == "observedArea":
        bound.source.add_state(bound.alias)
        column = f"{bound.alias}st.area"
    else:
        column = f"{bound.alias}.geometry"
    return Geometry(bound.entity.name, f"{bound.alias}.id", column, bound.source)


def _unit(dialect: Dialect, alias: str, members: tuple[Member, ...]) -> Value:
    if members:
        return Text(f"{alias}.unit_{members[0]}")
    return Text(f"coalesce({alias}.unit_name, {alias}.unit_symbol, {alias}.unit_definition)")


def _result(dialect: Dialect, alias: str, members: tuple[Member, ...]) -> Value:
    if members:
        # Scalars have nothing inside; the guard keeps them from being read as lists or objects.
        column = f"CASE WHEN {alias}.kind = 3 THEN {alias}.result END"
        return Anything(dialect.json_value(column, members))
    plain = dialect.json_value(f"CASE WHEN {alias}.kind = 1 THEN {alias}.result END", ())
    digits = dialect.function("text", [f"{alias}.number"])
    return Result(
        JsonSql(
            number=f"CASE WHEN {alias}.kind = 0 THEN {alias}.number END",
            text=f"CASE {alias}.kind WHEN 0 THEN coalesce({alias}.result, {digits})"
            f" WHEN 1 THEN {plain.only_text} END",
            truth=f"CASE WHEN {alias}.kind = 2 THEN {alias}.number = 1 END",
            only_text=plain.only_text,
            json=f"{alias}.result",
            is_null=f"coalesce({alias}.kind, 4) = 4",
        ),
        alias,
    )
