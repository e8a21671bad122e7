"""The standard's documents: what has to stand in them, and an API description that holds."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
import pytest
import shapely

from hereabouts.kernel.geometry import Box
from hereabouts.standards.ogcapi import conformance, documents, tiles
from hereabouts.standards.ogcapi.geojson import Feature, encode_collection
from hereabouts.standards.ogcapi.model import Collection, Dataset, Property, Type
from hereabouts.standards.ogcapi.openapi import openapi_document
from hereabouts.standards.ogcapi.table import write_table

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/req/core/"
OAS = "http://www.opengis.net/spec/ogcapi-features-1/1.0/req/oas30/"
GEOJSON = "http://www.opengis.net/spec/ogcapi-features-1/1.0/req/geojson/"
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/req/"
ROOT = "https://example.test/ogc"

LAMPS = Collection(
    "lamps",
    "Lamps",
    "Lamps of the street.",
    "Point",
    (Property("reference", "Reference", is_queryable=True), Property("lit", "Lit", Type.BOOLEAN)),
    (Property("area", "Area", is_queryable=True),),
)
DATASET = Dataset(
    "A town", "Its lamps.", "© Somebody", "", Box(-3.1, 51.5, -2.9, 51.6), "v", (LAMPS,)
)


def relations(document: dict[str, Any]) -> set[str]:
    return {link["rel"] for link in document["links"]}


@pytest.mark.requirement(CORE + "root-success")
def test_landing_page_links_to_everything_a_client_begins_with() -> None:
    page = documents.landing_page(DATASET, ROOT)
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= relations(page)
    assert all(link["href"].startswith(ROOT) for link in page["links"])  # type: ignore[attr-defined]


@pytest.mark.requirement(CORE + "conformance-success")
def test_conformance_names_the_classes_of_both_standards() -> None:
    claimed = documents.conformance_declaration()["conformsTo"]
    assert isinstance(claimed, list)
    assert {conformance.CORE, conformance.GEOJSON, conformance.OPENAPI, conformance.HTML} <= {
        *claimed
    }
    assert {conformance.TILES_CORE, conformance.TILESET, conformance.MVT} <= {*claimed}


@pytest.mark.requirement(CORE + "fc-md-items")
@pytest.mark.requirement(CORE + "fc-md-items-links")
@pytest.mark.requirement(CORE + "fc-md-extent")
def test_collection_tells_its_extent_and_where_its_items_are() -> None:
    listed = documents.collections_document(DATASET, ROOT)["collections"]
    assert isinstance(listed, list)
    (entry,) = listed
    assert entry["id"] == "lamps"
    assert entry["itemType"] == "feature"
    assert entry["extent"]["spatial"]["bbox"] == [[-3.1, 51.5, -2.9, 51.6]]
    items = [link for link in entry["links"] if link["rel"] == "items"]
    assert {link["type"] for link in items} >= {"application/geo+json", "text/html"}


@pytest.mark.requirement(
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/req/queryables/response"
)
def test_queryables_are_a_schema_of_what_may_be_asked() -> None:
    document = documents.queryables_document(LAMPS, ROOT)
    assert document["type"] == "object"
    assert document["properties"] == {
        "reference": {"title": "Reference", "type": "string"},
        "area": {"title": "Area", "type": "string"},
    }


@pytest.mark.requirement(TILES + "tileset/success")
def test_tile_set_names_its_grid_its_limits_and_its_tiles() -> None:
    document: dict[str, Any] = tiles.tileset_document(DATASET, ROOT, range(8, 17), LAMPS)
    assert document["dataType"] == "vector"
    assert document["tileMatrixSetURI"] == tiles.WEB_MERCATOR_URI
    (template,) = [link["href"] for link in document["links"] if link["rel"] == "item"]
    assert template == (
        f"{ROOT}/collections/lamps/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    )
    closest = document["tileMatrixSetLimits"][-1]
    assert closest["tileMatrix"] == "16"
    assert closest["minTileRow"] < closest["maxTileRow"] < 2**16


@pytest.mark.requirement(TILES + "tmxs/success")
def test_grid_has_the_scales_of_the_registered_one() -> None:
    matrices: Any = tiles.matrix_set_document(16)["tileMatrices"]
    assert matrices[0]["scaleDenominator"] == pytest.approx(559_082_264.028717)
    assert matrices[0]["cellSize"] == pytest.approx(156_543.03392804097)
    assert matrices[16]["matrixWidth"] == 65_536


@pytest.mark.requirement(GEOJSON + "content")
def test_features_are_geojson_with_their_members_beside_them() -> None:
    feature = Feature("l-1", shapely.Point(-3, 51.5).wkb, {"reference": "LC1"})
    body = msgspec.json.decode(encode_collection([feature], {"numberReturned": 1}))
    assert body["type"] == "FeatureCollection"
    assert body["numberReturned"] == 1
    (written,) = body["features"]
    assert written["type"] == "Feature"
    assert written["id"] == "l-1"
    assert written["geometry"] == {"type": "Point", "coordinates": [-3.0, 51.5]}
    assert written["properties"] == {"reference": "LC1"}


def test_no_features_are_an_empty_collection() -> None:
    body = msgspec.json.decode(encode_collection([], {}))
    assert body == {"type": "FeatureCollection", "features": []}


def test_table_runs_nothing_when_a_spreadsheet_opens_it() -> None:
    point = shapely.Point(0, 0).wkb
    rows = [
        Feature("1", point, {"reference": '=HYPERLINK("x")', "lit": True}),
        Feature("2", point, {"reference": "-3", "lit": None}),
        Feature("3", point, {"reference": 'said "no", twice', "lit": -3.5}),
    ]
    text = b"".join(write_table([rows], ["reference", "lit"], "Point")).decode()
    assert text.splitlines() == [
        "id,reference,lit,longitude,latitude",
        '1,"\'=HYPERLINK(""x"")",true,0.0,0.0',
        "2,'-3,,0.0,0.0",
        '3,"said ""no"", twice",-3.5,0.0,0.0',
    ]


def test_lines_and_areas_stand_in_the_table_as_text() -> None:
    line = shapely.LineString([(0, 0), (1, 1)]).wkb
    text = b"".join(write_table([[Feature("1", line, {})]], [], "LineString")).decode()
    assert text.splitlines() == ["id,wkt", '1,"LINESTRING (0 0, 1 1)"']


# --- OpenAPI 3.0.3, as far as we use it: a field or type that is not in it fails to convert ---

Text = Annotated[str, msgspec.Meta(min_length=1)]


class Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An object of the specification: no field that it does not name."""


