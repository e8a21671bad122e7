"""Areas: which ones a feature lies in, what lies in them, and how people live there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from hereabouts.places.domain.area_order import ordered
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import AreaMembership

AREA_FIELDS = ("area__code", "area__kind", "area__name", "area__name_cy")


def areas_of(kind: Kind, feature_id: int) -> list[AreaRef]:
    """The areas that contain a feature, local ones first, statistics last."""
    return list(areas_of_many({(kind, feature_id)}).get((kind, feature_id), ()))


def areas_of_many(
    features: Collection[tuple[Kind, int]],
) -> Mapping[tuple[Kind, int], Sequence[AreaRef]]:
    """The same for many features at once; one read a kind."""
    by_kind: dict[Kind, list[int]] = {}
    for kind, feature_id in features:
        by_kind.setdefault(kind, []).append(feature_id)
    found: dict[tuple[Kind, int], list[AreaRef]] = {}
    for kind, ids in by_kind.items():
        rows = AreaMembership.objects.filter(
            kind=kind.value, feature_id__in=ids, area__gone_at=None, area__valid_to=None
        )
        for feature_id, *area in rows.values_list("feature_id", *AREA_FIELDS):
            found.setdefault((kind, feature_id), []).append(AreaRef(*area))
    return {feature: ordered(areas) for feature, areas in found.items()}
