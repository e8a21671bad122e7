"""The open API of a small town: what a stranger's program may ask for, and what it gets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pyogrio
import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hereabouts.kernel.access import access_of
from hereabouts.kernel.asgi import Request
from hereabouts.kernel.geometry import to_square
from hereabouts.places.adapters.ogcapi import urls
from hereabouts.places.adapters.ogcapi.collections import COLLECTIONS, TILE_PARTS
from hereabouts.places.adapters.ogcapi.tiles import collection_tile, dataset_tile
from hereabouts.places.adapters.tiles import http
from hereabouts.places.adapters.tiles.making import WHOLE
from hereabouts.places.models import Asset, ImportRun, Premises, Segment, Street
from hereabouts.places.queries.features import TABLES
from hereabouts.standards.ogcapi import conformance
from hereabouts.standards.ogcapi.errors import FormatUnknown, ResourceUnknown
from tests.rooms.places.small_town import WHEN, Town, small_town

pytestmark = pytest.mark.django_db

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/req/core/"
HTML = "http://www.opengis.net/spec/ogcapi-features-1/1.0/req/html/"
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/req/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(http.glance, "clock", iter(range(10_000)).__next__)
    monkeypatch.setattr(http.glance, "seen", None)
    yield


@pytest.fixture
def town() -> Town:
    return small_town()


class Api:
    """The API as a program sees it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, address: str, status: int = 200, **query: Any) -> Any:
        parts = urlsplit(address)
        kept = {name: values[0] for name, values in parse_qs(parts.query).items()}
        response = self.client.get(parts.path, {**kept, **query}, headers={"accept": "*/*"})
        assert response.status_code == status, response.content[:500]
        return msgspec.json.decode(response.content)

    def items(self, collection: str, **query: Any) -> Any:
        return self.get(f"/ogc/collections/{collection}/items", **query)

    def ids(self, collection: str, **query: Any) -> list[str]:
        return [feature["id"] for feature in self.items(collection, **query)["features"]]

    def names(self, collection: str, **query: Any) -> set[str]:
        features = self.items(collection, **query)["features"]
        return {feature["properties"]["name"] for feature in features}

    def pages(self, collection: str, **query: Any) -> Iterator[Any]:
        page = self.items(collection, **query)
        yield page
        while following := link(page, "next"):
            page = self.get(following)
            yield page


def link(document: Any, relation: str) -> str:
    found = [entry["href"] for entry in document["links"] if entry["rel"] == relation]
    return found[0] if found else ""


@pytest.fixture
def api(client: Client, town: Town) -> Api:
    return Api(client)


