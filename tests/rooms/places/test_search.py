"""The one search box: what it forgives, what comes first, and what never breaks it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hereabouts.places.actions.search_index import reindex, reindex_all, remove
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.errors import SearchTooLong
from hereabouts.places.models import SearchEntry, SearchTerm, Street
from hereabouts.places.queries.search import search
from tests.rooms.places.small_town import WHEN, names, small_town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    small_town()


def first(question: str) -> str:
    hits = search(question).hits
    return hits[0].name if hits else ""


SPELLINGS = {
    "Mill Lane": "Mill Lane",
    "MILL LANE": "Mill Lane",
    "mill ln": "Mill Lane",
    "mill ln.": "Mill Lane",
    "  mill,lane ": "Mill Lane",
    "lon y felin": "Mill Lane",
    "Lôn y Felin": "Mill Lane",
    "mill la": "Mill Lane",
    "milllane": "Mill Lane",
    "st johns st": "Saint John's Street",
    "Saint Johns Street": "Saint John's Street",
    "St. John’s St.": "Saint John's Street",
    "street john's saint": "Saint John's Street",
    "malpas road": "Heol Malpas",
    "a4051": "Heol Malpas",
    "high field gardens": "Highfield Gardens",
    "highfield gdns": "Highfield Gardens",
    "caerau cres": "Caerau Crescent",
    "lon goch": "Lôn Goch",
    "alltyryn": "Allt-yr-yn",
    "allt yr yn": "Allt-yr-yn",
    "W05000001": "Allt-yr-yn",
    "st julians": "St. Julian's",
    "casnewydd": "Newport",
    "belle vue park": "Belle Vue Park",
    "kings head": "The King’s Head",
    "LC1042": "LC1042",
    "lc 1042": "LC1042",
    "5310WDB1": "Mill Lane Bottom",
    "32400123": "Mill Lane",
    "mill lane allt-yr-yn": "Mill Lane",
    "mill lane, newport": "Mill Lane",
    "mill lane np20": "Mill Lane",
    "mill lane np20 1ab": "Mill Lane",
}


def test_finds_it_however_it_is_written() -> None:
    found = {question: first(question) for question in SPELLINGS}

    assert found == SPELLINGS


def test_forgives_one_wrong_letter() -> None:
    for question in ("mlil lane", "mil lane", "milll lane", "mull lane", "mill lnae", "mill lame"):
        assert "Mill Lane" in names(search(question).hits), question


def test_says_when_all_it_has_is_a_guess() -> None:
    assert search("hihgfield").is_guess
    assert not search("highfield").is_guess


ADDRESSES = {
    "12 mill lane": "12 Mill Lane, Newport NP20 1AB",
    "12, Mill Ln": "12 Mill Lane, Newport NP20 1AB",
    "mill lane 12": "12 Mill Lane, Newport NP20 1AB",
    "12 mlil lane": "12 Mill Lane, Newport NP20 1AB",
    "12 mill lane newport": "12 Mill Lane, Newport NP20 1AB",
    "12a mill lane": "Flat 2, 12A Mill Lane, Newport NP20 1AB",
    "32 mill lane": "The King’s Head, 30-34 Mill Lane, Newport NP20 1AD",
}


def test_finds_a_house_by_its_number_and_street() -> None:
    for question, line in ADDRESSES.items():
        hit = search(question).hits[0]
        assert hit.kind is Kind.PREMISES, question
        assert hit.address is not None
        assert hit.address.line == line


def test_answers_the_street_when_the_number_is_not_there() -> None:
    answer = search("99 mill lane")

    assert names(answer.hits)[0] == "Mill Lane"
    assert answer.is_part


def test_finds_a_postcode_whatever_its_spacing_and_case() -> None:
    for question in ("NP20 1AB", "np201ab", "n p 2 0 1 a b", "np20  1ab", "Np20-1aB"):
        hits = search(question).hits
        assert (hits[0].kind, hits[0].name) == (Kind.POSTCODE, "NP20 1AB"), question


def test_finds_postcodes_by_their_beginning() -> None:
    assert names(search("NP20").hits) == ["NP20 1AB", "NP20 1AD", "NP20 4ZZ"]
    assert names(search("np20 1").hits) == ["NP20 1AB", "NP20 1AD"]
    assert names(search("np201").hits) == ["NP20 1AB", "NP20 1AD"]


def test_offers_the_postcodes_next_to_one_that_is_not_there() -> None:
    answer = search("NP20 1QQ")

    assert answer.is_part
    assert names(answer.hits) == ["NP20 1AB", "NP20 1AD"]


def test_puts_the_exact_name_first_then_beginnings() -> None:
    assert names(search("mill").hits)[:2] == ["Mill Lane", "Millbrook Close"]
    assert first("newport") == "Newport"


def test_tells_two_streets_of_one_name_apart_by_their_ward() -> None:
    hits = search("church road").hits

    assert names(hits) == ["Church Road", "Church Road"]
    wards = [[area.name for area in hit.areas if area.kind == "ward"] for hit in hits]
    assert sorted(wards) == [["Allt-yr-yn"], ["St. Julian's"]]


def test_an_area_in_the_question_chooses_between_them() -> None:
    hits = search("church road st julians").hits

    assert [area.name for area in hits[0].areas if area.kind == "ward"] == ["St. Julian's"]


def test_can_be_narrowed_to_one_kind_and_paged() -> None:
    everything = search("mill lane")
    premises = search("mill", kind=Kind.STREET, limit=1)

    assert everything.counts[Kind.STREET] == 1
    assert names(premises.hits) == ["Mill Lane"]
    assert premises.has_more
    assert names(search("mill", kind=Kind.STREET, limit=1, skip=1).hits) == ["Millbrook Close"]


def test_offers_what_has_most_of_the_words_when_nothing_has_all() -> None:
    answer = search("mill lane timbuktu")

    assert answer.is_part
    assert first("mill lane timbuktu") == "Mill Lane"


HOSTILE = [
    "",
    "   ",
    "\x00",
    "mill\x00lane",
    '"',
    "'; DROP TABLE places_street; --",
    'name:"x" OR *',
    "NEAR(a b)",
    "^mill*",
    "((((",
    "%_%",
    "\\",
    "…—–",
    "مرحبا بالعالم",
    "\u202emill lane",
    "🏠🏡",
    "a",
    "1",
    "12 12 12 12 12 12 12 12 12 12",
    "the the the",
    "st st st st st st st st",
    "\ud800",
    "ﷺ" * 20,
]


def test_hostile_questions_are_answered_quietly() -> None:
    for question in HOSTILE:
        answer = search(question)
        assert len(answer.hits) <= 20, question


def test_a_question_longer_than_any_name_is_refused_in_one_sentence() -> None:
    with pytest.raises(SearchTooLong, match="at most 120 characters"):
        search("mill " * 2_000)


NAMES = ("Millbrook Close", "Highfield Gardens", "Caerau Crescent", "Heol Malpas")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_one_typing_error_in_a_street_still_finds_it(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    words = name.split()
    which = data.draw(st.sampled_from([at for at, word in enumerate(words) if len(word) >= 5]))
    words[which] = data.draw(one_error(words[which]))

    assert name in names(search(" ".join(words)).hits)


@st.composite
def one_error(draw: st.DrawFn, word: str) -> str:
    place = draw(st.integers(0, len(word) - 2))
    letter = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    return draw(
        st.sampled_from(
            [
                word[:place] + letter + word[place:],
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            ]
        )
    )


def test_the_index_follows_what_an_import_touches() -> None:
    street = Street.objects.get(name="Millbrook Close")
    Street.objects.filter(pk=street.pk).update(name="Weir Close")
    reindex(Kind.STREET, [street.pk])
    assert first("weir close") == "Weir Close"
    assert "Weir Close" not in names(search("millbrook").hits)

    Street.objects.filter(pk=street.pk).update(gone_at=WHEN)
    reindex(Kind.STREET, [street.pk])
    assert first("weir close") == ""

    Street.objects.filter(pk=street.pk).update(gone_at=None)
    reindex(Kind.STREET, [street.pk])
    remove(Kind.STREET, [street.pk])
    assert first("weir close") == ""


def test_the_index_can_be_built_again_from_nothing() -> None:
    SearchEntry.objects.all().delete()
    SearchTerm.objects.all().delete()
    assert first("mill lane") == ""

    filed = reindex_all()

    assert filed == SearchEntry.objects.count() > 0
    assert first("mlil lane") == "Mill Lane"
    assert first("12 mill lane").startswith("12 Mill Lane")
