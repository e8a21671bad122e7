"""Results: every JSON value comes back exactly as it was sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hereabouts.sensing.domain.observations import ResultKind
from hereabouts.sensing.domain.results import (
    ResultUnreadableError,
    count_elements,
    find_plain_number,
    number_result,
    read_result,
    write_result,
)

DIGITS = st.text("0123456789", min_size=1, max_size=20)
NUMBERS = st.builds(
    lambda sign, whole, part, exponent: (
        f"{sign}{whole.lstrip('0') or '0'}{'.' + part if part else ''}{exponent}"
    ),
    st.sampled_from(["", "-"]),
    DIGITS,
    st.one_of(st.just(""), DIGITS),
    st.sampled_from(["", "e5", "E-7", "e+2"]),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


@given(NUMBERS)
@example("4.60")
@example("-0")
@example("-0.0")
@example("0.00001")
@example("0.0001")
@example("1e16")
@example("9007199254740993")
@example("123456789012345")
@example("20.0")
@example("0.1234567890123456789")
@example("1234567890123456.5")
def test_a_number_comes_back_digit_by_digit(text: str) -> None:
    kind, number, kept = read_result(text)
    assert kind == ResultKind.NUMBER
    assert number == float(text)
    assert write_result(kind, number, kept) == text
    plain = find_plain_number(text.encode())
    assert plain is None or (plain, None) == (number, kept)


@pytest.mark.parametrize("text", ["21.5", "4.6", "-3", "0", "1234567", "0.01"])
def test_a_plain_number_keeps_no_text(text: str) -> None:
    assert read_result(text).text is None
    assert find_plain_number(text.encode()) == float(text)


@given(VALUES)
def test_any_value_comes_back(value: object) -> None:
    text = json.dumps(value)
    try:
        found = read_result(text)
    except ResultUnreadableError:
        # JSON text may name half a character, which is no text anywhere else.
        assert "\\ud" in text
        return
    assert json.loads(write_result(*found)) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"on"', ResultKind.TEXT),
        ("true", ResultKind.TRUTH),
        ("false", ResultKind.TRUTH),
        ("null", ResultKind.NULL),
        ("[1, 2]", ResultKind.JSON),
        ('{"a": 1}', ResultKind.JSON),
    ],
)
def test_a_value_is_of_its_kind(text: str, kind: ResultKind) -> None:
    found = read_result(text)
    assert found.kind == kind
    assert write_result(*found) == text


@pytest.mark.parametrize("text", ["", "yes", "1.2.3", "-", "{", '"', "[1,", "1e999", "-1e999"])
def test_what_is_not_json_is_refused(text: str) -> None:
    assert find_plain_number(text.encode()) is None
    with pytest.raises(ResultUnreadableError):
        read_result(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_say_is_refused(number: float) -> None:
    with pytest.raises(ResultUnreadableError):
        number_result(number)


def test_elements_of_a_list_are_counted() -> None:
    assert count_elements('[1, [2, 3], "x"]') == 3
    assert count_elements('{"a": 1}') is None
    assert count_elements(None) is None
