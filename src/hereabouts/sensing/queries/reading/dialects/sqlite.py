"""SQLite's way of saying it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from hereabouts.sensing.queries.reading.dialects.base import JsonSql
from hereabouts.sensing.queries.reading.dialects.callables import SPACES
from hereabouts.standards.sensorthings.tree import Member

_PLAIN = re.compile(r"[A-Za-z0-9_ .:@$+-]*")
_SPACES = "||".join(f"char({ord(space)})" for space in SPACES)

_CALLS = {
    "text": "sta_text({0})",
    "round": "sta_round({0})",
    "floor": "sta_floor({0})",
    "ceiling": "sta_ceiling({0})",
    "mod": "sta_mod({0}, {1})",
    "part": "sta_part({0}, '{1}')",
    "date": "sta_date({0})",
    "time": "sta_time({0})",
    "lower": "sta_lower({0})",
    "upper": "sta_upper({0})",
    "trim": "trim({0}, " + _SPACES + ")",
    "length": "length({0})",
    "position": "instr({0}, {1})",
    "ends": "sta_ends({0}, {1})",
    "substring": "sta_substring({0}, {1})",
    "substring_of_length": "sta_substring({0}, {1}, {2})",
    "root": "sta_root({0})",
    "double": "CAST({0} AS REAL)",
}


class Sqlite:
    """SQLite 3.40 and later with its JSON functions."""

    name = "sqlite"
    no_truth = "NULL"

    def placeholder(self, number: int, kind: str) -> str:
        """Typed by the value itself."""
        return f"?{number}"

    def id_list(self, ids: Sequence[int]) -> Any:
        """JSON text."""
        return f"[{','.join(map(str, ids))}]"

    def ids_query(self, mark: str) -> str:
        """Read from JSON."""
        return f"(SELECT value FROM json_each({mark}))"

    def ids_table(self, mark: str, alias: str) -> str:
        """Read from JSON."""
        return f"(SELECT value AS id FROM json_each({mark})) {alias}"

    def pairs(self, values: Sequence[tuple[int, float]]) -> Sequence[tuple[Any, str]]:
        """JSON text of an object from id to number."""
        return [(json.dumps(dict(values), separators=(",", ":")), "text")]

    def pairs_query(self, marks: Sequence[str]) -> str:
        """Read from JSON."""
        return f"(SELECT CAST(key AS INTEGER) AS id, value AS v FROM json_each({marks[0]}))"

    def json_value(self, column: str, members: Sequence[Member]) -> JsonSql:
        """By a path where the keys are plain, else key by key."""
        if all(isinstance(step, int) or _PLAIN.fullmatch(step) for step in members):
            where = f"{column}, '{_path(members)}'"
            type_of = f"json_type({where})"
            return JsonSql(
                number=f"CASE WHEN {type_of} IN ('integer','real') THEN json_extract({where}) END",
                text=f"CASE WHEN {type_of} = 'text' THEN json_extract({where})"
                f" WHEN {type_of} IN ('integer','real') THEN {column} -> '{_path(members)}' END",
                truth=f"CASE {type_of} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
                only_text=f"CASE WHEN {type_of} = 'text' THEN json_extract({where}) END",
                json=f"{column} -> '{_path(members)}'",
                is_null=f"coalesce({type_of}, 'null') = 'null'",
            )
        return self.json_value(_walked(column, members), ())

    def json_elements(self, column: str, members: Sequence[Member]) -> tuple[str, JsonSql, str]:
        """`json_each` over the list, or over nothing."""
        value = self.json_value(column, members).json
        is_list = f"json_type({value}) = 'array'"
        number = "CASE WHEN j.type IN ('integer','real') THEN j.value END"
        text = f"CASE WHEN j.type = 'text' THEN j.value ELSE sta_text({number}) END"
        element = JsonSql(
            number=number,
            text=text,
            truth="CASE j.type WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
            only_text="CASE WHEN j.type = 'text' THEN j.value END",
            json="j.value",
            is_null="j.type = 'null'",
        )
        return f"json_each(CASE WHEN {is_list} THEN {value} END) j", element, is_list

    def function(self, name: str, arguments: Sequence[str]) -> str:
        """Built in where it agrees with PostgreSQL, else ours."""
        return _CALLS[name].format(*arguments)

    def ordered_text(self, sql: str) -> str:
        """The default order."""
        return sql

    def order(self, sql: str, *, is_descending: bool, is_nullable: bool) -> str:
        """Nulls are smallest already."""
        return f"{sql} DESC" if is_descending else sql


def _path(members: Sequence[Member]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f'."{step}"' for step in members)


def _walked(column: str, members: Sequence[Member]) -> str:
    """The JSON text of a value whose keys no path can name."""
    sql = column
    for step in members:
        if isinstance(step, int):
            sql = f"({sql} -> '$[{step}]')"
            continue
        key = step.replace("'", "''").replace("\x00", "")
        # `->` needs the element's own JSON: a text's value is not JSON, so it is quoted again.
        value = "CASE j.type WHEN 'text' THEN json_quote(j.value) WHEN 'true' THEN 'true'"
        value += " WHEN 'false' THEN 'false' WHEN 'null' THEN 'null' ELSE j.value END"
        sql = (
            f"(SELECT {value} FROM json_each(CASE WHEN json_type({sql}) = 'object'"
            f" THEN {sql} END) j WHERE j.key = '{key}')"
        )
    return sql


SQLITE = Sqlite()
