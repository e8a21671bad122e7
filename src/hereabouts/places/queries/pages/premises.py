"""A building or an address, and what stands next to it."""

from __future__ import annotations

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.found import StreetRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import Gone, PremisesView
from hereabouts.places.models import Premises, Street
from hereabouts.places.queries.areas import areas_of
from hereabouts.places.queries.history import gone, history_of
from hereabouts.places.queries.nearby import (
    ADDRESS_FIELDS,
    address_of,
    nearest_assets,
    nearest_premises,
)
from hereabouts.places.queries.pages.identifiers import identifiers_of
from hereabouts.places.queries.sources import source_of


def find_premises(uid: str) -> PremisesView | Gone | None:
    """Everything known of premises; when they went; or None for an unknown id. Nine reads."""
    rows = Premises.objects.filter(uid=uid).select_related("street")
    found = rows.defer("geometry", "street__geometry").first()
    if found is None:
        return None
    street = street_ref(found.street)
    parts = [str(getattr(found, name)) for name in ADDRESS_FIELDS]
    address = address_of(parts, street.name if street else "")
    name = address.short
    if found.gone_at is not None:
        return gone(Kind.PREMISES, found, name or found.uid)
    place = Point(found.west, found.south)
    return PremisesView(
        kind=Kind.PREMISES,
        uid=found.uid,
        name=name,
        name_cy=found.name_cy,
        box=found.box,
        areas=areas_of(Kind.PREMISES, found.pk),
        identifiers=identifiers_of(Kind.PREMISES, found.pk, ("uprn", found.uprn)),
        source=source_of(found.source),
        history=history_of(Kind.PREMISES, found.uid),
        address=address,
        use=found.use,
        uprn=found.uprn,
        height_m=found.height_m,
        levels=found.levels,
        has_outline=found.outline is not None,
        place=place,
        street=street,
        next_door=nearest_premises(place, limit=6, without=found.uid),
        assets=nearest_assets(place, limit=6),
    )


def street_ref(street: Street | None) -> StreetRef | None:
    """A street by name; None for none, or for one that has gone."""
    if street is None or street.gone_at is not None:
        return None
    name = street.name or street.ref
    return StreetRef(street.uid, name, street.name_cy, street.road_class, street.length_m)
