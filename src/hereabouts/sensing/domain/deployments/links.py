"""How well a device is heard, week by week: signal, gateways, and what never arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median


@dataclass(frozen=True)
class LinkDay:
    """A day of a device: frames that came and that went missing, and how they were heard.

    Signals are of the best gateway; None where the network told none.
    """

    day: date
    frames: int
    lost: int
    rssi_dbm: float | None = None
    snr_db: float | None = None
    gateways: int = 0


@dataclass(frozen=True)
class LinkWeek:
    """A device's link in the week from a Monday: medians of its days, most gateways, loss."""

    monday: date
    frames: int
    rssi_dbm: float | None
    snr_db: float | None
    gateways: int
    lost: float


def weeks_of(days: Iterable[LinkDay]) -> list[LinkWeek]:
    """The days of one device, week by week."""
    by_week: dict[date, list[LinkDay]] = {}
    for day in days:
        by_week.setdefault(day.day - timedelta(days=day.day.weekday()), []).append(day)
    return [_week(monday, found) for monday, found in sorted(by_week.items())]


def _week(monday: date, days: Sequence[LinkDay]) -> LinkWeek:
    signals = [day.rssi_dbm for day in days if day.rssi_dbm is not None]
    ratios = [day.snr_db for day in days if day.snr_db is not None]
    frames, lost = sum(day.frames for day in days), sum(day.lost for day in days)
    return LinkWeek(
        monday=monday,
        frames=frames,
        rssi_dbm=median(signals) if signals else None,
        snr_db=median(ratios) if ratios else None,
        gateways=max(day.gateways for day in days),
        lost=lost / (frames + lost) if frames + lost else 0.0,
    )
