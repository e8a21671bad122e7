"""What notifications read: entities as a reader of some level sees them now."""

from __future__ import annotations

from typing import Protocol

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.observations import NewObservation
from hereabouts.standards.sensorthings.tree import Options, ResourcePath, Selected


class Library(Protocol):
    """The service's own reading, for one entity at a time; only the first two block."""

    def find(self, path: ResourcePath, options: Options, level: DataClass) -> bytes | None:
        """What a path to one entity or property leads to, as JSON; None where that is nothing.

        A property that is null is `{"name":null}`.
        """

    def identify(self, path: ResourcePath, level: DataClass) -> int | None:
        """The id of the one entity that a path leads to; None where there is none to be seen."""

    def class_of(self, stream_id: int) -> DataClass | None:
        """How widely a stream may be read; None where that is not known without asking."""

    def feature_of(self, row: NewObservation) -> int | None:
        """The feature of a new observation; None where that is not known without asking."""

    def encode(
        self, row: NewObservation, observation_id: int, select: tuple[Selected, ...]
    ) -> bytes | None:
        """A new observation as `find` would give it; None where that takes asking."""
