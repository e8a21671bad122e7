"""The standard's documents as plain values: landing page, conformance, collections, queryables."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.kernel.geometry import Box
from hereabouts.standards.ogcapi import conformance
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
    Link,
)
from hereabouts.standards.ogcapi.tiles import MVT_RELATION, TILE_MATRIX_SETS_RELATION

Document = dict[str, object]

QUERYABLES_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
TITLES = {
    JSON_TYPE: "JSON",
    GEOJSON_TYPE: "GeoJSON",
    HTML_TYPE: "HTML",
    CSV_TYPE: "CSV",
    GEOPACKAGE_TYPE: "GeoPackage",
}
NAMES = {
    JSON_TYPE: "json",
    GEOJSON_TYPE: "json",
    HTML_TYPE: "html",
    CSV_TYPE: "csv",
    GEOPACKAGE_TYPE: "gpkg",
    OPENAPI_TYPE: "json",
    SCHEMA_TYPE: "json",
    MVT_TYPE: "mvt",
}
"""What `f` says for a media type."""


def representations(
    address: str, served: str, others: Sequence[str], query: str = ""
) -> list[Link]:
    """Links of a document to itself and to its other formats; `query` is kept."""
    kept = f"&{query}" if query else ""
    links = [Link(f"{address}?f={NAMES[served]}{kept}", "self", served, "This document")]
    links += [
        Link(f"{address}?f={NAMES[other]}{kept}", "alternate", other, f"As {TITLES[other]}")
        for other in others
        if other != served
    ]
    return links


def landing_page(dataset: Dataset, root: str, served: str = JSON_TYPE) -> Document:
    """Where everything begins. Source: Features 1, 7.2; Tiles 1, 9."""
    links = [
        *representations(root, served, (JSON_TYPE, HTML_TYPE)),
        Link(f"{root}/api", "service-desc", OPENAPI_TYPE, "The API in OpenAPI 3.0"),
        Link(f"{root}/api?f=html", "service-doc", HTML_TYPE, "The API in words"),
        Link(f"{root}/conformance", "conformance", JSON_TYPE, "What it conforms to"),
        Link(f"{root}/collections", "data", JSON_TYPE, "The collections"),
        Link(f"{root}/tiles", MVT_RELATION, JSON_TYPE, "All layers as vector tiles"),
        Link(f"{root}/tileMatrixSets", TILE_MATRIX_SETS_RELATION, JSON_TYPE, "Tile matrix sets"),
    ]
    page: Document = {"title": dataset.title, "description": dataset.description}
    if dataset.attribution:
        page["attribution"] = dataset.attribution
    return {**page, "links": [link.document() for link in links]}


def conformance_declaration() -> Document:
    """What is claimed. Source: Features 1, 7.4."""
    return {"conformsTo": list(conformance.ALL)}


def collections_document(dataset: Dataset, root: str, served: str = JSON_TYPE) -> Document:
    """The list of collections. Source: Features 1, 7.13."""
    address = f"{root}/collections"
    links = representations(address, served, (JSON_TYPE, HTML_TYPE))
    return {
        "links": [link.document() for link in links],
        "collections": [
            collection_document(dataset, collection, root) for collection in dataset.collections
        ],
    }


def collection_document(
    dataset: Dataset, collection: Collection, root: str, served: str = JSON_TYPE
) -> Document:
    """One collection. Source: Features 1, 7.14."""
    address = f"{root}/collections/{collection.id}"
    links = [*representations(address, served, (JSON_TYPE, HTML_TYPE))]
    links += [
        Link(
            f"{address}/items?f={NAMES[media]}", "items", media, f"The features as {TITLES[media]}"
        )
        for media in (GEOJSON_TYPE, HTML_TYPE, CSV_TYPE, GEOPACKAGE_TYPE)
    ]
    links.append(
        Link(f"{address}/queryables", QUERYABLES_RELATION, SCHEMA_TYPE, "What may be asked for")
    )
    if collection.has_tiles:
        links.append(Link(f"{address}/tiles", MVT_RELATION, JSON_TYPE, "As vector tiles"))
    document: Document = {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": [link.document() for link in links],
    }
    if dataset.attribution:
        document["attribution"] = dataset.attribution
    if dataset.extent:
        document["extent"] = extent(dataset.extent)
    return document


def extent(box: Box) -> Document:
    """The box that holds everything, from the beginning of the record until now."""
    spatial = {"bbox": [[box.west, box.south, box.east, box.north]], "crs": CRS84}
    return {"spatial": spatial, "temporal": {"interval": [[None, None]]}}


def queryables_document(collection: Collection, root: str) -> Document:
    """What may be asked for, as JSON Schema. Source: Features 3, 6.2."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{root}/collections/{collection.id}/queryables",
        "type": "object",
        "title": collection.title,
        "description": collection.description,
        "properties": {one.name: one.schema for one in collection.queryables},
        "additionalProperties": False,
    }
