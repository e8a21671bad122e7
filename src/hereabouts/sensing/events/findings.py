"""Facts about findings; those about closed and shared data are a type of their own, not public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.watching import FINDING_NAMES

KIND_WORDS = {"kind": {kind.value: name for kind, name in FINDING_NAMES.items()}}


@dataclass(frozen=True)
class _Finding(Event):
    finding: str
    kind: str
    stream_id: int | None
    thing_id: int | None
    summary: str

    @classmethod
    def example(cls) -> Self:
        """A gully that fills."""
        return cls("fi-3k9x0v2m7q1c", "threshold", 12, 4, "Level 92 % is above 80 %")


@event_type
@dataclass(frozen=True)
class FindingRaised(_Finding):
    """A rule found something remarkable in open data; `summary` says what in numbers."""

    wire_name: ClassVar[str] = "sensing.finding.raised.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("{kind}: {summary}.")
    words = KIND_WORDS

    @classmethod
    def example(cls) -> Self:
        """A gully that fills."""
        return super().example()


@event_type
@dataclass(frozen=True)
class FindingCleared(_Finding):
    """What a finding said in open data no longer holds."""

    wire_name: ClassVar[str] = "sensing.finding.cleared.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("Over: {kind}: {summary}.")
    words = KIND_WORDS

    @classmethod
    def example(cls) -> Self:
        """A gully that emptied again."""
        return super().example()


@event_type
@dataclass(frozen=True)
class RestrictedFindingRaised(_Finding):
    """The same as `FindingRaised`, in shared or closed data."""

    wire_name: ClassVar[str] = "sensing.restricted_finding.raised.v1"
    sentence: ClassVar[str] = N_("{kind}: {summary}.")
    words = KIND_WORDS

    @classmethod
    def example(cls) -> Self:
        """A gully that fills."""
        return super().example()


@event_type
@dataclass(frozen=True)
class RestrictedFindingCleared(_Finding):
    """The same as `FindingCleared`, in shared or closed data."""

    wire_name: ClassVar[str] = "sensing.restricted_finding.cleared.v1"
    sentence: ClassVar[str] = N_("Over: {kind}: {summary}.")
    words = KIND_WORDS

    @classmethod
    def example(cls) -> Self:
        """A gully that emptied again."""
        return super().example()
