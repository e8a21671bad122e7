"""Letters we write: the links that sign people in."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from hereabouts.design.api import current_council
from hereabouts.people.domain.links import LIFETIMES, LinkPurpose
from hereabouts.people.errors import LetterNotSent

TEMPLATES = {
    LinkPurpose.SIGN_IN: "people/letters/sign_in.txt",
    LinkPurpose.INVITATION: "people/letters/invitation.txt",
}


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
    body = render_to_string(
        TEMPLATES[purpose],
        {
            "address": link_address(secret, request),
            "council_name": name,
            "minutes": int(LIFETIMES[purpose].total_seconds() // 60),
            "days": LIFETIMES[purpose].days,
        },
        using="jinja2",
    )
    subject = gettext("Your link for %(council)s") % {"council": name}
    letter = EmailMessage(subject=subject, body=body.strip() + "\n", to=[email])
    try:
        letter.send()
    except (OSError, SMTPException) as fault:
        raise LetterNotSent from fault
