"""Facts about the register; not public, since an entity may belong to a closed Thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_


@event_type
@dataclass(frozen=True)
class EntityCreated(Event):
    """An entity entered the register; `entity_type` as the standard names it (`Thing`)."""

    wire_name: ClassVar[str] = "sensing.entity.created.v1"
    sentence: ClassVar[str] = N_("{entity_type} {entity_id} was created.")
    entity_type: str
    entity_id: int

    @classmethod
    def example(cls) -> Self:
        """A new Thing."""
        return cls("Thing", 1)


@event_type
@dataclass(frozen=True)
class EntityChanged(Event):
    """An entity changed; `members` are the names of what was set."""

    wire_name: ClassVar[str] = "sensing.entity.changed.v1"
    sentence: ClassVar[str] = N_("{entity_type} {entity_id} was changed.")
    entity_type: str
    entity_id: int
    members: tuple[str, ...]

    @classmethod
    def example(cls) -> Self:
        """A Thing with another description."""
        return cls("Thing", 1, ("description",))


@event_type
@dataclass(frozen=True)
class EntityDeleted(Event):
    """An entity was deleted with what depended on it; `observations` were deleted with it."""

    wire_name: ClassVar[str] = "sensing.entity.deleted.v1"
    sentence: ClassVar[str] = N_("{entity_type} {entity_id} was deleted.")
    entity_type: str
    entity_id: int
    observations: int

    @classmethod
    def example(cls) -> Self:
        """A Datastream with its observations."""
        return cls("Datastream", 7, 1_440)
