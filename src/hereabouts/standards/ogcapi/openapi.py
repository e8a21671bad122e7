"""The API described in OpenAPI 3.0, written from the collections it serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hereabouts.standards.ogcapi.model import (
    CRS84,
    CSV_TYPE,
    GEOJSON_TYPE,
    GEOPACKAGE_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    MVT_TYPE,
    OPENAPI_TYPE,
    SCHEMA_TYPE,
    Collection,
    Dataset,
)
from hereabouts.standards.ogcapi.parameters import DEFAULT_LIMIT, HIGHEST_LIMIT
from hereabouts.standards.ogcapi.tiles import WEB_MERCATOR

Document = dict[str, object]
Schema = Mapping[str, object]

NUMBER: Schema = {"type": "number"}
TEXT: Schema = {"type": "string"}
ITEM_FORMATS = ("json", "html", "csv", "gpkg")
PLAIN_FORMATS = ("json", "html")

CRS_SCHEMA: Schema = {"type": "string", "format": "uri", "enum": [CRS84], "default": CRS84}

PARAMETERS: Mapping[str, Document] = {
    "crs": {
        "name": "crs",
        "in": "query",
        "description": "Reference system of the coordinates in the answer; there is one.",
        "required": False,
        "schema": CRS_SCHEMA,
    },
    "bbox-crs": {
        "name": "bbox-crs",
        "in": "query",
        "description": "Reference system of the coordinates of `bbox`; there is one.",
        "required": False,
        "schema": CRS_SCHEMA,
    },
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "How many features a page has.",
        "required": False,
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": HIGHEST_LIMIT,
            "default": DEFAULT_LIMIT,
        },
        "style": "form",
        "explode": False,
    },
    "bbox": {
        "name": "bbox",
        "in": "query",
        "description": "Only features that meet this box: west, south, east, north in WGS 84 "
        "(or six numbers with heights, which are ignored). Where west is larger than east, the box "
        "crosses the antimeridian.",
        "required": False,
        "schema": {
            "type": "array",
            "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            "items": NUMBER,
        },
        "style": "form",
        "explode": False,
    },
    "datetime": {
        "name": "datetime",
        "in": "query",
        "description": "Only features that stood, or were valid, at this moment or in this "
        "interval (`start/end`, `..` for an open end). Left out it means now; `../..` is always.",
        "required": False,
        "schema": TEXT,
        "style": "form",
        "explode": False,
    },
    "next": {
        "name": "next",
        "in": "query",
        "description": "Where the page begins: a word taken from the link `next`.",
        "required": False,
        "schema": TEXT,
    },
}

EXCEPTION: Schema = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": TEXT, "description": TEXT},
}


def openapi_document(dataset: Dataset, root: str, api_version: str) -> Document:
    """The description of every resource below the root. Source: OpenAPI 3.0.3; Features 1, 9."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": dataset.title,
            "description": dataset.description,
            "version": api_version,
        },
        "servers": [{"url": root}],
        "tags": [
            {"name": "capabilities", "description": "What there is"},
            {"name": "tiles", "description": "Vector tiles"},
            *({"name": one.id, "description": one.description} for one in dataset.collections),
        ],
        "paths": _paths(dataset.collections),
        "components": {
            "parameters": {**PARAMETERS, "f": _format(PLAIN_FORMATS)},
            "schemas": {"exception": EXCEPTION},
            "responses": {
                "refusal": {
                    "description": "Why it cannot be had.",
                    "content": {JSON_TYPE: {"schema": {"$ref": "#/components/schemas/exception"}}},
                }
            },
        },
    }


