"""Whole collections as files: CSV line by line, GeoPackage through a file that goes when sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from hereabouts.kernel.time import now
from hereabouts.places.adapters.ogcapi.asking import Asked, features_of
from hereabouts.places.queries.features import list_pieces
from hereabouts.places.queries.features.time_limit import time_limit
from hereabouts.standards.geopackage import (
    Column,
    ColumnType,
    FeatureTable,
    Row,
    SqlValue,
    write_features,
)
from hereabouts.standards.ogcapi.errors import ExportTooLarge
from hereabouts.standards.ogcapi.geojson import Feature
from hereabouts.standards.ogcapi.model import CSV_TYPE, GEOPACKAGE_TYPE, Collection, Type
from hereabouts.standards.ogcapi.table import write_table

SECONDS = 10.0
"""How long one page, or one piece of a file, may keep the database busy."""

MOST_IN_FILE = 500_000
"""Features of a GeoPackage: about 300 MB, and a minute's work."""

COLUMN_TYPES = {
    Type.INTEGER: ColumnType.INTEGER,
    Type.NUMBER: ColumnType.REAL,
    Type.BOOLEAN: ColumnType.BOOLEAN,
    Type.DATE: ColumnType.DATE,
    Type.MOMENT: ColumnType.MOMENT,
}


def table_file(asked: Asked) -> HttpResponseBase:
    """All that was asked for as CSV, sent while it is read; memory stays flat."""
    names = [one.name for one in asked.collection.properties]
    lines = write_table(_pieces(asked), names, asked.collection.geometry)
    media = f"{CSV_TYPE}; charset=utf-8; header=present"
    response = StreamingHttpResponse(lines, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{asked.collection.id}.csv"'
    return response


def geopackage_file(asked: Asked) -> HttpResponseBase:
    """All that was asked for as a GeoPackage. Raises: ExportTooLarge before anything is sent."""
    with ExitStack() as stack:
        file = stack.enter_context(
            tempfile.NamedTemporaryFile(prefix="hereabouts-", suffix=".gpkg")
        )
        write_features(Path(file.name), _file_table(asked.collection), _rows(asked))
        # From here the response closes the file, and it is gone.
        stack.pop_all()
    response = FileResponse(file, content_type=GEOPACKAGE_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{asked.collection.id}.gpkg"'
    return response


def _pieces(asked: Asked) -> Iterator[Sequence[Feature]]:
    """All features that were asked for; the limit counts only where one was given."""
    pieces = list_pieces(asked.table, asked.question, asked.limit if asked.is_limited else None)
    while True:
        with time_limit(SECONDS):
            piece = next(pieces, None)
        if piece is None:
            return
        yield features_of(asked.collection, piece)


def _file_table(collection: Collection) -> FeatureTable:
    columns = [Column("id", ColumnType.TEXT)]
    columns += [
        Column(one.name, COLUMN_TYPES.get(one.type, ColumnType.TEXT))
        for one in collection.properties
    ]
    return FeatureTable(
        name=collection.id,
        title=collection.title,
        description=collection.description,
        geometry=collection.geometry,
        columns=columns,
        changed_at=now(),
    )


def _rows(asked: Asked) -> Iterator[Sequence[Row]]:
    names = [one.name for one in asked.collection.properties]
    count = 0
    for features in _pieces(asked):
        count += len(features)
        if count > MOST_IN_FILE:
            raise ExportTooLarge(limit=MOST_IN_FILE)
        yield [
            (feature.geometry, [feature.id, *(_cell(feature.properties[name]) for name in names)])
            for feature in features
        ]


def _cell(value: object) -> SqlValue:
    if value is None or isinstance(value, str | int | float):
        return value
    plain = msgspec.to_builtins(value)
    return plain if isinstance(plain, str) else msgspec.json.encode(plain).decode()
