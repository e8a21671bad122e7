"""Applications of network servers at the desk: their webhook's address, and its key, shown once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from hereabouts.design.api import render_page, sentence_of
from hereabouts.kernel.access import actor_of, requires
from hereabouts.sensing.actions.uplinks.devices import (
    change_application,
    give_application_key,
    name_application,
)
from hereabouts.sensing.errors.uplinks import ApplicationNamed, BadDevice, NoSuchApplication
from hereabouts.sensing.queries.uplinks import ApplicationCard, list_applications
from hereabouts.sensing.web.desk.forms import NETWORK_NAMES, ApplicationForm
from hereabouts.sensing.web.readers import CONNECT
from hereabouts.standards.lorawan.uplink import Network

WEBHOOKS = {
    Network.THE_THINGS_STACK: "/sensing/in/lorawan/ttn",
    Network.CHIRPSTACK: "/sensing/in/lorawan/chirpstack",
}


@requires(CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """All applications, and the form for another."""
    form = ApplicationForm(request.POST if request.method == "POST" else None)
    there = ""
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        try:
            name_application(draft, actor=actor_of(request))
        except ApplicationNamed as refusal:
            form.add_error("name", sentence_of(refusal))
            there = _change_href(draft.network, draft.name)
        except BadDevice as refusal:
            form.add_error("name", sentence_of(refusal))
        else:
            return _saved(request)
    return _show(request, form, there=there)


@requires(CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Set the application `?network=&name=` up again."""
    card = _get(request.GET.get("network", ""), request.GET.get("name", ""))
    form = ApplicationForm(
        request.POST if request.method == "POST" else None,
        initial={
            "network": card.network,
            "name": card.name,
            "is_automatic": card.is_automatic,
            "default_decoder": card.default_decoder,
        },
    )
    for name in ("network", "name"):
        form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid():
        change_application(form.draft(), actor=actor_of(request))
        return _saved(request)
    context = {"form": form, "card": card}
    return render_page(request, "sensing/desk/application_form.html", context)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, gettext("The application is set up."))
    return HttpResponseRedirect(reverse("sensing:applications"))


def _get(network: str, name: str) -> ApplicationCard:
    for card in list_applications():
        if (card.network, card.name) == (network, name):
            return card
    raise NoSuchApplication(application=name[:60])


def _change_href(network: str, name: str) -> str:
    asked = urlencode({"network": network, "name": name})
    return f"{reverse('sensing:change_application')}?{asked}"


def _show(
    request: HttpRequest,
    form: ApplicationForm,
    *,
    secret: str = "",
    secret_of: str = "",
    there: str = "",
) -> HttpResponse:
    base = settings.CONFIGURATION.base_url or request.build_absolute_uri("/")
    rows = [
        {
            "card": card,
            "network": NETWORK_NAMES[Network(card.network)],
            "address": base.rstrip("/") + WEBHOOKS[Network(card.network)],
            "change": _change_href(card.network, card.name),
        }
        for card in list_applications()
    ]
    context = {"rows": rows, "form": form, "secret": secret, "secret_of": secret_of, "there": there}
    return render_page(request, "sensing/desk/applications.html", context)


@requires(CONNECT)
@require_POST
def key(request: HttpRequest) -> HttpResponse:
    """A fresh key for an application's webhook, in place of the one before."""
    name = request.POST.get("name", "")
    network = request.POST.get("network", "")
    if network not in set(Network):
        raise NoSuchApplication(application=name[:60])
    secret = give_application_key(Network(network), name, actor=actor_of(request))
    return _show(request, ApplicationForm(), secret=secret, secret_of=name)
