"""Which premises a property number belongs to: by where it lies, one to one where it can be."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from hereabouts.places.domain.measures import Plane

Shapes = npt.NDArray[np.object_]
Places = npt.NDArray[np.float64]

NEAR_M = 5.0
"""A number this far outside a building, or from an address, is still taken for its own."""

DOOR_M = 25.0
"""Within one building a number may lie this far from the address it belongs to."""

MOST_AT_ONE = 2_000
"""Numbers of one building; a tower has hundreds, and no file may make us remember more."""


def points_of(places: Places | Sequence[tuple[float, float]]) -> Shapes:
    """A point for each place, also for none. Shape: `(n, 2)` to `(n,)`."""
    flat = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    return np.asarray(shapely.points(flat), dtype=object)


@dataclass(frozen=True)
class Site:
    """A premises as matching sees it: its point, and its outline unless it is only an address."""

    id: int
    lon: float
    lat: float
    outline: bytes | None


@dataclass
class _Claim:
    """A number that lies in or beside a building, in metres on the plane."""

    uprn: str
    x: float
    y: float


@dataclass
class Matching:
    """Collects numbers piece by piece; what it remembers grows with the sites, not the file."""

    sites: Sequence[Site]
    overfull: set[int] = field(default_factory=set)
    _claims: dict[int, list[_Claim]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay the sites out on a plane and index them."""
        self._plane = Plane(self.sites[0].lat if self.sites else 0.0)
        with_outline = [at for at, site in enumerate(self.sites) if site.outline is not None]
        without = [at for at, site in enumerate(self.sites) if site.outline is None]
        outlines = shapely.from_wkb([self.sites[at].outline for at in with_outline])
        self._buildings = np.array(with_outline, dtype=np.int64)
        self._outlines = shapely.STRtree(self._placed(outlines))
        self._addresses = np.array(without, dtype=np.int64)
        points = points_of([(self.sites[at].lon, self.sites[at].lat) for at in without])
        self._doors = self._placed(points)
        self._door_tree = shapely.STRtree(self._doors)

    def _placed(self, shapes: Iterable[object]) -> Shapes:
        array: Shapes = np.array(shapes, dtype=object)
        return self._plane.place(array) if len(array) else array

    def take(self, uprns: Sequence[str], places: Places) -> npt.NDArray[np.bool_]:
        """Note the numbers that lie at a site; says which. `places` are `(n, 2)` in WGS 84."""
        points = self._placed(points_of(places))
        owners = self._owners(points)
        flat = shapely.get_coordinates(points)
        for at in np.flatnonzero(owners >= 0).tolist():
            claims = self._claims.setdefault(int(owners[at]), [])
            if len(claims) < MOST_AT_ONE:
                claims.append(_Claim(uprns[at], float(flat[at, 0]), float(flat[at, 1])))
            else:
                self.overfull.add(int(owners[at]))
        return owners >= 0

    def _owners(self, points: Shapes) -> npt.NDArray[np.int64]:
        """The building each point is in, else the nearest site within reach, else −1."""
        owners = np.full(len(points), -1, dtype=np.int64)
        apart = np.full(len(points), np.inf)
        for tree, numbers in (
            (self._outlines, self._buildings),
            (self._door_tree, self._addresses),
        ):
            if not len(numbers):
                continue
            (mine, theirs), far = tree.query_nearest(
                points, max_distance=NEAR_M, return_distance=True, all_matches=False
            )
            closer = far < apart[mine]
            owners[mine[closer]] = numbers[theirs[closer]]
            apart[mine[closer]] = far[closer]
        return owners

    def result(self, occupied: Container[int] = ()) -> Mapping[int, list[str]]:
        """The numbers of each site, by its id, lowest first.

        `occupied` are ids of sites that have their number for sure: their doors take no other.
        """
        doors = self._doors_by_building(occupied)
        found: dict[int, list[str]] = {}
        for site, claims in self._claims.items():
            for uprn, owner in _shared_out(site, claims, doors.get(site, {})):
                found.setdefault(self.sites[owner].id, []).append(uprn)
        return {site: sorted(set(uprns), key=int) for site, uprns in found.items()}

    def _doors_by_building(
        self, occupied: Container[int]
    ) -> dict[int, dict[int, tuple[float, float]]]:
        """Free addresses inside each building, with their places on the plane."""
        if not len(self._addresses) or not len(self._buildings):
            return {}
        doors, outlines = self._outlines.query(self._doors, predicate="intersects")
        flat = shapely.get_coordinates(self._doors)
        found: dict[int, dict[int, tuple[float, float]]] = {}
        for door, outline in zip(doors.tolist(), outlines.tolist(), strict=True):
            address, building = int(self._addresses[door]), int(self._buildings[outline])
            if self.sites[address].id not in occupied:
                place = (float(flat[door, 0]), float(flat[door, 1]))
                found.setdefault(building, {})[address] = place
        return found


def _shared_out(
    site: int, claims: Sequence[_Claim], doors: Mapping[int, tuple[float, float]]
) -> list[tuple[str, int]]:
    """Each number with its owner: an address of the building where one is free, else the building.

    The closest pairs first, so that a terrace in one outline gives each door its own number.
    """
    if not doors:
        return [(claim.uprn, site) for claim in claims]
    pairs = sorted(
        (float(np.hypot(claim.x - x, claim.y - y)), at, door)
        for at, claim in enumerate(claims)
        for door, (x, y) in doors.items()
    )
    owners: dict[int, int] = {}
    taken: set[int] = set()
    for apart, at, door in pairs:
        if apart <= DOOR_M and at not in owners and door not in taken:
            owners[at] = door
            taken.add(door)
    return [(claim.uprn, owners.get(at, site)) for at, claim in enumerate(claims)]
