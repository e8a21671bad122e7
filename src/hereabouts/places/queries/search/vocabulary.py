"""Which filed words a typed word may mean, and at what price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from hereabouts.places.domain.search_question import Word
from hereabouts.places.domain.search_words import (
    FUZZY_FROM,
    begun_bare_words,
    is_one_error_apart,
    misspelt_bare_words,
    shortened,
)
from hereabouts.places.models import SearchPosting, SearchTerm, SearchVariant
from hereabouts.places.queries.search.beginnings import begins

EXACT, BEGUN, GUESSED = 0.0, 1.0, 3.0
MAX_BEGUN = 60


@dataclass(frozen=True)
class Meaning:
    """A word of the question and the filed words it may mean, each with its price."""

    word: Word
    prices: dict[str, float] = field(default_factory=dict)

    def price_in(self, terms: Iterable[str]) -> float | None:
        """The best price at which a name with these words has the word; None when it has not."""
        best: float | None = None
        for term in terms:
            price = self.prices.get(term)
            if price is None and not self.word.is_number and len(self.word.typed) > 1:
                price = BEGUN if term.startswith(self.word.typed) else None
            if price is not None and (best is None or price < best):
                best = price
        return best


def meanings(words: Sequence[Word]) -> list[Meaning]:
    """What each word may mean as typed or as a beginning; one read a word."""
    found = [Meaning(word, {word.bare: EXACT}) for word in words]
    for meaning in found:
        _add_begun(meaning)
    return found


def with_guesses(found: Sequence[Meaning]) -> list[Meaning]:
    """The same, and what each word may mean with one letter wrong; one read more."""
    more = [Meaning(meaning.word, dict(meaning.prices)) for meaning in found]
    _add_guessed(more)
    return more


def frequencies(found: Sequence[Meaning]) -> dict[str, int]:
    """How many names have each of the words."""
    terms = {term for meaning in found for term in meaning.prices}
    rows = SearchPosting.objects.filter(term__in=terms).values_list("term")
    return dict(rows.annotate(times=Count("id")).order_by())


def _add_begun(meaning: Meaning) -> None:
    typed = meaning.word.typed
    if meaning.word.is_number or len(typed) < 2:
        return
    rows = SearchTerm.objects.filter(begins("term", typed)).values_list("term", flat=True)
    for term in (*rows[:MAX_BEGUN], *begun_bare_words(typed)):
        meaning.prices.setdefault(term, BEGUN)


def _add_guessed(found: Sequence[Meaning]) -> None:
    wanted = [meaning for meaning in found if _may_be_mistyped(meaning.word)]
    variants = {variant for meaning in wanted for variant in _nearby(meaning.word.typed)}
    if not variants:
        return
    rows = SearchVariant.objects.filter(variant__in=variants).values_list("term", flat=True)
    terms = set(rows)
    for meaning in wanted:
        typed = meaning.word.typed
        for term in terms:
            if term not in meaning.prices and is_one_error_apart(typed, term):
                meaning.prices[term] = GUESSED
        for term in misspelt_bare_words(typed):
            meaning.prices.setdefault(term, GUESSED)


def _may_be_mistyped(word: Word) -> bool:
    return not word.is_number and len(word.typed) >= FUZZY_FROM - 1


def _nearby(typed: str) -> Iterable[str]:
    # A three-letter word may be a longer one that lost a letter; itself is then the variant.
    return shortened(typed) if len(typed) >= FUZZY_FROM else (typed,)
