"""The edge where a refusal becomes an answer, once for all rooms."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from hereabouts.design.council import current_council
from hereabouts.design.errors import PageNotFound
from hereabouts.design.pages import render_refusal, sentence_of
from hereabouts.design.wording import language
from hereabouts.kernel.refusals import Refusal


class OfferedLanguageMiddleware:
    """Answers in the council's first language where the reader's is not one it offers.

    Stands after Django's own, which chooses among all languages there are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Settle the language, then pass the request on."""
        offered = current_council().languages
        if language() not in offered:
            translation.activate(offered[0])
        return self._get_response(request)


class RefusalMiddleware:
    """Turns a refusal that a view raised into a page, or into JSON for those who asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, unless no page can have its address."""
        if "\0" in request.path:
            # PostgreSQL cannot even look for such a text.
            return answer_refusal(request, PageNotFound())
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; leave every other exception to Django, for it is a bug."""
        if not isinstance(exception, Refusal):
            return None
        return answer_refusal(request, exception)


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal in the form the request asked for, with its status."""
    if wants_json(request):
        body = {"code": refusal.code, "message": sentence_of(refusal)}
        return JsonResponse(body, status=refusal.status)
    return render_refusal(request, refusal)


def wants_json(request: HttpRequest) -> bool:
    """Whether the address or the Accept header asks for JSON rather than a page."""
    if request.path.endswith((".json", ".geojson")):
        return True
    accepted = request.headers.get("Accept", "")
    return "json" in accepted and "text/html" not in accepted
