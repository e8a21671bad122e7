"""The features themselves: a page of them, one of them, or all of them as a file."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from hereabouts.kernel.time import now
from hereabouts.places.adapters.ogcapi import pages
from hereabouts.places.adapters.ogcapi.answering import Call, resource
from hereabouts.places.adapters.ogcapi.asking import (
    Asked,
    feature_of,
    features_of,
    read_request,
    token_place,
)
from hereabouts.places.adapters.ogcapi.dataset import find_collection
from hereabouts.places.adapters.ogcapi.files import SECONDS, geopackage_file, table_file
from hereabouts.places.adapters.tiles.http import glance
from hereabouts.places.queries.features import (
    TABLES,
    Page,
    count_features,
    find_feature,
    read_page,
)
from hereabouts.places.queries.features.time_limit import time_limit
from hereabouts.standards.ogcapi.documents import representations
from hereabouts.standards.ogcapi.errors import ResourceUnknown
from hereabouts.standards.ogcapi.geojson import encode_collection, encode_feature
from hereabouts.standards.ogcapi.model import (
    CRS84,
    CSV_TYPE,
    GEOJSON_TYPE,
    GEOPACKAGE_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    Link,
)
from hereabouts.standards.ogcapi.parameters import check_crs, check_names, write_token

MOST_COUNTED = 50_000
"""Features that are counted exactly; of more, only the pages tell."""

MOST_REMEMBERED = 1_000
"""Questions whose numbers are remembered at once."""

FORMATS = (GEOJSON_TYPE, HTML_TYPE, CSV_TYPE, GEOPACKAGE_TYPE)


@resource(*FORMATS, reads_parameters=True)
def items(call: Call, collection: str) -> HttpResponseBase:
    """A page of features, or all that were asked for as a file."""
    asked = read_request(find_collection(collection), call.query, now())
    if call.media == CSV_TYPE:
        return table_file(asked)
    if call.media == GEOPACKAGE_TYPE:
        return geopackage_file(asked)
    with time_limit(SECONDS):
        page = read_page(asked.table, asked.question, asked.after, asked.limit)
        matched = _matched(call, asked, page)
    links = _page_links(call, page)
    if call.media == HTML_TYPE:
        return pages.items(
            call, pages.ItemsPage(asked, page, matched, next_address(call, page, "html"))
        )
    members: dict[str, object] = {"links": [link.document() for link in links]}
    members["numberReturned"] = len(page.rows)
    if matched is not None:
        members["numberMatched"] = matched
    body = encode_collection(features_of(asked.collection, page.rows), members)
    return _geojson(body)


class Counts:
    """Numbers of features that were counted before, until the data changes."""

    def __init__(self) -> None:
        self._version = ""
        self._known: dict[str, int | None] = {}

    def get(self, key: str, count: Callable[[], int | None]) -> int | None:
        """The number, counted if it is not known."""
        version = glance.version()
        if version != self._version or len(self._known) >= MOST_REMEMBERED:
            self._version, self._known = version, {}
        if key not in self._known:
            self._known[key] = count()
        return self._known[key]


counts = Counts()


def _matched(call: Call, asked: Asked, page: Page) -> int | None:
    """How many there are in all; told on the first page, where it is exact."""
    if asked.after is not None:
        return None
    if page.end is None:
        return len(page.rows)
    kept = {name: value for name, value in call.query.items() if name not in ("f", "limit")}
    key = f"{asked.collection.id}?{urlencode(sorted(kept.items()))}"
    return counts.get(key, lambda: count_features(asked.table, asked.question, MOST_COUNTED))


def _page_links(call: Call, page: Page) -> list[Link]:
    kept = {name: value for name, value in call.query.items() if name != "f"}
    links = representations(call.address, call.media, FORMATS, urlencode(kept))
    if page.end is not None:
        links.append(Link(next_address(call, page, "json"), "next", GEOJSON_TYPE, "The next page"))
    folder = call.address.rsplit("/", 1)[0]
    links.append(Link(folder, "collection", JSON_TYPE, "The collection"))
    return links


def next_address(call: Call, page: Page, form: str) -> str:
    """The address of the next page; empty on the last one."""
    if page.end is None:
        return ""
    kept = {name: value for name, value in call.query.items() if name not in ("f", "next")}
    token = write_token(token_place(page.end))
    return f"{call.address}?{urlencode({'f': form, **kept, 'next': token})}"


@resource(GEOJSON_TYPE, HTML_TYPE, reads_parameters=True)
def item(call: Call, collection: str, feature: str) -> HttpResponseBase:
    """One feature, also one that went."""
    check_names(call.query, {"f", "crs"})
    check_crs(call.query)
    found = find_collection(collection)
    row = find_feature(TABLES[collection], feature)
    if row is None:
        raise ResourceUnknown(name=feature[:60])
    shown = feature_of(found, row)
    if call.media == HTML_TYPE:
        return pages.item(call, found, shown)
    address = f"{call.root}/collections/{found.id}/items/{quote(row.id, safe='')}"
    links = representations(address, GEOJSON_TYPE, (GEOJSON_TYPE, HTML_TYPE))
    links.append(Link(f"{call.root}/collections/{found.id}", "collection", JSON_TYPE, found.title))
    return _geojson(encode_feature(shown, {"links": [link.document() for link in links]}))


def _geojson(body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=GEOJSON_TYPE)
    response["Content-Crs"] = f"<{CRS84}>"
    return response
