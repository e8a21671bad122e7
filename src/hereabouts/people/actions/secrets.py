"""What protects an account: its password and its authenticator app."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.time import Clock, now
from hereabouts.people.actions.accounts import hold_person
from hereabouts.people.domain.codes import code_at, new_code_secret
from hereabouts.people.domain.roles import PEOPLE_MANAGE
from hereabouts.people.errors import OwnRoles, WeakPassword
from hereabouts.people.events import SecondStepReset
from hereabouts.people.models import Person, Session

APP = Authenticator.Type.TOTP


def set_password(uid: PersonId, password: str, *, actor: Actor) -> None:
    """Set a person's password; their other sessions end, because the password is part of each.

    Raises: NotAllowed for another's account; WeakPassword; NoSuchPerson.
    """
    if actor.person != uid:
        actor.require(PEOPLE_MANAGE)
    with transaction.atomic():
        person = hold_person(uid)
        check_password(password, person)
        person.set_password(password)
        person.save(update_fields=["password"])


def check_password(password: str, person: Person | None = None) -> None:
    """Refuse a password that is short, common, or the person's own name or address.

    Raises: WeakPassword.
    """
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise WeakPassword(reasons=" ".join(weak.messages)) from weak


def give_second_step(uid: PersonId, *, secret: str = "", actor: Actor) -> str:
    """Put an authenticator app on an account, in place of any before, and return its secret.

    For operators, who hand the secret over themselves. Raises: NotAllowed; NoSuchPerson.
    """
    actor.require(PEOPLE_MANAGE)
    secret = secret or new_code_secret()
    with transaction.atomic():
        person = hold_person(uid)
        Authenticator.objects.filter(user_id=person.pk, type=APP).delete()
        Authenticator.objects.create(user_id=person.pk, type=APP, data={"secret": encrypt(secret)})
    return secret


def reset_second_step(uid: PersonId, *, actor: Actor) -> bool:
    """Take app and recovery codes off the account of somebody who lost both; False for none.

    Their sessions end; at the next sign-in a desk role asks for a new app.
    Raises: NotAllowed; OwnRoles; NoSuchPerson.
    """
    actor.require(PEOPLE_MANAGE)
    if actor.person == uid:
        raise OwnRoles
    with transaction.atomic():
        person = hold_person(uid)
        deleted, _ = Authenticator.objects.filter(user_id=person.pk).delete()
        if not deleted:
            return False
        Session.objects.filter(person=person).delete()
        append(SecondStepReset(), subject=uid, actor=actor.person)
    return True


def find_code_secret(uid: PersonId, *, actor: Actor) -> str | None:
    """The secret of the person's app, or None without one; for the operator alone.

    Raises: NotAllowed.
    """
    actor.require(PEOPLE_MANAGE)
    app = Authenticator.objects.filter(user__uid=uid, type=APP).first()
    return decrypt(app.data["secret"]) if app and actor.is_installation else None


def current_code(uid: PersonId, *, actor: Actor, clock: Clock = now) -> str | None:
    """The code the person's app shows now, or None without an app; for the operator alone.

    Raises: NotAllowed.
    """
    secret = find_code_secret(uid, actor=actor)
    return code_at(secret, clock()) if secret else None