@pytest.mark.requirement(CORE + "root-op")
@pytest.mark.requirement(CORE + "root-success")
def test_every_link_of_the_landing_page_leads_somewhere(api: Api) -> None:
    page = api.get("/ogc")
    assert api.get("/ogc/") == page
    for entry in page["links"]:
        answer = api.client.get(entry["href"].removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert answer["Content-Type"].split(";")[0] == entry["type"].split(";")[0]


@pytest.mark.requirement(CORE + "conformance-op")
def test_conformance_is_declared(api: Api) -> None:
    assert api.get("/ogc/conformance") == {"conformsTo": list(conformance.ALL)}


@pytest.mark.requirement(CORE + "fc-md-op")
@pytest.mark.requirement(CORE + "sfc-md-op")
def test_every_collection_is_listed_and_has_a_page(api: Api) -> None:
    listed = api.get("/ogc/collections")["collections"]
    assert [entry["id"] for entry in listed] == list(COLLECTIONS)
    for entry in listed:
        alone = api.get(f"/ogc/collections/{entry['id']}")
        assert alone == entry
        assert alone["extent"]["spatial"]["bbox"] == [[-0.1, 51.0, 0.1, 51.1]]
        assert alone["attribution"] == "© OpenStreetMap contributors"


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_property_that_is_described_is_read_from_a_column(name: str) -> None:
    described = {one.name for one in COLLECTIONS[name].properties}
    assert described == set(TABLES[name].fields)


@pytest.mark.requirement(CORE + "fc-op")
@pytest.mark.requirement(CORE + "fc-response")
def test_items_are_features_with_their_properties(api: Api) -> None:
    body = api.items("assets", type="bus_stop")
    assert body["type"] == "FeatureCollection"
    (stop,) = body["features"]
    assert stop["geometry"] == {"type": "Point", "coordinates": [-0.035, 51.0501]}
    mill = Street.objects.get(name="Mill Lane")
    assert stop["properties"] == {
        "type": "bus_stop",
        "reference": "5310WDB1",
        "name": "Mill Lane Bottom",
        "street": mill.uid,
        "attributes": {},
    }


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_collection_has_items_in_every_format(api: Api, name: str, tmp_path: Path) -> None:
    count = len(api.ids(name))
    assert count > 0
    address = f"/ogc/collections/{name}/items"
    table = b"".join(api.client.get(address, {"f": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert len(list(csv.DictReader(io.StringIO(table)))) == count
    file = tmp_path / "all.gpkg"
    file.write_bytes(b"".join(api.client.get(address, {"f": "gpkg"}).streaming_content))  # type: ignore[attr-defined]
    assert pyogrio.read_info(file)["features"] == count
    page = api.client.get(address, headers={"accept": BROWSER})
    assert page["Content-Type"].startswith("text/html")


@pytest.mark.requirement(CORE + "fc-limit-response-1")
@pytest.mark.requirement(CORE + "fc-numberReturned")
@pytest.mark.requirement(CORE + "fc-numberMatched")
def test_limit_counts_and_the_first_page_tells_how_many_there_are(api: Api) -> None:
    body = api.items("premises", limit=5)
    assert len(body["features"]) == body["numberReturned"] == 5
    assert body["numberMatched"] == 26


@pytest.mark.requirement(CORE + "fc-links")
@pytest.mark.parametrize("query", [{}, {"bbox": "-0.2,50.9,0.2,51.2"}, {"use": "house"}])
def test_pages_follow_each_other_without_gaps_or_repeats(api: Api, query: Any) -> None:
    everything = api.ids("premises", limit=1000, **query)
    pages = list(api.pages("premises", limit=7, **query))
    assert [len(page["features"]) for page in pages[:-1]] == [7] * (len(pages) - 1)
    assert [one["id"] for page in pages for one in page["features"]] == everything
    assert len(set(everything)) == len(everything)
    assert len(everything) == (25 if "use" in query else 26)


@pytest.mark.parametrize("query", [{}, {"bbox": "-0.06,51.049,-0.02,51.051"}])
def test_page_is_as_cheap_at_the_end_as_at_the_beginning(api: Api, query: Any) -> None:
    with CaptureQueriesContext(connection) as first:
        pages = list(api.pages("premises", limit=24, **query))
    assert len(pages) == 2
    with CaptureQueriesContext(connection) as last:
        api.get(link(pages[0], "next"))
    assert 0 < len(last) < len(first)
    assert not any("OFFSET" in entry["sql"] for entry in last.captured_queries)


def test_features_that_appear_while_somebody_pages_break_nothing(api: Api, town: Town) -> None:
    pages = api.pages("premises", limit=10)
    first = next(pages)["features"]
    town.premises("99", Street.objects.get(name="Mill Lane"), -0.05)
    Premises.objects.filter(uid=first[0]["id"]).update(gone_at=WHEN)
    rest = [one for page in pages for one in page["features"]]
    assert len({one["id"] for one in (*first, *rest)}) == len(first) + len(rest) == 27


@pytest.mark.requirement(CORE + "fc-bbox-response")
def test_bbox_keeps_what_meets_it_and_nothing_else(api: Api, town: Town) -> None:
    assert api.names("streets", bbox="-0.061,51.051,-0.049,51.053") == {"Millbrook Close"}
    assert api.names("areas", bbox="0.05,51.01,0.06,51.02") == {"Newport", "St. Julian's"}
    # The box of the bent street meets this one, the street itself does not.
    bent = shapely.LineString([(0.06, 51.02), (0.06, 51.03), (0.07, 51.03)])
    town.add(Street, "bent", shapely.MultiLineString([bent]), name="Bent", road_class="service")
    assert api.names("streets", bbox="0.065,51.021,0.069,51.025") == set()
    assert api.names("streets", bbox="0.059,51.021,0.069,51.025") == {"Bent"}


@pytest.mark.requirement(CORE + "fc-bbox-response")
def test_bbox_over_the_antimeridian_is_two_boxes(api: Api, town: Town) -> None:
    for name, lon in (("east", 179.99), ("west", -179.99)):
        town.asset("bench", name, lon, -17.0)
    found = api.items("assets", bbox="179.9,-18,-179.9,-16")["features"]
    assert {one["properties"]["reference"] for one in found} == {"east", "west"}
    assert len(api.ids("assets", bbox="179.9,-18,-179.9,-16", limit=1)) == 1


@pytest.mark.requirement(CORE + "fc-time-response")
def test_datetime_chooses_the_areas_that_were_valid_then(api: Api, town: Town) -> None:
    town.area("OLD", "Old", -0.1, 0, valid_from=date(2010, 5, 6), valid_to=date(2020, 5, 7))
    assert "OLD" not in api.ids("areas")
    assert "OLD" in api.ids("areas", datetime="2020-05-06")
    assert "OLD" not in api.ids("areas", datetime="2020-05-07")
    assert "OLD" in api.ids("areas", datetime="2020-01-01/..")
    assert "OLD" not in api.ids("areas", datetime="../2010-05-05")
    assert "OLD" in api.ids("areas", datetime="../..")


@pytest.mark.requirement(CORE + "fc-time-response")
def test_datetime_finds_what_has_gone_since(api: Api) -> None:
    Asset.objects.filter(type="bench").update(gone_at=WHEN)
    assert len(api.ids("assets")) == 2
    assert len(api.ids("assets", datetime="2026-10-31")) == 3
    assert len(api.ids("assets", datetime="2026-11-02")) == 2
    assert len(api.ids("assets", datetime="../..")) == 3


@pytest.mark.requirement(CORE + "fc-filters")
def test_properties_that_are_declared_may_be_asked_for(api: Api, town: Town) -> None:
    assert api.names("streets", road_class="primary") == {"Heol Malpas"}
    assert len(api.ids("premises", number="12A")) == 1
    assert len(api.ids("segments", speed_limit_mph="20", is_lit="true")) == 9
    assert api.ids("segments", is_bridge="true") == []
    mill = Street.objects.get(name="Mill Lane")
    assert len(api.ids("assets", street=mill.uid)) == 3


def test_area_chooses_what_lies_in_it(api: Api) -> None:
    assert api.names("streets", area="W05000002") == {
        "Church Road",
        "Heol Malpas",
        "Highfield Gardens",
        "Caerau Crescent",
        "Lôn Goch",
    }
    assert api.ids("premises", area="W05000002") == []
    assert api.ids("streets", area="nowhere") == []


@pytest.mark.requirement(CORE + "query-param-unknown")
@pytest.mark.requirement(CORE + "query-param-invalid")
@pytest.mark.parametrize(
    ("address", "query", "named"),
    [
        ("items", {"colour": "red"}, "colour"),
        ("items", {"limit": "0"}, "limit"),
        ("items", {"bbox": ",".join(["1"] * 10_000)}, "bbox"),
        ("items", {"bbox": "a,b,c,d"}, "bbox"),
        ("items", {"datetime": "soon"}, "datetime"),
        ("items", {"next": "../../etc"}, "next"),
        ("items", {"f": "xml"}, "xml"),
        ("items", {"limit": ["1", "2"]}, "limit"),
        ("items", {"crs": "http://www.opengis.net/def/crs/EPSG/0/27700"}, "crs"),
        ("items", {"bbox-crs": "EPSG:4326"}, "bbox-crs"),
        ("queryables", {"limit": "1"}, "limit"),
        ("tiles", {"bbox": "0,0,1,1"}, "bbox"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    api: Api, address: str, query: Any, named: str
) -> None:
    refusal = api.get(f"/ogc/collections/assets/{address}", 400, **query)
    assert named in refusal["description"]
    assert refusal["code"].startswith("ogcapi.")
    assert len(refusal["description"]) < 300


@pytest.mark.parametrize(
    "query",
    [
        {"name": "' OR 1=1 --"},
        {"name": "%"},
        {"reference": "\U0001f5fa" * 100},
        {"street": "a'; DROP TABLE places_asset; --"},
    ],
)
def test_hostile_values_find_nothing_and_harm_nothing(api: Api, query: Any) -> None:
    assert api.ids("assets", **query) == []
    assert Asset.objects.count() == 3


@pytest.mark.requirement(CORE + "f-op")
@pytest.mark.requirement(CORE + "f-success")
@pytest.mark.requirement(CORE + "f-links")
@pytest.mark.parametrize("name", COLLECTIONS)
def test_one_feature_stands_at_its_own_address(api: Api, name: str) -> None:
    listed = api.items(name)["features"][0]
    alone = api.get(f"/ogc/collections/{name}/items/{listed['id']}")
    assert {key: alone[key] for key in listed} == listed
    assert api.get(link(alone, "self")) == alone
    assert link(alone, "collection").endswith(f"/ogc/collections/{name}")


@pytest.mark.parametrize(
    "address",
    [
        "/ogc/collections/nothing",
        "/ogc/collections/nothing/items",
        "/ogc/collections/assets/items/nothing",
        "/ogc/collections/segments/tiles",
        "/ogc/tiles/WorldCRS84Quad",
        "/ogc/tileMatrixSets/WorldCRS84Quad",
    ],
)
def test_what_is_not_there_is_not_found(api: Api, address: str) -> None:
    assert api.get(address, 404)["code"] == "ogcapi.resource_unknown"


@pytest.mark.requirement(HTML + "content")
@pytest.mark.parametrize(
    "address",
    [
        "/ogc",
        "/ogc/conformance",
        "/ogc/api",
        "/ogc/collections",
        "/ogc/collections/areas",
        "/ogc/collections/areas/items",
        "/ogc/collections/areas/items/W05000001",
        "/ogc/collections/premises/items?limit=3",
    ],
)
def test_every_resource_is_a_page_for_a_browser(api: Api, address: str) -> None:
    page = api.client.get(address, headers={"accept": BROWSER})
    assert page.status_code == 200
    text = page.content.decode()
    assert "<h1" in text
    assert "style=" not in text
    assert "f=json" in text


def test_page_of_items_leads_to_features_files_and_the_next_page(api: Api) -> None:
    text = api.client.get(
        "/ogc/collections/premises/items", {"f": "html", "limit": 3}
    ).content.decode()
    first = Premises.objects.order_by("pk")[0]
    assert f"/ogc/collections/premises/items/{first.uid}?f=html" in text
    assert 'rel="next"' in text
    assert "items?f=csv" in text
    assert "3 of 26 features" in text


def test_refusal_is_a_page_for_a_browser(api: Api) -> None:
    page = api.client.get("/ogc/collections/assets/items?limit=0", headers={"accept": BROWSER})
    assert page.status_code == 400
    assert "“limit” cannot be used" in page.content.decode()


@pytest.mark.requirement("http://www.opengis.net/spec/ogcapi-features-1/1.0/req/core/crs84")
def test_pages_of_any_site_may_read_the_data(api: Api) -> None:
    for address in ("/ogc", "/ogc/collections/areas/items", "/ogc/collections/nothing"):
        answer = api.client.get(address)
        assert answer["Access-Control-Allow-Origin"] == "*"
    answer = api.client.get("/ogc/collections/areas/items")
    assert answer["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert answer["Content-Type"] == "application/geo+json"


def test_unchanged_page_does_not_travel_again(api: Api, django_assert_num_queries: Any) -> None:
    address = "/ogc/collections/premises/items"
    tag = api.client.get(address)["ETag"]
    with django_assert_num_queries(1):
        answer = api.client.get(address, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert api.client.get(address, {"limit": 3})["ETag"] != tag
    ImportRun.objects.create(
        uid="im-2",
        importer="osm",
        source="osm",
        file_name="b",
        file_digest="",
        began_at=WHEN,
        ended_at=WHEN,
    )
    assert api.client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_table_holds_all_that_fits_and_as_much_as_is_asked_for(api: Api) -> None:
    def rows(**query: Any) -> list[dict[str, str]]:
        answer: Any = api.client.get("/ogc/collections/premises/items", {"f": "csv", **query})
        assert answer["Content-Type"].startswith("text/csv")
        text = b"".join(answer.streaming_content).decode()
        return list(csv.DictReader(io.StringIO(text)))

    everything = rows()
    assert len(everything) == 26
    assert everything[0]["postcode"] == "NP20 1AB"
    assert float(everything[0]["longitude"]) == pytest.approx(-0.058)
    assert len(rows(use="shop")) == 1
    assert len(rows(limit=4)) == 4


def test_only_reading_is_allowed(api: Api) -> None:
    assert api.client.post("/ogc/collections/assets/items").status_code == 405


def test_browser_that_asks_first_is_told_what_is_allowed(api: Api) -> None:
    answer = api.client.options("/ogc/collections/assets/items")
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer["Access-Control-Allow-Methods"]


def test_every_view_of_the_open_api_says_that_it_is_public() -> None:
    for pattern in urls.urlpatterns:
        access = access_of(pattern.callback)
        assert access is not None
        assert access.is_public


ACROSS, DOWN = to_square(-0.04, 51.0501)
TILE = {"z": "16", "x": str(int(ACROSS * 2**16)), "y": str(int(DOWN * 2**16))}


def ask_tile(**parameters: str) -> bytes:
    collection = parameters.get("collection")
    handler = collection_tile if collection else dataset_tile
    body = handler(Request("GET", "", {**TILE, **parameters})).body
    assert isinstance(body, bytes)
    return body


@pytest.mark.requirement(TILES + "core/tc-success")
@pytest.mark.requirement(TILES + "mvt/content")
def test_tiles_of_collections_are_layers_of_the_whole_tile(town: Town) -> None:
    whole = ask_tile()
    parts = {name: ask_tile(collection=name) for name in TILE_PARTS}
    assert whole == http.tile(Request("GET", "", TILE)).body
    assert all(part in whole for part in parts.values())
    assert parts["streets"]
    assert set().union(*TILE_PARTS.values()) < set(WHOLE)


def test_tile_of_something_else_is_refused(town: Town) -> None:
    with pytest.raises(ResourceUnknown):
        ask_tile(collection="segments")
    with pytest.raises(FormatUnknown):
        dataset_tile(Request("GET", "", {"z": "1", "y": "0", "x": "0"}, {"f": "png"}))


def test_tile_json_describes_what_the_tiles_hold(api: Api) -> None:
    document = api.get("/tiles/places.json")
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == ["http://testserver/tiles/places/{z}/{x}/{y}.mvt"]
    assert (document["minzoom"], document["maxzoom"]) == (8, 16)
    assert document["bounds"] == [-0.1, 51.0, 0.1, 51.1]
    assert document["attribution"] == "© OpenStreetMap contributors"
    assert Segment.objects.exists()
