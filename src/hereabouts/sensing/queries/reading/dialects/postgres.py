"""PostgreSQL's way of saying it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hereabouts.sensing.queries.reading.dialects.base import JsonSql
from hereabouts.standards.sensorthings.tree import Member

_TYPES = {"integer": "bigint", "number": "float8", "text": "text"}
_TYPES |= {"ids": "bigint[]", "numbers": "float8[]"}
_TIME = "(timestamp 'epoch' + ({0}) * interval '1 microsecond')"
_PARTS = {
    "year": "extract(year FROM " + _TIME + ")::float8",
    "month": "extract(month FROM " + _TIME + ")::float8",
    "day": "extract(day FROM " + _TIME + ")::float8",
    "hour": "extract(hour FROM " + _TIME + ")::float8",
    "minute": "extract(minute FROM " + _TIME + ")::float8",
    "second": "floor(extract(second FROM " + _TIME + "))::float8",
    "fractionalseconds": "((extract(microseconds FROM " + _TIME + ")::bigint % 1000000)"
    " / 1000000.0)::float8",
}
_CALLS = {
    "text": "({0})::text",
    "round": "(SELECT sign(v) * floor(abs(v) + 0.5) FROM (SELECT ({0})::float8 AS v OFFSET 0) q)",
    "floor": "floor(({0})::float8)",
    "ceiling": "ceiling(({0})::float8)",
    "mod": "(SELECT v - w * trunc(v / w) FROM"
    " (SELECT ({0})::float8 AS v, nullif(({1})::float8, 0) AS w OFFSET 0) q)",
    "date": "to_char(" + _TIME + ", 'YYYY-MM-DD')",
    "time": "to_char(" + _TIME + ", 'HH24:MI:SS.US')",
    "lower": "lower({0})",
    "upper": "upper({0})",
    "trim": "btrim({0}, E' \\t\\n\\r\\f\\v')",
    "length": "length({0})",
    "position": "strpos({0}, {1})",
    "ends": "(strpos(reverse({0}), reverse({1})) = 1)",
    "substring": "substr({0}, greatest(trunc(least(({1})::float8, 1e9)), 0)::int + 1)",
    "substring_of_length": "substr({0}, greatest(trunc(least(({1})::float8, 1e9)), 0)::int + 1,"
    " greatest(trunc(least(({2})::float8, 1e9)), 0)::int)",
    "root": "sqrt({0})",
    "double": "({0})::float8",
}


class Postgres:
    """PostgreSQL 15 and later; JSON is read as `json`, which keeps numbers as they were written."""

    name = "postgres"
    no_truth = "NULL::boolean"

    def placeholder(self, number: int, kind: str) -> str:
        """Typed, so that no context is needed."""
        return f"${number}::{_TYPES[kind]}"

    def id_list(self, ids: Sequence[int]) -> Any:
        """A list."""
        return list(ids)

    def ids_query(self, mark: str) -> str:
        """Read from an array."""
        return f"(SELECT unnest({mark}))"

    def ids_table(self, mark: str, alias: str) -> str:
        """Read from an array."""
        return f"unnest({mark}) AS {alias}(id)"

    def pairs(self, values: Sequence[tuple[int, float]]) -> Sequence[tuple[Any, str]]:
        """Two lists."""
        return [([key for key, _ in values], "ids"), ([value for _, value in values], "numbers")]

    def pairs_query(self, marks: Sequence[str]) -> str:
        """Read from two arrays."""
        return f"(SELECT * FROM unnest({marks[0]}, {marks[1]}) AS u(id, v))"

    def json_value(self, column: str, members: Sequence[Member]) -> JsonSql:
        """Step by step: a number reads a list only, a key an object only."""
        value = f"({column})::json" + "".join(map(_step, members))
        return _json_sql(f"({value})")

    def json_elements(self, column: str, members: Sequence[Member]) -> tuple[str, JsonSql, str]:
        """The list's elements, or those of nothing."""
        value = f"(({column})::json" + "".join(map(_step, members)) + ")"
        is_list = f"json_typeof({value}) = 'array'"
        table = f"json_array_elements(CASE WHEN {is_list} THEN {value} END) AS j(v)"
        return table, _json_sql("j.v"), is_list

    def function(self, name: str, arguments: Sequence[str]) -> str:
        """Built in."""
        if name == "part":
            return _PARTS[arguments[1]].format(arguments[0])
        return _CALLS[name].format(*arguments)

    def ordered_text(self, sql: str) -> str:
        """The order of bytes, which is that of code points in UTF-8."""
        return f'({sql}) COLLATE "C"'

    def order(self, sql: str, *, is_descending: bool, is_nullable: bool) -> str:
        """Nulls are put in their place only where there may be some, so that indexes serve."""
        direction = " DESC" if is_descending else ""
        nulls = (" NULLS LAST" if is_descending else " NULLS FIRST") if is_nullable else ""
        return sql + direction + nulls


def _step(member: Member) -> str:
    if isinstance(member, int):
        return f" -> {min(member, 2**31 - 1)}"
    key = member.replace("'", "''").replace("\x00", "")
    return f" -> '{key}'"


def _json_sql(value: str) -> JsonSql:
    text = f"{value} #>> '{{}}'"
    type_of = f"json_typeof({value})"
    return JsonSql(
        number=f"CASE WHEN {type_of} = 'number' THEN ({text})::float8 END",
        text=f"CASE WHEN {type_of} IN ('string','number') THEN {text} END",
        truth=f"CASE WHEN {type_of} = 'boolean' THEN ({text})::boolean END",
        only_text=f"CASE WHEN {type_of} = 'string' THEN {text} END",
        json=f"({value})::text",
        is_null=f"coalesce({type_of}, 'null') = 'null'",
    )


POSTGRES = Postgres()
