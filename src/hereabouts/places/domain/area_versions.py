"""Versions of areas: which one stands, when one ended, and which took over its land.

A row of the gazetteer is the latest known version of a code. What stands in the end depends only on
the dates of the files, never on the order in which they are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import shapely

from hereabouts.places.domain.batch import MOSTLY
from hereabouts.places.domain.records import AreaEnding

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Version:
    """One code as a file, or the gazetteer, describes it; geometry is well-known binary, WGS 84."""

    code: str
    name: str
    name_cy: str
    geometry: bytes
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def said(self) -> tuple[str, str, bytes]:
        """What the version says of the area, apart from its dates."""
        return self.name, self.name_cy, self.geometry


def settle(new: Version, held: Version | None) -> Version:
    """The version of a code that stands once the file is loaded.

    The later date wins; an undated file corrects what is held; one that says the same may reach
    further back, never forward.
    """
    if held is None:
        return new
    if new.valid_from is None:
        return replace(new, valid_from=held.valid_from, valid_to=held.valid_to)
    if new.said == held.said and held.valid_from is not None:
        earliest = min(new.valid_from, held.valid_from)
        return replace(new, valid_from=earliest, valid_to=_end(new, held))
    if held.valid_from is not None and new.valid_from < held.valid_from:
        return held
    return replace(new, valid_to=_end(new, held))


def _end(new: Version, held: Version) -> date | None:
    """The held end, unless the file says that the code still stood at that date."""
    if held.valid_to is None or new.valid_from is None or new.valid_from >= held.valid_to:
        return None
    return held.valid_to


def find_endings(
    versions: Sequence[Version], in_file: Iterable[str], from_file: Iterable[str]
) -> list[AreaEnding]:
    """When each version ends: on the first date from which later ones hold most of its land.

    `in_file` are the codes that the file names, `from_file` those whose standing version it gave:
    areas that one file gives side by side never end each other.
    """
    shapes: Shapes = np.array(shapely.from_wkb([v.geometry for v in versions]), dtype=object)
    overlaps = _overlaps(versions, shapes)
    named, given = frozenset(in_file), frozenset(from_file)
    endings: list[AreaEnding] = []
    for place, shares in overlaps.items():
        version = versions[place]
        later = {
            other: share
            for other, share in shares.items()
            if not (version.code in named and versions[other].code in given)
        }
        if found := _first_ending(version, versions, later):
            endings.append(found)
    return endings


def _overlaps(versions: Sequence[Version], shapes: Shapes) -> Mapping[int, dict[int, float]]:
    """For each version the later ones on its land, with their share of it."""
    tree = shapely.STRtree(shapes)
    mine, theirs = tree.query(shapes, predicate="intersects")
    born = np.array([(v.valid_from or date.min).toordinal() for v in versions], dtype=np.int64)
    is_later = born[theirs] > born[mine]
    mine, theirs = mine[is_later], theirs[is_later]
    shares = shapely.area(shapely.intersection(shapes[mine], shapes[theirs]))
    shares = shares / np.maximum(shapely.area(shapes[mine]), 1e-18)
    found: dict[int, dict[int, float]] = {}
    for place, other, share in zip(mine.tolist(), theirs.tolist(), shares.tolist(), strict=True):
        found.setdefault(place, {})[other] = share
    return found


def _first_ending(
    version: Version, versions: Sequence[Version], later: Mapping[int, float]
) -> AreaEnding | None:
    for day in sorted({born for other in later if (born := versions[other].valid_from)}):
        standing = {
            other: share for other, share in later.items() if _stands_on(versions[other], day)
        }
        if sum(standing.values()) > MOSTLY:
            heir = max(standing, key=lambda other: (standing[other], versions[other].code))
            return AreaEnding(code=version.code, ended_on=day, successor=versions[heir].code)
    return None


def _stands_on(version: Version, day: date) -> bool:
    began = version.valid_from is not None and version.valid_from <= day
    return began and (version.valid_to is None or day < version.valid_to)
