"""The gate in front of every page: who may use it is written on the page, or nobody may."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from hereabouts.design.api import render_refusal, sentence_of
from hereabouts.kernel.access import Capability, NotAllowed, SignInNeeded, access_of, actor_of
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.people.domain.roles import CAPABILITIES, DESK_USE
from hereabouts.people.errors import RouteNotDeclared
from hereabouts.people.web.identity import (
    Identity,
    Lacking,
    bearer_token,
    identify,
    is_for_programs,
)

log = logging.getLogger(__name__)

PRIVATE = "private, no-store"
PERMISSIONS = "camera=(), microphone=(), payment=(), usb=()"
"""What no page of ours asks a browser for."""


class AccessMiddleware:
    """Lets a request through to a view only where the view's own mark allows it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Put who is acting on the request, to be worked out on first use, and pass it on."""
        request.identity = SimpleLazyObject(lambda: identify(request))  # type: ignore[attr-defined]  # ours
        request.actor = SimpleLazyObject(lambda: request.identity.actor)  # type: ignore[attr-defined]  # ours
        if bearer_token(request):
            # A browser never sends a token by itself, so there is no forged form to guard against.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # read by Django
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if getattr(request, "is_private", False):
            _keep_private(response)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        arguments: tuple[object, ...],
        keywords: dict[str, object],
    ) -> HttpResponse | None:
        """Refuse, ask to sign in, or let pass."""
        access = access_of(view)
        if access is None:
            log.error("route_not_declared view=%s", getattr(view, "__qualname__", view))
            return answer_refusal(request, RouteNotDeclared())
        if access.capability is None:
            return None
        request.is_private = True  # type: ignore[attr-defined]  # ours
        try:
            found = identify(request)
        except Refusal as refusal:
            return answer_refusal(request, refusal)
        request.identity, request.actor = found, found.actor  # type: ignore[attr-defined]  # ours
        if found.actor.may(access.capability):
            return None
        return _turn_away(request, found, access.capability)


def is_at_desk(request: HttpRequest) -> bool:
    """Whether the page is one for officers' eyes, seen by an officer; public pages never ask."""
    return getattr(request, "is_private", False) and actor_of(request).may(DESK_USE)


def identity_of(request: HttpRequest) -> Identity:
    """Who is acting, with what stands between them and their roles; for this room's own pages."""
    found: Identity = request.identity  # type: ignore[attr-defined]  # put there by the middleware
    return found


def _turn_away(request: HttpRequest, found: Identity, needed: Capability) -> HttpResponse:
    wants_data = is_for_programs(request)
    if found.actor.person is None:
        if wants_data:
            return answer_refusal(request, SignInNeeded())
        return HttpResponseRedirect(_sign_in_address(request, found))
    if found.lacking is not Lacking.NOTHING and not wants_data and _would_be_allowed(found, needed):
        name = "mfa_activate_totp" if found.lacking is Lacking.APP else "mfa_reauthenticate"
        return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': _way_back(request)})}")
    what = gettext(CAPABILITIES.get(needed, needed))
    return answer_refusal(request, NotAllowed(capability=what))


def _would_be_allowed(found: Identity, needed: Capability) -> bool:
    return found.person is not None and needed in found.person.capabilities(has_second_step=True)


def _sign_in_address(request: HttpRequest, found: Identity) -> str:
    asked = {"next": _way_back(request)}
    if found.was_signed_out:
        asked["ended"] = "1"
    return f"{reverse('people:sign_in')}?{urlencode(asked)}"


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: the page itself, or the desk where a form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return reverse("people:desk") if request.path.startswith("/desk/") else "/"


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as JSON for programs, as a page for people."""
    if not is_for_programs(request):
        return render_refusal(request, refusal)
    body = {"code": refusal.code, "message": sentence_of(refusal)}
    answer = JsonResponse(body, status=refusal.status)
    if refusal.kind is RefusalKind.NOT_SIGNED_IN:
        answer["WWW-Authenticate"] = 'Bearer realm="hereabouts"'
    return answer


def _keep_private(response: HttpResponseBase) -> None:
    """Keep a page that is for one person out of every cache."""
    response["Cache-Control"] = PRIVATE
    patch_vary_headers(response, ["Cookie", "Authorization"])
