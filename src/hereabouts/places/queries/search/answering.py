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
    Depth,
    candidates,
    complete,
    core,
    refined,
)
from hereabouts.places.queries.search.codes import nearest_code, numbered, postcodes
from hereabouts.places.queries.search.described import described
from hereabouts.places.queries.search.vocabulary import Meaning, meanings, with_guesses
from hereabouts.places.queries.search.whereabouts import places_named, settle

PAGE = 20
SUGGESTIONS = 8
MAX_HITS, MANY, FEW = 300, 160, 60
MAX_JOINED = 3


def search(text: str, *, kind: Kind | None = None, skip: int = 0, limit: int = PAGE) -> Answer:
    """What a question finds, best first; `skip` and `limit` cut one page out of at most 300.

    One wrong letter is forgiven in a word of four letters or more. Raises: SearchTooLong.
    """
    question = _ask(text)
    deep = min(MAX_HITS, max(FEW, 3 * (skip + limit)))
    hits = _of_kind(_hits(question, Depth(deep, kind)), kind)[:MAX_HITS]
    return _answer(question, hits, hits[skip : skip + limit], has_more=len(hits) > skip + limit)


def search_grouped(text: str, of_each: int) -> Answer:
    """The same over all kinds, with only the best few of each. Raises: SearchTooLong."""
    question = _ask(text)
    hits = _hits(question, Depth(MANY))[:MAX_HITS]
    shown: Counter[Kind] = Counter()
    page = []
    for hit in hits:
        shown[hit.kind] += 1
        if shown[hit.kind] <= of_each:
            page.append(hit)
    return _answer(question, hits, page, has_more=len(hits) > len(page))


def suggest(text: str, limit: int = SUGGESTIONS) -> Answer:
    """The best few for somebody who is still typing. Raises: SearchTooLong."""
    question = _ask(text)
    hits = _hits(question, Depth(FEW))
    return _answer(question, hits, hits[:limit], has_more=len(hits) > limit)


def _ask(text: str) -> Question:
    if len(tidy(text)) > MAX_LENGTH:
        raise SearchTooLong(limit=MAX_LENGTH)
    return ask(text)


def _answer(
    question: Question, hits: Sequence[Hit], page: Sequence[Hit], *, has_more: bool
) -> Answer:
    counts = dict(Counter(hit.kind for hit in hits))
    return Answer(question.text, described(page), counts, has_more)


def _hits(question: Question, depth: Depth) -> list[Hit]:
    if question.is_empty:
        return []
    codes = [*numbered(question), *postcodes(question, depth.limit)]
    # A postcode with its second half is nothing else; "M4" may be a road.
    if any(hit.kind is Kind.POSTCODE and question.is_full_code for hit in codes):
        return sorted(codes, key=_order)
    hits = [*codes, *_named(question, depth)]
    if all(hit.is_part for hit in hits):
        hits = _otherwise(question, depth) or _nearest_as_part(question) or hits
    unique: dict[tuple[Kind, str], Hit] = {}
    for hit in sorted(hits, key=_order):
        unique.setdefault((hit.kind, hit.uid), hit)
    return list(unique.values())


def _otherwise(question: Question, depth: Depth) -> list[Hit]:
    """When nothing fits: perhaps two words should be one."""
    for joined in joined_questions(question)[:MAX_JOINED]:
        hits = _whole(joined, meanings(joined.words), depth)
        if hits:
            return hits
    return []


def _nearest_as_part(question: Question) -> list[Hit]:
    """Postcodes near one that is not there, marked as only part of what was asked."""
    return [replace(hit, is_part=True) for hit in nearest_code(question)]


def _named(question: Question, depth: Depth) -> list[Hit]:
    """Names with every word: as typed, else with a letter forgiven; else those with the most."""
    found = meanings(question.words)
    hits = _whole(question, found, depth)
    if hits:
        return hits
    found = with_guesses(found)
    return _whole(question, found, depth) or _partly(question, found, depth)


def _whole(question: Question, found: Sequence[Meaning], depth: Depth) -> list[Hit]:
    """Names with every word, or whose other words say where they are; houses on such streets."""
    # A telling word that no name has leaves nothing to read.
    if not all(one.times or one.word.postcode or not one.word.is_telling for one in found):
        return []
    said = places_named(found) if len(found) > 1 else {}
    cores = [core(found)]
    if said:
        cores.append(core(found, but=said))
    likely = candidates(question, found, cores, _names_of(depth))
    likely = refined(settle(question, likely, said) if said else likely, question)
    at_number = addresses(question, likely)
    hits = [_hit(one) for one in (*complete(likely), *at_number)]
    if hits:
        return hits + [_hit(one) for one in without_number(likely)]
    return [replace(_hit(one), is_part=True) for one in without_number(likely)]


def _names_of(depth: Depth) -> Depth:
    # Addresses are found from the names of their streets.
    return Depth(depth.limit) if depth.kind is Kind.PREMISES else depth


def _partly(question: Question, found: Sequence[Meaning], depth: Depth) -> list[Hit]:
    """Names with the most of the words, when none has all; "road" alone tells nothing."""
    telling = [one for one in core(found) if one.times and one.word.is_telling]
    likely = [
        one
        for one in candidates(question, found, [[one] for one in telling[:2]], _names_of(depth))
        if one.is_telling and len(one.lacking) < len(question.words)
    ]
    fewest = min((len(one.lacking) for one in likely), default=0)
    return [
        replace(_hit(one), is_part=True, rank=one.rank + UNFOUND)
        for one in refined(likely, question)
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
