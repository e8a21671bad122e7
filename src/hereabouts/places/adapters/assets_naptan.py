"""Bus stops of the national register are recognised among those the gazetteer holds already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.places.domain.batch import Amendment
from hereabouts.places.domain.measures import Plane
from hereabouts.places.domain.records import AssetRecord
from hereabouts.places.queries.standing import StandingAsset, list_assets_of_others

NAPTAN = "naptan"
SAME_WITHIN_M = 15.0
"""Two descriptions of a stop lie this close; opposite stops of one road lie further apart."""


@dataclass
class _Merging:
    """Which record is which held asset, by place in both lists."""

    records: Sequence[AssetRecord]
    held: Sequence[StandingAsset]
    pairs: dict[int, int]
    taken: set[int]

    def pair(self, record: int, asset: int) -> None:
        """Remember that they are one, unless either is spoken for."""
        if record not in self.pairs and asset not in self.taken:
            self.pairs[record] = asset
            self.taken.add(asset)


def merge_with_held(
    records: Iterable[AssetRecord], source: str
) -> tuple[list[AssetRecord], list[Amendment]]:
    """Records that are new to the gazetteer, and what the others add to assets of other sources.

    By code first, then one to one by nearness, the closest pairs first.
    """
    found = list(records)
    if not found:
        return [], []
    held = list_assets_of_others(found[0].type, source, NAPTAN)
    merging = _Merging(found, held, {}, set())
    _by_code(merging)
    _by_nearness(merging)
    kept = [record for place, record in enumerate(found) if place not in merging.pairs]
    amendments = [
        _amendment(found[record], held[asset]) for record, asset in sorted(merging.pairs.items())
    ]
    return kept, amendments


def _by_code(merging: _Merging) -> None:
    known: Mapping[str, int] = {
        code: place for place, asset in enumerate(merging.held) for code in asset.codes
    }
    for place, record in enumerate(merging.records):
        asset = known.get(record.reference)
        if asset is not None:
            merging.pair(place, asset)


def _by_nearness(merging: _Merging) -> None:
    free = [
        place
        for place, asset in enumerate(merging.held)
        if place not in merging.taken and not asset.codes
    ]
    left = [place for place in range(len(merging.records)) if place not in merging.pairs]
    if not free or not left:
        return
    plane = Plane(merging.held[free[0]].lat)
    tree = shapely.STRtree(
        plane.place(shapely.points([(merging.held[at].lon, merging.held[at].lat) for at in free]))
    )
    points = plane.place(
        np.array(shapely.from_wkb([merging.records[at].geometry for at in left]), dtype=object)
    )
    mine, theirs = tree.query(points, predicate="dwithin", distance=SAME_WITHIN_M)
    apart = shapely.distance(points[mine], tree.geometries[theirs])
    for which in np.argsort(apart, kind="stable"):
        merging.pair(left[mine[which]], free[theirs[which]])


def _amendment(record: AssetRecord, held: StandingAsset) -> Amendment:
    columns: dict[str, object] = {}
    if not held.reference:
        columns["reference"] = record.reference
    if not held.name and record.name:
        columns["name"] = record.name
    is_known = record.reference in held.codes_of_others
    return Amendment(
        feature_id=held.id,
        columns=columns,
        identifiers=() if is_known else ((NAPTAN, record.reference),),
    )
