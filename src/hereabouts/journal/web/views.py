"""The public account of what happened, and the desk's pages for the whole journal."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hereabouts.design.api import number, render_page, translated
from hereabouts.journal import api
from hereabouts.journal.domain.stream import cloud_event
from hereabouts.journal.web.forms import DiscardForm
from hereabouts.journal.web.wording import shown, tell
from hereabouts.kernel.access import actor_of, public, requires
from hereabouts.kernel.canonical_json import LARGEST_INTEGER
from hereabouts.kernel.describe import Parameter, describe

PAGE_SIZE = 50
MOST_VERIFIED = 200_000
"""Entries that a page walks at once; longer journals are verified at the command line."""


@public
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """What happened here, in plain words, newest first."""
    page = _page(request, is_public=True)
    context = {
        "lines": [(tell(entry), entry.recorded_at) for entry in page.entries],
        "newer_href": _href(request, "after", page.newer_than),
        "older_href": _href(request, "before", page.older_than),
        "json_href": f"{reverse('journal:account_json')}?{request.GET.urlencode()}",
    }
    return render_page(request, "journal/account.html", context)


@public
@describe(
    "Public events, newest first, as CloudEvents.",
    Parameter("before", "Only events before this position.", schema={"type": "integer"}),
    Parameter("after", "The events next after this position.", schema={"type": "integer"}),
    Parameter("type", "Only events whose type begins with this."),
    Parameter("subject", "Only events about this."),
    tag="journal",
)
@require_GET
def account_json(request: HttpRequest) -> HttpResponse:
    """The public account as data."""
    page = _page(request, is_public=True)
    older = _href(request, "before", page.older_than)
    newer = _href(request, "after", page.newer_than)
    return JsonResponse(
        {
            "events": [cloud_event(entry) for entry in page.entries],
            "newer": newer and request.path + newer,
            "older": older and request.path + older,
            "stream": "/events",
        },
        json_dumps_params={"ensure_ascii": False},
    )


@requires(api.READ)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Every entry, for officers."""
    page = _page(request, is_public=False)
    context = {
        "entries": [(entry, tell(entry)) for entry in page.entries],
        "newer_href": _href(request, "after", page.newer_than),
        "older_href": _href(request, "before", page.older_than),
        "head": api.get_head(),
        "parked": api.count_parked(),
        "type": request.GET.get("type", ""),
        "subject": request.GET.get("subject", ""),
        "types": [cls.wire_name for cls in api.list_event_types()],
        "may_operate": actor_of(request).may(api.OPERATE),
    }
    return render_page(request, "journal/entries.html", context)


@requires(api.READ)
@require_GET
def entry(request: HttpRequest, position: int) -> HttpResponse:
    """One entry with everything that is recorded of it."""
    found = api.get_entry(min(position, LARGEST_INTEGER))
    context = {"entry": found, "sentence": tell(found), "payload": sorted(shown(found).items())}
    return render_page(request, "journal/entry.html", context)


@requires(api.READ)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the chain and say whether it holds."""
    count = api.get_head().position
    if count > MOST_VERIFIED:
        said = gettext(
            "The journal is too long to be checked here; run “hereabouts journal verify”."
        )
        messages.warning(request, said)
        return HttpResponseRedirect(reverse("journal:entries"))
    found = api.verify()
    if found.broken is None:
        said = gettext(
            "The journal holds: every one of its %(count)s entries is as it was recorded."
        )
        messages.success(request, said % {"count": number(found.entries)})
    else:
        messages.error(request, found.broken.sentence(translated(found.broken.message)))
    return HttpResponseRedirect(reverse("journal:entries"))


@requires(api.OPERATE)
@require_GET
def parked(request: HttpRequest) -> HttpResponse:
    """Deliveries that failed for good."""
    found = api.list_parked(before=_position(request, "before"), limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    older = shown[-1].id if len(found) > PAGE_SIZE else None
    context = {"deliveries": shown, "older_href": _href(request, "before", older)}
    return render_page(request, "journal/parked.html", context)


@requires(api.OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One delivery, with what can be decided about it; a POST gives it up."""
    found = api.get_delivery(min(delivery_id, LARGEST_INTEGER))
    form = DiscardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        api.discard_delivery(found.id, reason=reason, actor=actor_of(request))
        messages.success(request, gettext("The delivery was given up."))
        return HttpResponseRedirect(reverse("journal:parked"))
    return render_page(request, "journal/delivery.html", {"delivery": found, "form": form})


@requires(api.OPERATE)
@require_POST
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Have a delivery tried again."""
    api.retry_delivery(min(delivery_id, LARGEST_INTEGER), actor=actor_of(request))
    messages.success(request, gettext("The delivery will be tried again now."))
    return HttpResponseRedirect(reverse("journal:parked"))


def _page(request: HttpRequest, *, is_public: bool) -> api.Page:
    where = api.Filter(
        type_prefix=request.GET.get("type", "").strip()[:120],
        subject=request.GET.get("subject", "").strip()[:200],
        is_public=is_public,
    )
    return api.get_page(
        before=_position(request, "before"),
        after=_position(request, "after"),
        size=PAGE_SIZE,
        where=where,
    )


def _position(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    # Anything else is a mistyped address: the newest page is the best answer.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _href(request: HttpRequest, name: str, position: int | None) -> str:
    if position is None:
        return ""
    kept = {key: request.GET[key] for key in ("type", "subject") if request.GET.get(key)}
    return "?" + urlencode({**kept, name: position})