class Reference(Strict, rename={"ref": "$ref"}):
    ref: Annotated[str, msgspec.Meta(pattern="^#/components/[a-zA-Z]+/[A-Za-z0-9._-]+$")]


class Schema(Strict, rename="camel"):
    type: Literal["string", "number", "integer", "boolean", "array", "object"] | None = None
    format: str | None = None
    description: str | None = None
    enum: list[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None
    items: Schema | None = None
    min_items: int | None = None
    max_items: int | None = None
    one_of: list[Schema] | None = None
    properties: dict[str, Schema] | None = None
    required: list[str] | None = None


class Parameter(Strict, rename={"where": "in"}):
    name: Text
    where: Literal["query", "path", "header", "cookie"]
    schema: Schema
    required: bool = False
    description: str | None = None
    style: Literal["form", "simple"] | None = None
    explode: bool | None = None


class Media(Strict):
    schema: Schema | Reference


class Response(Strict):
    description: str
    content: dict[str, dict[str, Any]] | None = None


class Operation(Strict, rename="camel"):
    operation_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_]+$")]
    responses: dict[
        Annotated[str, msgspec.Meta(pattern="^([1-5][0-9]{2}|default)$")], dict[str, Any]
    ]
    summary: str = ""
    tags: list[str] = []
    parameters: list[dict[str, Any]] = []


class PathItem(Strict):
    get: Operation


class Info(Strict):
    title: Text
    version: Text
    description: str = ""


class Server(Strict):
    url: Text


class Tag(Strict):
    name: Text
    description: str = ""


class Components(Strict, frozen=True):
    schemas: dict[str, Schema] = {}
    parameters: dict[str, Parameter] = {}
    responses: dict[str, Response] = {}


class OpenApi(Strict):
    openapi: Annotated[str, msgspec.Meta(pattern=r"^3\.0\.[0-3]$")]
    info: Info
    paths: dict[Annotated[str, msgspec.Meta(pattern="^/")], PathItem]
    servers: list[Server] = []
    tags: list[Tag] = []
    components: Components = Components()


def resolved(document: OpenApi, entry: dict[str, Any]) -> Parameter:
    if "$ref" not in entry:
        return msgspec.convert(entry, Parameter)
    reference = msgspec.convert(entry, Reference).ref
    _, _, kind, name = reference.split("/")
    assert kind == "parameters"
    return document.components.parameters[name]


@pytest.mark.requirement(OAS + "oas-definition-1")
@pytest.mark.requirement(OAS + "oas-definition-2")
def test_api_description_is_openapi_and_holds_together() -> None:
    written = openapi_document(DATASET, ROOT, "0.1")
    document = msgspec.convert(written, OpenApi, strict=True)
    operations = [item.get for item in document.paths.values()]
    assert len({operation.operation_id for operation in operations}) == len(operations)
    tags = {tag.name for tag in document.tags}
    for path, item in document.paths.items():
        assert set(item.get.tags) <= tags
        declared = [resolved(document, entry) for entry in item.get.parameters]
        in_path = {one.name for one in declared if one.where == "path"}
        assert in_path == set(re.findall(r"\{([A-Za-z]+)\}", path))
        assert all(one.required for one in declared if one.where == "path")
        assert len({(one.where, one.name) for one in declared}) == len(declared)
        for answer in item.get.responses.values():
            if "$ref" in answer:
                assert answer["$ref"].rsplit("/", 1)[1] in document.components.responses
            else:
                msgspec.convert(answer, Response)


@pytest.mark.requirement(CORE + "fc-filters")
def test_api_description_declares_every_parameter_of_the_items() -> None:
    document = msgspec.convert(openapi_document(DATASET, ROOT, "0.1"), OpenApi)
    entries = document.paths["/collections/lamps/items"].get.parameters
    names = {resolved(document, entry).name for entry in entries}
    assert names == {
        *("limit", "bbox", "bbox-crs", "crs", "datetime", "next", "f"),
        *("reference", "area"),
    }
