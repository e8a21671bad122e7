"""GeoPackages as we write them, read back by GDAL and by SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from hereabouts.standards.geopackage import (
    Column,
    ColumnType,
    FeatureTable,
    Row,
    write_features,
)

SPEC = "https://www.geopackage.org/spec131/#"
WHEN = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TABLE = FeatureTable(
    name="lamps",
    title="Lamps",
    description="Lamps of the street",
    geometry="Point",
    columns=[
        Column("id", ColumnType.TEXT),
        Column("height", ColumnType.REAL),
        Column("lit", ColumnType.BOOLEAN),
        Column("count", ColumnType.INTEGER),
        Column("since", ColumnType.DATE),
    ],
    changed_at=WHEN,
)


def row(lon: float, lat: float, *values: str | float | None) -> Row:
    return shapely.to_wkb(shapely.Point(lon, lat)), values


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "lamps.gpkg"
    pieces = [
        [
            row(-3.0, 51.5, "a", 8.5, True, 3, "2020-05-01"),
            row(-2.9, 51.6, "b", None, None, None, None),
        ],
        [row(-3.1, 51.55, "Ŵ", 0.0, False, -1, None)],
    ]
    assert write_features(path, TABLE, pieces) == 3
    return path


@pytest.mark.requirement(SPEC + "_requirement-5")
def test_gdal_reads_every_feature_and_value(written: Path) -> None:
    meta, _, geometry, values = pyogrio.raw.read(written)
    assert meta["crs"] == "EPSG:4326"
    assert meta["geometry_type"] == "Point"
    names = dict(zip(meta["fields"], values, strict=True))
    assert list(names["id"]) == ["a", "b", "Ŵ"]
    assert list(names["lit"][[0, 2]]) == [True, False]
    assert np.isnan(names["height"][1])
    assert shapely.from_wkb(geometry[0]).equals(shapely.Point(-3.0, 51.5))


def test_layer_tells_its_extent(written: Path) -> None:
    info = pyogrio.read_info(written)
    assert info["layer_name"] == "lamps"
    assert info["total_bounds"] == pytest.approx((-3.1, 51.5, -2.9, 51.6))
    assert info["features"] == 3


@pytest.mark.requirement(SPEC + "_requirement-2")
def test_file_says_what_it_is_and_is_whole(written: Path) -> None:
    assert written.read_bytes()[68:72] == b"GPKG"
    with closing(sqlite3.connect(written)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA user_version").fetchone() == (10_300,)


@pytest.mark.requirement(SPEC + "_requirement-19")
def test_shapes_carry_their_envelope_in_the_order_of_the_specification(written: Path) -> None:
    with closing(sqlite3.connect(written)) as database:
        (blob,) = database.execute("SELECT geom FROM lamps WHERE id = 'b'").fetchone()
    assert blob[:2] == b"GP"
    west, east, south, north = np.frombuffer(blob[8:40], dtype="<f8")
    assert (west, east, south, north) == (-2.9, -2.9, 51.6, 51.6)


def test_no_features_make_a_readable_file(tmp_path: Path) -> None:
    path = tmp_path / "none.gpkg"
    assert write_features(path, TABLE, []) == 0
    assert pyogrio.read_info(path)["features"] == 0


def test_names_that_are_no_plain_words_are_quoted(tmp_path: Path) -> None:
    path = tmp_path / "odd.gpkg"
    table = FeatureTable('a "b"', "t", "", "Point", [Column("order", ColumnType.TEXT)], WHEN)
    write_features(path, table, [[row(0, 0, "x'); DROP TABLE gpkg_contents; --")]])
    assert pyogrio.list_layers(path).tolist() == [['a "b"', "Point"]]
