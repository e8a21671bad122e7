"""Applications of network servers at the desk: their webhook's address, and its key, shown once."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from hereabouts.design.api import render_page, sentence_of
from hereabouts.kernel.access import actor_of, requires
from hereabouts.sensing.actions.uplinks.devices import give_application_key, set_application
from hereabouts.sensing.errors.uplinks import BadDevice, NoSuchApplication
from hereabouts.sensing.queries.uplinks import list_applications
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
    """All applications, and the form for another or for setting one up anew."""
    form = ApplicationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            set_application(
                Network(typed["network"]),
                typed["name"].strip(),
                actor=actor_of(request),
                is_automatic=typed["is_automatic"],
                default_decoder=typed["default_decoder"],
            )
        except BadDevice as refusal:
            form.add_error("name", sentence_of(refusal))
        else:
            messages.success(request, gettext("The application is set up."))
            return HttpResponseRedirect(reverse("sensing:applications"))
    return _show(request, form)


def _show(
    request: HttpRequest, form: ApplicationForm, secret: str = "", secret_of: str = ""
) -> HttpResponse:
    base = settings.CONFIGURATION.base_url or request.build_absolute_uri("/")
    rows = [
        {
            "card": card,
            "network": NETWORK_NAMES[Network(card.network)],
            "address": base.rstrip("/") + WEBHOOKS[Network(card.network)],
        }
        for card in list_applications()
    ]
    context = {"rows": rows, "form": form, "secret": secret, "secret_of": secret_of}
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
    return _show(request, ApplicationForm(), secret, name)
