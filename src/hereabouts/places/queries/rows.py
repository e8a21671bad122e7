"""Rows of the gazetteer that stand today and touch a box, by ranges of cells."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Q, QuerySet

from hereabouts.kernel.geometry import Box, cell_ranges
from hereabouts.places.models import Feature

Row = TypeVar("Row", bound=Feature)
Filtered = QuerySet[Row]


def in_box(rows: Filtered[Row], box: Box) -> Filtered[Row]:
    """Those of the rows that have not gone and whose box touches this one."""
    cells = reduce(or_, (Q(cell__range=ends) for ends in cell_ranges(box)))
    return rows.filter(
        cells,
        gone_at=None,
        west__lte=box.east,
        east__gte=box.west,
        south__lte=box.north,
        north__gte=box.south,
    )
