"""Times of ISO 8601 to and from whole microseconds since 1970 UTC, fast.

Source: OGC 18-088, clause 8 (TM_Instant, TM_Period); ISO 8601-1.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from hereabouts.standards.sensorthings.errors import TimeUnreadable

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
EARLIEST = -62_135_596_800 * SECOND
"""0001-01-01T00:00:00Z, mindatetime()."""
LATEST = 253_402_300_800 * SECOND - 1
"""9999-12-31T23:59:59.999999Z, maxdatetime()."""

LONGEST_TIME = 100
LONGEST_DURATION = LATEST - EARLIEST

_SPACED_ZONE = re.compile(r" (?=\d\d(?::?\d\d)?$)")
_ZONELESS = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.,]*)?")
_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?"
    r"(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:[.,](?P<part>\d+))?S)?)?",
    re.ASCII,
)


def parse_instant(text: str) -> int:
    """The microseconds of a time such as `2024-01-01T00:00:00.5+01:00`; further digits are cut off.

    A zone is needed. Raises: TimeUnreadable.
    """
    try:
        moment = datetime.fromisoformat(text)
        if text[10] != "T" or text[4] != "-" or text[7] != "-":
            return _parse_careless(text)
        since = moment - _EPOCH
    except (ValueError, TypeError, IndexError):
        return _parse_careless(text)
    micros = since.days * DAY + since.seconds * SECOND + since.microseconds
    if not EARLIEST <= micros <= LATEST:
        raise TimeUnreadable("it lies outside the years 1 to 9999", text)
    return micros


def parse_moment(text: str) -> tuple[int, int | None]:
    """Start and end of a time (`end` is None) or of an interval `start/end`, in microseconds.

    The second part may be a duration. Raises: TimeUnreadable.
    """
    if "/" not in text:
        return parse_instant(text), None
    first, _, second = text.strip("'\" ").partition("/")
    start = parse_instant(first)
    end = start + parse_duration(second) if second[:1] == "P" else parse_instant(second)
    if end < start:
        raise TimeUnreadable("the interval ends before it starts", text)
    if end > LATEST:
        raise TimeUnreadable("it lies outside the years 1 to 9999", text)
    return start, end


def parse_duration(text: str) -> int:
    """The microseconds of a duration such as `P1DT2H`; weeks are allowed, years and months not.

    Raises: TimeUnreadable.
    """
    match = _DURATION.fullmatch(text) if len(text) <= LONGEST_TIME else None
    if match is None or text[-1] in "PT":
        raise TimeUnreadable("it is not a duration such as P1DT2H30M", text)
    if match["years"] or match["months"]:
        raise TimeUnreadable("years and months differ in length; give days", text)
    micros = sum(
        int(match[name] or 0) * size
        for name, size in (
            ("weeks", WEEK),
            ("days", DAY),
            ("hours", HOUR),
            ("minutes", MINUTE),
            ("seconds", SECOND),
        )
    ) + int((match["part"] or "0")[:6].ljust(6, "0"))
    if micros > LONGEST_DURATION:
        raise TimeUnreadable("it is longer than the calendar", text)
    return -micros if match["sign"] == "-" else micros


def find_offset(text: str) -> int:
    """How far ahead of UTC the zone of a time, or of an interval's start, is, in microseconds.

    The text is one that `parse_moment` takes.
    """
    text, tidy = "", text.partition("/")[0]
    while tidy != text:
        text, tidy = tidy, _tidy(tidy)
    offset = datetime.fromisoformat(text).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def format_instant(micros: int) -> str:
    """The shortest text in UTC: no fraction, milliseconds or microseconds, as needed, and `Z`."""
    minutes, rest = divmod(micros, MINUTE)
    seconds, part = divmod(rest, SECOND)
    if part == 0:
        return f"{_minute(minutes)}{seconds:02d}Z"
    if part % 1000 == 0:
        return f"{_minute(minutes)}{seconds:02d}.{part // 1000:03d}Z"
    return f"{_minute(minutes)}{seconds:02d}.{part:06d}Z"


def format_moment(start: int, end: int | None) -> str:
    """The text of a time, or of an interval `start/end` where there is an end."""
    if end is None:
        return format_instant(start)
    return f"{format_instant(start)}/{format_instant(end)}"


def to_datetime(micros: int) -> datetime:
    """The same time as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


@lru_cache(maxsize=8192)
def _minute(minutes: int) -> str:
    days, minute = divmod(minutes, 24 * 60)
    day = datetime.fromordinal(_EPOCH_ORDINAL + days).date().isoformat()
    return f"{day}T{minute // 60:02d}:{minute % 60:02d}:"


def _parse_careless(text: str) -> int:
    """Times in quotes, or with a `+` that arrived as a space; anything else is refused."""
    tidy = _tidy(text) if len(text) <= LONGEST_TIME else ""
    if tidy and tidy != text:
        return parse_instant(tidy)
    if _ZONELESS.fullmatch(text):
        raise TimeUnreadable("it needs a time and a zone, such as 2024-01-01T00:00:00Z", text)
    raise TimeUnreadable("it is not a time such as 2024-01-01T00:00:00Z", text)


def _tidy(text: str) -> str:
    return _SPACED_ZONE.sub("+", text.strip().strip("'\""))
