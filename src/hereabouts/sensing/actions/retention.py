"""Sweeps away what a stream no longer keeps: the oldest first, some at a time (decision 0073)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.ingest import delete_oldest_observations
from hereabouts.sensing.actions.register.work import register_work
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.sensing.domain.register.retention import DAY, MEMBER, kept_days
from hereabouts.sensing.events.retention import ObservationsExpired
from hereabouts.sensing.ports import Expired
from hereabouts.standards.sensorthings.times import SECOND

Tell = Callable[[int, int], None]
"""Hears after each stream how many are done, and of how many."""

AT_ONCE = 5_000
"""Observations in one transaction, about."""
LONGEST_REST = 1.0
"""Seconds left to the writers between two transactions, at most."""
BY_ITSELF = Grant(INSTALLATION, DataClass.CLOSED, manages=True)

_STREAMS = f"""
    FROM sensing_stream s JOIN sensing_thing h ON h.id = s.thing_id
    LEFT JOIN sensing_stream_state t ON t.stream_id = s.id
    WHERE (s.properties LIKE '%%{MEMBER}%%' OR h.properties LIKE '%%{MEMBER}%%')"""
LIST = f"SELECT s.id, s.properties, h.properties, t.first_started {_STREAMS} ORDER BY s.id"
ONE = f"SELECT s.properties, h.properties {_STREAMS} AND s.id = %s"
COUNT = "SELECT COUNT(*) FROM sensing_observation WHERE stream_id = %s AND started < %s"


@dataclass(frozen=True)
class Overdue:
    """A stream with observations past its end: what started before `end`, in microseconds."""

    stream_id: int
    days: int
    end: int


@dataclass(frozen=True)
class Swept:
    """How many observations went, of how many streams; and whether none is left to go."""

    streams: int
    observations: int
    is_done: bool


def list_overdue(*, clock: Clock = now) -> list[Overdue]:
    """The streams that keep observations for so many days and have older ones, by id."""
    moment = _microseconds(clock)
    with connection.cursor() as cursor:
        cursor.execute(LIST, [])
        rows = cursor.fetchall()
    found = []
    for stream_id, own, things, first in rows:
        days = kept_days(own, things)
        if days is not None and first is not None and first < moment - days * DAY:
            found.append(Overdue(stream_id, days, moment - days * DAY))
    return found


def count_overdue(overdue: Overdue) -> int:
    """How many observations of a stream are past its end."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [overdue.stream_id, overdue.end])
        return int(cursor.fetchone()[0])


def sweep(*, seconds: float | None = None, tell: Tell | None = None, clock: Clock = now) -> Swept:
    """Delete what streams no longer keep; after so many seconds the rest is left for later.

    May run beside the service: each transaction begins with the number of the register, so groups
    wait for it and it for them, and between two the writers get as much time as the last one took.
    Killed anywhere, it goes on from there the next time. What was deleted is written down once at
    the end.
    """
    stop = None if seconds is None else time.monotonic() + seconds
    overdue = list_overdue(clock=clock)
    streams = observations = 0
    is_done = True
    for done, each in enumerate(overdue, start=1):
        gone, is_done = _sweep_stream(each.stream_id, stop, clock)
        observations += gone
        streams += gone > 0
        if tell is not None:
            tell(done, len(overdue))
        if _is_over(stop):
            is_done = is_done and done == len(overdue)
            break
    if observations:
        with transaction.atomic():
            event = ObservationsExpired(streams=streams, observations=observations)
            append(event, subject="sensing:observations", actor=None)
    return Swept(streams, observations, is_done)


def _sweep_stream(stream_id: int, stop: float | None, clock: Clock) -> tuple[int, bool]:
    """How many of a stream went, and whether none is left to go."""
    gone = 0
    while True:
        began = time.monotonic()
        part = _take_part(stream_id, clock)
        gone += part.count
        if _is_over(stop):
            return gone, part.is_last
        time.sleep(min(time.monotonic() - began, LONGEST_REST))
        if part.is_last:
            return gone, True


def _take_part(stream_id: int, clock: Clock) -> Expired:
    with register_work(BY_ITSELF, clock) as work:
        # Read again: its owner may have meant it to keep more since the streams were listed.
        row = work.one(ONE, stream_id)
        days = None if row is None else kept_days(*row)
        if days is None:
            return Expired(0, (), is_last=True)
        end = work.now - days * DAY
        gone = delete_oldest_observations(connection.connection, stream_id, end, AT_ONCE)
        work.uses.lose("FeatureOfInterest", gone.feature_ids)
        return gone


def _is_over(stop: float | None) -> bool:
    return stop is not None and time.monotonic() >= stop


def _microseconds(clock: Clock) -> int:
    return round(clock().timestamp() * SECOND)
