"""Which street a street number (USRN) belongs to: the one along which its line runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from hereabouts.places.domain.measures import Plane

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

BESIDE_M = 12.0
"""Two drawings of one street run within this distance of each other: half a wide carriageway."""

MOSTLY = 0.5
SAMPLES = 9
"""Points along a line at which its distance to a street is measured."""


@dataclass(frozen=True)
class Run:
    """How far a numbered line runs along a street; both by their place in the input."""

    line: int
    street: int
    along_m: float
    share_of_line: float
    share_of_street: float
    apart_m: float


def match_lines(lines: Shapes, streets: Shapes) -> list[Run]:
    """The street along which each line mostly runs, for lines that run along one. In WGS 84.

    Of two streets side by side, the nearer.
    """
    if not len(lines) or not len(streets):
        return []
    plane = Plane(float(shapely.bounds(streets[0])[1]))
    flat_lines, flat_streets = plane.place(lines), plane.place(streets)
    tree = shapely.STRtree(flat_streets)
    mine, theirs = tree.query(flat_lines, predicate="dwithin", distance=BESIDE_M)
    used = np.unique(theirs)
    beside: Shapes = np.full(len(streets), None, dtype=object)
    beside[used] = shapely.buffer(flat_streets[used], BESIDE_M, quad_segs=2)
    along = shapely.length(shapely.intersection(flat_lines[mine], beside[theirs]))
    shares = along / np.maximum(shapely.length(flat_lines[mine]), 0.1)
    close = shares > MOSTLY
    mine, theirs, along, shares = mine[close], theirs[close], along[close], shares[close]
    apart = _apart(flat_lines[mine], flat_streets[theirs])
    lengths = np.maximum(shapely.length(flat_streets), 0.1)
    best: dict[int, Run] = {}
    for at in np.argsort(apart - 10 * shares, kind="stable").tolist():
        line, street = int(mine[at]), int(theirs[at])
        run = Run(
            line=line,
            street=street,
            along_m=float(along[at]),
            share_of_line=float(shares[at]),
            share_of_street=min(1.0, float(along[at] / lengths[street])),
            apart_m=float(apart[at]),
        )
        best.setdefault(line, run)
    return [best[line] for line in sorted(best)]


def _apart(lines: Shapes, streets: Shapes) -> Floats:
    """Mean distance in metres of points along each line from its street."""
    apart = np.zeros(len(lines))
    for step in range(SAMPLES):
        share = (step + 0.5) / SAMPLES
        longest = shapely.line_merge(lines)
        parts, owners = shapely.get_parts(longest, return_index=True)
        first = np.unique(owners, return_index=True)[1]
        points = shapely.line_interpolate_point(parts[first], share, normalized=True)
        apart += shapely.distance(points, streets)
    return apart / SAMPLES


def chief_of(runs: Sequence[Run]) -> Run | None:
    """The run that gives a street its number: the only one, or one along most of the street."""
    longest = max(runs, key=lambda run: (run.along_m, -run.line))
    return longest if len(runs) == 1 or longest.share_of_street > MOSTLY else None
