"""What there is: landing page, conformance, API description, collections, tile sets."""

from __future__ import annotations

from django.http.response import HttpResponseBase

from hereabouts import __version__
from hereabouts.places.adapters.ogcapi import pages
from hereabouts.places.adapters.ogcapi.answering import Call, json_answer, resource
from hereabouts.places.adapters.ogcapi.dataset import current_dataset, find_collection
from hereabouts.places.domain.map_layers import HIGHEST_ZOOM, LOWEST_ZOOM
from hereabouts.standards.ogcapi import documents, tiles
from hereabouts.standards.ogcapi.errors import ResourceUnknown
from hereabouts.standards.ogcapi.model import (
    HTML_TYPE,
    JSON_TYPE,
    OPENAPI_TYPE,
    SCHEMA_TYPE,
    Collection,
)
from hereabouts.standards.ogcapi.openapi import openapi_document

ZOOMS = range(LOWEST_ZOOM, HIGHEST_ZOOM + 1)


@resource(JSON_TYPE, HTML_TYPE)
def landing(call: Call) -> HttpResponseBase:
    """Where everything begins."""
    dataset = current_dataset()
    if call.media == HTML_TYPE:
        return pages.landing(call, dataset)
    return json_answer(documents.landing_page(dataset, call.root))


@resource(JSON_TYPE, HTML_TYPE)
def conformance(call: Call) -> HttpResponseBase:
    """What is claimed."""
    declaration = documents.conformance_declaration()
    if call.media == HTML_TYPE:
        return pages.conformance(call)
    return json_answer(declaration)


@resource(OPENAPI_TYPE, HTML_TYPE)
def api(call: Call) -> HttpResponseBase:
    """The API, described for programs or for people."""
    document = openapi_document(current_dataset(), call.root, __version__)
    if call.media == HTML_TYPE:
        return pages.api(call, document)
    return json_answer(document, OPENAPI_TYPE)


@resource(JSON_TYPE, HTML_TYPE)
def collections(call: Call) -> HttpResponseBase:
    """All collections."""
    dataset = current_dataset()
    if call.media == HTML_TYPE:
        return pages.collections(call, dataset)
    return json_answer(documents.collections_document(dataset, call.root))


@resource(JSON_TYPE, HTML_TYPE)
def collection(call: Call, collection: str) -> HttpResponseBase:
    """One collection."""
    found = find_collection(collection)
    if call.media == HTML_TYPE:
        return pages.collection(call, found)
    return json_answer(documents.collection_document(current_dataset(), found, call.root))


@resource(SCHEMA_TYPE)
def queryables(call: Call, collection: str) -> HttpResponseBase:
    """What may be asked of a collection."""
    found = find_collection(collection)
    return json_answer(documents.queryables_document(found, call.root), SCHEMA_TYPE)


@resource(JSON_TYPE)
def matrix_sets(call: Call) -> HttpResponseBase:
    """The tile matrix sets."""
    return json_answer(tiles.matrix_sets_document(call.root))


@resource(JSON_TYPE)
def matrix_set(call: Call, matrix_set: str) -> HttpResponseBase:
    """The one tile matrix set there is."""
    _check_matrix_set(matrix_set)
    return json_answer(tiles.matrix_set_document(HIGHEST_ZOOM))


@resource(JSON_TYPE)
def tilesets(call: Call, collection: str = "") -> HttpResponseBase:
    """The tile sets of the whole or of one collection."""
    found = _tiled(collection)
    folder = f"{call.root}/collections/{found.id}" if found else call.root
    title = found.title if found else current_dataset().title
    return json_answer(tiles.tilesets_document(f"{folder}/tiles", title))


@resource(JSON_TYPE)
def tileset(call: Call, matrix_set: str, collection: str = "") -> HttpResponseBase:
    """One tile set."""
    _check_matrix_set(matrix_set)
    found = _tiled(collection)
    return json_answer(tiles.tileset_document(current_dataset(), call.root, ZOOMS, found))


def _tiled(name: str) -> Collection | None:
    if not name:
        return None
    found = find_collection(name)
    if not found.has_tiles:
        raise ResourceUnknown(name=f"{name}/tiles")
    return found


def _check_matrix_set(name: str) -> None:
    if name != tiles.WEB_MERCATOR:
        raise ResourceUnknown(name=name[:60])
