"""Event types that only these tests know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from django.db import transaction

from hereabouts.journal.api import Event, Position, append
from hereabouts.kernel.access import PersonId
from hereabouts.kernel.text import N_


@dataclass(frozen=True)
class StreetRenamed(Event):
    """A public sample."""

    wire_name: ClassVar[str] = "sample.street.renamed.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("The street {subject} is now called {title}.")
    title: str
    number: int = 1

    @classmethod
    def example(cls) -> Self:
        return cls("Mill Lane", 2)


@dataclass(frozen=True)
class StreetChecked(Event):
    """A sample that is not public."""

    wire_name: ClassVar[str] = "sample.street.checked.v1"
    length_m: float
    by: PersonId | None = None
    parts: tuple[str, ...] = ()

    @classmethod
    def example(cls) -> Self:
        return cls(12.5, PersonId("p-1"), ("a", "b"))


SAMPLES = (StreetRenamed, StreetChecked)


def record(event: Event, subject: str = "street:1", actor: PersonId | None = None) -> Position:
    """Append in a transaction of its own."""
    with transaction.atomic():
        return append(event, subject=subject, actor=actor)


def rename(titles: Iterable[str], subject: str = "street:1") -> list[Position]:
    """Append a renaming for each title."""
    return [record(StreetRenamed(title), subject) for title in titles]
