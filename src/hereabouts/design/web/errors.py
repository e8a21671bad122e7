"""Django's own errors as pages of ours: what happened, whether anything was lost, what to do."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext

from hereabouts.design.pages import ENGINE, render_page
from hereabouts.design.web.middleware import wants_json

RETRY_SECONDS = 30


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be understood."""
    message = gettext("The request could not be understood.")
    if wants_json(request):
        return JsonResponse({"code": "400", "message": message}, status=400)
    # A bare page: the search box would read the address again, which may be what failed.
    return render_page(request, "design/errors/400.html", {"is_bare": True}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not allowed."""
    return _answer(request, 403, gettext("You are not allowed to do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form was sent from a page that had grown too old, or from somewhere else."""
    return _answer(request, 403, gettext("The page was open for too long."), name="form_expired")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page."""
    return _answer(request, 404, gettext("There is no page at this address."))


def too_many(request: HttpRequest) -> HttpResponse:
    """429: too many requests."""
    return _answer(request, 429, gettext("Too many requests came from you in a short time."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503: the database is locked or away, which passes."""
    # Django calls this while it handles what went wrong.
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        message = gettext("The database does not answer just now. Nothing was changed.")
        answer = _without_database(request, 503, message, "database_away")
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer
    message = gettext("Something went wrong on our side.")
    return _without_database(request, 500, message, "server_error")


def _without_database(request: HttpRequest, status: int, message: str, code: str) -> HttpResponse:
    """An answer that asks nothing of the database, which may be what failed."""
    if wants_json(request):
        return JsonResponse({"code": code, "message": message}, status=status)
    # Not through the context processors: they ask who is signed in.
    context = {"is_bare": True, "request": request}
    html = render_to_string(f"design/errors/{status}.html", context, using=ENGINE)
    return HttpResponse(html, status=status)


def _answer(request: HttpRequest, status: int, message: str, name: str = "") -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"code": name or str(status), "message": message}, status=status)
    return render_page(request, f"design/errors/{name or status}.html", status=status)
