"""What streams read over time, for charts, sparklines and what is usual."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

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

    def get_all(
        self,
        keys: Mapping[int, Hashable],
        make: Callable[[Sequence[int]], Mapping[int, Value]],
    ) -> dict[int, Value]:
        """Values of streams, each kept under its key; those that are missing are made together."""
        absent = object()
        looked = {number: self._values.get(key, absent) for number, key in keys.items()}
        found = {n: cast(Value, value) for n, value in looked.items() if value is not absent}
        missing = [number for number in keys if number not in found]
        if missing:
            made = make(missing)
            found |= made
            self._keep({keys[number]: value for number, value in made.items()})
        return found

    def _keep(self, values: Mapping[Hashable, Value]) -> None:
        with self._lock:
            for key, value in values.items():
                while len(self._values) >= MOST_KEPT:
                    del self._values[next(iter(self._values))]
                self._values[key] = value

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
    """The last 24 hours of streams of numbers in steps of half an hour, as of the last minutes.

    One read for all, none where all were looked at lately.
    """
    keys: dict[int, Hashable] = {
        one.id: (one.id, one.first_at, now // (5 * MINUTE))
        for one in streams
        if one.kind == ResultKind.NUMBER
    }
    since = (now - DAY) // SPARK_STEP * SPARK_STEP
    return _sparks.get_all(keys, lambda ids: _steps(ids, since, now, SPARK_STEP))


def usual_of_streams(streams: Sequence[StreamNow], now: int) -> dict[int, Usual | None]:
    """Between which values the last week of streams lay; without those short of a week.

    One read for all, none where all were looked at in the last hour.
    """
    keys: dict[int, Hashable] = {
        one.id: (one.id, one.first_at, now // HOUR)
        for one in streams
        if one.kind == ResultKind.NUMBER and _has_a_week(one, now)
    }
    return _usual.get_all(keys, lambda ids: _usual_week(ids, now))


def usual_of_stream(one: StreamNow, now: int) -> Usual | None:
    """The same of one stream."""
    return usual_of_streams([one], now).get(one.id)


def _has_a_week(one: StreamNow, now: int) -> bool:
    first = one.first_at
    return first is not None and now - int(first.timestamp() * 1_000_000) >= USUAL_SPAN


def _usual_week(stream_ids: Sequence[int], now: int) -> dict[int, Usual | None]:
    hours = _steps(stream_ids, now - USUAL_SPAN, now, HOUR)
    return {number: usual_of([spot.mean for spot in spots]) for number, spots in hours.items()}


def _steps(
    stream_ids: Sequence[int], since: int, until: int, width: int
) -> dict[int, tuple[Spot, ...]]:
    window = Window(list(stream_ids), since, until, limit=MOST_BUCKETS)
    found: dict[int, list[Spot]] = {number: [] for number in stream_ids}
    for b in store_for(connection.vendor).aggregate(raw_connection(), window, width):
        found[b.stream_id].append(Spot(b.start, b.count, b.least, b.most, b.mean))
    return {number: tuple(spots) for number, spots in found.items()}


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
