"""The names that other registers give a feature."""

from __future__ import annotations

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import Identifier


def identifiers_of(kind: Kind, feature_id: int, *also: tuple[str, str]) -> list[tuple[str, str]]:
    """Pairs of scheme and value, each once; `also` are those kept in the feature's own columns."""
    rows = Identifier.objects.filter(kind=kind.value, feature_id=feature_id)
    kept = [pair for pair in also if pair[1]]
    return list(
        dict.fromkeys([*kept, *rows.order_by("scheme", "value").values_list("scheme", "value")])
    )
