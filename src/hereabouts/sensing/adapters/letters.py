"""Letters about alerts, by e-mail, in the language the subscriber chose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from hereabouts.design.api import current_council, day_and_time
from hereabouts.sensing.ports import AlertAddressee


def whole_address(path: str, base: str = "") -> str:
    """A page's whole address; `base` is used where nobody knows the installation's own."""
    return f"{settings.CONFIGURATION.base_address(base)}{path}"


def send_alert(to: AlertAddressee, facts: Mapping[str, str | float | int]) -> None:
    """Send the letter of one crossing. Raises: OSError or SMTPException where it is not taken."""
    with translation.override(to.language):
        council = current_council().name.in_language(to.language)
        subject = gettext("%(property)s at %(place)s") % {
            "property": to.property_name,
            "place": to.place_name,
        }
        body = "\n\n".join(_crossing(to, facts, council))
    EmailMessage(subject=_one_line(subject), body=f"{body}\n", to=[to.email]).send()


def send_confirmation(to: AlertAddressee, base: str = "") -> None:
    """Ask whether the alert is wanted. Raises: OSError or SMTPException where it is not taken."""
    with translation.override(to.language):
        council = current_council().name.in_language(to.language)
        subject = gettext("Confirm your alert from %(council)s") % {"council": council}
        lines = [
            gettext("Somebody, probably you, asked to hear about this place: %(alert)s")
            % {"alert": describe(to)},
            gettext("Open this page and press the button to begin:"),
            whole_address(reverse("sensing:alert", args=[to.secret]), base),
            gettext("If it was not you, do nothing: no other letter will come."),
        ]
        body = "\n\n".join(lines)
    EmailMessage(subject=_one_line(subject), body=f"{body}\n", to=[to.email]).send()


def describe(to: AlertAddressee) -> str:
    """An alert in one sentence, in the language in use."""
    values = {
        "property": to.property_name,
        "value": f"{to.value:g}",
        "place": to.place_name,
    }
    if to.comparison == "above":
        return gettext("%(property)s above %(value)s at %(place)s.") % values
    return gettext("%(property)s below %(value)s at %(place)s.") % values


def _crossing(
    to: AlertAddressee, facts: Mapping[str, str | float | int], council: str
) -> list[str]:
    page = reverse("sensing:thing", args=[int(facts["thing_id"])])
    return [
        gettext("%(thing)s: %(stream)s is %(value)s %(unit)s (%(at)s).")
        % {
            "thing": facts["thing"],
            "stream": facts["stream"],
            "value": f"{float(facts['value']):g}",
            "unit": facts["unit"],
            "at": day_and_time(datetime.fromisoformat(str(facts["at"]))),
        },
        gettext("You asked to hear of this: %(alert)s") % {"alert": describe(to)},
        gettext("The sensor’s page: %(address)s") % {"address": whole_address(page)},
        gettext("End this alert: %(address)s")
        % {"address": whole_address(reverse("sensing:alert", args=[to.secret]))},
        council,
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())
