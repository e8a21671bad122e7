"""One page for each place: street, area, premises, asset, postcode; and the same as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from hereabouts.design.api import language
from hereabouts.kernel.access import public
from hereabouts.kernel.describe import Parameter, describe
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.search_question import canonical_postcode
from hereabouts.places.domain.views import (
    AreaView,
    AssetView,
    Gone,
    PlaceView,
    PostcodeView,
    PremisesView,
    StreetView,
)
from hereabouts.places.errors import PlaceGone, PlaceNotFound
from hereabouts.places.ports import PlaceRef
from hereabouts.places.queries.pages import (
    find_area,
    find_asset,
    find_postcode,
    find_premises,
    find_street,
)
from hereabouts.places.queries.sources import sources
from hereabouts.places.web.answers import json_answer, meta, page
from hereabouts.places.web.links import href_of
from hereabouts.places.web.views.missing import gone_page, missing_page
from hereabouts.places.web.words.origins import credits_of
from hereabouts.places.web.words.panels import panels_for
from hereabouts.places.web.words.sheets import (
    Sheet,
    area_sheet,
    asset_sheet,
    postcode_sheet,
    premises_sheet,
    street_sheet,
)

View = TypeVar("View", bound=PlaceView)
MAX_NAME = 80
UID = Parameter("uid", "Public id of the feature.", where="path", is_required=True)
CODE = Parameter("code", "Code of the area, or the postcode.", where="path", is_required=True)


@public
@require_safe
def street(request: HttpRequest, uid: str) -> HttpResponse:
    """A street."""
    return _page(request, uid, find_street(uid), street_sheet)


@public
@require_safe
def premises(request: HttpRequest, uid: str) -> HttpResponse:
    """A building or an address."""
    return _page(request, uid, find_premises(uid), premises_sheet)


@public
@require_safe
def asset(request: HttpRequest, uid: str) -> HttpResponse:
    """Something in the street."""
    return _page(request, uid, find_asset(uid), asset_sheet)


@public
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """An area."""
    return _page(request, code, find_area(code), area_sheet)


@public
@require_safe
def postcode(request: HttpRequest, code: str) -> HttpResponse:
    """A postcode; other ways of writing it lead to the one address it has."""
    canonical = canonical_postcode(code)
    short = canonical.replace(" ", "")
    if canonical and short != code:
        return HttpResponsePermanentRedirect(f"/postcodes/{short}")
    return _page(request, code, find_postcode(canonical), postcode_sheet)


@public
@describe("A street with its attributes, addresses, assets and areas.", UID, returns=StreetView)
@require_safe
def street_json(request: HttpRequest, uid: str) -> HttpResponse:
    """A street as JSON."""
    return _json(request, uid, find_street(uid))


@public
@describe("A building or an address with its neighbours.", UID, returns=PremisesView)
@require_safe
def premises_json(request: HttpRequest, uid: str) -> HttpResponse:
    """A building or an address as JSON."""
    return _json(request, uid, find_premises(uid))


@public
@describe("An asset and what stands around it.", UID, returns=AssetView)
@require_safe
def asset_json(request: HttpRequest, uid: str) -> HttpResponse:
    """An asset as JSON."""
    return _json(request, uid, find_asset(uid))


@public
@describe("An area, what it lies in and what it holds.", CODE, returns=AreaView)
@require_safe
def area_json(request: HttpRequest, code: str) -> HttpResponse:
    """An area as JSON."""
    return _json(request, code, find_area(code))


@public
@describe("A postcode with its streets and addresses.", CODE, returns=PostcodeView)
@require_safe
def postcode_json(request: HttpRequest, code: str) -> HttpResponse:
    """A postcode as JSON."""
    canonical = canonical_postcode(code)
    short = canonical.replace(" ", "")
    if canonical and short != code:
        return HttpResponsePermanentRedirect(f"/postcodes/{short}.json")
    return _json(request, code, find_postcode(canonical))


def _page(
    request: HttpRequest,
    asked: str,
    view: View | Gone | None,
    sheet_of: Callable[[View], Sheet],
) -> HttpResponse:
    if view is None:
        return missing_page(request, asked[:MAX_NAME])
    if isinstance(view, Gone):
        return gone_page(request, view)
    sheet = sheet_of(view)
    ref = _ref(view)
    here = href_of(view.kind, view.uid)
    context = {
        "sheet": sheet,
        "view": view,
        "panels": panels_for(ref, language()),
        # The map shows what every source brought, whichever of them brought this place.
        "credits": credits_of(sources().values()),
        "meta": meta(request, sheet.sentence, f"{here}.json"),
    }
    return page(request, "places/place.html", context)


def _ref(view: PlaceView) -> PlaceRef:
    holds: list[AreaRef] = []
    areas = list(view.areas)
    if isinstance(view, AreaView):
        areas.insert(0, AreaRef(view.code, view.area_kind, view.name, view.name_cy))
        holds = [area for held in view.holds.values() for area in held]
    return PlaceRef(view.kind, view.uid, view.name, view.middle, view.box, areas, holds)


def _json(request: HttpRequest, asked: str, view: PlaceView | Gone | None) -> HttpResponse:
    if view is None:
        raise PlaceNotFound(name=asked[:MAX_NAME])
    if isinstance(view, Gone):
        raise PlaceGone(name=view.name, day=view.gone_at.date().isoformat())
    here = href_of(view.kind, view.uid)
    return json_answer(view, {"self": f"{here}.json", "html": here})
