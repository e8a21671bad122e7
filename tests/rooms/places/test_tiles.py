"""Vector tiles of a small town: what each zoom shows, and what travels when nothing changed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from django.utils import timezone

from hereabouts.kernel.access import access_of
from hereabouts.kernel.asgi import Request, Response
from hereabouts.kernel.geometry import to_square
from hereabouts.places.adapters.tiles import http
from hereabouts.places.adapters.tiles.cache import TileCache
from hereabouts.places.adapters.tiles.making import make_tile
from hereabouts.places.adapters.tiles.shaping import TileRequest
from hereabouts.places.domain.asset_types import AssetType, AssetTypes
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.errors import NoSuchTile, TileNumberUnreadable
from hereabouts.places.models import Ground, ImportRun, Label, Premises, Segment
from tests.rooms.places.small_town import KINDS, WHEN, Town, small_town

pytestmark = pytest.mark.django_db

HERE = (-0.04, 51.0501)
Tile = dict[str, list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(http, "cache", TileCache())
    monkeypatch.setattr(http, "glance", http.Glance(clock=iter(range(10_000)).__next__))
    monkeypatch.setitem(KINDS, Ground, Kind.GROUND)
    yield


@pytest.fixture
def town() -> Town:
    return small_town()


def numbers(zoom: int, lon: float = HERE[0], lat: float = HERE[1]) -> tuple[int, int, int]:
    x, y = to_square(lon, lat)
    return zoom, int(x * 2**zoom), int(y * 2**zoom)


def ask(zoom: object, x: object, y: object, headers: dict[str, str] | None = None) -> Response:
    return http.tile(
        Request("GET", "", {"z": str(zoom), "x": str(x), "y": str(y)}, {}, headers or {})
    )


def layers(zoom: int, lon: float = HERE[0], lat: float = HERE[1], day: date | None = None) -> Tile:
    request = TileRequest(*numbers(zoom, lon, lat), timezone.now().isoformat(), day or WHEN.date())
    decoded = mapbox_vector_tile.decode(make_tile(request), default_options={"y_coord_down": True})
    return {name: layer["features"] for name, layer in decoded.items()}


def values(features: list[dict[str, Any]], key: str) -> set[Any]:
    return {feature["properties"].get(key) for feature in features}


def test_everything_of_the_closest_zoom_is_there(town: Town) -> None:
    tile = layers(16)
    assert "Mill Lane" in values(tile["streets"], "name")
    assert values(tile["assets"], "type") >= {"street_lamp"}
    assert values(tile["areas"], "code") == {"W06000099", "W05000001", "W01000001"}
    assert {"19", "20"} <= values(tile["addresses"], "number")


def test_street_carries_the_id_of_the_street_and_not_of_its_segment(town: Town) -> None:
    (street,) = [
        feature["properties"]
        for feature in layers(16)["streets"]
        if feature["properties"].get("name") == "Mill Lane"
    ]
    assert street["uid"].startswith("st-")
    assert street["class"] == "residential"
    assert not {"oneway", "bridge", "tunnel", "link", "ref"} & set(street)


def test_unnamed_path_has_an_empty_id_and_one_way_streets_a_direction(town: Town) -> None:
    for name, way in (("path", "no"), ("forward", "forward"), ("backward", "backward")):
        town.add(
            Segment,
            name,
            shapely.LineString([(-0.0405, 51.0503), (-0.0401, 51.0503)]),
            from_node=1,
            to_node=2,
            road_class="footway",
            length_m=20,
            one_way=way,
            is_bridge=name == "forward",
        )
    paths = [
        feature["properties"]
        for feature in layers(16)["streets"]
        if feature["properties"]["class"] == "footway"
    ]
    assert {path["uid"] for path in paths} == {""}
    assert sorted(path.get("oneway", 0) for path in paths) == [-1, 0, 1]
    assert sorted(path.get("bridge", False) for path in paths) == [False, False, True]


@pytest.mark.parametrize(
    ("zoom", "shown"),
    [
        (8, {"primary"}),
        (12, {"primary"}),
        (13, {"primary", "residential"}),
    ],
)
def test_small_streets_appear_when_the_map_comes_closer(
    town: Town, zoom: int, shown: set[str]
) -> None:
    assert values(layers(zoom)["streets"], "class") == shown


@pytest.mark.parametrize(
    ("zoom", "shown"), [(13, None), (14, {"bus_stop"}), (16, {"street_lamp", "bus_stop", "bench"})]
)
def test_assets_appear_when_the_map_comes_closer(
    town: Town, zoom: int, shown: set[str] | None
) -> None:
    around = [layers(zoom, -0.04), layers(zoom, -0.035), layers(zoom, -0.033)]
    found = set().union(*(values(tile.get("assets", []), "type") for tile in around))
    assert found == (shown or set())


def test_asset_is_called_by_its_name_or_else_by_its_reference(town: Town) -> None:
    around = layers(16)["assets"] + layers(16, -0.035)["assets"]
    called = {
        feature["properties"]["type"]: (
            feature["properties"].get("name"),
            feature["properties"].get("reference"),
        )
        for feature in around
    }
    assert called["street_lamp"] == (None, "LC1042")
    assert called["bus_stop"] == ("Mill Lane Bottom", None)


def test_asset_of_a_councils_own_type_names_its_symbol(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    types = AssetTypes()
    types.add(AssetType("street_lamp", {"en": "Lamp"}, symbol="lantern"))
    monkeypatch.setattr("hereabouts.places.adapters.tiles.layers.get_asset_types", lambda: types)
    assert values(layers(16)["assets"], "symbol") == {"lantern"}


def test_welsh_name_travels_only_where_it_differs(town: Town) -> None:
    (label,) = [
        feature["properties"]
        for feature in layers(15)["street_labels"]
        if feature["properties"].get("name") == "Mill Lane"
    ]
    assert label["name_cy"] == "Lôn y Felin"
    (city,) = layers(8, 0.0, 51.05)["place_labels"]
    assert city["properties"] == {
        "kind": "city",
        "name": "Newport",
        "name_cy": "Casnewydd",
        "rank": 1,
    }


def test_segments_of_one_name_become_one_line_to_write_along(town: Town) -> None:
    for start in range(5):
        west = -0.045 + start * 0.001
        town.add(
            Segment,
            f"piece {start}",
            shapely.LineString([(west, 51.049), (west + 0.001, 51.049)]),
            from_node=start,
            to_node=start + 1,
            road_class="tertiary",
            name="Long Row",
            length_m=70,
            one_way="no",
        )
    tile = layers(14)
    assert sum(feature["properties"].get("name") == "Long Row" for feature in tile["streets"]) == 5
    (line,) = [
        feature
        for feature in tile["street_labels"]
        if feature["properties"].get("name") == "Long Row"
    ]
    assert line["geometry"]["type"] == "LineString"
    assert line["properties"] == {"uid": "", "name": "Long Row", "class": "tertiary"}


def test_road_number_has_a_line_of_its_own_without_regard_to_names(town: Town) -> None:
    Segment.objects.filter(road_class="primary").update(ref="A4051")
    (number,) = layers(10)["street_labels"]
    assert number["properties"] == {"ref": "A4051", "class": "primary"}


def test_more_important_roads_are_drawn_on_top(town: Town) -> None:
    classes = [feature["properties"]["class"] for feature in layers(13)["streets"]]
    assert classes[-1] == "primary"


def add_ground(town: Town, kind: str, shape: shapely.Geometry, **more: Any) -> None:
    town.add(Ground, f"{kind} {shape.bounds}", shape, uid=f"gr-{len(town.made)}", kind=kind, **more)


def test_large_ground_lies_under_small_ground_and_specks_are_left_out(town: Town) -> None:
    add_ground(town, "pitch", shapely.box(-0.0403, 51.0500, -0.0400, 51.0502))
    add_ground(town, "park", shapely.box(-0.05, 51.04, -0.03, 51.06), name="The Marshes")
    add_ground(
        town, "stream", shapely.LineString([(-0.05, 51.05), (-0.03, 51.0502)]), is_tunnel=True
    )
    add_ground(town, "wall", shapely.LineString([(-0.0405, 51.05), (-0.0401, 51.05)]))
    close, far = layers(16)["ground"], layers(12)["ground"]
    kinds = [feature["properties"]["kind"] for feature in close]
    assert kinds[:2] == ["park", "pitch"]
    assert set(kinds[2:]) == {"stream", "wall"}
    assert close[0]["properties"] == {"kind": "park", "name": "The Marshes"}
    stream = close[kinds.index("stream")]
    assert stream["properties"] == {"kind": "stream", "tunnel": True}
    assert [feature["properties"]["kind"] for feature in far] == ["park", "stream"]
    assert [feature["properties"]["kind"] for feature in layers(10)["ground"]] == ["park"]


def add_building(
    town: Town, name: str, shape: shapely.Geometry, lon: float, lat: float
) -> Premises:
    found: Premises = town.add(
        Premises, name, shapely.Point(lon, lat), outline=shape.wkb, use="industrial", height_m=12.5
    )
    return found


def test_building_is_in_every_tile_that_it_reaches_into(town: Town) -> None:
    # Half a kilometre of steelworks: its point lies two tiles away from its end.
    works = add_building(
        town, "works", shapely.box(-0.0400, 51.044, -0.0330, 51.045), -0.0335, 51.0445
    )
    for lon in (-0.0399, -0.0365, -0.0331):
        (building,) = layers(16, lon, 51.0445)["buildings"]
        assert building["properties"] == {"uid": works.uid, "use": "industrial", "height_m": 12.5}
    assert "buildings" not in layers(13, -0.0365, 51.0445)


def test_areas_are_those_of_the_day(town: Town) -> None:
    town.area("W05000009", "Old Ward", -0.10, 0.0, valid_to=date(2020, 5, 7))
    town.area("W05000010", "Next Ward", -0.10, 0.0, valid_from=date(2030, 5, 2))
    assert "W05000009" not in values(layers(14)["areas"], "code")
    assert "W05000009" in values(layers(14, day=date(2020, 5, 6))["areas"], "code")
    assert "W05000009" not in values(layers(14, day=date(2020, 5, 7))["areas"], "code")
    assert "W05000010" in values(layers(14, day=date(2030, 5, 2))["areas"], "code")


def test_statistical_areas_wait_until_they_can_be_told_apart(town: Town) -> None:
    assert values(layers(10)["areas"], "kind") == {"district", "ward"}
    assert values(layers(11)["areas"], "kind") == {"district", "ward", "lsoa"}


def test_important_labels_come_first(town: Town) -> None:
    for rank in (4, 2, 3):
        town.add(
            Label, f"label {rank}", shapely.Point(-0.04, 51.05), kind="suburb", name="x", rank=rank
        )
    ranks = [feature["properties"]["rank"] for feature in layers(12)["place_labels"]]
    assert ranks == sorted(ranks)


def test_what_went_is_no_longer_drawn(town: Town) -> None:
    Segment.objects.update(gone_at=WHEN)
    assert "streets" not in layers(14)


def test_tile_travels_with_a_tag_and_not_at_all_when_the_reader_holds_it(town: Town) -> None:
    first = ask(*numbers(14))
    assert first.status == 200
    assert first.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert first.headers["cache-control"].startswith("public, max-age=")
    again = ask(*numbers(14), {"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_unchanged_tile_is_answered_without_reading_the_features(
    town: Town, django_assert_num_queries: Any
) -> None:
    tag = ask(*numbers(14)).headers["etag"]
    with django_assert_num_queries(1):
        ask(*numbers(14), {"if-none-match": tag})
        http.glance.clock = lambda: 0
        ask(*numbers(14), {"if-none-match": tag})
    with django_assert_num_queries(0):
        ask(*numbers(14))


def test_each_layer_is_one_statement(town: Town, django_assert_num_queries: Any) -> None:
    request = TileRequest(*numbers(16), "one statement", WHEN.date())
    make_tile(request)
    with django_assert_num_queries(7):
        make_tile(request)


def test_import_changes_the_tag_and_the_tile(town: Town) -> None:
    before = ask(*numbers(14))
    Segment.objects.update(name="Other", street=None)
    assert ask(*numbers(14)).body == before.body
    ImportRun.objects.create(
        uid="im-2",
        importer="osm",
        source="osm",
        file_name="b",
        file_digest="",
        began_at=WHEN,
        ended_at=WHEN,
    )
    after = ask(*numbers(14), {"if-none-match": before.headers["etag"]})
    assert after.status == 200
    assert after.body != before.body


def test_tile_is_compressed_for_readers_that_can_read_it(town: Town) -> None:
    plain, zipped = ask(*numbers(14)), ask(*numbers(14), {"accept-encoding": "br, gzip"})
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert isinstance(zipped.body, bytes)
    assert gzip.decompress(zipped.body) == plain.body
    assert plain.headers["vary"] == zipped.headers["vary"] == "accept-encoding"


def test_tile_of_the_open_sea_is_empty(town: Town) -> None:
    answer = ask(*numbers(14, -20.0, 40.0))
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("place", [(7, 0, 0), (17, 0, 0), (8, 256, 0), (8, 0, 256)])
def test_other_zooms_and_places_off_the_map_are_not_found(place: tuple[int, int, int]) -> None:
    with pytest.raises(NoSuchTile) as refusal:
        ask(*place)
    assert refusal.value.status == 404


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "¼", "१२", "9" * 400, "0x8"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    with pytest.raises(TileNumberUnreadable) as refusal:
        ask(8, number, 0)
    assert refusal.value.status == 400
    assert len(str(refusal.value)) < 200


def test_tiles_are_open_to_everybody() -> None:
    access = access_of(http.tile)
    assert access is not None
    assert access.is_public


def test_cache_forgets_what_was_asked_for_longest_ago() -> None:
    cache = TileCache(most_bytes=5_000)
    for key in range(3):
        cache.get("v1", key, lambda: bytes(1_000))
    assert cache.find("v1", 0) is None
    assert cache.find("v1", 2) is not None
    assert cache.held_bytes <= 5_000


def test_cache_forgets_everything_when_the_data_changes() -> None:
    cache = TileCache()
    cache.get("v1", "a", lambda: b"old")
    assert cache.get("v2", "a", lambda: b"new").plain == b"new"
    assert cache.find("v1", "a") is None
    assert cache.held_bytes == cache.get("v2", "a", bytes).weight
