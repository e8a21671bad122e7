"""Where am I: what is at and around a latitude and longitude."""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from hereabouts.design.api import language
from hereabouts.kernel.access import public
from hereabouts.kernel.describe import Parameter, describe
from hereabouts.kernel.geometry import Box, Point
from hereabouts.places.domain.views import Whereabouts
from hereabouts.places.errors import BadCoordinates
from hereabouts.places.ports import PlaceRef
from hereabouts.places.queries.nearby import whereabouts
from hereabouts.places.queries.sources import sources
from hereabouts.places.web.answers import json_answer, meta, page
from hereabouts.places.web.links import href_at
from hereabouts.places.web.words.origins import credits_of
from hereabouts.places.web.words.panels import panels_for
from hereabouts.places.web.words.sheets import point_sheet

NUMBER = {"type": "number"}
LAT = Parameter("lat", "Latitude in WGS 84, degrees.", schema=NUMBER, is_required=True)
LON = Parameter("lon", "Longitude in WGS 84, degrees.", schema=NUMBER, is_required=True)
MAX_DIGITS = 24


@public
@require_safe
def at(request: HttpRequest) -> HttpResponse:
    """What is at and around a point."""
    place = _point(request)
    here = whereabouts(place)
    sheet = point_sheet(here)
    box = Box(place.lon, place.lat, place.lon, place.lat)
    ref = PlaceRef(
        None, f"{place.lat:.5f},{place.lon:.5f}", sheet.name.text, place, box, here.areas
    )
    context = {
        "sheet": sheet,
        "place": place,
        "panels": panels_for(ref, language()),
        "credits": credits_of(sources().values()),
        "meta": meta(request, sheet.sentence, sheet.frame.open_data[0][1]),
    }
    return page(request, "places/place.html", context)


@public
@describe("What is at and around a point, nearest first.", LAT, LON, returns=Whereabouts)
@require_safe
def at_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    here = whereabouts(_point(request))
    return json_answer(here, {"html": href_at(here.place)})


def _point(request: HttpRequest) -> Point:
    lat, lon = _number(request, "lat"), _number(request, "lon")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise BadCoordinates
    return Point(lon, lat)


def _number(request: HttpRequest, name: str) -> float:
    text = request.GET.get(name, "").strip()[:MAX_DIGITS]
    try:
        value = float(text)
    except ValueError as fault:
        raise BadCoordinates from fault
    if not math.isfinite(value):
        raise BadCoordinates
    return value
