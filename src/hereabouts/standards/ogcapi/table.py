"""Features as CSV, a piece at a time, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

import msgspec
import shapely

from hereabouts.standards.ogcapi.geojson import DECIMALS, Feature

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would take for a formula."""


def write_table(
    pieces: Iterable[Sequence[Feature]], names: Sequence[str], geometry: str
) -> Iterator[bytes]:
    """Lines of CSV in UTF-8: id, properties, then `longitude,latitude` or the shape as WKT.

    A text that begins like a formula gets an apostrophe before it, so that opening the file runs
    nothing; numbers keep their signs. Source: RFC 4180; OWASP, CSV Injection.
    """
    is_point = geometry == "Point"
    yield _lines([["id", *names, *(("longitude", "latitude") if is_point else ("wkt",))]])
    for features in pieces:
        shapes = shapely.from_wkb([feature.geometry for feature in features])
        if is_point:
            places = shapely.get_coordinates(shapes).round(DECIMALS).tolist()
        else:
            places = [[text] for text in shapely.to_wkt(shapes, rounding_precision=DECIMALS)]
        yield _lines(
            [feature.id, *(_cell(feature.properties.get(name)) for name in names), *place]
            for feature, place in zip(features, places, strict=True)
        )


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _cell(value: object) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
