"""Things with a place and values, alike whether they come from a table or a layer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely

from hereabouts.places.adapters.layers import (
    Layer,
    Shapes,
    in_degrees,
    read_layer,
    refuse_latitude_first,
)
from hereabouts.places.adapters.projection import named_system
from hereabouts.places.adapters.recognition import describe
from hereabouts.places.adapters.tabular import Row, Table, read_table
from hereabouts.places.adapters.tabular.positions import in_pieces, place_rows
from hereabouts.places.adapters.unpacking import ZIP, head_of, open_archive, open_unpacked
from hereabouts.places.domain.batch import Findings, Say
from hereabouts.places.domain.columns import PlaceColumns
from hereabouts.places.domain.records import Finding
from hereabouts.places.errors import ColumnMissing, FieldMissing
from hereabouts.places.queries.standing import extent

EXPECTED = "a table (CSV) or a map layer of assets"
LAYERS = (".shp", ".gpkg", ".geojson", ".json")
POINT = 0
WITHIN_TEXT = ("location", "geolocation", "coordinates", "lat_long", "latlng", "geo_point_2d")
_PAIR = re.compile(r"\(?\s*(-?\d{1,2}\.\d+)\s*,\s*(-?\d{1,3}\.\d+)\s*\)?\s*$")
"""Latitude and longitude at the end of a text, as open data portals write them."""


@dataclass(frozen=True)
class Thing:
    """One thing of a file: where in the file, its point as well-known binary, and its values."""

    subject: str
    point: bytes
    values: Mapping[str, str]


def read_things(
    path: Path, findings: Findings, say: Say, options: Mapping[str, object]
) -> tuple[list[str], Iterator[Thing]]:
    """The fields of a file, and its things once. Raises: the refusals of `places.errors`."""
    if is_layer(path):
        layer = read_layer(path, findings)
        system = str(options.get("crs") or "")
        shapes = in_degrees(layer, findings, named_system(system) if system else "")
        refuse_latitude_first(layer.name, shapes, extent())
        return list(layer.fields), _things_of_layer(layer, shapes, findings)
    table = read_table(path, findings, say, EXPECTED)
    places = _place_columns(table, options)
    if places is None:
        table, places = _with_pairs(table)
    used = {table.columns[places.x], table.columns[places.y]}
    fields = [column for column in table.columns if column not in used]
    return fields, _things_of_table(table, places, used)


def is_layer(path: Path) -> bool:
    """Whether a file, or what an archive holds, is a map layer rather than a table."""
    if head_of(path, 4) == ZIP:
        with open_archive(path) as archive:
            return any(name.lower().endswith(LAYERS) for name in archive.namelist())
    with open_unpacked(path) as opened:
        found = describe(opened.stream.peek(512)[:512])
    return found == "JSON" or "GeoPackage" in found or "Shapefile" in found


def _things_of_layer(layer: Layer, shapes: Shapes, findings: Findings) -> Iterator[Thing]:
    kinds = shapely.get_type_id(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for place, shape in enumerate(shapes):
        subject = f"{layer.name}, feature {place + 1}"
        if empty[place]:
            if layer.shapes[place] is None and place not in layer.unreadable:
                findings.add(Finding("asset.no_geometry", subject))
            continue
        if kinds[place] != POINT:
            shape = shapely.point_on_surface(shape)
            findings.add(Finding("asset.made_a_point", subject, "geometry", repaired=True))
        values = {field: _text(layer, field, place) for field in layer.fields}
        yield Thing(subject, shapely.to_wkb(shape), values)


def _text(layer: Layer, field: str, place: int) -> str:
    value = layer.values[field][place]
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return layer.text(field, place)


def _place_columns(table: Table, options: Mapping[str, object]) -> PlaceColumns | None:
    """The columns the operator names, else those recognised. Raises: FieldMissing."""
    for across, up, is_projected in (("lon", "lat", False), ("easting", "northing", True)):
        names = [str(options.get(across) or ""), str(options.get(up) or "")]
        if all(names):
            for name in names:
                if name not in table.columns:
                    found = table.columns_in_words
                    raise FieldMissing(name=table.name, field=name, found=found)
            x, y = (list(table.columns).index(name) for name in names)
            return PlaceColumns(x, y, is_projected)
    try:
        return table.places()
    except ColumnMissing:
        if table.find(*WITHIN_TEXT) is None:
            raise
        return None


def _with_pairs(table: Table) -> tuple[Table, PlaceColumns]:
    """The table with two more columns: the pair that stands at the end of its location cells."""
    at = table.place_of("the location", *WITHIN_TEXT)
    width = len(table.columns)

    def spread() -> Iterator[Row]:
        for number, cells in table.rows():
            found = _PAIR.search(cells[at])
            pair = [found[2], found[1]] if found else ["", ""]
            rest = _PAIR.sub("", cells[at]) if found else cells[at]
            yield number, [*cells[:at], rest, *cells[at + 1 :], *pair]

    wider = Table(
        name=table.name,
        columns=[*table.columns, "longitude", "latitude"],
        records=spread(),
        findings=table.findings,
    )
    return wider, PlaceColumns(width, width + 1, is_projected=False)


def _things_of_table(table: Table, places: PlaceColumns, used: set[str]) -> Iterator[Thing]:
    for piece in in_pieces(table.rows()):
        for (number, cells), point in place_rows(piece, places, table):
            values = {
                column: " ".join(cell.split())
                for column, cell in zip(table.columns, cells, strict=True)
                if column and column not in used
            }
            yield Thing(f"{table.name}, line {number}", point, values)
