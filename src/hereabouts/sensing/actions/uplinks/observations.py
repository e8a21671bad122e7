"""From a frame's readings to observations of streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from hereabouts.sensing.domain.observations import NewObservation, ResultKind
from hereabouts.standards.lorawan.fields import Outcome, Reading


@dataclass(frozen=True)
class Sorted:
    """Readings that have a stream, as observations, and the names of those that have none."""

    observations: list[NewObservation]
    missing: list[str]


def sort_readings(
    readings: Sequence[Reading], streams: Mapping[str, int | None], received_us: int
) -> Sorted:
    """Observations of the readings of a frame received then; a stream None leaves a reading out.

    A device's own time comes before the network's. Each observation is dropped by the store where
    its stream has the same result at the same time, so that a frame can be read again.
    """
    observations = [
        _observation(reading, stream_id, received_us)
        for reading in readings
        if (stream_id := streams.get(reading.name)) is not None
    ]
    missing = sorted({reading.name for reading in readings} - set(streams))
    return Sorted(observations, missing)


def _observation(reading: Reading, stream_id: int, received_us: int) -> NewObservation:
    base = received_us if reading.at_us is None else reading.at_us
    started = base - reading.age_us
    kind, number, result = _result(reading.value)
    return NewObservation(
        stream_id=stream_id,
        started=started,
        kind=kind,
        number=number,
        result=result,
        result_time=None if started == received_us else received_us,
        once=True,
    )


def _result(value: Outcome) -> tuple[int, float | None, str | None]:
    if isinstance(value, bool):
        return ResultKind.TRUTH, float(value), None
    if isinstance(value, str):
        return ResultKind.TEXT, None, msgspec.json.encode(value).decode()
    return ResultKind.NUMBER, float(value), None
