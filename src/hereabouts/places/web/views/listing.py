"""Lists to browse: streets A to Z, areas by kind, assets by type, addresses of a street."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import number, sort_key
from hereabouts.kernel.access import public
from hereabouts.places.domain import wording
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.search_question import canonical_postcode
from hereabouts.places.errors import ListNeedsPlace
from hereabouts.places.queries.areas import find_area_ref
from hereabouts.places.queries.lists import (
    OTHER,
    AssetFilter,
    PremisesFilter,
    StreetFilter,
    area_kinds,
    count_assets_by_type,
    list_areas,
    list_assets,
    list_premises,
    list_streets,
    street_letters,
)
from hereabouts.places.queries.streets import find_street_ref
from hereabouts.places.web.answers import meta, page
from hereabouts.places.web.links import with_query
from hereabouts.places.web.words.lists import (
    area_items,
    asset_items,
    premises_items,
    street_items,
)
from hereabouts.places.web.words.names import area_text, asset_name, street_text, word

MAX_FILTER = 120


@public
@require_safe
def streets(request: HttpRequest) -> HttpResponse:
    """Streets A to Z, of the whole place or of one area."""
    area = _area(request)
    code = area.code if area else ""
    letters = street_letters(code)
    letter = _asked(request, "letter").upper()
    letter = letter if letter in letters else ("" if area else (letters[0] if letters else ""))
    found = list_streets(StreetFilter(letter, code), sort_key(), _asked(request, "after"))
    context = {
        "title": gettext("Streets in %(area)s") % {"area": area_text(area)}
        if area
        else gettext("Streets"),
        "choices": [
            {
                "text": "0–9" if one == OTHER else one,
                "href": with_query("/streets", letter=one, area=code),
                "is_here": one == letter,
            }
            for one in letters
        ],
        "choices_label": gettext("First letter"),
        "items": street_items(found.items),
        "next_href": _next("/streets", found.after, letter=letter, area=code),
        "empty": gettext(
            "No streets are loaded. An officer loads them with “hereabouts import osm”."
        ),
        "meta": meta(request, gettext("Streets from A to Z, each with its own page.")),
    }
    return page(request, "places/list.html", context)


@public
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """Areas of one kind, with the other kinds to choose from."""
    kinds = area_kinds()
    asked = _asked(request, "kind")
    kind = asked if asked in kinds else next(iter(kinds), "")
    found = list_areas(kind, sort_key(), _asked(request, "after"))
    context = {
        "title": word(wording.AREA_KINDS_MANY, kind) if kind else gettext("Areas"),
        "choices": [
            {
                "text": f"{word(wording.AREA_KINDS_MANY, one)} ({number(times)})",
                "href": with_query("/areas", kind=one),
                "is_here": one == kind,
            }
            for one, times in kinds.items()
        ],
        "choices_label": gettext("Kind of area"),
        "items": area_items(found.items, with_kind=False),
        "next_href": _next("/areas", found.after, kind=kind),
        "empty": gettext(
            "No areas are loaded. An officer loads them with “hereabouts import areas”."
        ),
        "meta": meta(request, gettext("Areas of the place, each with its own page.")),
    }
    return page(request, "places/list.html", context)


@public
@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    """Assets, all or of one type, street or area."""
    area = _area(request)
    street = find_street_ref(_asked(request, "street"))
    types = count_assets_by_type()
    first = "" if street or area else next(iter(types), "")
    wanted = AssetFilter(
        type=_asked(request, "type") or first,
        street=street.uid if street else "",
        area=area.code if area else "",
    )
    found = list_assets(wanted, _asked(request, "after"))
    where = street_text(street) if street else area_text(area) if area else ""
    title = asset_name(wanted.type) if wanted.type else gettext("Assets in the street")
    context = {
        "title": gettext("%(what)s: %(where)s") % {"what": title, "where": where}
        if where
        else title,
        "choices": [
            {
                "text": f"{asset_name(one)} ({number(times)})",
                "href": with_query("/assets", type=one),
                "is_here": one == wanted.type,
            }
            for one, times in types.items()
        ],
        "choices_label": gettext("Type"),
        "items": asset_items(found.items),
        "next_href": _next(
            "/assets", found.after, type=wanted.type, street=wanted.street, area=wanted.area
        ),
        "empty": gettext("Nothing of this kind is recorded here."),
        "meta": meta(request, gettext("What stands in the streets of the place.")),
    }
    return page(request, "places/list.html", context)


@public
@require_safe
def premises(request: HttpRequest) -> HttpResponse:
    """Addresses of a street or of a postcode."""
    street = find_street_ref(_asked(request, "street"))
    postcode = canonical_postcode(_asked(request, "postcode"))
    if street is None and not postcode:
        raise ListNeedsPlace
    wanted = PremisesFilter(street=street.uid if street else "", postcode=postcode)
    found = list_premises(wanted, _asked(request, "after"))
    where = street_text(street) if street else postcode
    context = {
        "title": gettext("Addresses: %(where)s") % {"where": where},
        "choices": [],
        "items": premises_items(found.items),
        "next_href": _next(
            "/premises", found.after, street=wanted.street, postcode=wanted.postcode
        ),
        "empty": gettext("No addresses are recorded here."),
        "meta": meta(request, gettext("Addresses, each with its own page.")),
    }
    return page(request, "places/list.html", context)


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:MAX_FILTER]


def _area(request: HttpRequest) -> AreaRef | None:
    code = _asked(request, "area")
    return find_area_ref(code) if code else None


def _next(path: str, after: str, **kept: str) -> str:
    return with_query(path, **kept, after=after) if after else ""
