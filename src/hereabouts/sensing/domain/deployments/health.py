"""How a live deployment is: silent, gappy, drifting, low on battery, unsupported, overdue.

Every rule takes plain values and gives a complaint with the figures that prove it, or nothing.
Times are seconds since 1970 UTC, in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from itertools import pairwise
from statistics import median

from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.deployments.trends import spread_of, trend_of
from hereabouts.sensing.domain.watching import FindingKind, silent_after_s

DAY_S = 86_400.0
GAPPY_WINDOW_S = 7 * DAY_S
GAPPY_SHARE = 0.2
"""Share of a week's readings that may be missing."""
FEWEST_FOR_GAPS = 10

BATTERY_NAMES = frozenset({"battery", "battery level", "battery voltage", "battery percentage"})
"""Names, in small letters, of observed properties that tell how full a battery is."""

DRIFT_DAYS = 14
"""Fewest days from which a drift is read."""
DRIFT_CHANCE = 0.01
DRIFT_SPREADS = 3.0
"""How many usual day-to-day spreads the drift has to amount to."""
SHIFT_DAYS = 7
SHIFT_HISTORY_DAYS = 60
SHIFT_SPREADS = 5.0

BATTERY_SOON_D = 30
BATTERY_EMPTY_PERCENT = 10.0
BATTERY_FEWEST = 8
SUPPORT_SOON_D = 180
PERCENT = frozenset({"%", "percent", "pct"})

Evidence = str | int | float


class Urgency(IntEnum):
    """How soon somebody has to act."""

    SOON = 1
    NOW = 2


MESSAGES: Mapping[str, str] = {
    "never": N_("“{stream}” has never sent a reading"),
    "quiet": N_("“{stream}” has sent nothing for {hours} hours; it usually does within {usual}"),
    "gaps": N_("“{stream}” lacks {missing} of {expected} readings of the last seven days"),
    "drift": N_("“{stream}” has moved by {amount} away from its neighbours in {days} days"),
    "shift": N_("“{stream}” lies {amount} off its own median of the weeks before"),
    "battery_empty": N_("The battery reads {value} {unit}; at {empty} {unit} it counts as empty"),
    "battery_soon": N_("The battery reads {value} {unit} and is expected to be empty on {day}"),
    "support_over": N_("Its maker’s support or security updates ended on {day}"),
    "support_soon": N_("Its maker’s support or security updates end on {day}"),
    "inspection": N_("It was due to be inspected by {day}"),
}
"""What each rule says, without a full stop; the figures fill it in."""


