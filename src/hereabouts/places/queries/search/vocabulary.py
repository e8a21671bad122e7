"""Which filed words a typed word may mean, and at what price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hereabouts.places.domain.search_question import Word
from hereabouts.places.domain.search_words import (
    FUZZY_FROM,
    begun_bare_words,
    is_one_error_apart,
    misspelt_bare_words,
    shortened,
)
from hereabouts.places.models import SearchPosting, SearchTerm, SearchVariant
from hereabouts.places.queries.search.beginnings import Value, begins_sql, marks, read

EXACT, BEGUN, GUESSED = 0.0, 1.0, 3.0
MAX_BEGUN = 60

TERMS = SearchTerm._meta.db_table
VARIANTS = SearchVariant._meta.db_table
POSTINGS = SearchPosting._meta.db_table


@dataclass(frozen=True)
class Meaning:
    """A word of the question and the filed words it may mean, each with its price.

    `times` is how many names have one of them.
    """

    word: Word
    prices: dict[str, float] = field(default_factory=dict)
    times: int = 0

    def price_in(self, terms: Iterable[str]) -> float | None:
        """The best price at which a name with these words has the word; None when it has not."""
        best: float | None = None
        typed = "" if self.word.is_number or len(self.word.typed) < 2 else self.word.typed
        for term in terms:
            price = self.prices.get(term)
            if price is None and typed and term.startswith(typed):
                price = BEGUN
            if price is not None and (best is None or price < best):
                best = price
        return best


def meanings(words: Sequence[Word]) -> list[Meaning]:
    """What each word may mean as typed or as a beginning. Two reads."""
    found = {word: {word.bare: EXACT} for word in words}
    _add_begun(found)
    return _counted(found)


def with_guesses(meant: Sequence[Meaning]) -> list[Meaning]:
    """The same, and what each word may mean with one letter wrong. Two reads."""
    found = {meaning.word: dict(meaning.prices) for meaning in meant}
    _add_guessed(found)
    return _counted(found)


Prices = dict[Word, dict[str, float]]


def _counted(found: Prices) -> list[Meaning]:
    terms = sorted({term for prices in found.values() for term in prices})
    sql = f"SELECT term, COUNT(*) FROM {POSTINGS} WHERE term IN ({marks(terms)}) GROUP BY term"
    times = {str(term): int(str(count)) for term, count in read(sql, terms)}
    return [
        Meaning(word, prices, sum(times.get(term, 0) for term in prices))
        for word, prices in found.items()
    ]


def _add_begun(found: Prices) -> None:
    parts: list[str] = []
    values: list[Value] = []
    begun = [word for word in found if not word.is_number and len(word.typed) > 1]
    for place, word in enumerate(begun):
        condition, bounds = begins_sql("term", word.typed)
        part = f"SELECT {place} AS place, term FROM {TERMS} WHERE {condition} LIMIT {MAX_BEGUN}"
        parts.append(f"SELECT * FROM ({part}) AS begun_{place}")
        values += bounds
    if not parts:
        return
    for row in read(" UNION ALL ".join(parts), values):
        found[begun[int(str(row[0]))]].setdefault(str(row[1]), BEGUN)
    for word in begun:
        for term in begun_bare_words(word.typed):
            found[word].setdefault(term, BEGUN)


def _add_guessed(found: Prices) -> None:
    wanted = [word for word in found if _may_be_mistyped(word)]
    variants = sorted({variant for word in wanted for variant in _nearby(word.typed)})
    if not variants:
        return
    sql = f"SELECT DISTINCT term FROM {VARIANTS} WHERE variant IN ({marks(variants)})"
    terms = [str(row[0]) for row in read(sql, variants)]
    for word in wanted:
        for term in terms:
            if term not in found[word] and is_one_error_apart(word.typed, term):
                found[word][term] = GUESSED
        for term in misspelt_bare_words(word.typed):
            found[word].setdefault(term, GUESSED)


def _may_be_mistyped(word: Word) -> bool:
    return not word.is_number and len(word.typed) >= FUZZY_FROM - 1


def _nearby(typed: str) -> Iterable[str]:
    # A three-letter word may be a longer one that lost a letter; itself is then the variant.
    return shortened(typed) if len(typed) >= FUZZY_FROM else (typed,)
