"""The site's addresses and a few more, to try the gate on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from hereabouts.kernel.access import Capability, actor_of, public, requires
from hereabouts.site import urls
from hereabouts.site.urls import handler400, handler403, handler404, handler429, handler500

READ = Capability("journal.read")


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody may read this")


@public
def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everybody may read this")


@public
def open_page_that_asks(request: HttpRequest) -> HttpResponse:
    return HttpResponse(actor_of(request).person or "a visitor")


@requires(READ)
def closed_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("for readers of the journal")


@requires(READ)
def closed_data(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"person": actor_of(request).person})


urlpatterns = [
    *urls.urlpatterns,
    path("trial/forgotten", forgotten),
    path("trial/forgotten.json", forgotten),
    path("trial/open", open_page),
    path("trial/asks", open_page_that_asks),
    path("trial/closed", closed_page),
    path("api/trial", closed_data),
]

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]
