"""Names that have the words of a question, each with the price of what had to be forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_entries import KIND_WEIGHT
from hereabouts.places.domain.search_question import Question, Word
from hereabouts.places.domain.search_words import plain_words
from hereabouts.places.models import SearchEntry
from hereabouts.places.queries.search.beginnings import Row, begins_sql, marks, read
from hereabouts.places.queries.search.vocabulary import EXACT, GUESSED, POSTINGS, Meaning

WHOLE, BEGINNING, WORDS = 0.0, 1.0, 2.0
OTHER_SPELLING = 0.2
UNFOUND = 8.0
MANY_GUESSES = 4.0
UNIT_WORDS = frozenset(("flat", "unit", "apartment", "apt", "suite", "number", "no", "fflat"))

ENTRIES = SearchEntry._meta.db_table
COLUMNS = "e.kind, e.feature_id, e.uid, e.name, e.what, e.key, e.terms"


class Depth(NamedTuple):
    """How many names are read for one question, and of which kind only."""

    limit: int
    kind: Kind | None = None


class Candidate(NamedTuple):
    """A name with some of the words; `lacking` are the words it has not.

    `is_telling` says that what it has tells it from others: not only "road".
    """

    kind: Kind
    feature_id: int
    uid: str
    name: str
    what: str
    key: str
    rank: float
    is_guess: bool
    is_telling: bool
    lacking: tuple[Word, ...] = ()

    @property
    def order(self) -> tuple[int, float, int, str, str]:
        """Best first; then streets and areas, short before long, and by name."""
        weight = KIND_WEIGHT.get(self.kind, 0) + len(self.key)
        return (len(self.lacking), self.rank, weight, self.name, self.uid)


def candidates(
    question: Question, found: Sequence[Meaning], cores: Sequence[Sequence[Meaning]], depth: Depth
) -> list[Candidate]:
    """Names that have every word of one of the cores, or begin with the question, best first."""
    telling = [meaning.word for meaning in found if meaning.word.is_telling]
    best: dict[tuple[Kind, int], Candidate] = {}
    for row in _rows(question, cores, depth):
        candidate = _judge(row, question, found, telling)
        feature = (candidate.kind, candidate.feature_id)
        known = best.get(feature)
        if known is None or candidate.order < known.order:
            best[feature] = candidate
    return sorted(best.values(), key=_order)


def core(found: Sequence[Meaning], but: Iterable[Word] = ()) -> list[Meaning]:
    """The words a name has to have, rarest first, leaving out some.

    House numbers and "flat" only where there is nothing else: streets are not filed under them.
    """
    left_out = set(but)
    asked = [
        meaning
        for meaning in found
        if not meaning.word.may_be_passed_over and meaning.word not in left_out
    ]
    named = [one for one in asked if not (one.word.is_number or one.word.typed in UNIT_WORDS)]
    return sorted(named or asked, key=_times)


def _times(meaning: Meaning) -> int:
    return meaning.times


def _order(candidate: Candidate) -> tuple[int, float, int, str, str]:
    return candidate.order


def _rows(question: Question, cores: Sequence[Sequence[Meaning]], depth: Depth) -> Iterator[Row]:
    condition, values = begins_sql("e.key", question.key)
    of_kind = f" AND e.kind = '{depth.kind.value}'" if depth.kind else ""
    limit = f"LIMIT {depth.limit}"
    yield from read(
        f"SELECT {COLUMNS} FROM {ENTRIES} e WHERE {condition}{of_kind} "
        f"ORDER BY LENGTH(e.key) {limit}",
        values,
    )
    for words in cores:
        if not words or not all(meaning.times for meaning in words):
            continue
        # A name with every word has the rarest: the others are looked up from there.
        others = "".join(
            f" AND EXISTS (SELECT 1 FROM {POSTINGS} q WHERE q.entry_id = e.id "
            f"AND q.term IN ({marks(meaning.prices)}))"
            for meaning in words[1:]
        )
        wanted = [term for meaning in words[1:] for term in meaning.prices]
        for terms in _by_price(words[0]):
            yield from read(
                f"SELECT {COLUMNS} FROM {POSTINGS} p JOIN {ENTRIES} e ON e.id = p.entry_id "
                f"WHERE p.term IN ({marks(terms)}){of_kind}{others} ORDER BY p.weight {limit}",
                [*terms, *wanted],
            )


def _by_price(meaning: Meaning) -> Iterator[list[str]]:
    """The meanings as typed first, so that guesses never crowd them out."""
    sure = [term for term, price in meaning.prices.items() if price < GUESSED]
    guessed = [term for term, price in meaning.prices.items() if price >= GUESSED]
    if sure:
        yield sure
    if guessed:
        yield guessed


def _judge(
    row: Row, question: Question, found: Sequence[Meaning], telling: Sequence[Word]
) -> Candidate:
    kind, feature_id, uid, name, what, key, terms = map(str, row)
    words = terms.split(" ")
    worst, guesses, lacking = EXACT, 0, []
    for meaning in found:
        price = meaning.price_in(words)
        if price is not None:
            worst = max(worst, price)
            guesses += price >= GUESSED
        elif not meaning.word.may_be_passed_over:
            lacking.append(meaning.word)
    fit = WORDS + worst + MANY_GUESSES * max(0, guesses - 1)
    if key == question.key:
        fit = WHOLE
    elif key.startswith(question.key):
        fit = BEGINNING
    return Candidate(
        Kind(kind),
        int(feature_id),
        uid,
        name,
        what,
        key,
        fit,
        guesses > 0,
        not telling or any(word not in lacking for word in telling),
        tuple(lacking),
    )


def refined(found: Sequence[Candidate], question: Question) -> list[Candidate]:
    """The candidates, best first, with what was typed letter for letter before other spellings.

    `heol` and `road` are filed alike; this is where they are told apart.
    """
    typed = " ".join(word.typed for word in question.words)
    return sorted((_refine(candidate, question, typed) for candidate in found), key=_order)


def _refine(candidate: Candidate, question: Question, typed: str) -> Candidate:
    plain = plain_words(candidate.name)
    if " ".join(plain).startswith(typed):
        return candidate._replace(rank=min(candidate.rank, BEGINNING))
    if all(word.typed in plain for word in question.words):
        return candidate
    return candidate._replace(rank=candidate.rank + OTHER_SPELLING)


def complete(found: Iterable[Candidate]) -> list[Candidate]:
    """Those that have every word, or of which the others say where it is."""
    return [candidate for candidate in found if candidate.is_telling and not candidate.lacking]
