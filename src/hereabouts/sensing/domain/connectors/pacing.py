"""When a feed is asked again: at its interval, later after failures, and as its server asks."""

from __future__ import annotations

from hereabouts.sensing.domain.connectors.times import SECOND

LONGEST_PAUSE_S = 6 * 3600
FIRST_PAUSE_S = 60
LONGEST_ASKED_S = 24 * 3600
"""A server that asks for more patience than this is asked again after this."""
SPREAD = 0.1
"""Share of an interval by which polls are spread, so that they do not all come on the hour."""


def pause_after(
    interval_s: int, failures: int, *, chance: float, asked_s: float | None = None
) -> float:
    """Seconds until the next poll; `chance` is a random number from 0 to 1.

    After failures the pause doubles, with full jitter above its half; `asked_s` is what a server
    asked for, and the least.
    """
    if failures:
        most = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, interval_s) << min(failures - 1, 16))
        pause = most * (0.5 + 0.5 * chance)
    else:
        pause = interval_s * (1 + SPREAD * (chance - 0.5))
    if asked_s is not None:
        pause = max(pause, min(asked_s, LONGEST_ASKED_S) + chance * FIRST_PAUSE_S)
    return pause


def next_due(now_us: int, pause_s: float) -> int:
    """The time after a pause, in microseconds."""
    return now_us + int(pause_s * SECOND)
