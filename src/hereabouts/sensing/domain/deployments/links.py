"""How well a device is heard, week by week: signal, gateways, and what never arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Protocol

WRAP = 1 << 16
"""Where short frame counters begin again."""

LARGEST_STEP = 200
"""A jump of the counter beyond this is a device that joined anew, not a loss."""


@dataclass(frozen=True)
class LinkSample:
    """One uplink as the network heard it: the best signal, the gateways, the frame counter."""

    at: datetime
    rssi_dbm: float | None = None
    snr_db: float | None = None
    gateways: tuple[str, ...] = ()
    counter: int | None = None


class LinkReader(Protocol):
    """Reads how devices were heard; keys are the devices' own ids, samples in order of time."""

    def __call__(self, devices: Sequence[str], since: datetime) -> dict[str, Sequence[LinkSample]]:
        """The samples of each device since a time."""


@dataclass(frozen=True)
class LinkWeek:
    """A device's link in the week from a Monday: medians, gateways, share of frames lost."""

    monday: date
    uplinks: int
    rssi_dbm: float | None
    snr_db: float | None
    gateways: int
    lost: float | None


def weeks_of(samples: Iterable[LinkSample]) -> list[LinkWeek]:
    """Samples of one device in the order of their times, week by week."""
    by_week: dict[date, list[LinkSample]] = {}
    for sample in samples:
        day = sample.at.date()
        by_week.setdefault(day - timedelta(days=day.weekday()), []).append(sample)
    return [_week(monday, found) for monday, found in sorted(by_week.items())]


def loss_of(samples: Sequence[LinkSample]) -> float | None:
    """Share of frames that never arrived, by the gaps of the frame counter; None without two."""
    counters = [sample.counter for sample in samples if sample.counter is not None]
    sent, heard = 0, 0
    for before, after in pairwise(counters):
        step = (after - before) % WRAP
        if 0 < step <= LARGEST_STEP:
            sent, heard = sent + step, heard + 1
    return 1 - heard / sent if sent else None


def _week(monday: date, samples: Sequence[LinkSample]) -> LinkWeek:
    signals = [one.rssi_dbm for one in samples if one.rssi_dbm is not None]
    ratios = [one.snr_db for one in samples if one.snr_db is not None]
    return LinkWeek(
        monday=monday,
        uplinks=len(samples),
        rssi_dbm=median(signals) if signals else None,
        snr_db=median(ratios) if ratios else None,
        gateways=len({gateway for one in samples for gateway in one.gateways}),
        lost=loss_of(samples),
    )
