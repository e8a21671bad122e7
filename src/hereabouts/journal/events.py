"""The words every room announces its facts with, and the journal's own facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.domain.events import (
    Event,
    EventTypeError,
    Position,
    RecordedEvent,
    event_type,
    list_event_types,
)
from hereabouts.kernel.text import N_

__all__ = [
    "DeliveryDiscarded",
    "DeliveryParked",
    "DeliveryRetried",
    "Event",
    "EventTypeError",
    "Position",
    "RecordedEvent",
    "event_type",
    "list_event_types",
]


@event_type
@dataclass(frozen=True)
class DeliveryParked(Event):
    """A reaction failed too often on one event and waits for a person."""

    wire_name: ClassVar[str] = "journal.delivery.parked.v1"
    sentence: ClassVar[str] = N_("{reaction} failed on entry {position} and waits for a person.")
    reaction: str
    position: int

    @classmethod
    def example(cls) -> Self:
        """One parked delivery."""
        return cls("places.tag_assets", 41)


@event_type
@dataclass(frozen=True)
class DeliveryRetried(Event):
    """An operator asked for a parked delivery to be tried again."""

    wire_name: ClassVar[str] = "journal.delivery.retried.v1"
    sentence: ClassVar[str] = N_("{reaction} is to try entry {position} again.")
    reaction: str
    position: int

    @classmethod
    def example(cls) -> Self:
        """One retried delivery."""
        return cls("places.tag_assets", 41)


@event_type
@dataclass(frozen=True)
class DeliveryDiscarded(Event):
    """An operator gave a parked delivery up; the reason is kept with the delivery."""

    wire_name: ClassVar[str] = "journal.delivery.discarded.v1"
    sentence: ClassVar[str] = N_("{reaction} will never see entry {position}: it was given up.")
    reaction: str
    position: int

    @classmethod
    def example(cls) -> Self:
        """One discarded delivery."""
        return cls("places.tag_assets", 41)
