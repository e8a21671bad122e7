"""What a reader may see and a writer may do in the sensor hub."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from hereabouts.kernel.access import VISITOR, Actor


class DataClass(IntEnum):
    """How widely a Thing and everything measured by it may be read; also a reader's level."""

    OPEN = 0
    """By everybody."""
    SHARED = 1
    """By those who may read shared data: departments and partners."""
    CLOSED = 2
    """By those who may read closed data."""

    @property
    def word(self) -> str:
        """The word in `properties/dataClass`."""
        return self.name.lower()


@dataclass(frozen=True)
class Grant:
    """What one caller may do; worked out once from a token, a key, or nothing.

    `manages`: may create, change and delete every entity. `observes_all`: may add observations to
    every stream; otherwise only to `stream_ids` and to every stream of `thing_ids`.
    """

    actor: Actor = VISITOR
    level: DataClass = DataClass.OPEN
    manages: bool = False
    observes_all: bool = False
    stream_ids: frozenset[int] = field(default_factory=frozenset)
    thing_ids: frozenset[int] = field(default_factory=frozenset)

    def may_observe(self, stream_id: int, thing_id: int) -> bool:
        """Whether the caller may add observations to a stream of a Thing."""
        return self.observes_all or stream_id in self.stream_ids or thing_id in self.thing_ids


NOBODY = Grant()
"""A caller without credentials: reads open data, writes nothing."""
