"""Setting a connector up, step by step: its options, a dry run, how it runs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from hereabouts.design.api import render_page, sentence_of
from hereabouts.kernel.access import Actor, actor_of, requires
from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.connectors.setting_up import (
    CONNECT,
    READ_LEVELS,
    change_options,
    create_connector,
    turn_on,
)
from hereabouts.sensing.adapters.connectors.preview import preview_connector
from hereabouts.sensing.adapters.connectors.running import usual_fetcher
from hereabouts.sensing.domain.connectors.records import Page
from hereabouts.sensing.domain.connectors.states import State
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors.connectors import BadConnector
from hereabouts.sensing.queries.connectors import ConnectorCard, get_connector, get_manifest
from hereabouts.sensing.web.connectors import words
from hereabouts.sensing.web.connectors.forms import OptionsForm, SampleForm, TermsForm

BOTH = ["GET", "HEAD", "POST"]


@requires(CONNECT)
@require_http_methods(BOTH)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """The first step: where the feed is, and how it is read."""
    manifest = get_manifest(kind)
    form = OptionsForm(_sent(request), manifest=manifest)
    if request.method == "POST" and form.is_valid():
        try:
            uid = create_connector(kind, form.draft(), actor=actor_of(request))
        except BadConnector as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return HttpResponseRedirect(reverse("connectors:preview", args=[uid]))
    context = {"form": form, "manifest": manifest, "card": None}
    return render_page(request, "sensing/connectors/options.html", context)


@requires(CONNECT)
@require_http_methods(BOTH)
def options(request: HttpRequest, uid: str) -> HttpResponse:
    """The same for a connector that is there."""
    card = get_connector(uid, now())
    first = {**card.options, "send_header": card.header}
    form = OptionsForm(
        _sent(request), manifest=card.manifest, has_secret=card.has_secret, initial=first
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_options(uid, form.draft(), actor=actor_of(request))
        except BadConnector as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return HttpResponseRedirect(reverse("connectors:preview", args=[uid]))
    context = {"form": form, "manifest": card.manifest, "card": card}
    return render_page(request, "sensing/connectors/options.html", context)


@requires(CONNECT)
@require_http_methods(BOTH)
def preview(request: HttpRequest, uid: str) -> HttpResponse:
    """The second step: what the feed would bring. Only asking for it asks the feed's server."""
    card = get_connector(uid, now())
    form = SampleForm(_sent(request), request.FILES)
    context: dict[str, object] = {"card": card, "form": form, "failure": ""}
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["sample"]
        sample = Page(sent.read(), str(sent.content_type or "")) if sent is not None else None
        try:
            found = preview_connector(uid, fetcher=usual_fetcher(), sample=sample)
        except Refusal as refusal:
            context["failure"] = sentence_of(refusal)
        else:
            context |= words.preview_context(found)
    return render_page(request, "sensing/connectors/preview.html", context)


@requires(CONNECT)
@require_http_methods(BOTH)
def on(request: HttpRequest, uid: str) -> HttpResponse:
    """The last step: name, interval and data class; then it is on."""
    card, actor = get_connector(uid, now()), actor_of(request)
    form = TermsForm(
        _sent(request),
        manifest=card.manifest,
        offered=_offered(actor),
        initial=_first_terms(card),
    )
    if request.method == "POST" and form.is_valid():
        try:
            turn_on(uid, form.terms(), actor=actor)
        except BadConnector as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, gettext("The connector is on."))
            return HttpResponseRedirect(reverse("connectors:one", args=[uid]))
    context = {"form": form, "card": card, "is_new": card.state is State.DRAFT}
    return render_page(request, "sensing/connectors/on.html", context)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, be it nothing at all; None where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def _offered(actor: Actor) -> list[DataClass]:
    """The classes that the actor may read, so that nobody loses sight of their own feed."""
    return [
        level for level in DataClass if level not in READ_LEVELS or actor.may(READ_LEVELS[level])
    ]


def _first_terms(card: ConnectorCard) -> dict[str, object]:
    return {
        "name": "" if card.state is State.DRAFT else card.name,
        "minutes": card.interval_s // 60,
        "data_class": str(int(card.data_class)),
        "owner": card.owner,
    }
