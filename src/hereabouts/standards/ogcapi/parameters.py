"""Reading the standard's query parameters, each strictly and each with its name in the refusal."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Collection as Names
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hereabouts.kernel.geometry import Box
from hereabouts.kernel.text import N_
from hereabouts.standards.ogcapi.errors import ParameterUnknown, ParameterUnreadable
from hereabouts.standards.ogcapi.model import CRS84, Property, Type

DEFAULT_LIMIT, HIGHEST_LIMIT = 100, 10_000
LONGEST_VALUE = 500
OPEN = ""
"""What stands for an open end of an interval, besides `..`."""

KINDS: Mapping[Type, str] = {
    Type.INTEGER: N_("it is not a whole number"),
    Type.NUMBER: N_("it is not a number"),
    Type.BOOLEAN: N_("it is neither true nor false"),
    Type.DATE: N_("it is not a date"),
}
"""What is wrong with a value that is not of its property's type."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,3})?")
_TOKEN = re.compile(r"(?P<cell>-?\d{1,19})\.(?P<id>\d{1,19})")

Value = str | int | float | bool | date | datetime


@dataclass(frozen=True)
class Interval:
    """A stretch of time, both ends included; None where it is open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Place:
    """Where a page ended: the next one begins behind this cell and id."""

    cell: int
    id: int


def check_names(query: Mapping[str, str], known: Names[str]) -> None:
    """Refuse what is not declared. Raises: ParameterUnknown. Source: Features 1, 7.2.4."""
    for name in query:
        if name not in known:
            raise ParameterUnknown(name=name[:60], known=", ".join(sorted(known)) or "none")


def read_limit(text: str | None) -> int:
    """How many features a page has: 1 to 10,000, and more is understood as 10,000.

    Raises: ParameterUnreadable. Source: Features 1, 7.15.2.
    """
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) == 0:
        raise ParameterUnreadable(name="limit", reason=N_("it is not a whole number from 1"))
    return min(int(text), HIGHEST_LIMIT)


def read_bbox(text: str | None) -> tuple[Box, ...]:
    """The boxes of `west,south,east,north`, or of the six numbers with heights, which are ignored.

    Where west is larger than east the box crosses the antimeridian and becomes two; no box at all
    means everywhere. Raises: ParameterUnreadable. Source: Features 1, 7.15.3.
    """
    if text is None:
        return ()
    parts = text.split(",", 6)
    if len(parts) not in (4, 6):
        raise ParameterUnreadable(name="bbox", reason=N_("it does not have four or six numbers"))
    numbers = [_degrees(part) for part in parts]
    west, south, east, north = numbers if len(numbers) == 4 else [numbers[i] for i in (0, 1, 3, 4)]
    if south > north:
        raise ParameterUnreadable(name="bbox", reason=N_("its south lies north of its north"))
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90):
        raise ParameterUnreadable(name="bbox", reason=N_("it lies off the Earth"))
    if west <= east:
        return (Box(west, south, east, north),)
    return (Box(-180.0, south, east, north), Box(west, south, 180.0, north))


def _degrees(text: str) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise ParameterUnreadable(name="bbox", reason=N_("not all of it are numbers"))
    number = float(text)
    if not math.isfinite(number):
        raise ParameterUnreadable(name="bbox", reason=N_("not all of it are numbers"))
    return number


def check_crs(query: Mapping[str, str], names: Names[str] = ("crs", "bbox-crs")) -> None:
    """Refuse every coordinate reference system but the one that is served.

    Raises: ParameterUnreadable. Source: Features 2, 6.2 and 6.3.
    """
    for name in names:
        if query.get(name, CRS84) != CRS84:
            raise ParameterUnreadable(name=name, reason=N_("only CRS84 is served"))


def read_datetime(text: str | None) -> Interval | None:
    """A moment, a day, or an interval `start/end` with `..` or nothing for an open end.

    A day as an end means all of that day. Raises: ParameterUnreadable.
    Source: Features 1, 7.15.4; RFC 3339, 5.6.
    """
    if text is None:
        return None
    first, slash, second = text.partition("/")
    if not slash:
        return Interval(_moment(first, is_end=False), _moment(first, is_end=True))
    ends = [None if end in (OPEN, "..") else end for end in (first, second)]
    start = _moment(ends[0], is_end=False) if ends[0] else None
    end = _moment(ends[1], is_end=True) if ends[1] else None
    if start and end and start > end:
        raise ParameterUnreadable(name="datetime", reason=N_("it ends before it starts"))
    return Interval(start, end)


def _moment(text: str, *, is_end: bool) -> datetime:
    """A moment in UTC; of a day its beginning or its last microsecond."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            day = datetime.combine(date.fromisoformat(text), time(), UTC)
            return day + timedelta(days=1, microseconds=-1) if is_end else day
        found = datetime.fromisoformat(text.upper()) if len(text) <= 40 else None
    except (ValueError, OverflowError):
        found = None
    if found is None or found.tzinfo is None:
        raise ParameterUnreadable(
            name="datetime", reason=N_("it is not a date or time of RFC 3339")
        )
    try:
        return found.astimezone(UTC)
    except OverflowError as fault:
        raise ParameterUnreadable(
            name="datetime", reason=N_("it lies outside our calendar")
        ) from fault


def read_value(declared: Property, text: str) -> Value:
    """A property's value from the query. Raises: ParameterUnreadable."""
    if len(text) > LONGEST_VALUE or "\x00" in text:
        raise ParameterUnreadable(name=declared.name, reason=N_("it is too long or no plain text"))
    readers = {Type.INTEGER: _whole, Type.NUMBER: _decimal, Type.BOOLEAN: _truth, Type.DATE: _day}
    reader = readers.get(declared.type)
    if reader is None:
        return text
    found = reader(text)
    if found is None:
        raise ParameterUnreadable(name=declared.name, reason=KINDS[declared.type])
    return found


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None


def _decimal(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    found = float(text)
    return found if math.isfinite(found) else None


def _truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _day(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def write_token(place: Place) -> str:
    """A page's end as an opaque word for the address of the next page."""
    return base64.urlsafe_b64encode(f"{place.cell}.{place.id}".encode()).decode().rstrip("=")


def read_token(text: str | None) -> Place | None:
    """The page's end that a word stands for. Raises: ParameterUnreadable."""
    if text is None:
        return None
    try:
        padded = text[:80] + "=" * (-len(text[:80]) % 4)
        match = _TOKEN.fullmatch(base64.urlsafe_b64decode(padded.encode("ascii")).decode("ascii"))
    except (binascii.Error, UnicodeError):
        match = None
    if match is None or max(int(match["cell"]), int(match["id"])) >= 2**63:
        raise ParameterUnreadable(name="next", reason=N_("it is not a word that we gave out"))
    return Place(int(match["cell"]), int(match["id"]))
