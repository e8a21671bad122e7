"""Times of ISO 8601, in and out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.sensorthings.errors import TimeUnreadable
from hereabouts.standards.sensorthings.times import (
    DAY,
    EARLIEST,
    HOUR,
    LATEST,
    MINUTE,
    SECOND,
    format_instant,
    format_moment,
    parse_duration,
    parse_instant,
    parse_moment,
)

NEW_YEAR = 1_704_067_200 * SECOND


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2024-01-01T00:00:00Z", NEW_YEAR),
        ("2024-01-01T00:00Z", NEW_YEAR),
        ("2024-01-01T05:30:00+05:30", NEW_YEAR),
        ("2023-12-31T17:00:00-0700", NEW_YEAR),
        ("2024-01-01T01:00:00+01", NEW_YEAR),
        ("2024-01-01T00:00:00.5Z", NEW_YEAR + 500_000),
        ("2024-01-01T00:00:00.123456789Z", NEW_YEAR + 123_456),
        ("2024-01-01T01:00:00 01:00", NEW_YEAR),
        ("'2024-01-01T00:00:00Z'", NEW_YEAR),
        ("0001-01-01T00:00:00Z", EARLIEST),
        ("9999-12-31T23:59:59.999999Z", LATEST),
    ],
)
def test_times_with_a_zone_become_microseconds(text: str, micros: int) -> None:
    assert parse_instant(text) == micros


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "20240101T000000Z",
        "2024-W01-1T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-01-01T24:00:01Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2024-01-01T00:00:00Z/2024-01-02T00:00:00Z",
        "yesterday",
    ],
)
def test_what_is_no_time_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(TimeUnreadable) as refused:
        parse_instant(text)
    assert refused.value.token == text
    assert refused.value.status == 400


def test_intervals_have_a_start_and_an_end() -> None:
    assert parse_moment("2024-01-01T00:00:00Z") == (NEW_YEAR, None)
    text = "2024-01-01T00:00:00Z/2024-01-02T01:00:00+01:00"
    assert parse_moment(text) == (NEW_YEAR, NEW_YEAR + DAY)
    assert parse_moment("2024-01-01T00:00:00Z/PT1H") == (NEW_YEAR, NEW_YEAR + HOUR)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02T00:00:00Z/2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00Z/",
        "/2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00Z/2024-01-02T00:00:00Z/2024-01-03T00:00:00Z",
        "9999-12-31T00:00:00Z/P2D",
    ],
)
def test_intervals_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(TimeUnreadable):
        parse_moment(text)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("P1DT2H", DAY + 2 * HOUR),
        ("PT10M", 10 * MINUTE),
        ("-PT0.25S", -250_000),
        ("P2W", 14 * DAY),
        ("PT1.1234567S", 1_123_456),
    ],
)
def test_durations_become_microseconds(text: str, micros: int) -> None:
    assert parse_duration(text) == micros


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "1D", "PT1D", "P99999999999D", "P1H"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(TimeUnreadable):
        parse_duration(text)


@pytest.mark.parametrize("text", ["P1Y", "P1M", "P1Y2M3DT4H"])
def test_years_and_months_are_refused_because_they_differ_in_length(text: str) -> None:
    with pytest.raises(TimeUnreadable, match="days"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (NEW_YEAR, "2024-01-01T00:00:00Z"),
        (NEW_YEAR + 5000, "2024-01-01T00:00:00.005Z"),
        (NEW_YEAR + 5, "2024-01-01T00:00:00.000005Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
    ],
)
def test_times_are_written_as_short_as_they_can_be(micros: int, text: str) -> None:
    assert format_instant(micros) == text
    assert format_moment(micros, micros) == f"{text}/{text}"


@given(st.integers(EARLIEST, LATEST))
def test_every_time_reads_back_as_it_was_written(micros: int) -> None:
    assert parse_instant(format_instant(micros)) == micros
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}){0,2}Z|.*\.\d{6}Z", format_instant(micros)
    )


@given(st.text(max_size=40) | st.from_regex(r"[-0-9TZ:+. '/P]{0,40}", fullmatch=True))
def test_no_text_does_anything_but_read_or_be_refused(text: str) -> None:
    for parse in (parse_instant, parse_moment, parse_duration):
        try:
            parse(text)
        except TimeUnreadable as refused:
            assert refused.status == 400
