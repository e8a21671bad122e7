"""People for tests, and the ways they sign in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.core import mail
from django.test import Client

from hereabouts.kernel.access import INSTALLATION, Actor, PersonId
from hereabouts.people import api
from hereabouts.people.domain.codes import code_at
from hereabouts.people.domain.roles import Role
from hereabouts.people.queries import get_account
from hereabouts.people.web.forms import SECOND_STEP_BY

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PASSWORD = "gully lantern meadow 42"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class StoppedClock:
    """A clock that tells what it was told."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, span: timedelta) -> None:
        self.moment += span


def make_person(address: str = "ann@example.org", *roles: Role) -> PersonId:
    held = frozenset(roles or (Role.RESIDENT,))
    return api.create_person(address, display_name="Ann", roles=held, actor=INSTALLATION)


def make_officer(address: str = "officer@example.org", role: Role = Role.OFFICER) -> PersonId:
    """An officer with a password and an app."""
    uid = make_person(address, role)
    api.set_password(uid, PASSWORD, actor=INSTALLATION)
    api.give_second_step(uid, secret=SECRET, actor=INSTALLATION)
    return uid


def actor_for(uid: PersonId) -> Actor:
    return Actor(uid, api.get_person(uid).capabilities(has_second_step=True))


def sign_in(client: Client, uid: PersonId) -> None:
    """Sign somebody in, the second step taken where they have one."""
    person = get_account(uid)
    client.force_login(person)
    if api.get_person(uid).has_second_step:
        session = client.session
        session[SECOND_STEP_BY] = person.pk
        session.save()


def code_now(moment: datetime | None = None) -> str:
    return code_at(SECRET, moment or datetime.now(UTC))  # noqa: TID251 - allauth reads the machine's clock


def ask_for_link(client: Client, address: str, **more: str) -> str:
    """Ask for a link on the page and take its path out of the letter."""
    answer = client.post("/sign-in", {"email": address, **more})
    assert answer.status_code == 302, answer.content
    return path_in_letter()


def path_in_letter() -> str:
    found = re.search(r"/sign-in/link/\S+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]
