"""Readings of a live deployment as the rules of health want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db import connection

from hereabouts.kernel.geometry import Point, box_round
from hereabouts.sensing.domain.deployments.choices import Choices
from hereabouts.sensing.domain.deployments.health import (
    BATTERY_NAMES,
    DAY_S,
    GAPPY_WINDOW_S,
    SHIFT_DAYS,
    SHIFT_HISTORY_DAYS,
    BatteryForecast,
    BatteryReadings,
    Dates,
    StreamReadings,
    forecast_battery,
)
from hereabouts.sensing.domain.deployments.views import View
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.quality import AHEAD
from hereabouts.sensing.domain.uplinks import to_us
from hereabouts.sensing.models.deployments import Deployment
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.queries.deployments.rows import split_keys
from hereabouts.sensing.queries.deployments.sensed import list_sensed
from hereabouts.sensing.queries.newest import Newest, newest_of

MICROS = 1_000_000
DAY_MICROS = 86_400 * MICROS
MOST_TIMES = 20_000
BATTERY_DAYS = 120
HISTORY_DAYS = SHIFT_DAYS + SHIFT_HISTORY_DAYS
MOST_NEIGHBOURS = 5
FEWEST_NEIGHBOURS = 2


@dataclass(frozen=True)
class Readings:
    """Everything the rules ask for."""

    streams: Sequence[StreamReadings]
    battery: BatteryReadings
    dates: Dates


def read_health(row: Deployment, choices: Choices, now: datetime) -> Readings:
    """The readings of a deployment's Things up to now."""
    ids = list(row.things.values_list("thing_id", flat=True))
    streams = list(
        Stream.objects.filter(thing_id__in=ids).select_related("observed_property").order_by("id")
    )
    states = StreamState.objects.in_bulk([stream.pk for stream in streams])
    newest = newest_of(states.values(), to_us(now))
    batteries = [stream for stream in streams if _is_battery(stream)]
    others = [stream for stream in streams if not _is_battery(stream)]
    return Readings(
        streams=[
            _stream(stream, newest.get(stream.pk), row, choices, now=now) for stream in others
        ],
        battery=_battery(batteries, row.battery_empty, now),
        dates=Dates(row.inspect_by, row.support_ends_on, row.updates_until),
    )


def find_battery(view: View, now: datetime, *, level: DataClass) -> BatteryForecast | None:
    """When the battery is expected to be empty; None without readings of that level or less."""
    ids = [one.thing_id for one in view.things if one.data_class <= level]
    streams = Stream.objects.filter(thing_id__in=ids).select_related("observed_property")
    batteries = [stream for stream in streams.order_by("id") if _is_battery(stream)]
    return forecast_battery(_battery(batteries, view.draft.battery_empty, now))


def _is_battery(stream: Stream) -> bool:
    known = stream.observed_property
    return known is not None and known.name.casefold() in BATTERY_NAMES


def _stream(
    stream: Stream, newest: Newest | None, row: Deployment, choices: Choices, *, now: datetime
) -> StreamReadings:
    today = int(now.timestamp()) // int(DAY_S)
    levels = _levels(stream.pk, today - HISTORY_DAYS, today)
    beside = _beside(stream, row, choices, today=today)
    days = [day for day in sorted(levels) if not beside or day in beside]
    return StreamReadings(
        name=stream.name,
        last_s=newest.started / MICROS if newest else None,
        times=_times(stream.pk, now - timedelta(seconds=GAPPY_WINDOW_S)),
        days=[day * DAY_S for day in days],
        levels=[levels[day] for day in days],
        neighbours=[beside[day] for day in days] if beside else (),
    )


def _times(stream_id: int, since: datetime) -> list[float]:
    """When readings came, in order, in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT started FROM sensing_observation WHERE stream_id = %s AND started >= %s "
            "ORDER BY started DESC LIMIT %s",
            [stream_id, int(since.timestamp() * MICROS), MOST_TIMES],
        )
        return [started / MICROS for (started,) in reversed(cursor.fetchall())]


def _levels(stream_id: int, first_day: int, today: int) -> dict[int, float]:
    """The mean of each whole day's unflagged numbers, by day since 1970."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT started / %s, AVG(number) FROM sensing_observation WHERE stream_id = %s "
            "AND started >= %s AND started < %s AND number IS NOT NULL AND quality = 0 "
            "GROUP BY 1",
            [DAY_MICROS, stream_id, first_day * DAY_MICROS, today * DAY_MICROS],
        )
        return {int(day): float(level) for day, level in cursor.fetchall()}


def _beside(stream: Stream, row: Deployment, choices: Choices, *, today: int) -> dict[int, float]:
    """For each day the median level of the nearest streams of the same property; empty for few."""
    known = stream.observed_property
    if known is None:
        return {}
    keys = [
        key
        for key in split_keys(row.measures)
        if key in choices.measures and choices.measures[key].fits(known.definition, known.name)
    ]
    if not keys:
        return {}
    place = Point(row.lon, row.lat)
    box = box_round(place, 2 * choices.reach_m(keys))
    near = [
        one
        for one in list_sensed(keys, choices, level=DataClass.CLOSED, box=box)
        if one.is_live and one.thing_ids and one.id != row.pk
    ]
    near.sort(key=lambda one: (place.distance_m(one.place), one.thing_ids))
    things = [thing_id for one in near[:MOST_NEIGHBOURS] for thing_id in one.thing_ids]
    same = Stream.objects.filter(thing_id__in=things, unit_symbol=stream.unit_symbol)
    levels = [
        _levels(other.pk, today - HISTORY_DAYS, today)
        for other in same.select_related("observed_property").order_by("id")
        if other.observed_property
        and any(
            choices.measures[key].fits(
                other.observed_property.definition, other.observed_property.name
            )
            for key in keys
        )
    ]
    if len(levels) < FEWEST_NEIGHBOURS:
        return {}
    days = {day for of_one in levels for day in of_one}
    told = {day: [of_one[day] for of_one in levels if day in of_one] for day in days}
    return {day: median(found) for day, found in told.items() if len(found) >= FEWEST_NEIGHBOURS}


def _battery(streams: Sequence[Stream], empty: float | None, now: datetime) -> BatteryReadings:
    """Daily levels of the first battery stream that has any, and its latest reading."""
    since = int((now - timedelta(days=BATTERY_DAYS)).timestamp() * MICROS)
    for stream in streams:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT MAX(started), AVG(number) FROM sensing_observation WHERE stream_id = %s "
                "AND started >= %s AND started <= %s AND number IS NOT NULL GROUP BY started / %s "
                "ORDER BY 1",
                [stream.pk, since, to_us(now) + AHEAD, DAY_MICROS],
            )
            found = cursor.fetchall()
        if found:
            return BatteryReadings(
                times=[started / MICROS for started, _ in found],
                values=[float(level) for _, level in found],
                unit=stream.unit_symbol or stream.unit_name or "",
                empty=empty,
            )
    return BatteryReadings(empty=empty)
