"""Alphabetical order in English and in Welsh."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.design.domain.collation import sort_key

WELSH_ORDER = [
    "Aber",
    "Bangor",
    "Caer",
    "Cwm",
    "Chwarel",  # ch follows every c
    "Dinas",
    "Dyffryn",
    "Ddôl",  # dd follows every d
    "Efail",
    "Felin",
    "Fynwy",
    "Ffordd",  # ff follows every f
    "Gorsedd",
    "Gwaun",
    "Ngwern",  # ng stands between g and h
    "Heol",
    "Iscoed",
    "Lôn",
    "Lys",
    "Llan",  # ll follows every l
    "Maindy",
    "Nant",
    "Oer",
    "Pwll",
    "Phylip",  # ph follows every p
    "Rudry",
    "Rhiw",  # rh follows every r
    "Stryd",
    "Tyn",
    "Thomas",  # th follows every t
    "Uchaf",
    "Wern",
    "Ysgol",
]


def test_welsh_letters_of_two_signs_stand_where_the_welsh_alphabet_has_them() -> None:
    names = list(WELSH_ORDER)
    random.Random(7).shuffle(names)
    assert sorted(names, key=sort_key("cy")) == WELSH_ORDER


def test_english_takes_letters_one_by_one() -> None:
    names = ["Chapel Street", "Cwm Lane", "Church Road", "Clarence Place"]
    assert sorted(names, key=sort_key("en")) == [
        "Chapel Street",
        "Church Road",
        "Clarence Place",
        "Cwm Lane",
    ]
    assert sorted(names, key=sort_key("cy"))[-2:] == ["Chapel Street", "Church Road"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Flat 2, High Street", "Flat 10, High Street"),
        ("St Mary Street", "St Mary's Lane"),
        ("Mill Lane", "Mill Street"),
        ("Mill Street", "Millbrook Road"),
        ("ŵyl", "Yspyty"),
        ("Côr", "Cwm"),
        ("lôn", "Lôn Uchaf"),
    ],
)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_numbers_words_accents_and_capitals_sort_as_people_expect(
    first: str, second: str, language: str
) -> None:
    key = sort_key(language)
    assert key(first) < key(second)


def test_an_unknown_language_sorts_as_english() -> None:
    assert sort_key("fr-FR")("Chapel") == sort_key("en")("Chapel")


@given(st.lists(st.text(max_size=20)), st.sampled_from(["en", "cy"]))
def test_any_text_can_be_sorted_and_the_order_does_not_depend_on_where_it_began(
    names: list[str], language: str
) -> None:
    key = sort_key(language)
    turned = list(reversed(names))
    assert [key(name) for name in sorted(names, key=key)] == [
        key(name) for name in sorted(turned, key=key)
    ]
