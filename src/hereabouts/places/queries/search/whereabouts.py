"""Words of a question that say where rather than what: an area, a town, a postcode."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_question import Word
from hereabouts.places.models import AreaMembership, Premises, SearchPosting
from hereabouts.places.queries.search.candidates import Candidate
from hereabouts.places.queries.search.vocabulary import Meaning

SETTLEMENTS = ("city", "town", "village", "suburb", "neighbourhood", "locality")
SAID_WHERE = 0.3
MAX_CANDIDATES = 400
MAX_AREAS = 300


def settle(found: Sequence[Candidate], meanings: Sequence[Meaning]) -> list[Candidate]:
    """The candidates, less those lacking words that say where they are. At most 3 reads a word."""
    by_word = {meaning.word: meaning for meaning in meanings}
    open_words = {
        word for candidate in found[:MAX_CANDIDATES] for word in candidate.lacking
    } & by_word.keys()
    settled = list(found)
    for word in open_words:
        if word.is_number:
            continue
        concerned = [one for one in settled[:MAX_CANDIDATES] if word in one.lacking]
        there = _in_postcode(concerned, word) if word.postcode else set()
        there |= _in_areas(concerned, list(by_word[word].prices))
        settled = [
            _without(one, word) if (one.kind, one.feature_id) in there else one for one in settled
        ]
    return settled


def _without(candidate: Candidate, word: Word) -> Candidate:
    lacking = tuple(other for other in candidate.lacking if other != word)
    return replace(candidate, lacking=lacking, rank=candidate.rank + SAID_WHERE)


def _in_areas(found: Sequence[Candidate], terms: Sequence[str]) -> set[tuple[Kind, int]]:
    """Those that lie in an area whose name has one of the words, or in a place called so."""
    postings = SearchPosting.objects.filter(term__in=terms)
    areas = postings.filter(entry__kind=Kind.AREA.value).values_list("entry__feature_id", flat=True)
    area_ids = set(areas[:MAX_AREAS])
    there: set[tuple[Kind, int]] = set()
    if area_ids:
        for kind, ids in _by_kind(found).items():
            members = AreaMembership.objects.filter(
                kind=kind.value, feature_id__in=ids, area_id__in=area_ids
            )
            there |= {(kind, key) for key in members.values_list("feature_id", flat=True)}
    elif postings.filter(entry__kind=Kind.LABEL.value, entry__what__in=SETTLEMENTS).exists():
        # No boundary is known for the town: its name neither proves nor disproves anything.
        there = {(one.kind, one.feature_id) for one in found}
    return there


def _in_postcode(found: Sequence[Candidate], word: Word) -> set[tuple[Kind, int]]:
    """Streets with premises in a postcode that begins so, and such premises."""
    by_kind = _by_kind(found)
    rows = Premises.objects.filter(gone_at=None, postcode__startswith=word.postcode)
    streets = rows.filter(street_id__in=by_kind.get(Kind.STREET, ()))
    premises = rows.filter(id__in=by_kind.get(Kind.PREMISES, ()))
    found_streets = set(streets.exclude(street=None).values_list("street_id", flat=True))
    return {(Kind.STREET, key) for key in found_streets} | {
        (Kind.PREMISES, key) for key in premises.values_list("id", flat=True)
    }


def _by_kind(found: Sequence[Candidate]) -> dict[Kind, Collection[int]]:
    kinds: dict[Kind, set[int]] = {}
    for candidate in found:
        kinds.setdefault(candidate.kind, set()).add(candidate.feature_id)
    return dict(kinds)
