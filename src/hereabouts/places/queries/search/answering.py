"""From a question to its answer: codes first, then names, then what comes closest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hereabouts.places.domain.found import Answer, Hit
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_entries import KIND_WEIGHT
from hereabouts.places.domain.search_question import (
    MAX_LENGTH,
    Question,
    ask,
    joined_questions,
    tidy,
)
from hereabouts.places.errors import SearchTooLong
from hereabouts.places.queries.search.addresses import addresses, without_number
from hereabouts.places.queries.search.candidates import (
    UNFOUND,
    Candidate,
    candidates,
    complete,
    refined,
)
from hereabouts.places.queries.search.codes import nearest_code, numbered, postcodes
from hereabouts.places.queries.search.described import described
from hereabouts.places.queries.search.vocabulary import (
    frequencies,
    meanings,
    with_guesses,
)
from hereabouts.places.queries.search.whereabouts import settle

PAGE = 20
SUGGESTIONS = 8
MAX_HITS = 300


def search(text: str, *, kind: Kind | None = None, skip: int = 0, limit: int = PAGE) -> Answer:
    """What a question finds, best first; `skip` and `limit` cut one page out of at most 300.

    One wrong letter is forgiven in a word of four letters or more. Raises: SearchTooLong.
    """
    question = _ask(text)
    hits = _of_kind(_hits(question, kind), kind)[:MAX_HITS]
    return _answer(question, hits, hits[skip : skip + limit], has_more=len(hits) > skip + limit)


def search_grouped(text: str, of_each: int) -> Answer:
    """The same over all kinds, with only the best few of each. Raises: SearchTooLong."""
    question = _ask(text)
    hits = _hits(question, None)[:MAX_HITS]
    shown: Counter[Kind] = Counter()
    page = []
    for hit in hits:
        shown[hit.kind] += 1
        if shown[hit.kind] <= of_each:
            page.append(hit)
    return _answer(question, hits, page, has_more=len(hits) > len(page))


def suggest(text: str, limit: int = SUGGESTIONS) -> Answer:
    """The same for somebody who is still typing. Raises: SearchTooLong."""
    return search(text, limit=limit)


def _ask(text: str) -> Question:
    if len(tidy(text)) > MAX_LENGTH:
        raise SearchTooLong(limit=MAX_LENGTH)
    return ask(text)


def _answer(
    question: Question, hits: Sequence[Hit], page: Sequence[Hit], *, has_more: bool
) -> Answer:
    counts = dict(Counter(hit.kind for hit in hits))
    return Answer(question.text, described(page), counts, has_more)


def _hits(question: Question, kind: Kind | None) -> list[Hit]:
    if question.is_empty:
        return []
    hits = [*numbered(question), *postcodes(question), *_named(question, kind)]
    if not any(not hit.is_part for hit in hits):
        hits = _otherwise(question, kind) or nearest_as_part(question) or hits
    unique: dict[tuple[Kind, str], Hit] = {}
    for hit in sorted(hits, key=_order):
        unique.setdefault((hit.kind, hit.uid), hit)
    return list(unique.values())


def _otherwise(question: Question, kind: Kind | None) -> list[Hit]:
    """When nothing fits: perhaps two words should be one."""
    for joined in joined_questions(question):
        hits = [hit for hit in _named(joined, kind) if not hit.is_part]
        if hits:
            return hits
    return []


def nearest_as_part(question: Question) -> list[Hit]:
    """Postcodes near one that is not there, marked as only part of what was asked."""
    return [replace(hit, is_part=True) for hit in nearest_code(question)]


def _named(question: Question, kind: Kind | None) -> list[Hit]:
    """Names with every word: as typed, else by saying where, else with a letter forgiven."""
    of_kind = None if kind is Kind.PREMISES else kind
    found = meanings(question.words)
    likely: list[Candidate] = []
    for is_last in (False, True):
        found = with_guesses(found) if is_last else found
        named = candidates(question, found, frequencies(found), of_kind)
        if len(found) > 1:
            named = settle(named, found)
        likely = refined(named[:MAX_HITS], question)
        at_number = addresses(question, likely)
        hits = [_hit(one) for one in (*complete(likely), *at_number)]
        if hits:
            return hits + [_hit(one) for one in without_number(likely)]
    only_street = [replace(_hit(one), is_part=True) for one in without_number(likely)]
    return only_street or _partly(likely, question)


def _partly(likely: Sequence[Candidate], question: Question) -> list[Hit]:
    """Names with the most of the words, when none has all; "road" alone tells nothing."""
    found = [one for one in likely if one.is_telling and len(one.lacking) < len(question.words)]
    fewest = min((len(one.lacking) for one in found), default=0)
    return [
        replace(_hit(one), is_part=True, rank=one.rank + UNFOUND)
        for one in found
        if len(one.lacking) == fewest
    ]


def _hit(candidate: Candidate) -> Hit:
    return Hit(
        kind=candidate.kind,
        uid=candidate.uid,
        name=candidate.name,
        what=candidate.what,
        rank=candidate.rank,
        is_guess=candidate.is_guess,
    )


def _order(hit: Hit) -> tuple[float, int, str, str]:
    weight = KIND_WEIGHT.get(hit.kind, 0) + len(hit.name)
    return (hit.rank, weight, hit.name, hit.uid)


def _of_kind(hits: Sequence[Hit], kind: Kind | None) -> list[Hit]:
    return [hit for hit in hits if kind is None or hit.kind is kind]
