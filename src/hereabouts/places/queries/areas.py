"""Areas: which ones a feature lies in, what lies in them, and how people live there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from hereabouts.places.domain.area_order import ordered
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import Area, AreaMembership

AREA_FIELDS = ("area__code", "area__kind", "area__name", "area__name_cy")


def areas_of(kind: Kind, feature_id: int) -> list[AreaRef]:
    """The areas that contain a feature, local ones first, statistics last."""
    return list(areas_of_many({(kind, feature_id)}).get((kind, feature_id), ()))


def areas_of_many(
    features: Collection[tuple[Kind, int]],
) -> Mapping[tuple[Kind, int], Sequence[AreaRef]]:
    """The same for many features at once, in one read."""
    by_kind: dict[Kind, list[int]] = {}
    for kind, feature_id in features:
        by_kind.setdefault(kind, []).append(feature_id)
    if not by_kind:
        return {}
    members = reduce(or_, (Q(kind=kind.value, feature_id__in=ids) for kind, ids in by_kind.items()))
    rows = AreaMembership.objects.filter(members, area__gone_at=None, area__valid_to=None)
    found: dict[tuple[Kind, int], list[AreaRef]] = {}
    for of_kind, feature_id, *area in rows.values_list("kind", "feature_id", *AREA_FIELDS):
        found.setdefault((Kind(of_kind), feature_id), []).append(AreaRef(*area))
    return {feature: ordered(areas) for feature, areas in found.items()}


def find_area_ref(code: str) -> AreaRef | None:
    """An area by name; None for an unknown code or one that has gone."""
    rows = Area.objects.filter(code=code, gone_at=None)
    row = rows.values_list("code", "kind", "name", "name_cy").first()
    return AreaRef(*row) if row else None
