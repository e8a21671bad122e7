"""What we tell django-allauth to do differently: words, addresses, freshness, secrets at rest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

import qrcode  # type: ignore[import-untyped]  # published without types
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]  # the same

from hereabouts.design.api import current_council
from hereabouts.kernel.access import PersonId
from hereabouts.kernel.time import now
from hereabouts.people.actions.notes import note
from hereabouts.people.adapters.sessions import DEVICE, NETWORK
from hereabouts.people.domain.codes import app_address
from hereabouts.people.domain.records import Visit
from hereabouts.people.domain.security import SecurityFact
from hereabouts.people.domain.sessions import is_fresh
from hereabouts.people.domain.visits import device_of, network_of
from hereabouts.people.models import Person
from hereabouts.people.queries import find_person_by_address, find_person_by_key

SIGNED_IN_AT = "signed_in_at"
"""Where a session says when its person signed in, in RFC 3339."""


def visit_of(request: HttpRequest) -> Visit:
    """Where a request came from.

    Only the peer's own address is believed; behind a proxy the server puts the client's there.
    """
    return Visit(
        device_of(request.headers.get("User-Agent", "")),
        network_of(str(request.META.get("REMOTE_ADDR", ""))),
    )


def find_signed_in_at(request: HttpRequest) -> datetime | None:
    """When the session's person signed in; None where the session does not say."""
    text = request.session.get(SIGNED_IN_AT)
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def is_freshly_signed_in(request: HttpRequest) -> bool:
    """Whether the person signed in within the last quarter of an hour."""
    moment = find_signed_in_at(request)
    return moment is not None and is_fresh(moment, now())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Signing in and out."""

    error_messages: Mapping[str, object] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "This e-mail address and password do not belong together."
        ),
        "incorrect_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy(
            "That was tried too often. Wait a quarter of an hour and try again."
        ),
        "rate_limited": gettext_lazy(
            "That was tried too often. Wait a quarter of an hour and try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the e-mail link, not by a form."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The peer's address; headers can be forged, and the server has weighed them already."""
        return str(request.META.get("REMOTE_ADDR", "")) or "unknown"

    def is_safe_url(self, url: str | None) -> bool:
        """Whether a `next` stays on this site: a path, never another host."""
        return is_local_path(url)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk for those who have one, the account for everybody else."""
        return home_of(request)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in under a new session key, and note when and where from."""
        super().login(request, user)
        visit = visit_of(request)
        request.session[SIGNED_IN_AT] = now().isoformat()
        request.session[DEVICE], request.session[NETWORK] = visit.device, visit.network
        note(PersonId(user.uid), SecurityFact.SIGNED_IN, visit)

    def authentication_failed(self, request: HttpRequest, **credentials: object) -> None:
        """Note a wrong password where the address has an account."""
        person = find_person_by_address(str(credentials.get("email", "")).strip().lower())
        if person is not None:
            note(person.uid, SecurityFact.WRONG_PASSWORD, visit_of(request))

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Whether this is the signed-in person's password; wrong ones count as tries."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Ask again for what protects the account, unless the person has just signed in."""
        return not is_freshly_signed_in(context.request)

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, object]]:
        """The app's code alone where there is one: a password must not take the app away."""
        methods: list[dict[str, object]] = super().get_reauthentication_methods(user)
        by_code = [method for method in methods if method["id"] == "mfa_reauthenticate"]
        return by_code or methods

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: our pages say what happened themselves, in the reader's language."""

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Send nothing: the security log on the account page tells."""


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Authenticator apps and recovery codes."""

    error_messages: Mapping[str, object] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This code is not right, or was used already. Wait for the next one and enter that."
        ),
    }

    def get_totp_issuer(self) -> str:
        """The name that the app shows beside the code."""
        return current_council().name.in_language("en")

    def build_totp_url(self, user: Person, secret: str) -> str:
        """The address in the QR code."""
        return app_address(secret, address=user.email or user.uid, issuer=self.get_totp_issuer())

    def build_totp_svg(self, url: str) -> str:
        """The QR code, dark on white whatever the colours of the page: cameras need it so."""
        picture = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """A secret as it is kept: a copy of the database alone makes no codes."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A kept secret as the rules need it."""
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    key = hashlib.sha256(b"hereabouts.people second step\0" + settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key.digest()))


def is_local_path(url: str | None) -> bool:
    """Whether an address is a path of this site; a host, even our own, is refused."""
    if not url or not url.startswith("/") or not url.isprintable():
        return False
    return url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def home_of(request: HttpRequest) -> str:
    """Where a signed-in person begins."""
    key = getattr(request.user, "pk", None)
    card = find_person_by_key(key) if key is not None else None
    if card is not None and card.must_use_second_step:
        return reverse("people:desk")
    return reverse("people:account")
