"""What streams read over time, for charts, sparklines and what is usual."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import connection

from hereabouts.sensing.domain.looking import (
    DAY,
    HOUR,
    MINUTE,
    USUAL_SPAN,
    Spot,
    Usual,
    usual_of,
    width_for,
)
from hereabouts.sensing.domain.observations import ResultKind
from hereabouts.sensing.ports import Kept, Window, store_for
from hereabouts.sensing.queries.current import StreamNow

MOST_SINGLE = 500
"""Observations of a span that are shown one by one; more are put together in steps."""
SPARK_STEP = 30 * MINUTE
MOST_BUCKETS = 20_000
MOST_KEPT = 5_000
Value = TypeVar("Value")


@dataclass(frozen=True)
class Series:
    """Readings of a span in order of time; `width` of the steps, 0 where each is shown.

    `rows` are the observations themselves where each is shown. `flags` counts observations by flag.
    """

    since: int
    until: int
    width: int
    spots: tuple[Spot, ...]
    rows: tuple[Kept, ...]
    flags: dict[int, int]

    @property
    def count(self) -> int:
        """How many observations of the span are shown or summed up."""
        return sum(spot.count for spot in self.spots) if self.width else len(self.rows)


class Remembered(Generic[Value]):
    """A few thousand values worked out before, the oldest forgotten first. Safe in any thread."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Value] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value kept under a key, worked out where there is none."""
        if key in self._values:
            return self._values[key]
        made = make()
        with self._lock:
            while len(self._values) >= MOST_KEPT:
                del self._values[next(iter(self._values))]
            self._values[key] = made
        return made

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._values.clear()


def raw_connection() -> Any:  # Any: the database's own driver
    """The driver's connection of this thread, for reads outside any transaction."""
    connection.ensure_connection()
    return connection.connection


def read_series(stream_id: int, since: int, until: int) -> Series:
    """What a stream read in a span: each observation, or steps where there are too many."""
    store, raw = store_for(connection.vendor), raw_connection()
    window = Window([stream_id], since, until, limit=MOST_SINGLE + 1)
    rows = store.read(raw, window)
    if len(rows) <= MOST_SINGLE:
        return Series(since, until, 0, _singles(rows), tuple(rows), _flags_of(rows))
    width = width_for(until - since)
    found = store.aggregate(raw, Window([stream_id], since, until, limit=MOST_BUCKETS), width)
    spots = tuple(Spot(b.start, b.count, b.least, b.most, b.mean) for b in found)
    if spots:
        return Series(since, until, width, spots, (), _count_flags(stream_id, since, until))
    # Not numbers: the newest of them, one by one.
    newest = Window([stream_id], since, until, newest_first=True, limit=MOST_SINGLE)
    rows = store.read(raw, newest)[::-1]
    return Series(since, until, 0, _singles(rows), tuple(rows), _flags_of(rows))


def _singles(rows: Sequence[Kept]) -> tuple[Spot, ...]:
    return tuple(
        Spot(row.started, 1, row.number, row.number, row.number, row.quality)
        for row in rows
        if row.number is not None
    )


def _flags_of(rows: Sequence[Kept]) -> dict[int, int]:
    return _by_flag([(row.quality, 1) for row in rows if row.quality])


def _count_flags(stream_id: int, since: int, until: int) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quality, COUNT(*) FROM sensing_observation WHERE stream_id = %s"
            " AND started >= %s AND started < %s AND quality <> 0 GROUP BY quality",
            [stream_id, since, until],
        )
        return _by_flag(cursor.fetchall())


def _by_flag(pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for quality, count in pairs:
        flag = 1
        while flag <= quality:
            if quality & flag:
                found[flag] = found.get(flag, 0) + count
            flag <<= 1
    return found


_sparks: Remembered[tuple[Spot, ...]] = Remembered()
_usual: Remembered[Usual | None] = Remembered()


def forget() -> None:
    """Work everything out anew from now on."""
    _sparks.forget()
    _usual.forget()


def sparks_of(streams: Sequence[StreamNow], now: int) -> dict[int, tuple[Spot, ...]]:
    """The last 24 hours of streams of numbers in steps of half an hour, as of the last minutes."""
    found = {}
    for one in streams:
        if one.kind == ResultKind.NUMBER:
            key = (one.id, one.first_at, now // (5 * MINUTE))
            found[one.id] = _sparks.get(key, partial(_day_of, one.id, now))
    return found


def _day_of(stream_id: int, now: int) -> tuple[Spot, ...]:
    since = (now - DAY) // SPARK_STEP * SPARK_STEP
    return _steps(stream_id, since, now, SPARK_STEP)


def usual_of_stream(one: StreamNow, now: int) -> Usual | None:
    """Between which values a stream's last week lay; None short of a week of readings."""
    if one.kind != ResultKind.NUMBER or one.first_at is None:
        return None
    if now - int(one.first_at.timestamp() * 1_000_000) < USUAL_SPAN:
        return None
    return _usual.get((one.id, one.first_at, now // HOUR), lambda: _usual_week(one.id, now))


def _usual_week(stream_id: int, now: int) -> Usual | None:
    return usual_of([spot.mean for spot in _steps(stream_id, now - USUAL_SPAN, now, HOUR)])


def _steps(stream_id: int, since: int, until: int, width: int) -> tuple[Spot, ...]:
    window = Window([stream_id], since, until, limit=MOST_BUCKETS)
    found = store_for(connection.vendor).aggregate(raw_connection(), window, width)
    return tuple(Spot(b.start, b.count, b.least, b.most, b.mean) for b in found)


@dataclass(frozen=True)
class Steps:
    """Means of many streams at the same moments: `values[stream id]` has one a step, or None."""

    starts: tuple[int, ...]
    width: int
    values: dict[int, list[float | None]]


def read_steps(stream_ids: Sequence[int], since: int, until: int, width: int) -> Steps:
    """Means of streams by step, from the step of `since` to that before `until`."""
    first = since // width * width
    starts = tuple(range(first, until, width))
    place = {start: index for index, start in enumerate(starts)}
    values: dict[int, list[float | None]] = {key: [None] * len(starts) for key in stream_ids}
    limit = max(1, len(starts) * len(stream_ids))
    window = Window(list(stream_ids), first, until, limit=limit)
    for bucket in store_for(connection.vendor).aggregate(raw_connection(), window, width):
        values[bucket.stream_id][place[bucket.start]] = bucket.mean
    return Steps(starts, width, values)
