"""One value has one canonical form, and what has none is refused."""

from __future__ import annotations

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.canonical_json import (
    LARGEST_INTEGER,
    Encoded,
    NotCanonicalError,
    encode,
)

pytestmark = pytest.mark.once

TEXT = st.text(st.characters(codec="utf-8"))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)


@given(VALUES)
def test_reading_back_gives_the_same_value(value: object) -> None:
    # Numbers are doubles to every reader of JSON, long ones without a fraction too.
    assert json.loads(encode(value), parse_int=float) == value


@given(VALUES)
def test_writing_again_what_was_read_gives_the_same_bytes(value: object) -> None:
    once = encode(value)
    assert encode(json.loads(once, parse_int=float)) == once


@given(st.dictionaries(TEXT, st.integers(0, 9), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert encode(value) == encode(backwards)


def test_keys_stand_in_the_order_of_their_utf16_units() -> None:
    written = encode({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "\r": 4, "1": 5, "\x80": 6})
    assert list(json.loads(written)) == ["\r", "1", "\x80", "\u20ac", "\U0001f600", "\ufb33"]


# Source: RFC 8785, appendix B: the bits of a double, and how it is written.
SAMPLES = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


@pytest.mark.parametrize(("bits", "written"), SAMPLES)
def test_doubles_are_written_as_the_standard_says(bits: str, written: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert encode(value) == written.encode()


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        LARGEST_INTEGER + 1,
        {1: "a"},
        {None: "a"},
        {"\ud800": 1},
        "\udfff",
        b"bytes",
        {1, 2},
        object(),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        encode(value)


def test_a_list_that_holds_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(NotCanonicalError, match="deeply"):
        encode(endless)


def test_what_is_canonical_already_is_put_in_place_as_it_stands() -> None:
    assert encode({"b": Encoded(b'{"x":1}'), "a": 2}) == b'{"a":2,"b":{"x":1}}'


def test_nothing_is_escaped_that_need_not_be() -> None:
    assert encode('\x00\x1f\x7f\u2028/"\\\b\f\n\r\té') == (
        b'"\\u0000\\u001f\x7f\xe2\x80\xa8/\\"\\\\\\b\\f\\n\\r\\t\xc3\xa9"'
    )
