"""Facts about the keys of devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.keys import SCOPE_NAMES


@event_type
@dataclass(frozen=True)
class KeyCreated(Event):
    """A key that lets a device add observations was made; `targets` counts what it reaches."""

    wire_name: ClassVar[str] = "sensing.key.created.v1"
    sentence: ClassVar[str] = N_("Device key {key} was made for {days} days: {scope} ({targets}).")
    words = {"scope": {scope.value: name for scope, name in SCOPE_NAMES.items()}}
    key: str
    scope: str
    targets: int
    days: int

    @classmethod
    def example(cls) -> Self:
        """A key for one stream."""
        return cls("key-3k9x0v2m7q1c", "streams", 1, 366)


@event_type
@dataclass(frozen=True)
class KeyRevoked(Event):
    """A device key was stopped at once."""

    wire_name: ClassVar[str] = "sensing.key.revoked.v1"
    sentence: ClassVar[str] = N_("Device key {key} was revoked.")
    key: str

    @classmethod
    def example(cls) -> Self:
        """A lost device."""
        return cls("key-3k9x0v2m7q1c")
