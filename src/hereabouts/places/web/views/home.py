"""The front page: what this place is, how to find anything in it, and when it was loaded."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import current_council, language, number, sort_key
from hereabouts.kernel.access import public
from hereabouts.kernel.describe import describe
from hereabouts.places.domain import wording
from hereabouts.places.domain.area_order import STATISTICAL
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.queries.history import recent_changes
from hereabouts.places.queries.lists import list_areas
from hereabouts.places.queries.overview import Overview, overview
from hereabouts.places.web.answers import json_answer, meta, page
from hereabouts.places.web.links import href_of, with_query
from hereabouts.places.web.words.changes import change_text
from hereabouts.places.web.words.lists import area_items, hit_title
from hereabouts.places.web.words.names import listed, name_text, word
from hereabouts.places.web.words.origins import credits_of, origin_of
from hereabouts.places.web.words.sheets.parts import bounds_of

AREAS_SHOWN = 60


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page; in an empty installation, how to load a place."""
    whole = overview()
    place = _place_name(whole)
    if whole.is_empty:
        return page(request, "places/empty.html", {"place": place, "meta": meta(request, "")})
    box = whole.built_box or whole.box
    kind = next((kind for kind in whole.area_kinds if kind not in STATISTICAL), "")
    areas = list_areas(kind, sort_key(), limit=AREAS_SHOWN) if kind else None
    context = {
        "place": place,
        "sentence": _sentence(whole, place),
        "welcome": _welcome(place),
        "bounds": bounds_of(box) if box else None,
        "start": current_council().map_start,
        "areas": area_items(areas.items, with_kind=False) if areas else [],
        "areas_title": word(wording.AREA_KINDS_MANY, kind) if kind else "",
        "areas_more": with_query("/areas", kind=kind) if areas and areas.after else "",
        "origins": [origin_of(source) for source in whole.sources],
        "credits": credits_of(whole.sources),
        "changes": _changes(),
        "meta": meta(request, _sentence(whole, place), "/index.json"),
    }
    return page(request, "places/home.html", context)


@public
@describe("The whole place: counts, extent, kinds of area and sources.", returns=Overview)
@require_safe
def home_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    return json_answer(overview(), {"self": "/index.json", "html": "/", "features": "/ogc"})


def _place_name(whole: Overview) -> str:
    """The council's word for its place; without a council of its own, the largest town's name."""
    named = current_council().place.in_language(language())
    if settings.COUNCIL_FOLDER or not whole.chief_town[0]:
        return named[:1].upper() + named[1:]
    return name_text(*whole.chief_town)


def _welcome(place: str) -> str:
    """The council's welcome; without a council of its own, one that names the place."""
    welcome = current_council().welcome.in_language(language())
    if settings.COUNCIL_FOLDER and welcome:
        return welcome
    return gettext("Find out about %(place)s") % {"place": place}


def _sentence(whole: Overview, place: str) -> str:
    """The town has 1,240 streets, 34,056 buildings and addresses and 2,310 things in the street."""
    counted = (
        (Kind.STREET, "%(count)s street", "%(count)s streets"),
        (Kind.PREMISES, "%(count)s building or address", "%(count)s buildings and addresses"),
        (Kind.ASSET, "%(count)s thing in the street", "%(count)s things in the street"),
        (Kind.POSTCODE, "%(count)s postcode", "%(count)s postcodes"),
    )
    parts = [
        ngettext(one, many, whole.counts[kind]) % {"count": number(whole.counts[kind])}
        for kind, one, many in counted
        if whole.counts.get(kind)
    ]
    text = gettext("%(place)s has %(things)s.") % {"place": place, "things": listed(parts)}
    return text


def _changes() -> list[Mapping[str, object]]:
    """The last changes that mean something to a resident: the place by name, and what happened."""
    return [
        {
            "text": hit_title(hit) or word(wording.KINDS, hit.kind.value),
            "href": href_of(hit.kind, hit.uid),
            "note": change_text(past),
            "at": past.at,
        }
        for hit, past in recent_changes()
    ]
