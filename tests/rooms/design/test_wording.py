"""Times, numbers and names in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from hereabouts.design import wording
from hereabouts.kernel.text import N_

NOW = datetime(2026, 11, 22, 14, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "english", "welsh"),
    [
        (timedelta(seconds=20), "just now", None),
        (timedelta(minutes=12), "12 minutes ago", "12 munud yn ôl"),
        (timedelta(minutes=59), "59 minutes ago", "59 munud yn ôl"),
        (timedelta(hours=1), "1 hour ago", "1 awr yn ôl"),
        (timedelta(hours=23), "23 hours ago", "23 awr yn ôl"),
        (timedelta(days=2), "2 days ago", "2 ddiwrnod yn ôl"),
        (-timedelta(minutes=5), "in 5 minutes", "ymhen 5 munud"),
    ],
)
def test_how_long_ago_is_said_in_the_readers_language(
    passed: timedelta, english: str, welsh: str | None
) -> None:
    with translation.override("en"):
        assert wording.ago(NOW - passed, NOW) == english
    with translation.override("cy"):
        if welsh:
            assert wording.ago(NOW - passed, NOW) == welsh


def test_a_time_is_said_both_ways() -> None:
    with translation.override("en"):
        assert wording.when(NOW - timedelta(minutes=12), NOW) == (
            "12 minutes ago (14:03, 22 November 2026)"
        )
    with translation.override("cy"):
        assert wording.when(NOW - timedelta(minutes=12), NOW) == (
            "12 munud yn ôl (14:03, 22 Tachwedd 2026)"
        )


def test_what_is_long_ago_is_said_by_its_date_alone() -> None:
    with translation.override("en"):
        assert wording.when(NOW - timedelta(days=80), NOW) == "15:15, 3 September 2026"


def test_summer_time_is_the_time_on_the_wall() -> None:
    with translation.override("en"):
        assert wording.clock(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "13:00"
        assert wording.day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2026"


def test_machines_are_told_in_utc() -> None:
    assert wording.machine_time(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "2026-07-01T12:00:00Z"
    assert wording.machine_time(date(2026, 7, 1)) == "2026-07-01"


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0.4, "0 m"),
        (7.6, "8 m"),
        (118, "120 m"),
        (994, "990 m"),
        (995, "1.0 km"),
        (12_345, "12.3 km"),
    ],
)
def test_lengths_are_rounded_as_people_say_them(metres: float, said: str) -> None:
    with translation.override("en"):
        assert wording.distance(metres) == said.replace(" ", "\N{NO-BREAK SPACE}")


def test_numbers_are_grouped_and_shares_are_percentages() -> None:
    with translation.override("en"):
        assert wording.number(1234567) == "1,234,567"
        assert wording.number(0.349, 2) == "0.35"
        assert wording.percent(0.62) == "62%"


def test_names_sort_in_the_readers_language() -> None:
    names = ["Llan", "Lôn", "Lys"]
    with translation.override("cy"):
        assert wording.sorted_names(names) == ["Lôn", "Lys", "Llan"]
    with translation.override("en"):
        assert wording.sorted_names(names) == ["Llan", "Lôn", "Lys"]


def test_a_language_we_do_not_speak_is_answered_in_english() -> None:
    with translation.override("fr"):
        assert wording.language() == "en"
        assert wording.day(date(2026, 11, 22)) == "22 November 2026"


def test_a_marked_message_is_translated_where_it_is_shown() -> None:
    message = N_("Sign in to continue.")
    with translation.override("en"):
        assert wording.translated(message) == message
    assert wording.translated("") == ""
