"""Streets by their public id, as they are named."""

from __future__ import annotations

from hereabouts.places.domain.found import StreetRef
from hereabouts.places.models import Street


def find_street_ref(uid: str) -> StreetRef | None:
    """A street by name; None for an unknown id or one that has gone."""
    if not uid:
        return None
    rows = Street.objects.filter(uid=uid, gone_at=None)
    row = rows.values_list("uid", "name", "name_cy", "road_class", "length_m", "ref").first()
    return StreetRef(row[0], row[1] or row[5], *row[2:5]) if row else None
