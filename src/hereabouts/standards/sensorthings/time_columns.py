"""Many times at once: those written the usual way, in UTC to the second or the millisecond.

Source: OGC 18-088, clause 8 (TM_Instant).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hereabouts.standards.sensorthings.times import EARLIEST, LATEST

FORMS = ("0000-00-00T00:00:00Z", "0000-00-00T00:00:00.000Z")
"""What can be read; 0 stands for any digit."""

_LOWEST = {len(form): np.frombuffer(form.encode(), np.uint8) for form in FORMS}
_HIGHEST = {len(form): np.frombuffer(form.replace("0", "9").encode(), np.uint8) for form in FORMS}


def parse_instants(texts: Sequence[str]) -> list[int] | None:
    """The microseconds of times that are all of one of the `FORMS`; None for any other.

    What it leaves out, wrong times too, is for `parse_instant`.
    """
    widths = set(map(len, texts))
    width = widths.pop() if len(widths) == 1 else 0
    lowest = _LOWEST.get(width)
    sent = "".join(texts).encode()
    if lowest is None or len(sent) != width * len(texts):
        return None
    letters = np.frombuffer(sent, np.uint8).reshape(-1, width)
    if (letters < lowest).any() or (letters > _HIGHEST[width]).any():
        return None
    try:
        moments = letters.view(f"S{width}").astype(f"S{width - 1}").astype("M8[us]")
    except ValueError:
        return None
    micros = moments.astype(np.int64).ravel()
    if micros.min() < EARLIEST or micros.max() > LATEST:
        return None
    found: list[int] = micros.tolist()
    return found
