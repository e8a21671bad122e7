"""Buildings whose outline reaches far from their point, found once for each state of the data.

Premises are filed under their point. Looking a little further out finds nearly every building that
reaches into a box; the few wide ones, such as a steelworks, are remembered by the box they fill.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.kernel.geometry import Box
from hereabouts.places.models import Premises

REACH_M = 60.0
"""How far from its point an ordinary building's outline goes; one in 250 goes further."""

METRES_A_DEGREE = 111_195.0
"""Along a meridian."""

PIECE = 5_000


@dataclass(frozen=True)
class WideBuildings:
    """Ids and boxes of buildings wider than most. Shapes: `(n,)` and `(n, 4)` in degrees."""

    ids: NDArray[np.int64]
    boxes: NDArray[np.float64]

    def ids_in(self, box: Box) -> list[int]:
        """Those whose box touches this one."""
        west, south, east, north = self.boxes.T
        touches = (west <= box.east) & (east >= box.west)
        touches &= (south <= box.north) & (north >= box.south)
        return [int(number) for number in self.ids[touches]]


@functools.lru_cache(maxsize=1)
def wide_buildings(version: str) -> WideBuildings:
    """The wide buildings of this state of the data; reads every outline, once a version."""
    found = list(_wide())
    ids = np.array([number for number, _ in found], dtype=np.int64)
    return WideBuildings(ids, np.array([box for _, box in found], dtype=np.float64).reshape(-1, 4))


def _wide() -> Iterator[tuple[int, NDArray[np.float64]]]:
    rows = Premises.objects.filter(gone_at=None).exclude(outline=None)
    piece: list[tuple[int, float, float, bytes]] = []
    for number, lon, lat, outline in rows.values_list("id", "west", "south", "outline").iterator(
        PIECE
    ):
        piece.append((number, lon, lat, bytes(outline or b"")))
        if len(piece) == PIECE:
            yield from _wide_of(piece)
            piece = []
    yield from _wide_of(piece)


def _wide_of(
    rows: list[tuple[int, float, float, bytes]],
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    if not rows:
        return
    boxes = shapely.bounds(shapely.from_wkb([row[3] for row in rows])).reshape(-1, 4)
    lon, lat = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    across = np.maximum(lon - boxes[:, 0], boxes[:, 2] - lon) * np.cos(np.radians(lat))
    along = np.maximum(lat - boxes[:, 1], boxes[:, 3] - lat)
    for place in np.flatnonzero(np.maximum(across, along) * METRES_A_DEGREE > REACH_M):
        yield rows[place][0], boxes[place]
