"""Facts about applications of network servers and their devices; not public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_


@event_type
@dataclass(frozen=True)
class ApplicationChanged(Event):
    """An application was named or set up anew; `subject` is network and name."""

    wire_name: ClassVar[str] = "sensing.application.changed.v1"
    sentence: ClassVar[str] = N_("The application {subject} was set up: {members}.")
    members: tuple[str, ...]

    @classmethod
    def example(cls) -> Self:
        """Devices may enter by themselves."""
        return cls(("is_automatic",))


@event_type
@dataclass(frozen=True)
class DeviceChanged(Event):
    """A device was registered or set up anew; `members` are the names of what was set."""

    wire_name: ClassVar[str] = "sensing.device.changed.v1"
    sentence: ClassVar[str] = N_("The device {subject} was set up: {members}.")
    members: tuple[str, ...]
    decoder: str
    thing_id: int | None

    @classmethod
    def example(cls) -> Self:
        """A device with a decoder."""
        return cls(("decoder",), "gully-level", 12)


@event_type
@dataclass(frozen=True)
class UplinksDecodedAgain(Event):
    """Frames kept raw were read with the decoder of now."""

    wire_name: ClassVar[str] = "sensing.device.decoded_again.v1"
    sentence: ClassVar[str] = N_("{frames} frames of {subject} were read again, {decoded} well.")
    frames: int
    decoded: int

    @classmethod
    def example(cls) -> Self:
        """A day of frames."""
        return cls(144, 143)
