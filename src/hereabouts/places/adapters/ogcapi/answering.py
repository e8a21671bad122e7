"""What all resources of the open API share: formats, entity tags, refusals, openness."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext

from hereabouts.design.api import render_refusal, sentence_of
from hereabouts.kernel.access import public
from hereabouts.kernel.asgi import MethodNotAllowed
from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.text import N_
from hereabouts.places.adapters.tiles.http import glance
from hereabouts.standards.ogcapi.errors import ParameterUnreadable
from hereabouts.standards.ogcapi.model import HTML_TYPE, JSON_TYPE
from hereabouts.standards.ogcapi.negotiation import choose
from hereabouts.standards.ogcapi.parameters import check_names

ROOT = "/ogc"
CACHE_CONTROL = "public, max-age=60"
EDITION = "1"
"""Raised whenever the same data and address give another document."""

ALLOWED = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "*",
}
"""What a browser is told before a page of another site may ask."""

Path = ParamSpec("Path")


@dataclass(frozen=True)
class Call:
    """One request as resources see it: its parameters, the chosen format, and its address."""

    request: HttpRequest
    query: Mapping[str, str]
    media: str

    @property
    def root(self) -> str:
        """The landing page's address, absolute."""
        return self.request.build_absolute_uri(ROOT)

    @property
    def address(self) -> str:
        """The resource's address, absolute, without its query."""
        return self.request.build_absolute_uri(self.request.path)


Answer = Callable[Concatenate[Call, Path], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, Path], HttpResponseBase]


def resource(*offered: str, reads_parameters: bool = False) -> Callable[[Answer[Path]], View[Path]]:
    """Turn an answer into a public view in these formats, the first one by default.

    A resource that `reads_parameters` checks their names itself; any other knows only `f`.
    """

    def decorate(answer: Answer[Path]) -> View[Path]:
        def view(
            request: HttpRequest, /, *args: Path.args, **kwargs: Path.kwargs
        ) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return _opened(HttpResponse(status=204, headers=ALLOWED))
            try:
                if request.method not in ("GET", "HEAD"):
                    raise MethodNotAllowed
                call = _read_call(request, offered)
                if not reads_parameters:
                    check_names(call.query, {"f"})
                response = _unless_held(call, lambda: answer(call, *args, **kwargs))
            except Refusal as refusal:
                response = _refuse(request, refusal)
            return _opened(response)

        functools.update_wrapper(view, answer)
        return public(view)

    return decorate


def _read_call(request: HttpRequest, offered: tuple[str, ...]) -> Call:
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise ParameterUnreadable(name=name[:60], reason=N_("it is given more than once"))
    query = {name: str(value) for name, value in request.GET.items()}
    media = choose(query.get("f"), request.headers.get("Accept", ""), offered)
    return Call(request, query, media)


def _unless_held(call: Call, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer, or 304 where the reader holds it: known from the data's version alone.

    Pages carry the reader's own header and theme, so they are never compared.
    """
    if call.media == HTML_TYPE:
        return answer()
    tag = _tag(call)
    held = call.request.headers.get("If-None-Match", "")
    if tag in [entry.strip() for entry in held.split(",")]:
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = answer()
    if response.status_code in (200, 304):
        response["ETag"] = tag
    return response


def _tag(call: Call) -> str:
    parts = (EDITION, call.request.build_absolute_uri(), call.media, get_language() or "")
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
    return f'W/"{glance.version()}-{digest}"'


def _refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, ParameterUnreadable):
        facts = refusal.facts
        refusal = ParameterUnreadable(name=facts["name"], reason=gettext(str(facts["reason"])))
    asked, accept = request.GET.get("f"), request.headers.get("Accept", "")
    wants_page = asked == "html" or (
        asked is None and choose(None, accept, (JSON_TYPE, HTML_TYPE)) == HTML_TYPE
    )
    if wants_page:
        response = render_refusal(request, refusal)
    else:
        body = {"code": refusal.code, "description": sentence_of(refusal)}
        response = json_answer(body, status=refusal.status)
    response["Cache-Control"] = "no-store"
    return response


def _opened(response: HttpResponseBase) -> HttpResponseBase:
    """The response for pages of any site to read, and for caches to keep a while."""
    response["Access-Control-Allow-Origin"] = "*"
    if not response.has_header("Cache-Control"):
        is_page = response.get("Content-Type", "").startswith(HTML_TYPE)
        response["Cache-Control"] = "no-cache" if is_page else CACHE_CONTROL
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def json_answer(document: object, media: str = JSON_TYPE, status: int = 200) -> HttpResponse:
    """A document as JSON."""
    return HttpResponse(msgspec.json.encode(document), content_type=media, status=status)
