"""Coordinates of any system end up in WGS 84, as exactly as they can without the network."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from hereabouts.kernel.geometry import Box
from hereabouts.places.adapters.projection import (
    BRITISH_GRID,
    WGS_84,
    box_in,
    described_system,
    is_degrees,
    named_system,
    to_degrees,
)
from hereabouts.places.errors import UnknownCoordinateSystem


def test_grid_references_agree_with_the_positions_published_beside_them(
    shared_place: Path,
) -> None:
    name = "ea-flood-monitoring-stations-2026-02-02.json.gz"
    stations = json.loads(gzip.decompress((shared_place / "sensors" / name).read_bytes()))["items"]
    keys = ("easting", "northing", "long", "lat")
    known = [
        [station[key] for key in keys]
        for station in stations
        if all(isinstance(station.get(key), int | float) for key in keys)
    ]
    grid, degrees = np.hsplit(np.array(known, dtype=float), 2)
    ours = to_degrees(grid, BRITISH_GRID)
    apart = Geod(ellps="WGS84").inv(*ours.T, *degrees.T)[2]
    assert len(apart) == 2_330
    assert np.median(apart) < 1.5
    assert apart.max() < 3.0


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("EPSG:27700", "EPSG:27700"),
        ("27700", "EPSG:27700"),
        ("epsg:4258", "EPSG:4258"),
        ("urn:ogc:def:crs:EPSG::27700", "EPSG:27700"),
        ("urn:ogc:def:crs:EPSG:8.9:27700", "EPSG:27700"),
        ("http://www.opengis.net/def/crs/EPSG/0/27700", "EPSG:27700"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", WGS_84),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", WGS_84),
    ],
)
def test_a_system_is_known_by_each_of_its_usual_names(name: str, system: str) -> None:
    assert named_system(name) == system


@pytest.mark.parametrize(
    "name",
    ["", "OSGB", "EPSG:999999", "http://example.org/crs", "+proj=tmerc", "/etc/passwd"],
)
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(UnknownCoordinateSystem, match="not a coordinate system"):
        named_system(name)


def test_well_known_text_of_another_grid_is_understood() -> None:
    from pyproj import CRS

    assert not is_degrees(described_system(CRS.from_epsg(27700).to_wkt("WKT1_ESRI")))
    assert is_degrees(described_system("EPSG:4326"))


@given(
    lon=st.floats(-7, 1.5, allow_nan=False),
    lat=st.floats(50, 60, allow_nan=False),
    size=st.floats(0, 0.5),
)
def test_a_box_in_another_system_holds_all_of_the_box(lon: float, lat: float, size: float) -> None:
    box = Box(lon, lat, lon + size, lat + size / 2)
    west, south, east, north = box_in(box, BRITISH_GRID)
    corners = np.array([[west, south], [east, south], [east, north], [west, north]])
    degrees = to_degrees(corners, BRITISH_GRID)
    slack = 1e-6
    assert degrees[[0, 3], 0].max() - slack <= box.west + size * 0.05 + slack
    assert degrees[:, 0].min() <= box.west + slack
    assert degrees[:, 0].max() >= box.east - slack
    assert degrees[:, 1].min() <= box.south + slack
    assert degrees[:, 1].max() >= box.north - slack
