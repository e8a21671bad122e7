"""Members of `properties` found by how their text begins, through the index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.sensing.queries.reading.members import LONGEST, first_behind
from tests.rooms.sensing.reading_world import add_thing, found

LETTERS = st.text(
    st.sampled_from(["a", "b", "é", "\ud7ff", "\ue000", "\uffff", "😀", chr(0x10FFFF)]), max_size=4
)


@given(LETTERS.filter(bool), LETTERS)
def test_what_begins_so_lies_between_it_and_the_first_text_behind(
    beginning: str, text: str
) -> None:
    behind = first_behind(beginning)
    lies_between = text >= beginning and (not behind or text < behind)
    assert lies_between is text.startswith(beginning)


@pytest.mark.django_db
def test_things_are_found_by_the_beginning_of_a_member() -> None:
    values: list[object] = [
        "A-0500", "A-05", "a-0500", "A-0499", "A-051", "A-05é", "A-05😀", "", None, True, 5, 50.5,
        "5 trees", ["A-05"], {"b": "A-05"}, "A-05" + "x" * LONGEST, "xA-05", "A-0", "A-0\uffff",
    ]  # fmt: skip
    for key, value in enumerate(values, 1):
        add_thing(key, f"t{key}", {"asset": value, "deep": {"asset": value}})
    for path in ("asset", "deep/asset"):
        for beginning in ("A-05", "A", "A-05é", "a", "5", "A-05" + "x" * LONGEST, "A-0\uffff", "z"):
            expected = [
                key
                for key, value in enumerate(values, 1)
                if isinstance(value, str) and value.startswith(beginning)
            ]
            answer = found("Things", f"startswith(properties/{path},'{beginning}')")
            texts = [key for key in answer if isinstance(values[key - 1], str)]
            assert texts == expected, (path, beginning)
            assert set(answer) - set(texts) <= {11, 12}, (path, beginning)
    assert found("Things", "startswith(properties/asset,'A-05') eq false") != []
    assert len(found("Things", "not startswith(properties/asset,'A-05')")) > 2
