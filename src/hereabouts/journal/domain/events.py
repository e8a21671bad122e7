"""What an event is: a small frozen dataclass with a wire name, holding facts and no people."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, NewType, Self, TypeVar

import msgspec

from hereabouts.kernel.access import PersonId
from hereabouts.kernel.canonical_json import LARGEST_INTEGER, Encoded, encode

Position = NewType("Position", int)
"""Where an event stands in the journal: 1, 2, 3 … without a gap."""

WIRE_NAME = re.compile(r"[a-z]+(\.[a-z][a-z_]*){2}\.v[1-9][0-9]*")
PREFIX = re.compile(r"[a-z0-9_.]{0,120}")
LONGEST_TEXT = 500
"""Characters of one text in an event: room for an id, a code or a title, not for a story."""
LARGEST_PAYLOAD = 16_384
"""Bytes of one event's canonical JSON."""
LONGEST_SUBJECT = 200

PERSONAL_FIELDS = frozenset(
    "address birthday comment contact date_of_birth email first_name forename full_name ip "
    "ip_address last_name message mobile note phone surname telephone user_agent username".split()
)
"""Field names that no event may have: what they would hold belongs in a table that can forget."""


class EventTypeError(TypeError):
    """A class cannot be an event type; found when it is registered."""


@dataclass(frozen=True)
class Event:
    """The base of all events; subclasses are frozen dataclasses marked with `event_type`.

    `wire_name` is `room.thing.what_happened.vN` and never changes its meaning: a changed payload
    is a new version and a new class. `sentence` tells it in plain words, with `{fields}` and
    `{subject}`, marked with `N_`; `{counted}` stands for the numbers of `counts` that are not
    zero, and a field whose values are words of ours is said as `words` has them. Public events
    are shown and streamed to everybody.
    Fields are text, numbers, truth values, enums of text, None, and tuples of these; persons
    appear as PersonId and in no other way.
    """

    wire_name: ClassVar[str]
    is_public: ClassVar[bool] = False
    sentence: ClassVar[str] = ""
    counts: ClassVar[Mapping[str, str]] = {}
    """By field: how its number is said, with `{count}`."""
    words: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """By field: how its values are said."""

    @classmethod
    def example(cls) -> Self:
        """One event of this type, for documentation and for the test that it can be read back."""
        raise AssertionError(f"{cls.__name__} gives no example")


AnyEvent = TypeVar("AnyEvent", bound=Event)


@dataclass(frozen=True)
class RecordedEvent:
    """An event as it stands in the journal.

    `event` is None where no class here knows the wire name (a later or a retired version), or
    where the payload does not fit the class; the payload can be read all the same.
    """

    position: Position
    recorded_at: datetime
    wire_name: str
    subject: str
    actor: PersonId | None
    is_public: bool
    payload: Mapping[str, Any]  # Any: JSON of types this program may not know
    hash: str
    event: Event | None


class EventTypes:
    """The registry of event classes, by wire name."""

    def __init__(self) -> None:
        self._classes: dict[str, type[Event]] = {}

    def __iter__(self) -> Iterator[type[Event]]:
        """Every class, by wire name."""
        return iter(self._classes[name] for name in sorted(self._classes))

    def register(self, cls: type[AnyEvent]) -> type[AnyEvent]:
        """Add a class.

        Raises: EventTypeError where it is not a usable event type or its name is taken.
        """
        _check_class(cls)
        taken = self._classes.get(cls.wire_name)
        if taken is not None and taken.__qualname__ != cls.__qualname__:
            raise EventTypeError(f"{cls.wire_name} is already {taken.__qualname__}")
        if taken is not None and taken.__module__ != cls.__module__:
            raise EventTypeError(f"{cls.wire_name} is already in {taken.__module__}")
        self._classes[cls.wire_name] = cls
        return cls

    def find(self, wire_name: str) -> type[Event] | None:
        """The class with this wire name, or None."""
        return self._classes.get(wire_name)

    def read(self, wire_name: str, payload: object) -> Event | None:
        """The typed event, or None where the class is unknown or the payload does not fit it."""
        cls = self._classes.get(wire_name)
        if cls is None:
            return None
        try:
            return msgspec.convert(payload, cls)
        except msgspec.ValidationError:
            return None


EVENT_TYPES = EventTypes()
"""Every event type of this program; rooms add theirs when their `events` module is loaded."""


def event_type(cls: type[AnyEvent]) -> type[AnyEvent]:
    """Register an event class; the outermost decorator of the dataclass.

    Raises: EventTypeError where it is not a usable event type or its name is taken.
    """
    return EVENT_TYPES.register(cls)


def list_event_types() -> list[type[Event]]:
    """Every registered event class, by wire name."""
    return list(EVENT_TYPES)


def write_payload(event: Event) -> Encoded:
    """An event's fields as canonical JSON."""
    return encode(msgspec.to_builtins(event))


def find_oversized_field(event: Event) -> str | None:
    """The first field that holds more than an event may, or None."""
    for name, value in msgspec.to_builtins(event).items():
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            return str(name)
        if isinstance(value, int | float) and not abs(value) <= LARGEST_INTEGER:
            return str(name)
    return None


def is_usable_prefix(prefix: str) -> bool:
    """Whether a text can be the beginning of a wire name."""
    return PREFIX.fullmatch(prefix) is not None


def is_usable_subject(subject: str) -> bool:
    """Whether a text can name what an event is about: printable, without blanks, not too long."""
    return 0 < len(subject) <= LONGEST_SUBJECT and subject.isprintable() and " " not in subject


def _check_class(cls: type[Event]) -> None:
    if "__dataclass_params__" not in cls.__dict__:
        raise EventTypeError(f"{cls.__name__} is not a dataclass")
    if not cls.__dict__["__dataclass_params__"].frozen:
        raise EventTypeError(f"{cls.__name__} is not frozen")
    name = getattr(cls, "wire_name", "")
    if not WIRE_NAME.fullmatch(name):
        raise EventTypeError(f"{cls.__name__} has no wire name of the form room.thing.happened.v1")
    if "example" not in cls.__dict__:
        raise EventTypeError(f"{name} gives no example")
    _check_fields(cls)


def _check_fields(cls: type[Event]) -> None:
    kinds = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        if field.name in PERSONAL_FIELDS:
            raise EventTypeError(f"{cls.wire_name} has a field for personal data: {field.name}")
        if not _is_plain(kinds[field.name]):
            kind = kinds[field.name]
            raise EventTypeError(f"{cls.wire_name}.{field.name} is {kind}, which no event may hold")


def _is_plain(kind: object) -> bool:
    kind = getattr(kind, "__supertype__", kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return all(isinstance(member.value, str) for member in kind)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return all(_is_plain(part) for part in parts)
    if origin is tuple:
        return all(part is Ellipsis or _is_plain(part) for part in parts)
    if origin is typing.Literal:
        return all(isinstance(part, str | int) for part in parts)
    return kind in (str, int, float, bool, type(None))
