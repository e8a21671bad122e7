"""Facts about the end of observations; not public, since a stream may be closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_


@event_type
@dataclass(frozen=True)
class ObservationsExpired(Event):
    """Observations were older than their streams keep them, and were deleted."""

    wire_name: ClassVar[str] = "sensing.observations.expired.v1"
    sentence: ClassVar[str] = N_(
        "{observations} observations of {streams} streams were older than they are kept, and were"
        " deleted."
    )
    streams: int
    observations: int

    @classmethod
    def example(cls) -> Self:
        """A day of a small hub."""
        return cls(12, 17_280)
