"""What the gazetteer holds already, asked for in pieces so that large places fit in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.db.models import Max, QuerySet
from numpy.typing import NDArray

from hereabouts.places.actions.bulk import MOST_PARAMETERS, in_pieces, select_rows
from hereabouts.places.actions.importing.tables import Table
from hereabouts.places.domain.batch import MOSTLY, Scope
from hereabouts.places.models import Feature, ImportRun

Boxes = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Held:
    """A feature as the gazetteer holds it: enough to see whether a record says anything new."""

    id: int
    uid: str
    digest: str
    is_gone: bool
    link: int | None


def version() -> int:
    """A number that grows with every import: what was read stays true while it stays."""
    return ImportRun.objects.aggregate(last=Max("id"))["last"] or 0


def last_id(table: Table) -> int:
    """The largest id of a table; features are never deleted, so it never falls."""
    return table.model._default_manager.aggregate(last=Max("id"))["last"] or 0


def find_held(table: Table, source: str, keys: Collection[str]) -> dict[str, Held]:
    """The held features with these keys, gone ones too: codes, or the source's own ids."""
    key = "code" if table.is_coded else "source_id"
    columns = (key, "id", "uid", "digest", "gone_at", *((table.link,) if table.link else ()))
    fixed = {} if table.is_coded else {"source": source}
    found: dict[str, Held] = {}
    for row in select_rows(table.name, columns, (key, keys), fixed):
        name, number, uid, digest, gone_at, *link = row
        known = found.get(name)
        # A feature that stands is meant before one that went under the same key.
        if known is None or known.is_gone:
            found[name] = Held(number, uid, digest, gone_at is not None, link[0] if link else None)
    return found


def list_taken(table: Table, uids: Sequence[str]) -> set[str]:
    """Which of these public ids are in use."""
    return {uid for (uid,) in select_rows(table.name, ("uid",), ("uid", uids))}


def load(table: Table, ids: Collection[int]) -> Iterator[Feature]:
    """The held features with these ids, whole."""
    for piece in in_pieces(ids, MOST_PARAMETERS):
        yield from table.model._default_manager.filter(pk__in=piece).iterator()


def list_unseen(table: Table, source: str, scope: Scope, seen: Collection[int]) -> list[int]:
    """Ids of held features of this source and these columns that the file did not name."""
    rows = _of_source(table, source).filter(gone_at=None, **scope.fields)
    known = set(seen)
    return [
        number for number in rows.values_list("pk", flat=True).iterator() if number not in known
    ]


def list_within(table: Table, ids: Sequence[int], scope: Scope) -> tuple[list[int], list[int]]:
    """Which of these held features lie where the file speaks for, and which cross its border."""
    if scope.boundary is None:
        return list(ids), []
    boundary = shapely.from_wkb(scope.boundary)
    shapely.prepare(boundary)
    inside: list[int] = []
    across: list[int] = []
    for piece in in_pieces(ids, MOST_PARAMETERS):
        rows = list(
            table.model._default_manager.filter(pk__in=piece).values_list(
                "pk", "west", "south", "east", "north", "geometry"
            )
        )
        bounds = np.array([row[1:5] for row in rows], dtype=np.float64)
        is_in = is_covered(boundary, bounds)
        touches: Flags = np.asarray(shapely.intersects(boundary, shapely.box(*bounds.T)))
        if scope.mostly:
            shapes = shapely.from_wkb([bytes(row[5]) for row in rows])
            shares = shapely.area(shapely.intersection(shapes, boundary))
            is_in = np.asarray(shares > MOSTLY * shapely.area(shapes))
        inside += [row[0] for row, yes in zip(rows, is_in, strict=True) if yes]
        across += [
            row[0] for row, yes, near in zip(rows, is_in, touches, strict=True) if near and not yes
        ]
    return inside, across


def is_covered(boundary: shapely.Geometry, bounds: Boxes) -> Flags:
    """Whether each box lies wholly within the boundary. Shape: `(boxes, 4)` to `(boxes,)`."""
    covered: Flags = np.asarray(shapely.covers(boundary, shapely.box(*bounds.T)))
    return covered


def _of_source(table: Table, source: str) -> QuerySet[Feature]:
    rows = table.model._default_manager.all()
    return rows if table.is_coded else rows.filter(source=source)
