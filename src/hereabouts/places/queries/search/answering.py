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
from hereabouts.places.queries.search.vocabulary import frequencies, meanings
from hereabouts.places.queries.search.whereabouts import settle

PAGE = 20
SUGGESTIONS = 8
MAX_HITS = 300
MAX_REFINED = 120


def search(text: str, *, kind: Kind | None = None, skip: int = 0, limit: int = PAGE) -> Answer:
    """What a question finds, best first; `skip` and `limit` cut one page out of at most 300.

    One wrong letter is forgiven in a word of four letters or more. Raises: SearchTooLong.
    """
    if len(tidy(text)) > MAX_LENGTH:
        raise SearchTooLong(limit=MAX_LENGTH)
    question = ask(text)
    hits = _of_kind(_hits(question, kind), kind)[:MAX_HITS]
    page = hits[skip : skip + limit]
    return Answer(
        question=question.text,
        hits=described(page),
        counts=dict(Counter(hit.kind for hit in hits)),
        has_more=len(hits) > skip + limit,
    )


def suggest(text: str, limit: int = SUGGESTIONS) -> Answer:
    """The same for somebody who is still typing. Raises: SearchTooLong."""
    return search(text, limit=limit)


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
    found = meanings(question.words)
    wanted = None if kind is Kind.PREMISES else kind
    named = candidates(question, found, frequencies(found), wanted)
    named = settle(named, found) if any(one.lacking for one in named[:MAX_REFINED]) else named
    named = refined(named[:MAX_HITS], question)
    whole = complete(named)
    at_number = addresses(question, named)
    hits = [_hit(one) for one in (*whole, *at_number)]
    hits += [replace(_hit(one), is_part=not at_number) for one in without_number(named)]
    return hits or _partly(named, len(question.words))


def _partly(named: Sequence[Candidate], words: int) -> list[Hit]:
    """Names with the most of the words, when none has all."""
    fewest = min((len(one.lacking) for one in named), default=words)
    if fewest >= words:
        return []
    return [
        replace(_hit(one), is_part=True, rank=one.rank + UNFOUND)
        for one in named
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
