"""Every hot route: what is answered before Django is asked."""

from __future__ import annotations

import functools
import os

import msgspec
from django.conf import settings

from hereabouts.journal.web.hot import routes as journal_routes
from hereabouts.kernel.access import public
from hereabouts.kernel.asgi import HotRoute, Mount, Request, Response
from hereabouts.kernel.describe import describe
from hereabouts.kernel.http_caching import compressed, conditional
from hereabouts.places.web.hot import routes as places_routes
from hereabouts.sensing.adapters.sta.settings import StaSettings
from hereabouts.sensing.web.hot import routes as sensing_routes
from hereabouts.sensing.web.hot import sensor_things
from hereabouts.site.configuration import from_environment
from hereabouts.site.health import routes as health_routes
from hereabouts.site.openapi import build_document, list_pages


def hot_routes() -> list[HotRoute]:
    """Every room's hot routes and the site's own."""
    return [*health_routes, *journal_routes, *places_routes, *sensing_routes, *_own_routes]


def hot_mounts() -> list[Mount]:
    """Every whole application that answers before the pages."""
    configuration = from_environment(os.environ)
    database = settings.DATABASES["default"]
    is_embedded = str(database["ENGINE"]).endswith("sqlite3")
    return [
        sensor_things(
            StaSettings(
                base_url=configuration.base_url,
                hosts=tuple(settings.ALLOWED_HOSTS),
                mqtt_endpoints=configuration.mqtt_settings().endpoints,
                sqlite_path=str(database["NAME"]) if is_embedded else "",
            )
        )
    ]


@public
@describe("This document: every JSON route of the site.", tag="api")
def openapi(request: Request) -> Response:
    """Answer with the description of the API."""
    headers = {"content-type": "application/json", "cache-control": "public, max-age=300"}
    return compressed(request, conditional(request, Response(200, headers, _document())))


@functools.cache
def _document() -> bytes:
    return msgspec.json.encode(build_document(list_pages(), hot_routes()))


_own_routes = [HotRoute("/api/openapi.json", openapi, "site:openapi")]
