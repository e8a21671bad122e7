"""Query options: a query string into one value, with everything in it checked.

`+` stands for a space, as browsers and form libraries send it; inside times it is repaired.
Source: OGC 18-088, clause 9.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar
from urllib.parse import unquote

from hereabouts.standards.sensorthings.errors import (
    FilterUnreadable,
    NotImplementedOption,
    OptionUnreadable,
    TooComplex,
)
from hereabouts.standards.sensorthings.model import (
    ENTITY_TYPES,
    OBSERVATION,
    EntityType,
    Relation,
    target_of,
)
from hereabouts.standards.sensorthings.parsing.expand import (
    Pair,
    Piece,
    read_wanted,
    split_outside,
)
from hereabouts.standards.sensorthings.parsing.filters import parse_expression, parse_filter
from hereabouts.standards.sensorthings.parsing.functions import Kind
from hereabouts.standards.sensorthings.parsing.kinds import kind_of
from hereabouts.standards.sensorthings.parsing.limits import LIMITS, ParseLimits
from hereabouts.standards.sensorthings.parsing.select import read_selection
from hereabouts.standards.sensorthings.tree import (
    Expansion,
    Metadata,
    Options,
    OrderKey,
    PropertyPath,
    ResultFormat,
    SelectedProperty,
)

LONGEST_CACHED = 4_000
"""Longer query strings are parsed anew each time, in characters."""

_WHOLE = re.compile(r"[0-9]{1,15}")
_DIRECTION = re.compile(r"(?P<expression>.*?)(?:\s+(?P<direction>asc|desc))?", re.DOTALL)
_UNORDERED = frozenset({Kind.GEOMETRY, Kind.BOOLEAN, Kind.NULL, Kind.LIST})
_ODATA = frozenset(
    "$apply $compute $deltatoken $format $id $index $levels $search $schemaversion".split()
)
"""Options that exist elsewhere; the standard asks 501 for those, 400 for what is no option."""

_Choice = TypeVar("_Choice", bound=Enum)


@dataclass
class _Level:
    """Where options are read: the type they speak of, how deep, and how much so far.

    `relation` is the one that led there, if one did.
    """

    entity: EntityType
    limits: ParseLimits
    relation: Relation | None = None
    depth: int = 0
    counted: list[int] = field(default_factory=lambda: [0])
    inner: Sequence[Piece] | None = None

    def below(self, relation: Relation, inner: Sequence[Piece], at: int) -> _Level:
        """The level inside an expansion."""
        entity = target_of(relation)
        self.counted[0] += 1
        if self.depth == self.limits.expands or self.counted[0] > self.limits.expansions:
            raise TooComplex("too much is expanded, or too deep", entity.name, at)
        return _Level(entity, self.limits, relation, self.depth + 1, self.counted, inner)


def parse_options(
    query: str | bytes,
    entity: EntityType,
    *,
    is_encoded: bool = True,
    limits: ParseLimits = LIMITS,
    relation: Relation | None = None,
) -> Options:
    """The options of a query string, without its `?`, for entities of a type.

    Parameters without `$` are left to others, unless one only lacks the `$`. `is_encoded` is false
    where query strings travel as plain text, as in MQTT topics. `relation` is that of the path's
    last step: results are lists behind a MultiDatastream. Raises: OptionUnreadable,
    FilterUnreadable, TimeUnreadable, NotImplementedOption, TooComplex.
    """
    text = query if isinstance(query, str) else query.decode("latin-1")
    if not text:
        return _NOTHING
    if limits is LIMITS and len(text) <= LONGEST_CACHED:
        return _parse_cached(text, entity.name, is_encoded, relation)
    return _parse(text, _Level(entity, limits, relation), is_encoded)


def read_pairs(query: str, *, is_encoded: bool = True) -> Iterator[tuple[str, str]]:
    """Names and values of a query string, split first and decoded then.

    Raises: OptionUnreadable.
    """
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            yield (_decode(name), _decode(value)) if is_encoded else (name, value)


_NOTHING = Options()


@lru_cache(maxsize=1024)
def _parse_cached(
    text: str, entity_name: str, is_encoded: bool, relation: Relation | None
) -> Options:
    return _parse(text, _Level(ENTITY_TYPES[entity_name], LIMITS, relation), is_encoded)


def _parse(text: str, level: _Level, is_encoded: bool) -> Options:
    if len(text) > level.limits.text:
        raise TooComplex(f"the query is longer than {level.limits.text} characters", text[:40])
    pairs: dict[str, Pair] = {}
    for name, value in read_pairs(text, is_encoded=is_encoded):
        if not name.startswith("$"):
            if f"${name}" in _READERS:
                raise OptionUnreadable(f"write ${name}", name)
            continue
        held = pairs.get(name)
        if held is not None and held.value.text != value.strip():
            raise OptionUnreadable("the option is given twice", name)
        # The same twice is no contradiction: clients add to next links what stands there already.
        pairs[name] = Pair(name, Piece(value, 0).stripped())
    return _read_level(list(pairs.values()), level)


def _decode(text: str) -> str:
    try:
        return unquote(text.replace("+", " "), errors="strict")
    except UnicodeDecodeError:
        raise OptionUnreadable("it is not UTF-8", text) from None


def _read_level(pairs: Sequence[Pair], level: _Level) -> Options:
    values: dict[str, Any] = {}
    texts: list[tuple[str, str]] = []
    for name, piece in pairs:
        reader = _READERS.get(name)
        if reader is None:
            raise _unknown(name)
        if level.depth and name in _OUTERMOST:
            raise OptionUnreadable("it belongs outside $expand", name, piece.at)
        values |= reader(piece, level)
        if name == "$expand" and level.inner is not None:
            texts.append((name, ",".join(inner.text for inner in level.inner)))
        elif name != "$skiptoken":
            texts.append((name, piece.text))
    options = Options(**values, texts=tuple(texts))
    if options.is_distinct:
        _check_distinct(options, level)
    return options


def _unknown(name: str) -> OptionUnreadable | NotImplementedOption:
    if name in _ODATA:
        return NotImplementedOption("the option is not part of SensorThings", name)
    for known in _READERS:
        if known.lower() == name.lower():
            return OptionUnreadable(f"the option is called {known}", name)
    return OptionUnreadable(f"there are only {', '.join(_READERS)}", name)


def _check_distinct(options: Options, level: _Level) -> None:
    if options.expand or level.depth:
        raise OptionUnreadable("distinct rows have no relations and expand nothing", "distinct:")
    for key in options.order:
        path = key.expression
        is_selected = (
            isinstance(path, PropertyPath)
            and not path.relations
            and SelectedProperty(path.property, path.members) in options.select
        )
        if not is_selected:
            reason = "distinct rows are ordered only by what is selected"
            raise OptionUnreadable(reason, "$orderby")


# --- one reader for each option ----------------------------------------------------------------


def _read_filter(piece: Piece, level: _Level) -> dict[str, Any]:
    condition = parse_filter(
        piece.text, level.entity, at=piece.at, limits=level.limits, relation=level.relation
    )
    return {"filter": condition}


def _read_count(piece: Piece, level: _Level) -> dict[str, Any]:
    if piece.text not in ("true", "false"):
        raise OptionUnreadable("$count is true or false", piece.text, piece.at)
    return {"count": piece.text == "true"}


def _read_order(piece: Piece, level: _Level) -> dict[str, Any]:
    items = split_outside(piece, ",")
    if len(items) > level.limits.items:
        raise TooComplex("there are too many keys", piece.text, piece.at)
    return {"order": tuple(_read_key(item.stripped(), level) for item in items)}


def _read_key(item: Piece, level: _Level) -> OrderKey:
    match = _DIRECTION.fullmatch(item.text)
    text = match["expression"] if match else item.text
    try:
        expression = parse_expression(
            text, level.entity, at=item.at, limits=level.limits, relation=level.relation
        )
    except FilterUnreadable as refused:
        reason = f"in $orderby, {refused.facts['reason']}"
        raise OptionUnreadable(reason, refused.token, refused.position) from None
    kind = kind_of(expression)
    if kind in _UNORDERED:
        raise OptionUnreadable(f"in $orderby, {kind.value} gives no order", item.text, item.at)
    return OrderKey(expression, match is not None and match["direction"] == "desc")


def _read_skip(piece: Piece, level: _Level) -> dict[str, Any]:
    return {"skip": _read_whole("$skip", piece)}


def _read_top(piece: Piece, level: _Level) -> dict[str, Any]:
    return {"top": _read_whole("$top", piece)}


def _read_whole(name: str, piece: Piece) -> int:
    if not _WHOLE.fullmatch(piece.text):
        raise OptionUnreadable(f"{name} is a whole number from 0", piece.text, piece.at)
    return int(piece.text)


def _read_expand(piece: Piece, level: _Level) -> dict[str, Any]:
    pieces = [piece] if level.inner is None else level.inner
    expansions = []
    for wanted in read_wanted(pieces, level.entity, level.limits):
        below = level.below(wanted.relation, wanted.inner, piece.at)
        options = _read_level(list(wanted.pairs.values()), below)
        expansions.append(Expansion(wanted.relation, options))
    return {"expand": tuple(expansions)}


def _read_select(piece: Piece, level: _Level) -> dict[str, Any]:
    selected, is_distinct = read_selection(piece, level.entity, level.limits)
    return {"select": selected, "is_distinct": is_distinct}


def _read_format(piece: Piece, level: _Level) -> dict[str, Any]:
    result_format = _choose("$resultFormat", piece, ResultFormat)
    if result_format is ResultFormat.DATA_ARRAY and level.entity is not OBSERVATION:
        raise OptionUnreadable("data arrays are of Observations only", piece.text, piece.at)
    return {"result_format": result_format}


def _read_metadata(piece: Piece, level: _Level) -> dict[str, Any]:
    return {"metadata": _choose("$resultMetadata", piece, Metadata)}


def _read_token(piece: Piece, level: _Level) -> dict[str, Any]:
    return {"skip_token": piece.text}


def _choose(name: str, piece: Piece, choices: type[_Choice]) -> _Choice:
    for choice in choices:
        if str(choice.value).lower() == piece.text.lower():
            return choice
    known = ", ".join(str(choice.value) for choice in choices)
    raise OptionUnreadable(f"{name} is one of {known}", piece.text, piece.at)


_Reader: TypeAlias = Callable[[Piece, _Level], dict[str, Any]]

_READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        "$filter": _read_filter,
        "$count": _read_count,
        "$orderby": _read_order,
        "$skip": _read_skip,
        "$top": _read_top,
        "$expand": _read_expand,
        "$select": _read_select,
        "$resultFormat": _read_format,
        "$resultMetadata": _read_metadata,
        "$skiptoken": _read_token,
    }
)
_OUTERMOST = frozenset({"$resultFormat", "$resultMetadata", "$skiptoken"})
