"""What a reader may choose for every page, and the council's colours as a stylesheet."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_GET, require_POST

from hereabouts.design.council import current_council
from hereabouts.design.preferences import THEME_COOKIE, THEMES, YEAR_S
from hereabouts.design.stylesheet import stylesheet, stylesheet_etag
from hereabouts.kernel.access import public


# Both choices are exempt from the check of origin: a forged one could do no more than change the
# colours, and without a token in every page pages stay the same for all, so they can be cached.
@public
@csrf_exempt
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language in a cookie and go back to the page they were on."""
    answer = HttpResponseRedirect(_way_back(request))
    chosen = request.POST.get("language", "")
    if chosen in current_council().languages:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=YEAR_S,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
    return answer


@public
@csrf_exempt
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie, or forget it, and go back to the page they were on."""
    answer = HttpResponseRedirect(_way_back(request))
    chosen = request.POST.get("theme", "")
    if chosen == "system":
        answer.delete_cookie(THEME_COOKIE, samesite="Lax")
    elif chosen in THEMES:
        answer.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=YEAR_S,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


@public
@require_GET
@cache_control(public=True, max_age=3600)
@condition(etag_func=lambda request: stylesheet_etag(current_council()))
def theme_css(request: HttpRequest) -> HttpResponse:
    """The council's colours as custom properties."""
    return HttpResponse(stylesheet(current_council()), content_type="text/css; charset=utf-8")


def _way_back(request: HttpRequest) -> str:
    """The page the form stood on, if it is one of ours; otherwise the front page."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
