"""Reactions: what a room does when an event of another room has been recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hereabouts.journal.domain.events import Event, RecordedEvent

ReactedEvent = TypeVar("ReactedEvent", bound=Event)
Handler = Callable[[ReactedEvent, RecordedEvent], None]


class ReactionError(TypeError):
    """Two reactions have one name; found when the second is registered."""


@dataclass(frozen=True)
class Reaction(Generic[ReactedEvent]):
    """A named handler of one event type.

    The handler runs inside a transaction that also moves the reaction's cursor, so what it writes
    to the database happens exactly once; what it does elsewhere may happen again. It gets each
    subject's events in their order. `reads_history` says whether a reaction that is new to an
    installation begins with the first event ever recorded, or with the next one.
    """

    name: str
    event_class: type[ReactedEvent]
    handler: Handler[ReactedEvent]
    reads_history: bool = True


AnyReaction = Reaction[Any]  # Any: the registry holds reactions to every event type


class Reactions:
    """The registry of reactions, by name."""

    def __init__(self) -> None:
        self._reactions: dict[str, AnyReaction] = {}

    def __iter__(self) -> Iterator[AnyReaction]:
        """Every reaction, by name."""
        return iter([self._reactions[name] for name in sorted(self._reactions)])

    def find(self, name: str) -> AnyReaction | None:
        """The reaction with this name, or None."""
        return self._reactions.get(name)

    def add(self, reaction: AnyReaction) -> None:
        """Add a reaction. Raises: ReactionError where another one has its name."""
        taken = self._reactions.get(reaction.name)
        if taken is not None and not _is_same(taken, reaction):
            raise ReactionError(f"two reactions are named {reaction.name}")
        self._reactions[reaction.name] = reaction


def _is_same(one: AnyReaction, other: AnyReaction) -> bool:
    first, second = one.handler, other.handler
    return (getattr(first, "__module__", ""), getattr(first, "__qualname__", "")) == (
        getattr(second, "__module__", ""),
        getattr(second, "__qualname__", ""),
    )


REACTIONS = Reactions()
"""Every reaction of this program; rooms add theirs when their `reactions` module is loaded."""


def reaction(
    event_class: type[ReactedEvent], *, name: str, reads_history: bool = True
) -> Callable[[Handler[ReactedEvent]], Handler[ReactedEvent]]:
    """Register a function as the reaction to an event type, under a name that never changes.

    Raises: ReactionError where another reaction has the name.
    """

    def register(handler: Handler[ReactedEvent]) -> Handler[ReactedEvent]:
        REACTIONS.add(Reaction(name, event_class, handler, reads_history))
        return handler

    return register
