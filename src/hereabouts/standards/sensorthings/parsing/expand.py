"""`$expand`: relations with options of their own, each relation once per level.

`A/B` is short for `A($expand=B)`, and what is said about one relation in several places is one
expansion. Source: OGC 18-088, 9.3.2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hereabouts.standards.sensorthings.errors import (
    NotImplementedOption,
    OptionUnreadable,
    TooComplex,
)
from hereabouts.standards.sensorthings.model import EntityType, Relation
from hereabouts.standards.sensorthings.parsing.limits import ParseLimits
from hereabouts.standards.sensorthings.parsing.names import explain_unknown


class Piece(NamedTuple):
    """Part of a text, and where it begins."""

    text: str
    at: int

    def stripped(self) -> Piece:
        """The piece without white space around it."""
        left = self.text.lstrip()
        return Piece(left.rstrip(), self.at + len(self.text) - len(left))


class Pair(NamedTuple):
    """A query option by name, and its text."""

    name: str
    value: Piece


@dataclass
class Wanted:
    """What is said about one relation: its options, and the expansions behind it."""

    relation: Relation
    pairs: dict[str, Pair] = field(default_factory=dict)
    inner: list[Piece] = field(default_factory=list)

    def take(self, pair: Pair) -> None:
        """Add an option; saying it twice in two ways is refused."""
        if pair.name == "$expand":
            self.pairs.setdefault("$expand", pair)
            self.inner.append(pair.value)
            return
        before = self.pairs.setdefault(pair.name, pair)
        if before.value.text != pair.value.text:
            reason = f"{self.relation.name} is expanded twice with different {pair.name}"
            raise OptionUnreadable(reason, pair.value.text, pair.value.at)


def split_outside(piece: Piece, separator: str) -> list[Piece]:
    """The parts between separators that stand outside quotes and brackets.

    Raises: OptionUnreadable.
    """
    parts: list[Piece] = []
    depth, start, is_quoted = 0, 0, False
    for position, sign in enumerate(piece.text):
        if sign == "'":
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif sign == separator and depth == 0:
            parts.append(Piece(piece.text[start:position], piece.at + start))
            start = position + 1
        else:
            depth += (sign == "(") - (sign == ")")
            if depth < 0:
                reason = "a bracket is closed that was never opened"
                raise OptionUnreadable(reason, piece.text[position:], piece.at + position)
    if depth or is_quoted:
        reason = "a quote is never closed" if is_quoted else "a bracket is never closed"
        raise OptionUnreadable(reason, piece.text[start:], piece.at + start)
    parts.append(Piece(piece.text[start:], piece.at + start))
    return parts


def read_wanted(
    pieces: Sequence[Piece], entity: EntityType, limits: ParseLimits
) -> tuple[Wanted, ...]:
    """The relations that lists of expansions name, in order. Raises: OptionUnreadable."""
    level: dict[str, Wanted] = {}
    for piece in pieces:
        for item in split_outside(piece, ","):
            _read_item(item.stripped(), entity, level)
    if len(level) > limits.expansions:
        raise TooComplex("too much is expanded", pieces[0].text, pieces[0].at)
    return tuple(level.values())


def _read_item(item: Piece, entity: EntityType, level: dict[str, Wanted]) -> None:
    text = item.text
    end = min((text + "(").index("("), (text + "/").index("/"))
    name = text[:end].strip()
    relation = entity.find_relation(name)
    if relation is None:
        if name.startswith("$"):
            raise NotImplementedOption("only whole relations are expanded", text, item.at)
        raise OptionUnreadable(explain_unknown(entity, name), name or text, item.at)
    wanted = level.setdefault(name, Wanted(relation))
    rest = Piece(text[end:], item.at + end)
    if rest.text.startswith("/"):
        inner = Piece(rest.text[1:], rest.at + 1)
        wanted.take(Pair("$expand", inner))
    elif rest.text:
        for pair in _read_bracket(rest):
            wanted.take(pair)


def _read_bracket(piece: Piece) -> list[Pair]:
    """The options of `($filter=…;$top=1)`."""
    if not piece.text.endswith(")"):
        raise OptionUnreadable("something follows the bracket", piece.text, piece.at)
    pairs: dict[str, Pair] = {}
    for part in split_outside(Piece(piece.text[1:-1], piece.at + 1), ";"):
        option = part.stripped()
        name, equals, value = option.text.partition("=")
        if not equals:
            reason = "an option such as $top=1 was expected"
            raise OptionUnreadable(reason, option.text, option.at)
        pair = Pair(name.strip(), Piece(value, option.at + len(name) + 1).stripped())
        if pair.name in pairs:
            raise OptionUnreadable("the option is given twice", pair.name, option.at)
        pairs[pair.name] = pair
    return list(pairs.values())
