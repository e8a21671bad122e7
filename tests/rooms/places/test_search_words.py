"""How names and questions are reduced to words: the rules alone, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.places.domain.search_entries import is_number, numbers_of
from hereabouts.places.domain.search_question import (
    ask,
    canonical_postcode,
    joined_questions,
    postcode_beginnings,
    tidy,
)
from hereabouts.places.domain.search_words import (
    FUZZY_FROM,
    MAX_WORD,
    MAX_WORDS,
    SPELLINGS,
    is_one_error_apart,
    key_of,
    plain_words,
    shortened,
    terms_of,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = st.text(LETTERS, min_size=FUZZY_FROM, max_size=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mill Lane", "MILL LN."),
        ("St. John's Road", "Saint Johns Rd"),
        ("Lôn y Bryn", "LON Y BRYN"),
        ("Heol Casnewydd", "Road Casnewydd"),
        ("Marks & Spencer", "marks and spencer"),
        ("King’s Head", "kings head"),
        ("Gerddi Alma", "gardens alma"),
        ("Weißstraße", "weissstrasse"),
    ],
)
def test_spellings_of_one_name_are_filed_alike(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_no_spelling_stands_for_two_words() -> None:
    spellings = [spelling for group in SPELLINGS.values() for spelling in group]

    assert len(spellings) == len(set(spellings))
    assert all(bare in group for bare, group in SPELLINGS.items() if bare != "hl")


@given(st.text(max_size=300))
def test_any_text_is_reduced_to_a_few_short_plain_words(text: str) -> None:
    words = plain_words(text)

    assert len(words) <= MAX_WORDS
    for word in words:
        assert 0 < len(word) <= MAX_WORD
        assert word.isalnum()
        assert not any(sign.isspace() for sign in word)


@given(st.text(max_size=300))
def test_a_key_is_filed_as_it_is_asked_for(text: str) -> None:
    key = key_of(text)

    assert key == key_of(text.swapcase()) or text.swapcase().swapcase() != text
    assert set(key.split()) <= set(terms_of(text))


@given(st.text(max_size=400))
def test_any_question_can_be_taken_apart(text: str) -> None:
    question = ask(text)

    assert question.text == tidy(text)[:120]
    assert len(question.words) <= 8
    for joined in joined_questions(question):
        assert len(joined.words) == len(question.words) - 1


@st.composite
def mistyped(draw: st.DrawFn) -> tuple[str, str]:
    """A word and the same with one letter added, lost, replaced or swapped with its neighbour."""
    word = draw(WORDS)
    place = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(LETTERS))
    kind = draw(st.sampled_from(["add", "lose", "replace", "swap"]))
    if kind == "add":
        return word, word[:place] + letter + word[place:]
    if kind == "lose":
        return word, word[:place] + word[place + 1 :]
    if kind == "replace":
        return word, word[:place] + letter + word[place + 1 :]
    place = min(place, len(word) - 2)
    return word, word[:place] + word[place + 1] + word[place] + word[place + 2 :]


@given(mistyped())
def test_one_typing_error_leaves_a_shortened_form_in_common(pair: tuple[str, str]) -> None:
    word, typed = pair
    asked = set(shortened(typed)) if len(typed) >= FUZZY_FROM else {typed}

    assert is_one_error_apart(typed, word)
    assert set(shortened(word)) & asked


def distance(one: str, other: str) -> int:
    """Optimal string alignment distance, the slow way. Source: its definition."""
    table = [[row + column if not row * column else 0 for column in range(len(other) + 1)]
             for row in range(len(one) + 1)]  # fmt: skip
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            price = one[row - 1] != other[column - 1]
            table[row][column] = min(
                table[row - 1][column] + 1,
                table[row][column - 1] + 1,
                table[row - 1][column - 1] + price,
            )
            if row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]:
                table[row][column] = min(table[row][column], table[row - 2][column - 2] + 1)
    return table[-1][-1]


@settings(max_examples=500)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_one_error_is_what_its_definition_says(one: str, other: str) -> None:
    assert is_one_error_apart(one, other) == (distance(one, other) <= 1)


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("12", ["12"]),
        ("12A", ["12a"]),
        ("3;5", ["3", "5"]),
        ("2-8", ["28", "2", "4", "6", "8"]),
        ("7-9", ["79", "7", "9"]),
        ("1-4", ["14", "1", "2", "3", "4"]),
        ("9-3", ["93"]),
        ("1-9999", ["19999"]),
        ("", []),
        ("—", []),
    ],
)
def test_a_range_of_house_numbers_answers_to_each(number: str, found: list[str]) -> None:
    assert sorted(numbers_of(number)) == sorted(found)


@given(st.text(max_size=60))
def test_house_numbers_are_never_many(number: str) -> None:
    assert len(numbers_of(number)) <= 40 * 31


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("np201ab", "NP20 1AB"),
        ("NP20 1AB", "NP20 1AB"),
        (" n p 2 0 1 a b ", "NP20 1AB"),
        ("M1 1AA", "M1 1AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("NP20", ""),
        ("1AB NP20", ""),
        ("", ""),
        ("mill lane", ""),
    ],
)
def test_a_postcode_has_one_way_of_being_written(text: str, code: str) -> None:
    assert canonical_postcode(text) == code


@given(st.from_regex(r"\A[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}\Z"), st.data())
def test_every_beginning_of_a_postcode_leads_to_it(code: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(len(code.split()[0]), len(code)))
    typed = code[:cut].replace(" ", data.draw(st.sampled_from(["", " "])))

    assert any(code.startswith(beginning.rstrip()) for beginning in postcode_beginnings(typed))


def test_house_numbers_are_told_from_words() -> None:
    assert is_number("12")
    assert is_number("12a")
    assert not is_number("a12")
    assert not is_number("mill")
    assert not is_number("123456")
