"""Where values and times stand on a chart, and at which of them lines are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date
from django.utils import timezone

from hereabouts.design.api import clock, locale
from hereabouts.sensing.queries.current import EPOCH, to_datetime


@dataclass(frozen=True)
class Scale:
    """Maps values from `low` to `high` onto pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        share = min(1.0, max(0.0, share))
        return self.start + share * (self.end - self.start)


LARGEST = 1e300
"""Numbers beyond it are drawn at the edge: their distances could not be reckoned with."""
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
TIME_STEPS = (
    *(timedelta(minutes=m) for m in (1, 5, 10, 15, 30)),
    *(timedelta(hours=h) for h in (1, 2, 3, 6, 12)),
    *(timedelta(days=d) for d in (1, 2, 7, 14)),
)


def nice_step(span: float, most: int) -> float:
    """The smallest round step of which at most so many make up a span."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next((nice * power for nice in NICE if span / (nice * power) <= most), NICE[-1] * power)


def value_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values that enclose those from low to high, in order."""
    low, high = (max(-LARGEST, min(LARGEST, value)) for value in (low, high))
    if high <= low:
        pad = abs(low) * 0.1 or 1.0
        low, high = low - pad, high + pad
    step = nice_step(high - low, most)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(step * index, 12) for index in range(first, last + 1)]


def time_ticks(since: int, until: int, most: int) -> list[tuple[int, str]]:
    """Moments on the reader's clock between two times in microseconds, and how each is called."""
    start, end = _local(since), _local(until)
    span = end - start
    step = next((one for one in TIME_STEPS if span <= one * most), None)
    if step is None:
        return _months(start, end, most)
    moment = start.replace(hour=0, minute=0, second=0, microsecond=0)
    is_days = step >= timedelta(days=1)
    found = []
    while moment <= end:
        if moment >= start:
            found.append((_micros(moment), _label(moment, is_days=is_days)))
        moment = _later(moment, step)
    return found


def _later(moment: datetime, step: timedelta) -> datetime:
    # By the clock on the wall, so that days begin at midnight also where clocks change.
    naive = moment.replace(tzinfo=None) + step
    return timezone.make_aware(naive, timezone.get_current_timezone())


def _months(start: datetime, end: datetime, most: int) -> list[tuple[int, str]]:
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    step = next(one for one in (1, 2, 3, 6, 12, 24, 60, 120, 600, 12_000) if months / one <= most)
    found: list[tuple[int, str]] = []
    number = start.year * 12 + start.month - 1
    number += -number % step
    while number // 12 < 9_999:
        naive = datetime(number // 12, number % 12 + 1, 1)
        moment = timezone.make_aware(naive, timezone.get_current_timezone())
        if moment > end:
            return found
        if moment >= start:
            pattern = "y" if step >= 12 else "MMM y"
            found.append((_micros(moment), format_date(moment, pattern, locale=locale())))
        number += step
    return found


def _label(moment: datetime, *, is_days: bool) -> str:
    if is_days or (moment.hour, moment.minute) == (0, 0):
        return format_date(moment, "d MMM", locale=locale())
    return clock(moment)


def _local(micros: int) -> datetime:
    return timezone.localtime(to_datetime(micros))


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
