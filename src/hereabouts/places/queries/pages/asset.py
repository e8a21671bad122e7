"""Something in the street that somebody looks after."""

from __future__ import annotations

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import AssetView, Gone
from hereabouts.places.models import Asset
from hereabouts.places.queries.areas import areas_of
from hereabouts.places.queries.history import gone, history_of
from hereabouts.places.queries.nearby import nearest_assets, nearest_premises
from hereabouts.places.queries.pages.identifiers import identifiers_of
from hereabouts.places.queries.pages.premises import street_ref
from hereabouts.places.queries.sources import source_of


def find_asset(uid: str) -> AssetView | Gone | None:
    """Everything known of an asset; when it went; or None for an unknown id. Nine reads."""
    rows = Asset.objects.filter(uid=uid).select_related("street")
    asset = rows.defer("geometry", "street__geometry").first()
    if asset is None:
        return None
    name = asset.name or asset.reference
    if asset.gone_at is not None:
        return gone(Kind.ASSET, asset, name or asset.uid)
    place = Point(asset.west, asset.south)
    return AssetView(
        kind=Kind.ASSET,
        uid=asset.uid,
        name=name,
        box=asset.box,
        areas=areas_of(Kind.ASSET, asset.pk),
        identifiers=identifiers_of(Kind.ASSET, asset.pk),
        source=source_of(asset.source),
        history=history_of(Kind.ASSET, asset.uid),
        type=asset.type,
        reference=asset.reference,
        attributes=dict(asset.attributes),
        place=place,
        street=street_ref(asset.street),
        premises=nearest_premises(place, limit=3),
        assets=nearest_assets(place, limit=6, without=asset.uid),
    )
