"""Times as feeds write them, to microseconds since 1970 UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = -2_208_988_800 * SECOND
"""1900: a time before is a slip."""
LATEST = 4_102_444_800 * SECOND
"""2100: a time after is one too."""

ENDS_AT_24 = re.compile(r"(.*[T ])24:00(?::00(?:\.0+)?)?(?=$|[Z+-])")
DIRECTIVE = re.compile(r"%[a-zA-Z%]")
ALLOWED = frozenset("YymdHIMSfpbBaAjzZ%")


class UnreadableTimeError(ValueError):
    """A text is not a time of the expected form; `code` is that of the problem."""

    def __init__(self, code: str = "time_unreadable") -> None:
        super().__init__(code)
        self.code = code


class UnusableFormatError(ValueError):
    """A way of writing times, or a zone, that nobody knows."""


class Moments:
    """Reads the times of one feed; `read` answers microseconds, and whether the clock was unsure.

    `form` is `iso`, `unix`, `unix_ms` or a pattern of strptime; `zone` counts where a time names
    none. Raises: UnusableFormatError.
    """

    def __init__(self, form: str = "iso", zone: str = "UTC") -> None:
        self.form = form or "iso"
        self._zone = read_zone(zone or "UTC")
        self._is_utc = self._zone is None
        self._parse: Callable[[str], datetime | int] = self._reader()
        self.read = lru_cache(maxsize=4_096)(self._read)

    def _reader(self) -> Callable[[str], datetime | int]:
        if self.form == "iso":
            return datetime.fromisoformat
        if self.form in ("unix", "unix_ms"):
            scale = SECOND if self.form == "unix" else 1_000
            return lambda text: round(float(text) * scale)
        found = DIRECTIVE.findall(self.form)
        if not found or any(each[1] not in ALLOWED for each in found):
            raise UnusableFormatError(self.form)
        return lambda text: datetime.strptime(text, self.form)

    def _read(self, text: str) -> tuple[int, bool]:
        """Raises: UnreadableTimeError."""
        text = text.strip()
        added = 0
        match = ENDS_AT_24.match(text)
        if match is not None:
            text, added = match[1] + "00:00" + text[match.end() :], DAY
        try:
            moment = self._parse(text)
        except (ValueError, OverflowError) as fault:
            raise UnreadableTimeError from fault
        micros, is_unsure = (moment, False) if isinstance(moment, int) else self._to_utc(moment)
        micros += added
        if not EARLIEST <= micros <= LATEST:
            raise UnreadableTimeError
        return micros, is_unsure

    def _to_utc(self, moment: datetime) -> tuple[int, bool]:
        if moment.tzinfo is not None:
            return to_micros(moment), False
        if self._zone is None:
            return to_micros(moment.replace(tzinfo=UTC)), False
        local = moment.replace(tzinfo=self._zone)
        if local.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None) != moment:
            raise UnreadableTimeError("time_skipped")
        is_unsure = local.utcoffset() != local.replace(fold=1).utcoffset()
        return to_micros(local), is_unsure


def read_zone(name: str) -> ZoneInfo | None:
    """A time zone, None for UTC. Raises: UnusableFormatError."""
    if name.upper() in ("UTC", "GMT", "Z", "ETC/UTC"):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise UnusableFormatError(name) from fault


def to_micros(moment: datetime) -> int:
    """An aware time as microseconds since 1970 UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def to_moment(micros: int) -> datetime:
    """The aware time of microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=micros)
