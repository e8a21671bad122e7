"""Shades of a map's circles: steps of equal difference to the eye, also for colour-blind readers.

Source: cividis; Nuñez, Anderton, Renslow, "Optimizing colormaps with consideration for color vision
deficiency", PLOS ONE 13(7), 2018. Each circle has a rim in the colour of the text besides, so that
both ends of the scale stand out from a light and from a dark ground.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from hereabouts.sensing.web.drawing.scales import value_ticks

SHADES = ("#00224e", "#2a3f6d", "#575d6d", "#7d7c78", "#a59c74", "#d2c060", "#fee838")
UNKNOWN = "none"


def edges_for(values: Sequence[float]) -> list[float]:
    """Round values that part the shades: six or fewer, so that most values do not share one."""
    if not values:
        return []
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
    if high <= low:
        return [low]
    ticks = value_ticks(low, high, len(SHADES) - 1)
    return ticks[1:-1][: len(SHADES) - 1] or ticks[1:2]


def shade_of(value: float | None, edges: Sequence[float]) -> str:
    """The shade of a value; spread over the whole scale where there are few edges."""
    if value is None:
        return UNKNOWN
    return shades_for(edges)[bisect_right(edges, value)]


def shades_for(edges: Sequence[float]) -> list[str]:
    """One shade more than there are edges, from the lowest values to the highest."""
    last = len(SHADES) - 1
    steps = max(1, len(edges))
    return [SHADES[round(index * last / steps)] for index in range(len(edges) + 1)]
