"""Frames of devices: what becomes of them, which are one and the same, and which were lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from hereabouts.kernel.text import N_

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US

REPEATED_WITHIN_US = 300 * SECOND_US
"""A frame with the same counter, port and payload so soon after is the same one, sent again."""

MOST_LOST = 10_000
"""A greater step of the counter is a device set up anew, not frames that went missing."""

DECODED_KEPT_DAYS = 30
UNDECODED_KEPT_DAYS = 365
LINKS_KEPT_DAYS = 731


class UplinkState(StrEnum):
    """What became of a frame; all but `decoded` and `empty` can be tried again."""

    WAITING = "waiting"
    """Kept, not yet read: the store was full or the process ended in between."""
    DECODED = "decoded"
    EMPTY = "empty"
    """It carried no payload."""
    UNKNOWN_DEVICE = "unknown_device"
    DISABLED = "disabled"
    NO_DECODER = "no_decoder"
    FAILED = "failed"
    UNMAPPED = "unmapped"
    """Read, but no reading has a stream to go to."""
    PARTLY = "partly"
    """Read, but some readings have no stream to go to."""


STATE_NAMES = {
    UplinkState.WAITING: N_("Waiting"),
    UplinkState.DECODED: N_("Read"),
    UplinkState.EMPTY: N_("Nothing in it"),
    UplinkState.UNKNOWN_DEVICE: N_("Unknown device"),
    UplinkState.DISABLED: N_("Device switched off here"),
    UplinkState.NO_DECODER: N_("No decoder"),
    UplinkState.FAILED: N_("Could not be read"),
    UplinkState.UNMAPPED: N_("No reading goes anywhere"),
    UplinkState.PARTLY: N_("Some readings go nowhere"),
}
DONE = (UplinkState.DECODED, UplinkState.EMPTY)
READ = (*DONE, UplinkState.PARTLY)
"""Frames that gave what was asked of them: kept for the shorter time."""
WANTING_STREAMS = (UplinkState.UNMAPPED, UplinkState.PARTLY)


def to_us(moment: datetime) -> int:
    """An aware time in microseconds since 1970 UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def to_moment(microseconds: int) -> datetime:
    """The aware time of microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def count_lost(previous: int, counter: int) -> int:
    """How many frames went missing between two counters of one device, in the order they came."""
    step = counter - previous - 1
    return step if 0 < step <= MOST_LOST else 0
