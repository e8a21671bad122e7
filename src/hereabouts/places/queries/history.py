"""What became of a feature: what imports changed, and what there is instead of one that went."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.kernel.geometry import box_round
from hereabouts.places.domain.found import AreaRef, StreetRef
from hereabouts.places.domain.kinds import Change, Kind
from hereabouts.places.domain.views import Gone, PastChange, PremisesRef
from hereabouts.places.models import Area, Feature, FeatureChange, Premises, Street
from hereabouts.places.queries.nearby import premises_from
from hereabouts.places.queries.rows import in_box
from hereabouts.places.queries.sources import source_of

MAX_CHANGES = 20


def history_of(kind: Kind, uid: str) -> list[PastChange]:
    """What imports did to a feature, newest first."""
    rows = FeatureChange.objects.filter(uid=uid, kind=kind.value).order_by("-id")
    fields = ("change", "run__ended_at", "run__source", "before")
    return [
        PastChange(change, at, source, tuple(sorted(before)))
        for change, at, source, before in rows.values_list(*fields)[:MAX_CHANGES]
    ]


def recent_changes(limit: int = 5) -> list[tuple[Kind, str, PastChange]]:
    """The last features that an import changed rather than brought, newest first."""
    rows = FeatureChange.objects.exclude(change=Change.APPEARED.value).order_by("-id")
    fields = ("kind", "uid", "change", "run__ended_at", "run__source", "before")
    return [
        (Kind(kind), uid, PastChange(change, at, source, tuple(sorted(before))))
        for kind, uid, change, at, source, before in rows.values_list(*fields)[:limit]
    ]


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
