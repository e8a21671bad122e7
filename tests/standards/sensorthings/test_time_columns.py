"""Many times at once mean what each means alone."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.sensorthings.errors import TimeUnreadable
from hereabouts.standards.sensorthings.time_columns import DATE, FORMS, parse_instants
from hereabouts.standards.sensorthings.times import parse_instant

PRECISIONS = {"": "seconds", ".000": "milliseconds", ".000000": "microseconds"}


@given(st.lists(st.datetimes(), min_size=1), st.sampled_from(FORMS))
def test_times_of_one_form_are_read_at_once(moments: list[datetime], form: tuple[str, str]) -> None:
    precision = PRECISIONS[form[0].removeprefix(DATE)]
    texts = [moment.isoformat(timespec=precision) + form[1] for moment in moments]
    assert parse_instants(texts) == [parse_instant(text) for text in texts]


@given(
    st.lists(
        st.from_regex(
            r"[0-9]{4}-[0-2][0-9]-[0-3][0-9]T[0-3][0-9]:[0-7][0-9]:[0-7][0-9]Z", fullmatch=True
        )
        | st.text(min_size=20, max_size=20),
        min_size=1,
        max_size=3,
    )
)
def test_what_is_read_at_once_is_never_read_otherwise(texts: list[str]) -> None:
    found = parse_instants(texts)
    if found is not None:
        assert found == [parse_instant(text) for text in texts]
        return
    with pytest.raises(TimeUnreadable):
        raise AssertionError([parse_instant(text) for text in texts])


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z"],
        ["2024-01-01T00:00:00Z2024", "-01-01T00:00:00Z"],
        ["2024-01-01T00:00:00+01:00"],
        ["２024-01-01T00:00Z"],
    ],
)
def test_any_other_texts_are_left_out(texts: list[str]) -> None:
    assert parse_instants(texts) is None
