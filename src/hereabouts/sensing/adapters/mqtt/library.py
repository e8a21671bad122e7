"""What notifications read: entities as a reader of some level sees them now."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from hereabouts.sensing.actions.ingest import Change
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.observations import NewObservation
from hereabouts.standards.sensorthings.tree import Options, ResourcePath, Selected


class StreamFacts(NamedTuple):
    """What notifications have to know of a stream."""

    data_class: DataClass
    is_multi: bool


class Library(Protocol):
    """The service's own reading, for one entity at a time; what blocks says so."""

    def find(self, path: ResourcePath, options: Options, level: DataClass) -> bytes | None:
        """What a path to one entity or property leads to, as JSON; None where that is nothing.

        A property that is null is `{"name":null}`. Blocks.
        """

    def identify(self, path: ResourcePath, level: DataClass) -> int | None:
        """The id of the one entity that a path leads to; None where there is none to be seen.

        Blocks.
        """

    def facts_of(self, stream_id: int) -> StreamFacts | None:
        """What memory knows of a stream; None where that is nothing."""

    def learn(self, stream_id: int) -> StreamFacts | None:
        """The same from the tables; None where the stream is gone. Blocks."""

    def feature_of(self, row: NewObservation) -> int | None:
        """The feature of a new observation; None where that is not known without asking."""

    def encode(self, change: Change, is_multi: bool, select: tuple[Selected, ...]) -> bytes | None:
        """A new observation as `find` would give it; None where that takes asking."""
