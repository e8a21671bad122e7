"""What may be an event, and how it is read back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

import pytest

from hereabouts.journal.domain.events import (
    EventTypes,
    find_oversized_field,
    is_usable_subject,
    write_payload,
)
from hereabouts.journal.events import Event, EventTypeError, list_event_types
from hereabouts.kernel.access import PersonId
from tests.rooms.journal.sample import StreetChecked, StreetRenamed

pytestmark = pytest.mark.once


class _Gives:
    @classmethod
    def example(cls) -> Self:
        return cls()


def test_every_event_type_has_an_example_that_reads_back_the_same() -> None:
    types = EventTypes()
    for cls in list_event_types():
        types.register(cls)
        example = cls.example()
        import json

        assert types.read(cls.wire_name, json.loads(write_payload(example))) == example
        assert find_oversized_field(example) is None


def test_every_public_event_says_in_words_what_happened() -> None:
    public = [cls for cls in list_event_types() if cls.is_public]
    assert public
    for cls in public:
        fields = vars(cls.example())
        counted = [text.format(count=fields[name]) for name, text in cls.counts.items()]
        said = cls.sentence.format(**fields, counted=", ".join(counted), subject="x:1")
        assert said != cls.sentence or "{" not in cls.sentence
        assert set(cls.words) <= set(fields)


def test_a_wire_name_belongs_to_one_class() -> None:
    @dataclass(frozen=True)
    class Impostor(StreetRenamed):
        @classmethod
        def example(cls) -> Self:
            return cls("x")

    types = EventTypes()
    types.register(StreetRenamed)
    types.register(StreetRenamed)
    with pytest.raises(EventTypeError, match="already"):
        types.register(Impostor)


@pytest.mark.parametrize(
    "name", ["", "renamed", "sample.renamed.v1", "a.b.c", "A.b.c.v1", "a.b.c.v0"]
)
def test_a_wire_name_names_room_thing_happening_and_version(name: str) -> None:
    @dataclass(frozen=True)
    class Odd(Event):
        wire_name: ClassVar[str] = name

        @classmethod
        def example(cls) -> Self:
            return cls()

    with pytest.raises(EventTypeError, match="wire name"):
        EventTypes().register(Odd)


def test_an_event_type_is_frozen_and_gives_an_example() -> None:
    class Plain(Event):
        wire_name: ClassVar[str] = "sample.plain.happened.v1"

    @dataclass(frozen=True)
    class Mute(Event):
        wire_name: ClassVar[str] = "sample.mute.happened.v1"

    with pytest.raises(EventTypeError, match="not a dataclass"):
        EventTypes().register(Plain)
    with pytest.raises(EventTypeError, match="no example"):
        EventTypes().register(Mute)


def _with_field(name: str, kind: object) -> type[Event]:
    body = {"__annotations__": {name: kind}, "wire_name": "sample.thing.happened.v1"}
    body["example"] = classmethod(lambda cls: cls("x"))
    return dataclass(frozen=True)(type("Odd", (Event,), body))


@pytest.mark.parametrize("name", ["email", "phone", "surname", "address", "ip_address", "message"])
def test_a_field_for_personal_data_is_refused(name: str) -> None:
    with pytest.raises(EventTypeError, match="personal"):
        EventTypes().register(_with_field(name, str))


@pytest.mark.parametrize("kind", [dict, object, bytes, datetime, list[str], tuple[bytes, ...]])
def test_a_field_that_is_not_plain_is_refused(kind: object) -> None:
    with pytest.raises(EventTypeError, match="no event may hold"):
        EventTypes().register(_with_field("thing", kind))


@pytest.mark.parametrize("kind", [str, int, float, bool, PersonId, str | None, tuple[int, ...]])
def test_plain_fields_are_welcome(kind: object) -> None:
    EventTypes().register(_with_field("thing", kind))


def test_an_unknown_or_unfitting_payload_reads_as_nothing() -> None:
    types = EventTypes()
    types.register(StreetRenamed)
    assert types.read("sample.street.renamed.v2", {"title": "x"}) is None
    assert types.read(StreetRenamed.wire_name, {"title": 7}) is None
    assert types.read(StreetRenamed.wire_name, ["title"]) is None


@pytest.mark.parametrize(
    "event",
    [
        StreetRenamed("x" * 501),
        StreetRenamed("x", 2**53),
        StreetChecked(1e300),
        StreetChecked(math.nan),
    ],
)
def test_an_event_holds_a_code_not_a_story(event: Event) -> None:
    assert find_oversized_field(event) is not None


@pytest.mark.parametrize("subject", ["", "two words", "line\nbreak", "nul\x00", "x" * 201])
def test_a_subject_is_short_and_printable(subject: str) -> None:
    assert not is_usable_subject(subject)
