"""The description of the API says what the routes say about themselves, and is well formed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.http import HttpRequest, HttpResponse

from hereabouts.kernel.access import Capability, public, requires
from hereabouts.kernel.asgi import HotRoute, Request, Response
from hereabouts.kernel.describe import Parameter, describe
from hereabouts.site.hot import hot_routes
from hereabouts.site.openapi import build_document, list_pages

pytestmark = pytest.mark.once


@dataclass(frozen=True)
class Street:
    name: str
    length_m: float | None = None


@dataclass(frozen=True)
class Town:
    streets: tuple[Street, ...]


@public
@describe("A street.", returns=Street, tag="places")
def street(request: HttpRequest, uid: str) -> HttpResponse:
    return HttpResponse()


@requires(Capability("places.edit"))
@describe("A town.", Parameter("q", "Only these."), returns=Town)
def town(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse()


@public
@describe("A tile.", media_type="application/vnd.mapbox-vector-tile")
def tile(request: Request) -> Response:
    return Response()


@public
def silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


PAGES: list[tuple[str, str, object]] = [
    ("/streets/<str:uid>.json", "places:street_json", street),
    ("/towns/<int:number>.json", "places:town_json", town),
    ("/silent", "places:silent", silent),
]
ROUTES = [HotRoute("/tiles/{layer}/{z:int}.mvt", tile, "places:tile")]


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, entry in value.items():
            if key == "$ref":
                yield entry
            yield from _references(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _references(entry)


def _check(document: dict[str, object]) -> None:
    """What every tool that reads the format relies on. Source: OpenAPI 3.1.0, section 4."""
    written = json.loads(json.dumps(document))
    assert written["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(written["info"])
    seen: list[str] = []
    for path, item in written["paths"].items():
        (operation,) = item.values()
        seen.append(operation["operationId"])
        assert path.startswith("/") and operation["summary"] and operation["responses"]
        declared = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
        assert sorted(declared) == sorted(re.findall(r"\{([^}]+)\}", path))
        assert all(p["required"] for p in operation["parameters"] if p["in"] == "path")
        assert all(p["schema"] for p in operation["parameters"])
    assert len(seen) == len(set(seen))
    for reference in _references(written):
        place: object = written
        for part in reference.removeprefix("#/").split("/"):
            assert isinstance(place, dict) and part in place, reference
            place = place[part]


def test_described_routes_are_written_and_others_are_not() -> None:
    document = build_document(PAGES, ROUTES)
    _check(document)
    paths = document["paths"]
    assert isinstance(paths, dict)
    assert list(paths) == ["/streets/{uid}.json", "/tiles/{layer}/{z}.mvt", "/towns/{number}.json"]


def test_answers_and_places_have_their_types() -> None:
    written = json.loads(json.dumps(build_document(PAGES, ROUTES)))
    schemas = written["components"]["schemas"]
    assert schemas["Street"]["properties"]["name"] == {"type": "string"}
    assert schemas["Town"]["properties"]["streets"]["items"] == {
        "$ref": "#/components/schemas/Street"
    }
    town_parameters = written["paths"]["/towns/{number}.json"]["get"]["parameters"]
    assert town_parameters[0]["schema"] == {"type": "integer"}
    assert town_parameters[1]["required"] is False


def test_a_guarded_route_names_its_capability() -> None:
    written = json.loads(json.dumps(build_document(PAGES, ROUTES)))
    operation = written["paths"]["/towns/{number}.json"]["get"]
    assert operation["security"] == [{"token": []}]
    assert operation["x-capability"] == "places.edit"
    assert "security" not in written["paths"]["/streets/{uid}.json"]["get"]


@pytest.mark.django_db
def test_the_site_s_own_description_is_well_formed_and_names_the_stream() -> None:
    document = build_document(list_pages(), hot_routes())
    _check(document)
    paths = document["paths"]
    assert isinstance(paths, dict)
    assert {"/events", "/healthz", "/readyz", "/journal.json", "/api/openapi.json"} <= set(paths)
