"""The newest reading of a stream that is not from the future: what it says now.

The writer keeps the latest by phenomenon time, as SensorThings means it. A clock that is ahead puts
that into the future, where it would hide every reading that comes after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hereabouts.kernel.time import now
from hereabouts.sensing.domain.quality import AHEAD
from hereabouts.sensing.domain.uplinks import to_us
from hereabouts.sensing.models.observations import Observation, StreamState


class Newest(NamedTuple):
    """A reading: its time in microseconds since 1970 UTC, its result and its flags."""

    started: int
    number: float | None
    result: str | None
    kind: int | None
    quality: int


def now_us() -> int:
    """The present moment in microseconds since 1970 UTC."""
    return to_us(now())


def newest_of(states: Iterable[StreamState], moment: int) -> dict[int, Newest]:
    """By stream: its newest reading at a moment, in microseconds since 1970 UTC.

    A stream without one is left out. One read for each stream whose latest is from the future.
    """
    until = moment + AHEAD
    found: dict[int, Newest] = {}
    for state in states:
        newest = _kept(state) if (state.latest_started or 0) <= until else _read(state, until)
        if newest is not None:
            found[state.stream_id] = newest
    return found


def _kept(state: StreamState) -> Newest | None:
    if state.latest_started is None:
        return None
    return Newest(
        state.latest_started,
        state.latest_number,
        state.latest_result,
        state.latest_kind,
        state.latest_quality,
    )


def _read(state: StreamState, until: int) -> Newest | None:
    rows = Observation.objects.filter(stream_id=state.stream_id, started__lte=until)
    columns = rows.values_list("started", "number", "result", "kind", "quality")
    row = columns.order_by("-started", "-id").first()
    return None if row is None else Newest(*row)
