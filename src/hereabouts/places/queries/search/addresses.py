"""A house number and a street together: the address, without each being filed as text."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_question import Question
from hereabouts.places.models import Premises, SearchAddress
from hereabouts.places.queries.search.candidates import UNIT_WORDS, Candidate

MAX_STREETS = 60
MAX_ADDRESSES = 200
ONLY_STREET = 0.6
"""How much worse a street is than the house on it that was asked for."""


def addresses(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Premises with the question's house number on the streets it names. At most 2 reads."""
    numbers = {word.typed for word in question.words if word.is_number}
    if not numbers:
        return []
    streets = {
        one.feature_id: one for one in found if one.kind is Kind.STREET and _lacks_only_number(one)
    }
    chosen = list(streets)[:MAX_STREETS]
    rows = SearchAddress.objects.filter(street_id__in=chosen, number__in=numbers)
    pairs = dict(rows.values_list("premises_id", "street_id")[:MAX_ADDRESSES])
    named = Premises.objects.filter(id__in=pairs, gone_at=None)
    return [
        _at(streets[pairs[key]], key, uid, f"{unit} {number}".strip())
        for key, uid, unit, number in named.values_list("id", "uid", "unit", "number")
    ]


def without_number(found: Sequence[Candidate]) -> list[Candidate]:
    """Streets that lack nothing but the house number, at a higher price and as a part answer."""
    return [
        one._replace(rank=one.rank + ONLY_STREET)
        for one in found
        if one.kind is Kind.STREET and one.lacking and _lacks_only_number(one)
    ]


def _lacks_only_number(candidate: Candidate) -> bool:
    return candidate.is_telling and all(
        word.is_number or word.typed in UNIT_WORDS for word in candidate.lacking
    )


def _at(street: Candidate, premises_id: int, uid: str, number: str) -> Candidate:
    return street._replace(
        kind=Kind.PREMISES,
        feature_id=premises_id,
        uid=uid,
        name=f"{number} {street.name}",
        what="",
        key=f"{number} {street.key}",
        lacking=(),
    )
