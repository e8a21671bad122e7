"""Words of a question that say where rather than what: an area, a town, a postcode."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_question import Word
from hereabouts.places.models import AreaMembership, Premises, SearchPosting
from hereabouts.places.queries.search.candidates import WHOLE, Candidate
from hereabouts.places.queries.search.vocabulary import Meaning

TOWNS = ("city", "town")
SAID_WHERE = 0.3
MAX_CANDIDATES = 400
MAX_AREAS = 300

Feature = tuple[Kind, int]


@dataclass
class Where:
    """What a word says about where: areas whose name has it, or the town as a whole."""

    areas: set[int] = field(default_factory=set)
    is_town: bool = False


def settle(found: Sequence[Candidate], meanings: Sequence[Meaning]) -> list[Candidate]:
    """The candidates, less those lacking words that say where they are.

    One read to see which words are places, and one more for each that is.
    """
    lacking = {word for one in found[:MAX_CANDIDATES] for word in one.lacking}
    asked = [meaning for meaning in meanings if meaning.word in lacking]
    said = _places_named(asked)
    settled = list(found)
    for meaning in asked:
        word, where = meaning.word, said.get(meaning.word)
        concerned = [one for one in settled[:MAX_CANDIDATES] if word in one.lacking]
        there = _in_postcode(concerned, word) if word.postcode else set()
        there |= _there(concerned, where) if where else set()
        settled = [
            _without(one, word, meanings) if (one.kind, one.feature_id) in there else one
            for one in settled
        ]
    return settled


def _places_named(asked: Sequence[Meaning]) -> dict[Word, Where]:
    """The words that are in the name of an area, or are the name of a town."""
    terms = {term: meaning.word for meaning in asked for term in meaning.prices}
    postings = SearchPosting.objects.filter(
        term__in=terms, entry__kind__in=(Kind.AREA.value, Kind.LABEL.value)
    )
    fields = ("term", "entry__kind", "entry__what", "entry__key", "entry__feature_id")
    said: dict[Word, Where] = {}
    for term, kind, what, key, feature_id in postings.values_list(*fields)[:MAX_AREAS]:
        where = said.setdefault(terms[term], Where())
        if kind == Kind.AREA.value:
            where.areas.add(feature_id)
        elif what in TOWNS and key == terms[term].bare:
            where.is_town = True
    return said


def _there(found: Sequence[Candidate], where: Where) -> set[Feature]:
    """Those that lie in one of the areas; all of them where only the town's name is known."""
    if not where.areas:
        return {(one.kind, one.feature_id) for one in found} if where.is_town else set()
    there: set[Feature] = set()
    for kind, ids in _by_kind(found).items():
        members = AreaMembership.objects.filter(
            kind=kind.value, feature_id__in=ids, area_id__in=where.areas
        )
        there |= {(kind, key) for key in members.values_list("feature_id", flat=True)}
    return there


def _without(candidate: Candidate, word: Word, meanings: Sequence[Meaning]) -> Candidate:
    """The candidate with a word settled; it fits wholly when the others are all of its name."""
    lacking = tuple(other for other in candidate.lacking if other != word)
    named = [one.word.bare for one in meanings if one.word not in (word, *candidate.lacking)]
    fit = WHOLE if " ".join(named) == candidate.key else candidate.rank
    return replace(candidate, lacking=lacking, rank=fit + SAID_WHERE)


def _in_postcode(found: Sequence[Candidate], word: Word) -> set[Feature]:
    """Streets with premises in a postcode that begins so, and such premises."""
    by_kind = _by_kind(found)
    rows = Premises.objects.filter(gone_at=None, postcode__startswith=word.postcode)
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
