"""The whole place at a glance: how much there is, how far it reaches, when it was loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max, Min

from hereabouts.kernel.geometry import Box
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import Source
from hereabouts.places.models import (
    Area,
    Asset,
    Feature,
    ImportRun,
    Label,
    Postcode,
    Premises,
    Street,
)
from hereabouts.places.queries.lists import area_kinds
from hereabouts.places.queries.sources import sources

COUNTED: Mapping[Kind, type[Feature]] = {
    Kind.STREET: Street,
    Kind.PREMISES: Premises,
    Kind.ASSET: Asset,
    Kind.POSTCODE: Postcode,
    Kind.AREA: Area,
}


@dataclass(frozen=True)
class Overview:
    """The whole place; `counts` are of what stands today, `chief_town` its name and Welsh name."""

    counts: Mapping[Kind, int]
    box: Box | None
    sources: Sequence[Source]
    area_kinds: Mapping[str, int]
    chief_area: AreaRef | None
    chief_town: tuple[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been loaded yet."""
        return not any(self.counts.values())


_kept: dict[str, tuple[Mapping[Kind, int], Box | None]] = {}
"""Counts by the newest import, which is all that can change them; one entry at most."""


def overview() -> Overview:
    """The whole place. Four reads, and seven more after an import."""
    newest = ImportRun.objects.values_list("uid", flat=True).first()
    counts, box = _measured(newest or "")
    chief = Area.objects.filter(gone_at=None, kind__in=("district", "county")).order_by("size_km2")
    ref = chief.values_list("code", "kind", "name", "name_cy").last()
    return Overview(
        counts=counts,
        box=box,
        sources=list(sources().values()),
        area_kinds=area_kinds(),
        chief_area=AreaRef(*ref) if ref else None,
        chief_town=_chief_town(),
    )


def _chief_town() -> tuple[str, str]:
    rows = Label.objects.filter(gone_at=None, kind__in=("city", "town", "village"))
    found = rows.order_by("rank", "id").values_list("name", "name_cy").first()
    return found or ("", "")


def counts() -> Mapping[Kind, int]:
    """How many features of each kind stand today."""
    return {
        kind: table._default_manager.filter(gone_at=None).count() for kind, table in COUNTED.items()
    }


def place_box() -> Box | None:
    """How far the place reaches: the towns on its map, or else all its streets and areas."""
    towns = Label.objects.filter(gone_at=None, kind__in=("city", "town", "village", "suburb"))
    for rows in (Street.objects.filter(gone_at=None), towns, Area.objects.filter(gone_at=None)):
        edges = rows.aggregate(
            west=Min("west"), south=Min("south"), east=Max("east"), north=Max("north")
        )
        if edges["west"] is not None:
            return Box(edges["west"], edges["south"], edges["east"], edges["north"])
    return None


def _measured(newest: str) -> tuple[Mapping[Kind, int], Box | None]:
    if newest and newest in _kept:
        return _kept[newest]
    measured = (counts(), place_box())
    _kept.clear()
    if newest:
        _kept[newest] = measured
    return measured
