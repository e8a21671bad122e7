"""Names that have the words of a question, each with the price of what had to be forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_entries import KIND_WEIGHT
from hereabouts.places.domain.search_question import Question, Word
from hereabouts.places.domain.search_words import plain_words
from hereabouts.places.models import SearchEntry, SearchPosting
from hereabouts.places.queries.search.beginnings import begins
from hereabouts.places.queries.search.vocabulary import EXACT, GUESSED, Meaning

MAX_READ = 300
"""Names read for one word; beyond that the lightest (shortest, streets first) are enough."""

DRIVERS = 4
"""Words whose names are read: the rarest, of which every good answer has one."""

ENOUGH = 400
"""Names after which no further word's are read."""

WHOLE, BEGINNING, WORDS = 0.0, 1.0, 2.0
OTHER_SPELLING = 0.2
UNFOUND = 8.0

Fields = tuple[str, int, str, str, str, str, str]
_FIELDS = ("kind", "feature_id", "uid", "name", "what", "key", "terms")
_ENTRY_FIELDS = tuple(f"entry__{name}" for name in _FIELDS)


@dataclass(frozen=True)
class Candidate:
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
    lacking: tuple[Word, ...] = field(default=())

    @property
    def order(self) -> tuple[float, int, str, str]:
        """Best first; then streets and areas, short before long, and by name."""
        weight = KIND_WEIGHT.get(self.kind, 0) + len(self.key)
        return (self.rank, weight, self.name, self.uid)


def candidates(
    question: Question, found: Sequence[Meaning], times: dict[str, int], kind: Kind | None
) -> list[Candidate]:
    """Every name that has one of the rarest words or begins with the question, best first."""
    best: dict[tuple[Kind, int], Candidate] = {}
    for row in _rows(question, found, times, kind):
        candidate = _judge(row, question, found)
        known = best.get((candidate.kind, candidate.feature_id))
        if known is None or (len(candidate.lacking), candidate.order) < (
            len(known.lacking),
            known.order,
        ):
            best[(candidate.kind, candidate.feature_id)] = candidate
    return sorted(best.values(), key=lambda one: (len(one.lacking), one.order))


def _rows(
    question: Question, found: Sequence[Meaning], times: dict[str, int], kind: Kind | None
) -> Iterator[Fields]:
    of_kind = {"kind": kind.value} if kind else {}
    of_entry = {"entry__kind": kind.value} if kind else {}
    entries = SearchEntry.objects.filter(begins("key", question.key), **of_kind)
    yield from entries.order_by("key").values_list(*_FIELDS)[:MAX_READ]
    read = 0
    for meaning in _rarest(found, times):
        if read >= ENOUGH:
            return
        for terms in _by_price(meaning):
            postings = SearchPosting.objects.filter(term__in=terms, **of_entry)
            rows = list(postings.order_by("weight").values_list(*_ENTRY_FIELDS)[:MAX_READ])
            read += len(rows)
            yield from rows


def _rarest(found: Sequence[Meaning], times: dict[str, int]) -> list[Meaning]:
    sizes = [
        (sum(times.get(term, 0) for term in meaning.prices), place)
        for place, meaning in enumerate(found)
        if not meaning.word.may_be_passed_over
    ]
    return [found[place] for size, place in sorted(sizes) if size][:DRIVERS]


def _by_price(meaning: Meaning) -> Iterator[list[str]]:
    """The meanings as typed first, so that guesses never crowd them out."""
    sure = [term for term, price in meaning.prices.items() if price < GUESSED]
    guessed = [term for term, price in meaning.prices.items() if price >= GUESSED]
    yield sure
    if guessed:
        yield guessed


def _judge(row: Fields, question: Question, found: Sequence[Meaning]) -> Candidate:
    kind, feature_id, uid, name, what, key, terms = row
    words = terms.split(" ")
    prices = [(meaning.word, meaning.price_in(words)) for meaning in found]
    lacking = tuple(word for word, price in prices if price is None and not word.may_be_passed_over)
    telling = [meaning.word for meaning in found if meaning.word.is_telling]
    paid = [price for _, price in prices if price is not None]
    guesses = sum(price >= GUESSED for price in paid)
    worst = max(paid, default=EXACT)
    fit = WORDS + worst + 4.0 * max(0, guesses - 1)
    if key == question.key:
        fit = WHOLE
    elif key.startswith(question.key):
        fit = BEGINNING
    return Candidate(
        kind=Kind(kind),
        feature_id=feature_id,
        uid=uid,
        name=name,
        what=what,
        key=key,
        rank=fit,
        is_guess=guesses > 0,
        is_telling=not telling or any(word not in lacking for word in telling),
        lacking=lacking,
    )


def refined(found: Sequence[Candidate], question: Question) -> list[Candidate]:
    """The candidates, best first, with what was typed letter for letter before other spellings.

    `heol` and `road` are filed alike; this is where they are told apart.
    """
    typed = " ".join(word.typed for word in question.words)
    return sorted(
        (_refine(candidate, question, typed) for candidate in found),
        key=lambda one: (len(one.lacking), one.order),
    )


def _refine(candidate: Candidate, question: Question, typed: str) -> Candidate:
    plain = plain_words(candidate.name)
    rank = candidate.rank
    if " ".join(plain).startswith(typed):
        rank = min(rank, BEGINNING)
    elif not all(word.typed in plain for word in question.words):
        rank += OTHER_SPELLING
    return replace(candidate, rank=rank)


def complete(found: Iterable[Candidate]) -> list[Candidate]:
    """Those that have every word, or of which the others say where it is."""
    return [candidate for candidate in found if candidate.is_telling and not candidate.lacking]
