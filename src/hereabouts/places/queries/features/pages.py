"""Pages of features by key set: the ten-thousandth page costs what the first one costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

import shapely
from django.db.models import Q, QuerySet

from hereabouts.kernel.geometry import BAND_SHIFT, Box, cell_ranges
from hereabouts.places.models import AreaMembership, Feature
from hereabouts.places.queries.features.questions import FeatureRow, Page, Position, Question, Span
from hereabouts.places.queries.features.tables import Table

PIECE = 2_000
"""Features read at once when a whole collection is written out."""

Range = tuple[int, int]
Rows = QuerySet[Feature, Any]  # Any: tuples of the columns asked for
COMMON = ("pk", "cell", "geometry")


def read_page(table: Table, question: Question, after: Position | None, limit: int) -> Page:
    """Up to so many features behind a position, and where they end if more follow.

    Everywhere they stand in the order of their ids; in boxes in that of their cells, range by
    range, so that no page reads what earlier ones held.
    """
    found: list[tuple[Position, FeatureRow]] = []
    spans: list[Range | None] = [*_ranges(table, question.boxes)] if question.boxes else [None]
    for ends in spans:
        for piece in _pieces(table, question, ends, Reading(after, limit + 1)):
            found += _read(table, question, piece)
            if len(found) > limit:
                return Page(tuple(row for _, row in found[:limit]), found[limit - 1][0])
    return Page(tuple(row for _, row in found), None)


def list_pieces(
    table: Table, question: Question, limit: int | None = None
) -> Iterator[Sequence[FeatureRow]]:
    """All features, or so many, in pieces; each piece is a read of its own."""
    after: Position | None = None
    left = limit
    while left is None or left > 0:
        page = read_page(table, question, after, PIECE if left is None else min(left, PIECE))
        if page.rows:
            yield page.rows
        left = None if left is None else left - len(page.rows)
        after = page.end
        if after is None:
            return


def find_feature(table: Table, key: str) -> FeatureRow | None:
    """One feature by its public id, also one that went."""
    rows = table.model._default_manager.filter(**{table.key: key})
    for row in rows.values_list(*COMMON, table.key, *table.fields.values())[:1]:
        return _row(table, row)
    return None


def count_features(table: Table, question: Question, most: int) -> int | None:
    """How many features there are, or None when more than `most` or not to be told cheaply.

    In a box only points can be counted without looking at their shapes.
    """
    if question.boxes and not table.is_point:
        return None
    rows = _matching(table, question)
    if question.boxes:
        cells = [Q(cell__range=ends) for ends in _ranges(table, question.boxes)]
        rows = rows.filter(reduce(or_, cells)).filter(_touching(question.boxes))
    count = rows.values("pk")[: most + 1].count()
    return count if count <= most else None


@dataclass(frozen=True)
class Reading:
    """Where reading begins, and how many rows are read at once."""

    after: Position | None
    size: int


def _pieces(
    table: Table, question: Question, ends: Range | None, reading: Reading
) -> Iterator[Sequence[Any]]:
    """The rows of one range of cells, or of all, a piece at a time; shapes may rule some out."""
    after = reading.after
    if ends and after and ends[1] < after.cell:
        return
    while piece := list(_behind(table, question, ends, after)[: reading.size]):
        yield piece
        if len(piece) < reading.size:
            return
        after = Position(piece[-1][1], piece[-1][0])


def _behind(table: Table, question: Question, ends: Range | None, after: Position | None) -> Rows:
    """The rows behind a position: everywhere in the order of ids, in a range in that of cells."""
    columns = (*COMMON, table.key, *table.fields.values())
    rows = _matching(table, question)
    if ends is None:
        rows = rows.filter(pk__gt=after.id) if after else rows
        return rows.order_by("pk").values_list(*columns)
    first, last = ends
    rows = rows.filter(_touching(question.boxes))
    rows = rows.filter(cell__range=(max(first, after.cell) if after else first, last))
    if after and first <= after.cell:
        rows = rows.filter(Q(cell__gt=after.cell) | Q(pk__gt=after.id))
    return rows.order_by("cell", "pk").values_list(*columns)


def _matching(table: Table, question: Question) -> QuerySet[Feature]:
    rows = table.model._default_manager.filter(_standing(table, question.when))
    for name, value in question.equals.items():
        rows = rows.filter(**{table.fields[name]: value})
    if question.area is not None:
        members = AreaMembership.objects.filter(kind=table.kind.value, area__code=question.area)
        rows = rows.filter(pk__in=members.values("feature_id"))
    return rows


def _standing(table: Table, when: Span) -> Q:
    """Features that stood, and were valid, at some moment of the span."""
    standing = Q()
    if when.start is not None:
        standing &= Q(gone_at=None) | Q(gone_at__gt=when.start)
        if table.ended:
            standing &= Q(**{table.ended: None}) | Q(**{f"{table.ended}__gt": _day(when.start)})
    if when.end is not None and table.began:
        standing &= Q(**{table.began: None}) | Q(**{f"{table.began}__lte": _day(when.end)})
    return standing


def _day(moment: datetime) -> date:
    return moment.date()


def _ranges(table: Table, boxes: Sequence[Box]) -> list[Range]:
    """Ranges of cells of all boxes in ascending order, none overlapping another.

    Points are all of the smallest size, so that the bands of larger features hold none.
    """
    merged: list[Range] = []
    for first, last in sorted(ends for box in boxes for ends in cell_ranges(box)):
        if table.is_point and first >> BAND_SHIFT:
            break
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _touching(boxes: Sequence[Box]) -> Q:
    return reduce(
        or_,
        (
            Q(west__lte=box.east, east__gte=box.west, south__lte=box.north, north__gte=box.south)
            for box in boxes
        ),
    )


def _read(
    table: Table, question: Question, rows: Sequence[Any]
) -> list[tuple[Position, FeatureRow]]:
    """The rows as features, without those whose shape misses every box."""
    if question.boxes and not table.is_point:
        shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
        boxes = shapely.union_all([shapely.box(*_edges(box)) for box in question.boxes])
        shapely.prepare(boxes)
        meets = shapely.intersects(boxes, shapes)
        rows = [row for row, yes in zip(rows, meets, strict=True) if yes]
    return [(Position(row[1], row[0]), _row(table, row)) for row in rows]


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.west, box.south, box.east, box.north


def _row(table: Table, row: Sequence[Any]) -> FeatureRow:
    _, _, geometry, key, *values = row
    return FeatureRow(key, bytes(geometry), dict(zip(table.fields, values, strict=True)))
