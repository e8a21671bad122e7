"""Words of a question that say where rather than what: an area, a town, a postcode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_question import Question, Word
from hereabouts.places.models import AreaMembership, Premises
from hereabouts.places.queries.search.beginnings import marks, read
from hereabouts.places.queries.search.candidates import ENTRIES, WHOLE, Candidate
from hereabouts.places.queries.search.vocabulary import POSTINGS, Meaning

TOWNS = ("city", "town")
SAID_WHERE = 0.3
MAX_CANDIDATES = 200
MAX_AREAS = 300
MOST_TIMES = 400
"""A word that more names have is a word for a kind of street, not for a place."""

Feature = tuple[Kind, int]


@dataclass
class Where:
    """What a word says about where: areas whose name has it, the town as a whole, a postcode."""

    areas: set[int] = field(default_factory=set)
    is_town: bool = False
    postcode: str = ""


def places_named(found: Sequence[Meaning]) -> dict[Word, Where]:
    """The words that name an area or a town, or are a postcode. One read."""
    said = {one.word: Where(postcode=one.word.postcode) for one in found if one.word.postcode}
    terms = {
        term: meaning.word
        for meaning in found
        if meaning.word.is_telling and meaning.times <= MOST_TIMES
        for term in meaning.prices
    }
    if not terms:
        return said
    sql = (
        f"SELECT p.term, e.kind, e.what, e.key, e.feature_id FROM {POSTINGS} p "
        f"JOIN {ENTRIES} e ON e.id = p.entry_id WHERE p.term IN ({marks(list(terms))}) "
        f"AND e.kind IN ('{Kind.AREA.value}', '{Kind.LABEL.value}') LIMIT {MAX_AREAS}"
    )
    for term, kind, what, key, feature_id in read(sql, list(terms)):
        word = terms[str(term)]
        if kind == Kind.AREA.value:
            said.setdefault(word, Where()).areas.add(int(str(feature_id)))
        elif what in TOWNS and key == word.bare:
            said.setdefault(word, Where()).is_town = True
    return said


def settle(
    question: Question, found: Sequence[Candidate], said: Mapping[Word, Where]
) -> list[Candidate]:
    """The candidates, less those lacking words that say where they are. A read or two a word."""
    settled = list(found[:MAX_CANDIDATES])
    for word, where in said.items():
        concerned = [one for one in settled if one.is_telling and word in one.lacking]
        there = _there(concerned, where) if concerned else set()
        settled = [
            _without(one, word) if (one.kind, one.feature_id) in there else one for one in settled
        ]
    ranked = [_ranked(question, was, now) for was, now in zip(found, settled, strict=False)]
    return [*ranked, *found[MAX_CANDIDATES:]]


def _there(found: Sequence[Candidate], where: Where) -> set[Feature]:
    """Those that lie in the area or postcode; all of them where only the town's name is known."""
    there = _in_postcode(found, where.postcode) if where.postcode else set()
    if where.areas:
        for kind, ids in _by_kind(found).items():
            members = AreaMembership.objects.filter(
                kind=kind.value, feature_id__in=ids, area_id__in=where.areas
            )
            there |= {(kind, key) for key in members.values_list("feature_id", flat=True)}
    elif where.is_town:
        there |= {(one.kind, one.feature_id) for one in found}
    return there


def _without(candidate: Candidate, word: Word) -> Candidate:
    """The candidate with a word settled, and with it a "St" or "Road" that belongs to that word."""
    lacking = [other for other in candidate.lacking if other != word]
    if not any(other.is_telling for other in lacking):
        lacking = [other for other in lacking if other.is_number]
    return candidate._replace(lacking=tuple(lacking))


def _ranked(question: Question, was: Candidate, now: Candidate) -> Candidate:
    """What was asked for by its whole name and where it is comes next to the whole name alone."""
    if was.lacking == now.lacking:
        return now
    named = " ".join(word.bare for word in question.words if word not in was.lacking)
    return now._replace(rank=SAID_WHERE + (WHOLE if named == now.key else now.rank))


def _in_postcode(found: Sequence[Candidate], beginning: str) -> set[Feature]:
    """Streets with premises in a postcode that begins so, and such premises."""
    by_kind = _by_kind(found)
    rows = Premises.objects.filter(gone_at=None, postcode__startswith=beginning)
    streets = rows.filter(street_id__in=by_kind.get(Kind.STREET, ())).exclude(street=None)
    premises = rows.filter(id__in=by_kind.get(Kind.PREMISES, ()))
    return {
        *((Kind.STREET, int(key)) for key in set(streets.values_list("street", flat=True))),
        *((Kind.PREMISES, key) for key in premises.values_list("id", flat=True)),
    }


def _by_kind(found: Iterable[Candidate]) -> dict[Kind, set[int]]:
    kinds: dict[Kind, set[int]] = {}
    for candidate in found:
        kinds.setdefault(candidate.kind, set()).add(candidate.feature_id)
    return kinds
