"""Which street a premises or an asset belongs to: the one it is addressed to, or the nearest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.actions.bulk import in_pieces
from hereabouts.places.actions.importing.kind_plan import KindPlan
from hereabouts.places.actions.importing.tables import COMMON, GEOMETRY, ID, Row
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.measures import Plane
from hereabouts.places.domain.records import PremisesRecord, Record
from hereabouts.places.domain.search_words import key_of
from hereabouts.places.models import Asset, Premises, Street

ADDRESSED_WITHIN_M = 500.0
"""A premises is on the street its address names when that lies no further away than this."""

ASSET_WITHIN_M = 30.0
"""An asset is on the nearest street when that lies no further away than this."""

NAME, NAME_CY = len(COMMON), len(COMMON) + 1
Shapes = NDArray[np.object_]
Places = NDArray[np.float64]
Links = list[int | None]

_key = lru_cache(maxsize=100_000)(key_of)


class Streets:
    """The streets as they will be after the import, found by name and by nearness."""

    def __init__(self, plan: KindPlan | None) -> None:
        self._plan = plan

    @cached_property
    def _rows(self) -> list[tuple[int, bytes, tuple[str, str]]]:
        plan = self._plan
        replaced = {int(str(row[ID])) for row in plan.updates} | set(plan.gone) if plan else set()
        held = Street.objects.filter(gone_at=None).values_list("id", "geometry", "name", "name_cy")
        rows = [
            (number, bytes(geometry), (name, name_cy))
            for number, geometry, name, name_cy in held.iterator()
            if number not in replaced
        ]
        for row in _planned(plan):
            names = (str(row[NAME]), str(row[NAME_CY]))
            rows.append((int(str(row[ID])), bytes(row[GEOMETRY]), names))  # type: ignore[call-overload] # bytes in this column
        return rows

    @cached_property
    def _ids(self) -> NDArray[np.int64]:
        return np.array([row[0] for row in self._rows], dtype=np.int64)

    @cached_property
    def _plane(self) -> Plane:
        middle = shapely.get_coordinates(shapely.from_wkb(self._rows[0][1]))[0][1]
        return Plane(float(middle))

    @cached_property
    def _shapes(self) -> Shapes:
        return self._plane.place(
            np.array(shapely.from_wkb([row[1] for row in self._rows]), dtype=object)
        )

    @cached_property
    def _parts(self) -> tuple[shapely.STRtree, NDArray[np.int64]]:
        parts, owners = shapely.get_parts(self._shapes, return_index=True)
        return shapely.STRtree(parts), owners

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, (_, _, names) in enumerate(self._rows):
            for key in {_key(name) for name in names if name}:
                found.setdefault(key, []).append(at)
        return found

    def _placed(self, places: Places) -> Shapes:
        return self._plane.place(np.asarray(shapely.points(places), dtype=object))

    def addressed(self, places: Places, names: Sequence[str]) -> Links:
        """The nearest street of the name that each place gives. Shape: `(places, 2)` in WGS 84."""
        links: Links = [None] * len(names)
        pairs = [
            (at, street)
            for at, name in enumerate(names)
            if name and self._rows
            for street in self._by_name.get(_key(name), ())
        ]
        if not pairs:
            return links
        ats, streets = np.array(pairs).T
        points = self._placed(places[ats])
        apart = shapely.distance(points, self._shapes[streets])
        for which in np.argsort(-apart, kind="stable"):
            if apart[which] <= ADDRESSED_WITHIN_M:
                links[ats[which]] = int(self._ids[streets[which]])
        return links

    def nearest(self, places: Places) -> Links:
        """The nearest street to each place. Shape: `(places, 2)` in WGS 84."""
        links: Links = [None] * len(places)
        if not self._rows or not len(places):
            return links
        tree, owners = self._parts
        points = self._placed(places)
        found = tree.query_nearest(points, max_distance=ASSET_WITHIN_M, all_matches=False)
        for at, part in found.T:
            links[at] = int(self._ids[owners[part]])
        return links

    def of_premises(self, records: Sequence[Record]) -> Links:
        """The street of each premises."""
        names = [r.street_name if isinstance(r, PremisesRecord) else "" for r in records]
        return self.addressed(_centres(records), names)

    def of_assets(self, records: Sequence[Record]) -> Links:
        """The street of each asset."""
        return self.nearest(_centres(records))


def relink(
    streets: Streets, plans: dict[Kind, KindPlan]
) -> Iterator[tuple[Kind, list[tuple[int, int | None]]]]:
    """New links of premises and assets that the file does not touch, after streets have changed."""
    street_plan = plans.get(Kind.STREET)
    if street_plan is None or not street_plan.is_touched:
        return
    for kind, model, column in (
        (Kind.PREMISES, Premises, "street_name"),
        (Kind.ASSET, Asset, "type"),
    ):
        settled = _settled(plans.get(kind))
        rows = model._default_manager.filter(gone_at=None).values_list(
            "id", "west", "south", "street_id", column
        )
        for piece in in_pieces(row for row in rows.iterator() if row[0] not in settled):
            places = np.array([row[1:3] for row in piece], dtype=np.float64)
            links = (
                streets.addressed(places, [row[4] for row in piece])
                if kind is Kind.PREMISES
                else streets.nearest(places)
            )
            yield (
                kind,
                [(row[0], link) for row, link in zip(piece, links, strict=True) if row[3] != link],
            )


def _settled(plan: KindPlan | None) -> set[int]:
    if plan is None:
        return set()
    return {int(str(row[ID])) for row in plan.updates} | set(plan.gone)


def _planned(plan: KindPlan | None) -> Iterator[Row]:
    if plan is not None:
        yield from plan.inserts
        yield from plan.updates


def _centres(records: Sequence[Record]) -> Places:
    shapes = shapely.from_wkb([record.geometry for record in records])
    centres: Places = shapely.get_coordinates(shapely.centroid(shapes))
    return centres
