"""Facts about watched levels; not public, since the stream may be closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_

SIDES = {"comparison": {"above": N_("above"), "below": N_("below")}}


@event_type
@dataclass(frozen=True)
class ThresholdSet(Event):
    """An officer began to watch a level of a stream, in the stream's unit."""

    wire_name: ClassVar[str] = "sensing.threshold.set.v1"
    sentence: ClassVar[str] = N_("Values {comparison} {value} of stream {stream_id} are watched.")
    words = SIDES
    threshold: str
    stream_id: int
    comparison: str
    value: float

    @classmethod
    def example(cls) -> Self:
        """A gully at four fifths."""
        return cls("th-3k9x0v2m7q1c", 12, "above", 80.0)


@event_type
@dataclass(frozen=True)
class ThresholdRemoved(Event):
    """A level of a stream is no longer watched."""

    wire_name: ClassVar[str] = "sensing.threshold.removed.v1"
    sentence: ClassVar[str] = N_("A level of stream {stream_id} is no longer watched.")
    threshold: str
    stream_id: int

    @classmethod
    def example(cls) -> Self:
        """A gully's level."""
        return cls("th-3k9x0v2m7q1c", 12)
