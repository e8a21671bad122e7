"""The open API as pages that a resident can read: the same resources, the same addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

import shapely
from django.http import HttpResponse
from django.utils.translation import gettext

from hereabouts.design.api import day, number, render_page
from hereabouts.places.adapters.ogcapi.answering import ROOT, Call
from hereabouts.places.adapters.ogcapi.asking import Asked, features_of
from hereabouts.places.adapters.ogcapi.collections import TILE_PARTS
from hereabouts.places.queries.features import Page
from hereabouts.standards.ogcapi import conformance as classes
from hereabouts.standards.ogcapi.geojson import Feature
from hereabouts.standards.ogcapi.model import Collection, Dataset

COLUMNS = {
    "areas": ("name", "kind", "valid_from", "size_km2"),
    "streets": ("name", "ref", "road_class", "length_m"),
    "segments": ("name", "road_class", "length_m", "speed_limit_mph", "surface"),
    "premises": ("name", "number", "street_name", "postcode", "use"),
    "assets": ("type", "name", "reference"),
    "postcodes": ("quality", "ended"),
}
"""What the table of a collection shows; a feature's own page shows everything."""

DECIMALS = 2

PLACE_PAGES = {
    "areas": "areas",
    "streets": "streets",
    "premises": "premises",
    "assets": "assets",
    "postcodes": "postcodes",
}
"""Collections whose features have a page of their own, and its folder."""

MAP_KINDS = {"areas": "area", "streets": "street", "premises": "premises", "assets": "asset"}


def landing(call: Call, dataset: Dataset) -> HttpResponse:
    """Where everything begins."""
    return _page(call, "landing", {"dataset": dataset, "collections": _links(dataset.collections)})


def collections(call: Call, dataset: Dataset) -> HttpResponse:
    """All collections."""
    return _page(call, "collections", {"collections": _links(dataset.collections)})


def conformance(call: Call) -> HttpResponse:
    """What is claimed."""
    return _page(call, "conformance", {"classes": classes.ALL})


def api(call: Call, document: Mapping[str, object]) -> HttpResponse:
    """Every address with what it answers."""
    return _page(call, "api", {"operations": list(_operations(document))})


def _operations(document: Mapping[str, object]) -> list[tuple[str, str]]:
    paths = document["paths"]
    assert isinstance(paths, Mapping)
    return [(f"{ROOT}{path}", entry["get"]["summary"]) for path, entry in paths.items()]


def collection(call: Call, collection: Collection) -> HttpResponse:
    """One collection: what its features have, and how to get them."""
    folder = f"{ROOT}/collections/{collection.id}"
    context = {
        "collection": collection,
        "items": f"{folder}/items?f=html",
        "files": _files(f"{folder}/items", ""),
        "tiles": f"{folder}/tiles" if collection.id in TILE_PARTS else "",
        "properties": [
            (one.name, one.title, _type_name(one.type.value), one.is_queryable)
            for one in (*collection.properties, *collection.filters)
        ],
    }
    return _page(call, "collection", context)


@dataclass(frozen=True)
class ItemsPage:
    """A page of features, how many there are in all where that is known, and what follows."""

    asked: Asked
    page: Page
    matched: int | None
    next_href: str


def items(call: Call, found: ItemsPage) -> HttpResponse:
    """A page of features as a table."""
    asked = found.asked
    features = features_of(asked.collection, found.page.rows)
    columns = COLUMNS[asked.collection.id]
    shown = [one for one in asked.collection.properties if one.name in columns]
    context = {
        "collection": asked.collection,
        "collection_href": f"{ROOT}/collections/{asked.collection.id}?f=html",
        "columns": [one.title for one in shown],
        "rows": [
            (
                feature.id,
                _item_href(asked.collection, feature.id),
                [_words(feature.properties[one.name]) for one in shown],
            )
            for feature in features
        ],
        "returned": len(features),
        "matched": found.matched,
        "next": found.next_href,
        "files": _files(call.request.path, urlencode(_kept(call))),
    }
    return _page(call, "items", context)


def item(call: Call, collection: Collection, feature: Feature) -> HttpResponse:
    """One feature with all it has, and where it is."""
    west, south, east, north = shapely.bounds(shapely.from_wkb(feature.geometry)).tolist()
    folder = PLACE_PAGES.get(collection.id)
    context = {
        "collection": collection,
        "items_href": f"{ROOT}/collections/{collection.id}/items?f=html",
        "feature": feature,
        "name": feature.properties.get("name") or feature.id,
        "facts": [
            (one.title, _words(feature.properties[one.name]))
            for one in collection.properties
            if feature.properties[one.name] not in (None, {})
        ],
        "bounds": (west, south, east, north),
        "place_href": f"/{folder}/{quote(feature.id.replace(' ', ''), safe='')}" if folder else "",
        "json_href": f"{call.request.path}?f=json",
        "map_kind": MAP_KINDS.get(collection.id, "point"),
    }
    return _page(call, "item", context)


def _page(call: Call, name: str, context: Mapping[str, object]) -> HttpResponse:
    root = {"root": ROOT, "json_href": f"{call.request.path}?f=json"}
    return render_page(call.request, f"places/ogc/{name}.html", {**root, **context})


def _links(collections: Sequence[Collection]) -> list[dict[str, str]]:
    return [
        {
            "href": f"{ROOT}/collections/{one.id}?f=html",
            "text": one.title,
            "note": one.description,
        }
        for one in collections
    ]


def _files(address: str, query: str) -> list[tuple[str, str]]:
    kept = f"&{query}" if query else ""
    return [
        ("GeoJSON", f"{address}?f=json{kept}"),
        ("CSV", f"{address}?f=csv{kept}"),
        ("GeoPackage", f"{address}?f=gpkg{kept}"),
    ]


def _kept(call: Call) -> dict[str, str]:
    """The parameters that a file of the same features needs."""
    return {name: value for name, value in call.query.items() if name not in ("f", "next", "limit")}


def _item_href(collection: Collection, key: str) -> str:
    return f"{ROOT}/collections/{collection.id}/items/{quote(key, safe='')}?f=html"


def _type_name(name: str) -> str:
    return {
        "text": gettext("text"),
        "integer": gettext("whole number"),
        "number": gettext("number"),
        "boolean": gettext("yes or no"),
        "date": gettext("date"),
        "moment": gettext("date and time"),
        "object": gettext("several values"),
    }[name]


def _words(value: object) -> str:
    """A value in the reader's language."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, float):
        return number(value, decimals=DECIMALS)
    if isinstance(value, int):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {entry}" for key, entry in value.items()) or "–"
    return str(value)
