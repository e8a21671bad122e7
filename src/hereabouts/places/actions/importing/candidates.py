"""Records made ready to be rows, before it is known whether they are new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.places.actions.importing.tables import Row, Table, Value
from hereabouts.places.domain.batch import Findings
from hereabouts.places.domain.cells import cells_of
from hereabouts.places.domain.records import Finding, Record

Boxes = NDArray[np.float64]


@dataclass
class Candidate:
    """A record with its row, whose id, public id and link are set later, and its values."""

    record: Record
    row: Row
    values: list[Value]


def make_candidates(
    table: Table, records: Sequence[Record], findings: Findings
) -> tuple[list[Candidate], Boxes]:
    """Rows of records, and their boxes; records without a place are findings and left out."""
    shapes = np.array(shapely.from_wkb([record.geometry for record in records]), dtype=object)
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    somewhere = np.asarray(~np.isnan(bounds).any(axis=1))
    for at in np.flatnonzero(~somewhere).tolist():
        findings.add(Finding("geometry.empty", records[at].source_id))
    cells = cells_of(np.where(somewhere[:, None], bounds, 0.0))
    candidates: list[Candidate] = []
    for at in np.flatnonzero(somewhere).tolist():
        record = records[at]
        values = _clean(table, record, findings)
        row: Row = [
            None,
            "",
            record.source,
            record.source_id,
            table.digest(record, values),
            record.geometry,
            int(cells[at]),
            *bounds[at].tolist(),
            None,
            *table.as_stored(values),
            *table.derived_values(shapes[at]),
            *((None,) if table.link else ()),
        ]
        candidates.append(Candidate(record, row, values))
    return candidates, bounds[somewhere]


def _clean(table: Table, record: Record, findings: Findings) -> list[Value]:
    """The record's values with texts cut to what their columns hold, without NUL."""
    values = table.values(record)
    for at, most in table.limits.items():
        value = values[at]
        if isinstance(value, str) and (len(value) > most or "\0" in value):
            field = table.own[at]
            shown = value[:60].replace("\0", "")
            findings.add(Finding("text.cut", record.source_id, field, shown, repaired=True))
            values[at] = value.replace("\0", "")[:most]
    return values