def _paths(collections: Iterable[Collection]) -> Document:
    plain = [{"$ref": "#/components/parameters/f"}]
    paths: Document = {
        "/": _get("Landing page", "landing", plain, (JSON_TYPE, HTML_TYPE)),
        "/api": _get("This description", "api", plain, (OPENAPI_TYPE, HTML_TYPE)),
        "/conformance": _get("What it conforms to", "conformance", plain, (JSON_TYPE, HTML_TYPE)),
        "/collections": _get("The collections", "collections", plain, (JSON_TYPE, HTML_TYPE)),
        "/tileMatrixSets": _get("Tile matrix sets", "matrix_sets", plain, (JSON_TYPE,)),
        f"/tileMatrixSets/{WEB_MERCATOR}": _get("The grid", "matrix_set", plain, (JSON_TYPE,)),
        **_tile_paths("", "all", "tiles"),
    }
    for collection in collections:
        paths |= _collection_paths(collection)
    return paths


def _collection_paths(collection: Collection) -> Document:
    folder, name = f"/collections/{collection.id}", collection.id
    plain: list[Document] = [{"$ref": "#/components/parameters/f"}]
    feature_id = {"name": "featureId", "in": "path", "required": True, "schema": TEXT}
    one_crs = {"$ref": "#/components/parameters/crs"}
    asked: list[Document] = [{"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS]
    asked += [_queryable(one.name, one.title, one.schema) for one in collection.queryables]
    features = (GEOJSON_TYPE, HTML_TYPE, CSV_TYPE, GEOPACKAGE_TYPE)
    formats = [_format(ITEM_FORMATS)]
    paths: Document = {
        folder: _get(
            collection.title, f"{name}_collection", plain, (JSON_TYPE, HTML_TYPE), tag=name
        ),
        f"{folder}/queryables": _get(
            "What may be asked for", f"{name}_queryables", plain, (SCHEMA_TYPE,), tag=name
        ),
        f"{folder}/items": _get(
            "The features", f"{name}_items", [*asked, *formats], features, tag=name
        ),
        f"{folder}/items/{{featureId}}": _get(
            "One feature",
            f"{name}_item",
            [feature_id, one_crs, *plain],
            (GEOJSON_TYPE, HTML_TYPE),
            tag=name,
        ),
    }
    return paths | (_tile_paths(folder, name, name) if collection.has_tiles else {})


def _tile_paths(folder: str, name: str, tag: str) -> Document:
    address = f"{folder}/tiles/{WEB_MERCATOR}"
    numbers = [
        {"name": place, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
        for place in ("tileMatrix", "tileRow", "tileCol")
    ]
    plain = [{"$ref": "#/components/parameters/f"}]
    return {
        f"{folder}/tiles": _get("Tile sets", f"{name}_tilesets", plain, (JSON_TYPE,), tag=tag),
        address: _get("The tile set", f"{name}_tileset", plain, (JSON_TYPE,), tag=tag),
        f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _get(
            "A vector tile", f"{name}_tile", [*numbers, _format(("mvt",))], (MVT_TYPE,), tag=tag
        ),
    }


def _get(
    summary: str,
    operation: str,
    parameters: Sequence[Schema],
    media: Sequence[str],
    *,
    tag: str = "capabilities",
) -> Document:
    answer = {"description": "The answer.", "content": {kind: _content(kind) for kind in media}}
    refusal = {"$ref": "#/components/responses/refusal"}
    return {
        "get": {
            "tags": [tag],
            "summary": summary,
            "operationId": operation,
            "parameters": list(parameters),
            "responses": {"200": answer, "400": refusal, "404": refusal, "default": refusal},
        }
    }


def _content(kind: str) -> Document:
    is_object = "json" in kind
    return {"schema": {"type": "object"} if is_object else {"type": "string"}}


def _format(names: Sequence[str]) -> Document:
    return {
        "name": "f",
        "in": "query",
        "description": "The format, where the Accept header should not decide.",
        "required": False,
        "schema": {"type": "string", "enum": list(names)},
    }


def _queryable(name: str, title: str, schema: Schema) -> Document:
    return {
        "name": name,
        "in": "query",
        "description": f"Only features with this value: {title}.",
        "required": False,
        "schema": {key: value for key, value in schema.items() if key != "title"},
        "style": "form",
        "explode": False,
    }
