"""The open API as programs of others read it: OWSLib, and GDAL, which QGIS and ogr2ogr use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import requests
from owslib.ogcapi.features import Features

from tests.rooms.places.small_town import small_town

pytestmark = pytest.mark.django_db(transaction=True)

COLLECTIONS = ["areas", "streets", "segments", "premises", "assets", "postcodes"]


@pytest.fixture
def address(live_server: Any) -> str:
    small_town()
    return f"{live_server.url}/ogc"


def test_owslib_finds_its_way_from_the_landing_page(address: str) -> None:
    service = Features(address)
    assert service.feature_collections() == COLLECTIONS
    assert service.api()["openapi"].startswith("3.0")
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in (service.conformance()["conformsTo"])
    )
    collection = service.collection("streets")
    assert collection["id"] == "streets"
    assert "road_class" in service.collection_queryables("streets")["properties"]


def test_owslib_reads_features_by_box_time_and_property(address: str) -> None:
    service = Features(address)
    near = service.collection_items("streets", bbox=[-0.061, 51.051, -0.049, 51.053], limit=10)
    assert [one["properties"]["name"] for one in near["features"]] == ["Millbrook Close"]
    primary = service.collection_items("streets", road_class="primary")
    assert primary["numberMatched"] == 1
    always = service.collection_items("areas", datetime_="../..")
    assert always["numberReturned"] == 4
    uid = primary["features"][0]["id"]
    assert service.collection_item("streets", uid)["properties"]["name"] == "Heol Malpas"


READ = """
import json, sys
import pyogrio, shapely
address, layer, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
if not layer:
    print(json.dumps([name for name, _ in pyogrio.list_layers(address)]))
else:
    if "bbox" in options:
        options["bbox"] = tuple(options["bbox"])
    meta, _, shapes, values = pyogrio.raw.read(address, layer=layer, **options)
    columns = {name: [str(one) for one in column] for name, column in zip(meta["fields"], values)}
    print(json.dumps({"wkt": shapely.to_wkt(shapely.from_wkb(shapes)).tolist(), **columns}))
"""


def gdal(address: str, layer: str = "", **options: Any) -> Any:
    """What GDAL reads, in a process of its own: it holds Python still while it waits for us."""
    command = [sys.executable, "-W", "error", "-c", READ]
    done = subprocess.run(
        [*command, f"OAPIF:{address}", layer, json.dumps(options)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_gdal_lists_the_collections(address: str) -> None:
    assert set(gdal(address)) == set(COLLECTIONS)


def test_gdal_pages_through_a_collection_and_keeps_its_values(address: str) -> None:
    read = gdal(address, "premises", PAGE_SIZE="7", INITIAL_REQUEST_PAGE_SIZE="5")
    assert len(read["wkt"]) == 26
    assert "12A" in read["number"]
    assert "POINT (-0.058 51.0501)" in read["wkt"]


def test_gdal_asks_only_for_the_box_it_needs(address: str) -> None:
    read = gdal(address, "streets", bbox=[-0.061, 51.051, -0.049, 51.053])
    assert read["name"] == ["Millbrook Close"]


def test_gdal_reads_the_geopackage_that_the_collection_links_to(
    address: str, tmp_path: Path
) -> None:
    items = Features(address).collection("segments")["links"]
    (link,) = [one["href"] for one in items if one["type"].startswith("application/geopackage")]
    file = tmp_path / "segments.gpkg"
    file.write_bytes(requests.get(link, timeout=20).content)
    meta, _, geometry, _ = pyogrio.raw.read(file)
    assert meta["geometry_type"] == "LineString"
    assert len(geometry) == 9
