"""Tiles of a real quarter, imported as a council would: whole, valid, and light enough to send."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import mapbox_vector_tile
import msgspec
import pytest
import shapely

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.geometry import Box, to_square
from hereabouts.places.adapters.ogcapi.collections import COLLECTIONS
from hereabouts.places.adapters.tiles.layers import BUILDERS
from hereabouts.places.adapters.tiles.making import make_tile
from hereabouts.places.adapters.tiles.shaping import TileRequest
from hereabouts.places.adapters.tiles.tile_json import LAYERS
from hereabouts.places.api import import_areas, import_osm
from hereabouts.places.domain.map_layers import HIGHEST_ZOOM, LOWEST_ZOOM
from hereabouts.places.models import ImportRun, Premises
from hereabouts.places.queries.tiles import data_version

pytestmark = pytest.mark.django_db

QUARTER = Box(-1.2691, 51.7553, -1.2543, 51.7643)
HEAVIEST = 500_000
Features = list[dict[str, Any]]


@pytest.fixture(scope="module")
def quarter(django_db_setup: None, django_db_blocker: Any, request: Any) -> Any:
    """The quarter in the database for the tests of this module, and nothing of it afterwards."""
    from django.db import transaction

    from tests.shared_data import shared_file

    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        import_osm(
            shared_file("place", "osm", "oxford-jericho-norham-2015-02-25.osm.bz2"), INSTALLATION
        )
        wards = shared_file("place", "areas", "oxfordshire-ward2025.geojson")
        import_areas(wards, INSTALLATION, kind="ward", code="WD25CD", name="WD25NM")
        yield
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def tiles_of(zoom: int) -> list[tuple[int, int]]:
    west, north = to_square(QUARTER.west, QUARTER.north)
    east, south = to_square(QUARTER.east, QUARTER.south)
    side = 2**zoom
    return [
        (x, y)
        for x in range(math.floor(west * side), math.floor(east * side) + 1)
        for y in range(math.floor(north * side), math.floor(south * side) + 1)
    ]


def request_for(zoom: int, x: int, y: int) -> TileRequest:
    return TileRequest(zoom, x, y, data_version(), ImportRun.objects.latest("id").ended_at.date())


def decoded(tile: bytes) -> dict[str, Features]:
    found = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return {name: layer["features"] for name, layer in found.items()}


def shape_of(feature: dict[str, Any]) -> shapely.Geometry:
    found: shapely.Geometry = shapely.from_geojson(msgspec.json.encode(feature["geometry"]))
    return found


@pytest.mark.parametrize("zoom", range(LOWEST_ZOOM, HIGHEST_ZOOM + 1))
def test_every_tile_is_valid_light_and_as_described(quarter: None, zoom: int) -> None:
    seen: Counter[str] = Counter()
    for x, y in tiles_of(zoom):
        tile = make_tile(request_for(zoom, x, y))
        assert len(tile) <= HEAVIEST
        for name, features in decoded(tile).items():
            seen[name] += len(features)
            first, fields = LAYERS[name]
            assert zoom >= first
            for feature in features:
                assert set(feature["properties"]) <= set(fields)
                shape = shape_of(feature)
                assert shape.is_valid
                assert shapely.box(-64, -64, 4160, 4160).covers(shape)
    assert seen["streets"] or zoom < 10
    assert seen["areas"]
    assert (seen["buildings"] > 900) == (zoom >= 14)


def test_every_building_of_the_quarter_is_in_a_tile_under_its_own_id(quarter: None) -> None:
    held = set(Premises.objects.exclude(outline=None).values_list("uid", flat=True))
    shown: set[str] = set()
    for x, y in tiles_of(16):
        for feature in decoded(make_tile(request_for(16, x, y))).get("buildings", []):
            shown.add(feature["properties"]["uid"])
    assert shown <= held
    missing = Premises.objects.filter(uid__in=held - shown)
    inside = shapely.box(QUARTER.west, QUARTER.south, QUARTER.east, QUARTER.north)
    assert not [one.uid for one in missing if inside.contains(shapely.Point(one.west, one.south))]


def test_another_implementation_writes_the_same_features(quarter: None) -> None:
    x, y = tiles_of(16)[4]
    request = request_for(16, x, y)
    ours = decoded(make_tile(request))
    for first, build in BUILDERS.values():
        assert first <= 16
        for layer in build(request):
            kept = [place for place, shape in enumerate(layer.geometries) if shape is not None]
            expected = [
                {
                    key: values[place]
                    for key, values in layer.attributes.items()
                    if values[place] is not None
                }
                for place in kept
            ]
            written = [feature["properties"] for feature in ours.get(layer.name, [])]
            assert [one for one in expected if one in written] == written
            assert len(expected) - len(written) <= len(expected) // 50


def test_open_api_pages_through_the_whole_quarter(quarter: None, client: Any) -> None:
    for name in COLLECTIONS:
        address, found = f"/ogc/collections/{name}/items?limit=1000&f=json", []
        while address:
            page = client.get(address).json()
            found += [feature["id"] for feature in page["features"]]
            following = [link["href"] for link in page["links"] if link["rel"] == "next"]
            address = following[0].removeprefix("http://testserver") if following else ""
        assert len(found) == len(set(found))
        first = client.get(f"/ogc/collections/{name}/items", {"limit": 1}).json()
        assert first["numberMatched"] == len(found)


def test_credit_is_given_wherever_the_data_goes(quarter: None, client: Any) -> None:
    assert "OpenStreetMap" in client.get("/ogc?f=json").json()["attribution"]
    assert "OpenStreetMap" in client.get("/tiles/places.json").json()["attribution"]
