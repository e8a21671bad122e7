"""Joins what two files know of one street that crosses the border between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.domain.measures import lengths_m
from hereabouts.places.domain.records import StreetRecord
from hereabouts.places.models import Feature, Street

Shapes = NDArray[np.object_]

SHARED = 1e-6
"""Degrees of line that two parts share when they are one road, drawn by two files."""


def join_street(record: StreetRecord, held: Feature, border: shapely.Geometry) -> StreetRecord:
    """The street with the parts that the file knows and, outside its border, those it does not.

    What is held stays as it is otherwise, for each file sees only its part of the street. The same
    whichever file comes first, so that importing either again changes nothing.
    """
    if not isinstance(held, Street):
        return record
    known = _parts(bytes(held.geometry))
    beyond = known[~shapely.covers(border, known)]
    told = _parts(record.geometry)
    told = told[[not _is_drawn(part, beyond) for part in told]]
    parts = sorted([*beyond, *told], key=lambda part: shapely.bounds(part).tolist())
    return replace(
        record,
        source_id=held.source_id,
        geometry=shapely.to_wkb(shapely.MultiLineString(parts)),
        name=held.name,
        name_cy=held.name_cy or record.name_cy,
        ref=held.ref or record.ref,
        usrn=held.usrn or record.usrn,
        road_class=type(record.road_class)(held.road_class),
        length_m=round(float(lengths_m(np.array(parts, dtype=object)).sum()), 2),
    )


def _parts(wkb: bytes) -> Shapes:
    return np.array(shapely.get_parts(shapely.from_wkb(wkb)), dtype=object)


def _is_drawn(part: shapely.Geometry, beyond: Shapes) -> bool:
    """Whether one of the parts beyond the border is the same road."""
    if not len(beyond):
        return False
    return bool((shapely.length(shapely.intersection(beyond, part)) > SHARED).any())
