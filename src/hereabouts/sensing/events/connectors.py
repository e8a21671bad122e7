"""Facts about connectors and back-fill; not public. Runs are no events: they have a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_


@event_type
@dataclass(frozen=True)
class ConnectorChanged(Event):
    """A connector was made or set up anew; `members` are the names of what was set."""

    wire_name: ClassVar[str] = "sensing.connector.changed.v1"
    sentence: ClassVar[str] = N_("The connector {subject} was set up: {members}.")
    kind: str
    members: tuple[str, ...]

    @classmethod
    def example(cls) -> Self:
        """A feed with another address."""
        return cls("table", ("options",))


@event_type
@dataclass(frozen=True)
class ConnectorSwitched(Event):
    """A connector was turned on, paused or taken away."""

    wire_name: ClassVar[str] = "sensing.connector.switched.v1"
    sentence: ClassVar[str] = N_("The connector {subject} is now: {state}.")
    words = {"state": {"on": N_("on"), "paused": N_("paused"), "gone": N_("taken away")}}
    kind: str
    state: str

    @classmethod
    def example(cls) -> Self:
        """A feed that is turned on."""
        return cls("flood", "on")


@event_type
@dataclass(frozen=True)
class ObservationsImported(Event):
    """A file of observations was imported; `streams` is how many streams got some."""

    wire_name: ClassVar[str] = "sensing.observations.imported.v1"
    sentence: ClassVar[str] = N_("{added} observations of {streams} streams came from a file.")
    file_name: str
    rows: int
    added: int
    duplicates: int
    findings: int
    streams: int

    @classmethod
    def example(cls) -> Self:
        """Years of one station."""
        return cls("kerbside-hourly.csv", 65_533, 455_000, 0, 12, 8)