@dataclass(frozen=True)
class Complaint:
    """What is wrong: its kind, the rule that says so (a key of `MESSAGES`), and the figures."""

    kind: FindingKind
    urgency: Urgency
    rule: str
    evidence: Mapping[str, Evidence] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The sentence in English."""
        return MESSAGES[self.rule].format(**self.evidence)


@dataclass(frozen=True)
class StreamReadings:
    """What is known of one stream: when readings came lately, and the level of each day.

    `period_s` is how often it is meant to report, None to take what is usual. `levels` are daily
    means of readings without a quality flag; `neighbours`, for the same days, the median of those
    of comparable streams near it, empty without any.
    """

    name: str
    last_s: float | None = None
    period_s: float | None = None
    times: Sequence[float] = ()
    days: Sequence[float] = ()
    levels: Sequence[float] = ()
    neighbours: Sequence[float] = ()


@dataclass(frozen=True)
class BatteryReadings:
    """Battery readings in their order, their unit, and the reading at which the device stops."""

    times: Sequence[float] = ()
    values: Sequence[float] = ()
    unit: str = "%"
    empty: float | None = None


@dataclass(frozen=True)
class Dates:
    """The days that matter for upkeep."""

    inspect_by: date | None = None
    support_ends_on: date | None = None
    updates_until: date | None = None


def check(
    streams: Sequence[StreamReadings], battery: BatteryReadings, dates: Dates, now_s: float
) -> list[Complaint]:
    """Everything that is wrong, at most one complaint of each kind: the worst."""
    found = [
        *(complaint for one in streams for complaint in _of_stream(one, now_s)),
        *_of_battery(battery, now_s),
        *_of_dates(dates, datetime.fromtimestamp(now_s, UTC).date()),
    ]
    worst: dict[FindingKind, Complaint] = {}
    for complaint in found:
        held = worst.get(complaint.kind)
        if held is None or complaint.urgency > held.urgency:
            worst[complaint.kind] = complaint
    return sorted(worst.values(), key=lambda one: (-one.urgency, one.kind))


def _of_stream(stream: StreamReadings, now_s: float) -> list[Complaint]:
    silence = find_silence(stream, now_s)
    if silence:
        # A silent stream is not also gappy: one fault, one complaint.
        return [silence]
    found = (find_gaps(stream, now_s), find_drift(stream))
    return [complaint for complaint in found if complaint]


def usual_period_s(times: Sequence[float]) -> float | None:
    """How often readings come, as the median of the times between them; None without three."""
    gaps = [after - before for before, after in pairwise(times)]
    gaps = [gap for gap in gaps if gap > 0]
    return median(gaps) if len(gaps) >= 2 else None


def find_silence(stream: StreamReadings, now_s: float) -> Complaint | None:
    """A stream that never spoke, or has said nothing for several of its periods."""
    if stream.last_s is None:
        return Complaint(FindingKind.SILENT, Urgency.NOW, "never", {"stream": stream.name})
    period = stream.period_s or usual_period_s(stream.times)
    limit = silent_after_s(period) if period else DAY_S
    quiet = now_s - stream.last_s
    if quiet <= limit:
        return None
    return Complaint(
        FindingKind.SILENT,
        Urgency.NOW,
        "quiet",
        {
            "stream": stream.name,
            "hours": round(quiet / 3600, 1),
            "usual": _span(period or DAY_S),
        },
    )


def find_gaps(stream: StreamReadings, now_s: float) -> Complaint | None:
    """A stream that lacks a fifth or more of the readings of the last seven days."""
    begin = now_s - GAPPY_WINDOW_S
    times = [moment for moment in stream.times if begin <= moment <= now_s]
    period = stream.period_s or usual_period_s(times)
    if not period or len(times) < FEWEST_FOR_GAPS:
        return None
    expected = int((now_s - times[0]) / period) + 1
    # Several readings within one period fill one place only.
    heard = len({int((moment - times[0]) / period + 0.5) for moment in times})
    missing = max(0, expected - heard)
    share = missing / expected
    if share < GAPPY_SHARE:
        return None
    return Complaint(
        FindingKind.GAPPY,
        Urgency.SOON,
        "gaps",
        {"stream": stream.name, "missing": missing, "expected": expected, "share": round(share, 3)},
    )


def find_drift(stream: StreamReadings) -> Complaint | None:
    """A stream that moves away from its neighbours or, without any, from its own past."""
    if len(stream.levels) < DRIFT_DAYS:
        return None
    if len(stream.neighbours) == len(stream.levels):
        return _drift_from_neighbours(stream)
    return _shift_from_past(stream)


def _drift_from_neighbours(stream: StreamReadings) -> Complaint | None:
    """The daily difference from the neighbours has a slope that chance does not explain."""
    differences = [own - other for own, other in zip(stream.levels, stream.neighbours, strict=True)]
    trend = trend_of(stream.days, differences)
    if trend is None or trend.chance > DRIFT_CHANCE:
        return None
    left = [
        difference - trend.value_at(day)
        for day, difference in zip(stream.days, differences, strict=True)
    ]
    amount = trend.slope * (stream.days[-1] - stream.days[0])
    if abs(amount) < DRIFT_SPREADS * max(spread_of(left), 1e-9):
        return None
    days = round((stream.days[-1] - stream.days[0]) / DAY_S)
    return Complaint(
        FindingKind.DRIFTING,
        Urgency.SOON,
        "drift",
        {
            "stream": stream.name,
            "amount": _short(amount),
            "days": days,
            "chance": _short(trend.chance),
            "spread": _short(spread_of(left)),
        },
    )


def _shift_from_past(stream: StreamReadings) -> Complaint | None:
    """The last week's median lies far outside what the two months before were like."""
    if len(stream.levels) < SHIFT_DAYS + DRIFT_DAYS:
        return None
    past = stream.levels[:-SHIFT_DAYS][-SHIFT_HISTORY_DAYS:]
    shift = median(stream.levels[-SHIFT_DAYS:]) - median(past)
    usual = spread_of(past)
    if abs(shift) <= SHIFT_SPREADS * max(usual, 1e-9):
        return None
    return Complaint(
        FindingKind.DRIFTING,
        Urgency.SOON,
        "shift",
        {
            "stream": stream.name,
            "amount": _short(shift),
            "spread": _short(usual),
            "days": len(past),
        },
    )


