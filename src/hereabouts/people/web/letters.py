"""Letters we write: the links that sign people in."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from hereabouts.design.api import current_council
from hereabouts.people.domain.links import LIFETIMES, LinkPurpose
from hereabouts.people.errors import LetterNotSent


def link_address(secret: str, request: HttpRequest | None = None) -> str:
    """The whole address of a link; its path alone where nothing says what host we are."""
    path = reverse("people:sign_in_link", args=[secret])
    if settings.CONFIGURATION.base_url:
        return f"{settings.CONFIGURATION.base_url.rstrip('/')}{path}"
    return request.build_absolute_uri(path) if request is not None else path


def send_link(
    email: str, secret: str, purpose: LinkPurpose, request: HttpRequest | None = None
) -> None:
    """Send a link, in the language in use.

    Raises: LetterNotSent where the server does not take it.
    """
    name = current_council().name.in_language(translation.get_language() or "en")
    write = _invitation if purpose is LinkPurpose.INVITATION else _sign_in
    body = "\n\n".join(write(name, link_address(secret, request)))
    subject = gettext("Your link for %(council)s") % {"council": name}
    letter = EmailMessage(subject=subject, body=f"{body}\n", to=[email])
    try:
        letter.send()
    except (OSError, SMTPException) as fault:
        raise LetterNotSent from fault


def _sign_in(council: str, address: str) -> list[str]:
    minutes = int(LIFETIMES[LinkPurpose.SIGN_IN].total_seconds() // 60)
    return [
        gettext("Somebody, probably you, asked to sign in to %(council)s.") % {"council": council},
        gettext("Open this link and press the button to sign in:"),
        address,
        gettext("It works for %(minutes)s minutes, once, on any device.") % {"minutes": minutes},
        gettext("If it was not you, do nothing: nobody can sign in without this letter."),
    ]


def _invitation(council: str, address: str) -> list[str]:
    days = LIFETIMES[LinkPurpose.INVITATION].days
    return [
        gettext("An account was made for you at %(council)s.") % {"council": council},
        gettext("Open this link and press the button to sign in for the first time:"),
        address,
        gettext("It works for %(days)s days, once, on any device.") % {"days": days},
        gettext(
            "If your work needs an officer’s role, you will be asked to set up an authenticator "
            "app on your phone."
        ),
    ]
