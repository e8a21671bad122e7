"""The whole place at a glance: how much there is, how far it reaches, when it was loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Max, Min

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

OUTERMOST = 0.01
"""The share of buildings on each side that a map of the town may leave out."""
SAMPLE, FEWEST = 5_000, 100
"""Buildings that are looked at to find where the town is, and how many it takes."""


@dataclass(frozen=True)
class Overview:
    """The whole place; `counts` are of what stands today, `chief_town` its name and Welsh name.

    `box` holds every street, `built_box` nearly all buildings: roads run on beyond the town.
    """

    counts: Mapping[Kind, int]
    box: Box | None
    built_box: Box | None
    sources: Sequence[Source]
    area_kinds: Mapping[str, int]
    chief_area: AreaRef | None
    chief_town: tuple[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been loaded yet."""
        return not any(self.counts.values())


Measures = tuple[Mapping[Kind, int], Box | None, Box | None]
_kept: dict[str, Measures] = {}
"""Counts by the newest import, which is all that can change them; one entry at most."""


def overview() -> Overview:
    """The whole place. Four reads, and eight more after an import."""
    newest = ImportRun.objects.values_list("uid", flat=True).first()
    counts, box, built = _measured(newest or "")
    chief = Area.objects.filter(gone_at=None, kind__in=("district", "county")).order_by("size_km2")
    ref = chief.values_list("code", "kind", "name", "name_cy").last()
    return Overview(
        counts=counts,
        box=box,
        built_box=built,
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


def built_box(buildings: int) -> Box | None:
    """Where all but the outermost of that many buildings stand; None where they are too few."""
    rows = Premises.objects.filter(gone_at=None)
    every = max(1, buildings // SAMPLE)
    sample = rows.annotate(turn=F("id") % every).filter(turn=0)
    places = list(sample.values_list("west", "south", "east", "north"))
    if len(places) < FEWEST:
        return None
    west, south, east, north = (sorted(edges) for edges in zip(*places, strict=True))
    out = int(len(places) * OUTERMOST)
    return Box(west[out], south[out], east[-1 - out], north[-1 - out])


def _measured(newest: str) -> Measures:
    if newest and newest in _kept:
        return _kept[newest]
    counted = counts()
    measured = (counted, place_box(), built_box(counted[Kind.PREMISES]))
    _kept.clear()
    if newest:
        _kept[newest] = measured
    return measured