@dataclass(frozen=True)
class BatteryForecast:
    """The latest reading, the day the battery is expected to be empty, and how that is known."""

    value: float
    unit: str
    empty: float
    empty_on: date | None
    per_day: float


def forecast_battery(battery: BatteryReadings) -> BatteryForecast | None:
    """When the battery is empty if it goes on like this; None without a level that means empty."""
    empty = battery.empty
    if empty is None and battery.unit.casefold() in PERCENT:
        empty = BATTERY_EMPTY_PERCENT
    if empty is None or not battery.values:
        return None
    trend = trend_of(battery.times, battery.values)
    latest = battery.values[-1]
    if len(battery.values) < BATTERY_FEWEST or trend is None or trend.slope >= 0:
        return BatteryForecast(latest, battery.unit, empty, None, 0.0)
    left_s = max(0.0, trend.value_at(battery.times[-1]) - empty) / -trend.slope
    moment = datetime.fromtimestamp(battery.times[-1], UTC)
    years_ahead = left_s > 20 * 365 * DAY_S
    empty_on = None if years_ahead else (moment + timedelta(seconds=left_s)).date()
    return BatteryForecast(latest, battery.unit, empty, empty_on, trend.slope * DAY_S)


def _of_battery(battery: BatteryReadings, now_s: float) -> list[Complaint]:
    forecast = forecast_battery(battery)
    if forecast is None:
        return []
    facts: dict[str, Evidence] = {
        "value": _short(forecast.value),
        "unit": forecast.unit,
        "empty": _short(forecast.empty),
    }
    if forecast.value <= forecast.empty:
        return [Complaint(FindingKind.LOW_BATTERY, Urgency.NOW, "battery_empty", facts)]
    today = datetime.fromtimestamp(now_s, UTC).date()
    if forecast.empty_on is None or forecast.empty_on > today + timedelta(days=BATTERY_SOON_D):
        return []
    facts |= {"day": forecast.empty_on.isoformat(), "per_day": _short(forecast.per_day)}
    return [Complaint(FindingKind.LOW_BATTERY, Urgency.SOON, "battery_soon", facts)]


def _of_dates(dates: Dates, today: date) -> list[Complaint]:
    found = []
    ends = [day for day in (dates.support_ends_on, dates.updates_until) if day]
    end = min(ends, default=None)
    if end and end <= today + timedelta(days=SUPPORT_SOON_D):
        is_over = end < today
        rule = "support_over" if is_over else "support_soon"
        urgency = Urgency.NOW if is_over else Urgency.SOON
        evidence = {"day": end.isoformat()}
        found.append(Complaint(FindingKind.UNSUPPORTED, urgency, rule, evidence))
    if dates.inspect_by and dates.inspect_by < today:
        evidence = {"day": dates.inspect_by.isoformat()}
        found.append(Complaint(FindingKind.OVERDUE, Urgency.NOW, "inspection", evidence))
    return found


def _short(value: float) -> float:
    """Four significant figures: enough for evidence, short enough to read."""
    return float(f"{value:.4g}")


def _span(seconds: float) -> str:
    if seconds < 5_400:
        return f"{max(1, round(seconds / 60))} min"
    return f"{round(seconds / 3600, 1):g} h"
