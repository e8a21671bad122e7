"""Literals of the filter language into constants."""

from __future__ import annotations

import math
import re
from datetime import date, time

import shapely
from shapely.errors import ShapelyError

from hereabouts.standards.sensorthings.errors import FilterUnreadable, TimeUnreadable
from hereabouts.standards.sensorthings.parsing.lexer import Token, Word, unquote
from hereabouts.standards.sensorthings.times import find_offset, parse_duration, parse_moment
from hereabouts.standards.sensorthings.tree import (
    Constant,
    DurationConstant,
    Expression,
    GeometryConstant,
    InstantConstant,
    IntervalConstant,
)

LITERAL_WORDS = frozenset(
    {
        Word.GEOMETRY,
        Word.DURATION,
        Word.TEXT,
        Word.MOMENT,
        Word.DATE,
        Word.TIME,
        Word.NUMBER,
    }
)
LARGEST_INTEGER = 2**63 - 1
FARTHEST = 1e9
"""Of a coordinate, in degrees: lengths and distances of larger ones leave the numbers there are."""

_REFERENCE_SYSTEM = re.compile(r"\s*SRID\s*=\s*4326\s*;", re.IGNORECASE)
_NUMERIC = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def read_literal(token: Token) -> Expression:
    """The constant a word stands for. Raises: FilterUnreadable, TimeUnreadable."""
    match token.word:
        case Word.TEXT:
            return Constant(_without_nul(unquote(token.text), token), token.at)
        case Word.NUMBER:
            return Constant(_number(token), token.at)
        case Word.MOMENT:
            return read_moment(token.text, token.at)
        case Word.DATE:
            return Constant(read_date(token.text, token.at), token.at)
        case Word.TIME:
            return Constant(read_time_of_day(token.text, token.at), token.at)
        case Word.DURATION:
            return _duration(token)
    return GeometryConstant(_geometry(token), token.at)


def read_moment(text: str, at: int) -> InstantConstant | IntervalConstant:
    """A time or an interval. Raises: TimeUnreadable."""
    try:
        start, end = parse_moment(text)
    except TimeUnreadable as refused:
        raise TimeUnreadable(str(refused.facts["reason"]), text, at) from None
    offset = find_offset(text)
    if end is None:
        return InstantConstant(start, at, offset)
    return IntervalConstant(start, end, at, offset)


def read_date(text: str, at: int) -> str:
    """A date as `2010-12-23`. Raises: TimeUnreadable."""
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise TimeUnreadable("it is not a date such as 2010-12-23", text, at) from None


def read_time_of_day(text: str, at: int) -> str:
    """A time of day as `17:20:00.000000`. Raises: TimeUnreadable."""
    try:
        moment = time.fromisoformat(text)
        if moment.tzinfo is not None:
            raise ValueError
        return moment.isoformat(timespec="microseconds")
    except ValueError:
        raise TimeUnreadable("it is not a time of day such as 17:20:00", text, at) from None


def find_number(text: str) -> int | float | None:
    """The number a text holds, or None."""
    if len(text) > 400 or not _NUMERIC.fullmatch(text):
        return None
    if text.lstrip("+-").isdigit() and abs(int(text)) <= LARGEST_INTEGER:
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else None


def _number(token: Token) -> int | float:
    number = find_number(token.text)
    if number is None:
        raise FilterUnreadable("the number is too large", token.text, token.at)
    return number


def _without_nul(text: str, token: Token) -> str:
    if "\0" in text:
        raise FilterUnreadable("a text cannot hold the character NUL", token.text, token.at)
    return text


def _duration(token: Token) -> DurationConstant:
    text, at = unquote(token.text), token.at + token.text.index("'") + 1
    try:
        return DurationConstant(parse_duration(text.strip()), token.at)
    except TimeUnreadable as refused:
        raise TimeUnreadable(str(refused.facts["reason"]), text, at) from None


def _geometry(token: Token) -> bytes:
    text = _REFERENCE_SYSTEM.sub("", unquote(token.text), count=1)
    try:
        shape = shapely.force_2d(shapely.from_wkt(text))
    except (ShapelyError, ValueError):
        raise FilterUnreadable("it is not well-known text", token.text, token.at) from None
    if shapely.is_missing(shape) or shapely.is_empty(shape):
        raise FilterUnreadable("the geometry is empty", token.text, token.at)
    # What is no number at all is not within either.
    if not (abs(shapely.get_coordinates(shape)) <= FARTHEST).all():
        raise FilterUnreadable("a coordinate is not a number of degrees", token.text, token.at)
    if not shapely.is_valid(shape):
        reason = f"the geometry is not valid: {shapely.is_valid_reason(shape)}"
        raise FilterUnreadable(reason, token.text, token.at)
    return bytes(shapely.to_wkb(shape, byte_order=1, include_srid=False))
