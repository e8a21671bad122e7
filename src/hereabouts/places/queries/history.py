"""What became of a feature: what imports changed, and what there is instead of one that went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hereabouts.kernel.geometry import box_round
from hereabouts.places.domain.found import AreaRef, Hit, StreetRef
from hereabouts.places.domain.kinds import Change, Kind
from hereabouts.places.domain.views import Gone, PastChange, PremisesRef
from hereabouts.places.models import Area, Feature, FeatureChange, Postcode, Premises, Street
from hereabouts.places.queries.nearby import premises_from
from hereabouts.places.queries.rows import in_box
from hereabouts.places.queries.search.described import described
from hereabouts.places.queries.sources import source_of

MAX_CHANGES = 20
LOOKED_THROUGH = 200
"""The newest changes among which those worth telling are looked for."""

WITH_A_PAGE = (Kind.AREA, Kind.STREET, Kind.PREMISES, Kind.ASSET, Kind.POSTCODE)
_FIELDS = ("change", "run__ended_at", "run__source", "before", "run__importer")


def history_of(kind: Kind, uid: str) -> list[PastChange]:
    """What imports did to a feature, newest first."""
    rows = FeatureChange.objects.filter(uid=uid, kind=kind.value).order_by("-id")
    return [_past(row) for row in rows.values_list(*_FIELDS)[:MAX_CHANGES]]


def recent_changes(limit: int = 5) -> list[tuple[Hit, PastChange]]:
    """The last places that an import changed rather than brought, newest first, by name.

    Places that only got another register's number are passed over: that is no news to a resident.
    """
    rows = FeatureChange.objects.filter(kind__in=[kind.value for kind in WITH_A_PAGE])
    rows = rows.exclude(change=Change.APPEARED.value).order_by("-id")
    found = [
        (Kind(row[5]), str(row[6]), _past(row[:5]))
        for row in rows.values_list(*_FIELDS, "kind", "uid")[:LOOKED_THROUGH]
    ]
    told = [one for one in found if not one[2].is_only_numbers][:limit]
    codes = _codes([uid for kind, uid, _ in told if kind in (Kind.AREA, Kind.POSTCODE)])
    hits = [Hit(kind, codes.get(uid, uid), codes.get(uid, "")) for kind, uid, _ in told]
    return list(zip(described(hits), (past for _, _, past in told), strict=True))


def _past(row: tuple[str, datetime, str, Mapping[str, object], str]) -> PastChange:
    change, at, source, before, importer = row
    return PastChange(change, at, source, tuple(sorted(before)), importer)


def _codes(uids: Sequence[str]) -> dict[str, str]:
    """The codes that stand in the addresses of areas and postcodes, by their ids."""
    if not uids:
        return {}
    areas = Area.objects.filter(uid__in=uids).values_list("uid", "code")
    return dict(areas.union(Postcode.objects.filter(uid__in=uids).values_list("uid", "code")))


def gone(kind: Kind, feature: Feature, name: str) -> Gone:
    """A feature that went: since when, by whose word, and what there is instead."""
    if feature.gone_at is None:
        raise ValueError(f"{feature.uid} has not gone")
    return Gone(
        kind=kind,
        uid=feature.code if isinstance(feature, Area) else feature.uid,
        name=name,
        gone_at=feature.gone_at,
        source=source_of(feature.source),
        place=feature.box.centre,
        instead=_instead(feature),
    )


def _instead(feature: Feature) -> Sequence[StreetRef | PremisesRef | AreaRef]:
    if isinstance(feature, Street):
        return _streets_instead(feature)
    if isinstance(feature, Premises):
        return _premises_instead(feature)
    if isinstance(feature, Area) and feature.successor is not None:
        after = feature.successor
        return [AreaRef(after.code, after.kind, after.name, after.name_cy)]
    return []


def _streets_instead(street: Street) -> list[StreetRef]:
    """Streets of the same name, or number, where this one was."""
    rows = in_box(Street.objects.filter(name=street.name, ref=street.ref), street.box.grown_m(50))
    fields = ("uid", "name", "name_cy", "road_class", "length_m")
    return [StreetRef(*row) for row in rows.values_list(*fields)[:5]]


def _premises_instead(premises: Premises) -> list[PremisesRef]:
    """Premises with the same number and name within 50 metres."""
    rows = Premises.objects.filter(number=premises.number, name=premises.name)
    near = in_box(rows, box_round(premises.box.centre, 50))
    return premises_from(near, premises.box.centre)[:3]
