"""Pages for what is not there: never known, or known once and gone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from hereabouts.places.domain.found import AreaRef, StreetRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import Gone
from hereabouts.places.web.answers import meta, page
from hereabouts.places.web.links import href_at
from hereabouts.places.web.words.names import area_text, link_to, street_text


def missing_page(request: HttpRequest, asked: str) -> HttpResponse:
    """404: nothing has this id; a search box instead."""
    context = {"asked": asked, "meta": meta(request, "")}
    return page(request, "places/missing.html", context, status=404)


def gone_page(request: HttpRequest, gone: Gone) -> HttpResponse:
    """410: since when it is gone, by whose word, and what there is instead."""
    links = []
    for one in gone.instead:
        if isinstance(one, StreetRef):
            links.append(link_to(Kind.STREET, one.uid, street_text(one)))
        elif isinstance(one, AreaRef):
            links.append(link_to(Kind.AREA, one.code, area_text(one)))
        else:
            links.append(link_to(Kind.PREMISES, one.uid, one.address.line))
    context = {
        "gone": gone,
        "instead": links,
        "at_href": href_at(gone.place),
        "meta": meta(request, ""),
    }
    return page(request, "places/gone.html", context, status=410)
