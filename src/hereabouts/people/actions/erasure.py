"""Deleting an account: everything about the person goes, the bare id stays taken."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.time import Clock, now
from hereabouts.people.actions.accounts import hold_person
from hereabouts.people.domain.roles import PEOPLE_MANAGE, Role
from hereabouts.people.errors import LastAdministrator
from hereabouts.people.events import PersonErased
from hereabouts.people.models import SignInLink
from hereabouts.people.queries import count_administrators


def erase_person(uid: PersonId, *, actor: Actor, clock: Clock = now) -> None:
    """Erase a person: address, name, roles, app, sessions, tokens, links and security log.

    The journal keeps the id, which now leads to nobody; other rooms erase what they keep when
    they read the event. Raises: NotAllowed for another's account; LastAdministrator; NoSuchPerson.
    Source: UK GDPR, article 17.
    """
    if actor.person != uid:
        actor.require(PEOPLE_MANAGE)
    with transaction.atomic():
        person = hold_person(uid)
        is_administrator = person.roles_held.filter(role=Role.ADMINISTRATOR.value).exists()
        if is_administrator and count_administrators(except_for=uid) == 0:
            raise LastAdministrator
        SignInLink.objects.filter(email=person.email).delete()
        Authenticator.objects.filter(user_id=person.pk).delete()
        for belongings in (
            person.roles_held,
            person.sessions,
            person.tokens,
            person.security_notes,
        ):
            belongings.all().delete()
        person.email = None
        person.display_name = person.language = ""
        person.is_active = False
        person.last_login = None
        person.erased_at = clock()
        person.set_unusable_password()
        person.save()
        append(PersonErased(), subject=uid, actor=actor.person)
