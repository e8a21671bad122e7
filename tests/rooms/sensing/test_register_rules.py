"""Rules of the register without a database: the index of members, classes, drafts, patches."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.register.classes import class_of
from hereabouts.sensing.domain.register.drafts import Draft, Link, read_draft
from hereabouts.sensing.domain.register.faults import UnusableError
from hereabouts.sensing.domain.register.members import (
    DEEPEST,
    LEFT_OUT,
    LONGEST_TEXT,
    MOST_MEMBERS,
    list_members,
)
from hereabouts.sensing.domain.register.values import is_deeper, read_value
from hereabouts.standards.sensorthings.model import ENTITY_TYPES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=20,
)


def nested(depth: int) -> dict[str, Any]:
    """Objects inside each other with a scalar so many steps down."""
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return dict(value)


@pytest.mark.parametrize(
    ("properties", "is_whole"),
    [
        ({"a": None, "b": {}, "c": []}, True),
        (nested(DEEPEST), True),
        (nested(DEEPEST + 1), False),
        ({"a": "x" * LONGEST_TEXT}, True),
        ({"a": "x" * (LONGEST_TEXT + 1)}, False),
        ({str(n): n for n in range(MOST_MEMBERS)}, True),
        ({str(n): n for n in range(MOST_MEMBERS + 1)}, False),
        ({"x" * 201: 1}, False),
        ({"a": 10**400}, False),
    ],
)
def test_an_entity_of_which_something_is_left_out_says_so(
    properties: dict[str, Any], is_whole: bool
) -> None:
    found = list_members(json.dumps(properties))
    assert (LEFT_OUT not in found) is is_whole
    assert len(found) <= MOST_MEMBERS + 1


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=5))
def test_any_properties_are_indexed_or_refused(properties: dict[str, Any]) -> None:
    text = json.dumps(properties)
    if "Infinity" in text or "\\ud" in text:
        return
    found = list_members(text)
    assert all(len(member.path) <= 200 and member.kind in {0, 1, 2} for member in found)


@given(JSON)
def test_depth_is_that_of_the_value(value: Any) -> None:
    def depth(part: Any) -> int:
        if isinstance(part, dict):
            return 1 + max((depth(inner) for inner in part.values()), default=0)
        if isinstance(part, list):
            return 1 + max((depth(inner) for inner in part), default=0)
        return 0

    sent = json.dumps(value).encode()
    assert is_deeper(sent, depth(value) - 1) is (depth(value) > 0)
    assert not is_deeper(sent, depth(value))


def test_a_class_is_read_from_the_top_of_the_properties() -> None:
    assert class_of(None) is DataClass.OPEN
    assert class_of('{"a": "dataClass"}') is DataClass.OPEN
    assert class_of('{"inner": {"dataClass": "closed"}}') is DataClass.OPEN
    assert class_of('{"data\\u0043lass": "shared"}') is DataClass.SHARED
    with pytest.raises(UnusableError):
        class_of('{"dataClass": null}')


def test_an_id_alone_is_a_link_and_with_members_an_entity() -> None:
    body = {
        "Locations": [{"@iot.id": 4}, {"id": 5, "@iot.selfLink": "x"}, {"@iot.id": 6, "name": "n"}]
    }
    first, second, third = read_draft(ENTITY_TYPES["Thing"], body).related["Locations"]
    assert first == Link(4, "Locations[0]") and second == Link(5, "Locations[1]")
    assert isinstance(third, Draft) and third.id == 6 and third.values == {"name": "n"}


@pytest.mark.parametrize(
    "sent",
    [
        rb'{"a":"\ud800"}',
        rb'{"a":"\udc00 and more"}',
        rb'{"a":["\udbff\u0041"]}',
        rb'{"\ud800":1}',
        rb'{"a":"\ud83d"}',
    ],
)
def test_half_a_character_is_refused_for_no_database_can_look_into_it(sent: bytes) -> None:
    for entity, name in (("Thing", "properties"), ("Sensor", "metadata"), ("Location", "location")):
        with pytest.raises(UnusableError):
            read_value(ENTITY_TYPES[entity].properties[name], msgspec.Raw(sent), name)


def test_a_character_in_two_halves_is_kept_as_it_was_sent() -> None:
    sent = rb'{"a":"\ud83d\ude00"}'
    kept = read_value(ENTITY_TYPES["Thing"].properties["properties"], msgspec.Raw(sent), "p")
    assert kept == sent.decode()
