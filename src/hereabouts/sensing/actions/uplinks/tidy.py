"""Throwing away frames that have had their time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.domain.uplinks import (
    DAY_US,
    DECODED_KEPT_DAYS,
    LINKS_KEPT_DAYS,
    READ,
    UNDECODED_KEPT_DAYS,
    UplinkState,
    to_us,
)
from hereabouts.sensing.models.inbound import LinkDay, Uplink

AT_ONCE = 5_000


@dataclass(frozen=True)
class TidiedUplinks:
    """How many frames and days of link quality went."""

    decoded: int
    undecoded: int
    link_days: int


def tidy_uplinks(
    *,
    decoded_days: int = DECODED_KEPT_DAYS,
    undecoded_days: int = UNDECODED_KEPT_DAYS,
    clock: Clock = now,
) -> TidiedUplinks:
    """Delete raw frames past the days we keep them, some at a time, and old link quality."""
    moment = clock()
    decoded_end = to_us(moment - timedelta(days=decoded_days))
    undecoded_end = to_us(moment - timedelta(days=undecoded_days))
    first_day = to_us(moment) // DAY_US - LINKS_KEPT_DAYS
    decoded = _delete([state.value for state in READ], decoded_end)
    others = [state.value for state in UplinkState if state not in READ]
    undecoded = _delete(others, undecoded_end)
    days, _ = LinkDay.objects.filter(day__lt=first_day).delete()
    return TidiedUplinks(decoded, undecoded, days)


def _delete(states: list[str], end: int) -> int:
    gone = 0
    while True:
        old = Uplink.objects.filter(state__in=states, received__lt=end)
        ids = list(old.values_list("pk", flat=True)[:AT_ONCE])
        if not ids:
            return gone
        gone += Uplink.objects.filter(pk__in=ids).delete()[0]
