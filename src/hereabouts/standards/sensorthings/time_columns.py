"""Many times at once: those that are written the usual ways, in UTC.

Source: OGC 18-088, clause 8 (TM_Instant).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hereabouts.standards.sensorthings.times import EARLIEST, LATEST

DATE = "0000-00-00T00:00:00"
FORMS = tuple(
    (f"{DATE}{part}", zone) for part in ("", ".000", ".000000") for zone in ("Z", "+00:00")
)
"""What can be read: a time, 0 standing for any digit, and its zone."""


class _Form(NamedTuple):
    lowest: NDArray[np.uint8]
    highest: NDArray[np.uint8]
    zone: int
    """Letters of the zone."""


def _bounds(time: str, zone: str) -> _Form:
    lowest, highest = (f"{time.replace('0', digit)}{zone}".encode() for digit in "09")
    return _Form(np.frombuffer(lowest, np.uint8), np.frombuffer(highest, np.uint8), len(zone))


_BY_WIDTH = {len(time) + len(zone): _bounds(time, zone) for time, zone in FORMS}


def parse_instants(texts: Sequence[str]) -> list[int] | None:
    """The microseconds of times that are all of one of the `FORMS`; None for any other.

    What it leaves out, wrong times too, is for `parse_instant`.
    """
    widths = set(map(len, texts))
    width = widths.pop() if len(widths) == 1 else 0
    form = _BY_WIDTH.get(width)
    sent = "".join(texts).encode()
    if form is None or len(sent) != width * len(texts):
        return None
    letters = np.frombuffer(sent, np.uint8).reshape(-1, width)
    if (letters < form.lowest).any() or (letters > form.highest).any():
        return None
    try:
        moments = letters.view(f"S{width}").astype(f"S{width - form.zone}").astype("M8[us]")
    except ValueError:
        return None
    micros = moments.astype(np.int64).ravel()
    if micros.min() < EARLIEST or micros.max() > LATEST:
        return None
    found: list[int] = micros.tolist()
    return found
