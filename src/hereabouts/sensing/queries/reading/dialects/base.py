"""What the compiler asks of a database's SQL; every argument and answer is a piece of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hereabouts.standards.sensorthings.tree import Member


@dataclass(frozen=True)
class JsonSql:
    """One value inside JSON text, seen in each of its possible types; null where it has another.

    `text` is that of a text or a number. `json` is the value as JSON text. `is_null` is a condition
    that holds for a missing value and for JSON's null.
    """

    number: str
    text: str
    truth: str
    only_text: str
    json: str
    is_null: str


class Dialect(Protocol):
    """The differences between databases; everything else is the same SQL."""

    name: str
    no_truth: str
    """Null as a condition."""

    def placeholder(self, number: int, kind: str) -> str:
        """The parameter of this number, from 1; kind is integer, number, text, ids or numbers."""

    def id_list(self, ids: Sequence[int]) -> Any:
        """Many ids as one parameter."""

    def ids_query(self, mark: str) -> str:
        """A query, in brackets, of the ids in a parameter."""

    def ids_table(self, mark: str, alias: str) -> str:
        """A table of those ids for FROM; its column is `id`."""

    def pairs(self, values: Sequence[tuple[int, float]]) -> Sequence[tuple[Any, str]]:
        """Many ids with a number each, as parameters with their kinds."""

    def pairs_query(self, marks: Sequence[str]) -> str:
        """A query, in brackets, of `id` and `v` from those parameters."""

    def json_value(self, column: str, members: Sequence[Member]) -> JsonSql:
        """A value inside a column of JSON text."""

    def json_elements(self, column: str, members: Sequence[Member]) -> tuple[str, JsonSql, str]:
        """A table for FROM of a list's elements, each element, and whether it is a list at all."""

    def function(self, name: str, arguments: Sequence[str]) -> str:
        """A call: text, round, floor, ceiling, mod, part, date, time, lower, upper, trim and so on.

        `part` has the name of the part as its second argument, in plain letters.
        """

    def ordered_text(self, sql: str) -> str:
        """A text in the order of its code points."""

    def order(self, sql: str, *, is_descending: bool, is_nullable: bool) -> str:
        """A key of ORDER BY: nulls come first ascending and last descending."""
