"""Rows of the gazetteer that stand today and touch a box, by ranges of cells."""

from __future__ import annotations

from typing import TypeVar

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from hereabouts.kernel.geometry import Box, cell_ranges
from hereabouts.places.models import Feature

Row = TypeVar("Row", bound=Feature)
Filtered = QuerySet[Row]


def in_box(rows: Filtered[Row], box: Box) -> Filtered[Row]:
    """Those of the rows that have not gone and whose box touches this one.

    Written as SQL of our own: thirty ranges cost the ORM more to put together than to read.
    """
    table = connection.ops.quote_name(rows.model._meta.db_table)
    ranges = cell_ranges(box)
    cells = " OR ".join([f"{table}.cell BETWEEN %s AND %s"] * len(ranges))
    exact = (
        f"{table}.west <= %s AND {table}.east >= %s AND {table}.south <= %s "
        f"AND {table}.north >= %s AND {table}.gone_at IS NULL"
    )
    values = [*(end for ends in ranges for end in ends), box.east, box.west, box.north, box.south]
    return rows.filter(RawSQL(f"({cells}) AND {exact}", values, output_field=BooleanField()))
