"""Writing a new GeoPackage a piece at a time, so that many features need little memory."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from hereabouts.kernel.time import to_rfc3339

APPLICATION_ID = 0x47504B47
"""“GPKG” in the file's header. Source: OGC 12-128r18, requirement 2."""

USER_VERSION = 10_300
WGS84 = 4326

HEADER = struct.Struct("<2sBBi4d")
"""Magic, version, flags, reference system, then the envelope: west, east, south, north."""
FLAGS = 0b0000_0011
"""Little-endian, envelope of four numbers, not empty. Source: OGC 12-128r18, 2.1.3."""

SqlValue = str | int | float | bytes | None

DEFINITIONS = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE,
  max_x DOUBLE, max_y DOUBLE, srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents(table_name),
  column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id),
  z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
"""

WGS84_DEFINITION = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)

REFERENCE_SYSTEMS: Sequence[tuple[str, int, str, int, str, str]] = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinates"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinates"),
    (
        "WGS 84 geodetic",
        WGS84,
        "EPSG",
        WGS84,
        WGS84_DEFINITION,
        "longitude and latitude in degrees",
    ),
)


class ColumnType(StrEnum):
    """Types that a column may have."""

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    REAL = "DOUBLE"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    MOMENT = "DATETIME"


@dataclass(frozen=True)
class Column:
    """One attribute."""

    name: str
    type: ColumnType


@dataclass(frozen=True)
class FeatureTable:
    """What the file holds; `geometry` is `Point`, `MultiLineString`, … or `Geometry` for any."""

    name: str
    title: str
    description: str
    geometry: str
    columns: Sequence[Column]
    changed_at: datetime


Row = tuple[bytes, Sequence[SqlValue]]
"""Well-known binary in WGS 84, then a value a column."""


def write_features(path: Path, table: FeatureTable, pieces: Iterable[Sequence[Row]]) -> int:
    """Write a new file and tell how many features it holds.

    One transaction; nothing is read back. Source: OGC 12-128r18, GeoPackage 1.3.1.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # The file is nobody else's until it is done, so it needs no journal.
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        database.execute(f"PRAGMA application_id={APPLICATION_ID}")
        database.execute(f"PRAGMA user_version={USER_VERSION}")
        database.executescript(DEFINITIONS)
        database.execute("BEGIN")
        count, bounds = _write_rows(database, table, pieces)
        _describe(database, table, bounds)
        database.execute("COMMIT")
    return count


def _write_rows(
    database: sqlite3.Connection, table: FeatureTable, pieces: Iterable[Sequence[Row]]
) -> tuple[int, NDArray[np.float64]]:
    columns = ", ".join(f"{quoted(column.name)} {column.type.value}" for column in table.columns)
    database.execute(
        f"CREATE TABLE {quoted(table.name)} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "
        f"geom {table.geometry.upper()}{', ' + columns if columns else ''})"
    )
    names = ", ".join(["geom", *(quoted(column.name) for column in table.columns)])
    marks = ", ".join("?" * (len(table.columns) + 1))
    insert = f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({marks})"
    count, bounds = 0, np.array([np.nan] * 4)
    for rows in pieces:
        boxes = shapely.bounds(shapely.from_wkb([row[0] for row in rows])).reshape(-1, 4)
        database.executemany(insert, _values(rows, boxes))
        count += len(rows)
        lowest, highest = np.fmin.reduce(boxes), np.fmax.reduce(boxes)
        bounds[:2] = np.fmin(bounds[:2], lowest[:2])
        bounds[2:] = np.fmax(bounds[2:], highest[2:])
    return count, bounds


def _values(rows: Sequence[Row], boxes: NDArray[np.float64]) -> Iterator[Sequence[SqlValue]]:
    for (shape, values), (west, south, east, north) in zip(rows, boxes.tolist(), strict=True):
        header = HEADER.pack(b"GP", 0, FLAGS, WGS84, west, east, south, north)
        yield (header + shape, *values)


def _describe(
    database: sqlite3.Connection, table: FeatureTable, bounds: NDArray[np.float64]
) -> None:
    database.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", REFERENCE_SYSTEMS
    )
    box = [None if np.isnan(number) else float(number) for number in bounds]
    changed = to_rfc3339(table.changed_at)
    database.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        (table.name, table.title, table.description, changed[:23] + "Z", *box, WGS84),
    )
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        (table.name, table.geometry.upper(), WGS84),
    )


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
