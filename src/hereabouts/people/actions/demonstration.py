"""The invented people of a demonstration, with sign-ins that stay the same in one installation."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings

from hereabouts.kernel.access import INSTALLATION, PersonId
from hereabouts.people.actions.accounts import create_person
from hereabouts.people.actions.secrets import find_code_secret, give_second_step, set_password
from hereabouts.people.domain.codes import app_address, code_secret_from
from hereabouts.people.domain.records import DemonstrationSignIn
from hereabouts.people.domain.roles import Role
from hereabouts.people.queries import find_person_by_address, get_account

PEOPLE = (
    ("resident@demonstration.example", "Rowan Resident", Role.RESIDENT),
    ("officer@demonstration.example", "Oakley Officer", Role.OFFICER),
    ("steward@demonstration.example", "Sorrel Steward", Role.DATA_STEWARD),
    ("administrator@demonstration.example", "Alder Administrator", Role.ADMINISTRATOR),
)
"""Invented, and under a name that can never be registered. Source: RFC 2606."""


def create_demonstration_people(*, issuer: str = "Hereabouts") -> list[DemonstrationSignIn]:
    """Make the invented people where they are missing, and return how each signs in.

    Passwords and apps that somebody changed while trying things out are put back.

    Passwords and app secrets follow from the installation's own key: the same at every start,
    different in every installation. Residents have neither and sign in by e-mail link.
    """
    return [_demonstrate(address, name, role, issuer) for address, name, role in PEOPLE]


def _demonstrate(address: str, name: str, role: Role, issuer: str) -> DemonstrationSignIn:
    known = find_person_by_address(address)
    uid = known.uid if known else _create(address, name, role)
    if role is Role.RESIDENT:
        return DemonstrationSignIn(role, address, "", "", "")
    password = _password(address)
    secret = code_secret_from(settings.SECRET_KEY.encode(), f"demonstration code {address}")
    if not get_account(uid).check_password(password):
        set_password(uid, password, actor=INSTALLATION)
    if find_code_secret(uid, actor=INSTALLATION) != secret:
        give_second_step(uid, secret=secret, actor=INSTALLATION)
    otpauth = app_address(secret, address=address, issuer=issuer)
    return DemonstrationSignIn(role, address, password, secret, otpauth)


def _create(address: str, name: str, role: Role) -> PersonId:
    roles = frozenset({role, Role.RESIDENT})
    return create_person(address, display_name=name, roles=roles, actor=INSTALLATION)


def _password(address: str) -> str:
    key = settings.SECRET_KEY.encode()
    digest = hmac.digest(key, f"demonstration password {address}".encode(), hashlib.sha256)
    text = base64.b32encode(digest).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))
