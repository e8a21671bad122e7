"""Links sent by e-mail: made on asking, used once."""

from __future__ import annotations

from django.db import transaction

from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.time import Clock, now
from hereabouts.people.actions.accounts import welcome_person
from hereabouts.people.domain.addresses import EmailAddress, parse_address
from hereabouts.people.domain.links import LIFETIMES, LinkPurpose, digest_of, new_link_secret
from hereabouts.people.domain.roles import PEOPLE_MANAGE
from hereabouts.people.errors import BadAddress, LinkNotValid
from hereabouts.people.models import Person, SignInLink

NEXT_LENGTH = 500


def ask_for_link(
    address: str, *, next_path: str = "", clock: Clock = now
) -> tuple[EmailAddress, str]:
    """Make a link for an address, known or not, and return the address and the link's secret.

    An unknown address gets one as well: whoever opens it has proved the address and gets an
    account. So neither the page nor the letter nor the time taken tells who has an account.
    Raises: BadAddress.
    """
    email = parse_address(address)
    if email is None:
        raise BadAddress
    return email, _write_link(email, LinkPurpose.SIGN_IN, next_path, clock)


def invite(address: str, *, actor: Actor, clock: Clock = now) -> tuple[EmailAddress, str]:
    """Make a link that lasts for days, for somebody whose account an administrator has made.

    Raises: NotAllowed; BadAddress.
    """
    actor.require(PEOPLE_MANAGE)
    email = parse_address(address)
    if email is None:
        raise BadAddress
    return email, _write_link(email, LinkPurpose.INVITATION, "", clock)


def _write_link(email: str, purpose: LinkPurpose, next_path: str, clock: Clock) -> str:
    secret = new_link_secret()
    moment = clock()
    SignInLink.objects.create(
        digest=digest_of(secret),
        email=email,
        purpose=purpose.value,
        next_path=next_path if len(next_path) <= NEXT_LENGTH else "",
        created_at=moment,
        expires_at=moment + LIFETIMES[purpose],
    )
    return secret


def use_link(secret: str, *, clock: Clock = now) -> tuple[PersonId, str]:
    """Use a link up and return who it signs in, and the path it leads to.

    The first of two tries at the same moment wins. Every other link of the address ends with it.
    Raises: LinkNotValid where it was used, has run out, never was, or the account is closed.
    """
    moment = clock()
    with transaction.atomic():
        used = SignInLink.objects.filter(
            digest=digest_of(secret), used_at__isnull=True, expires_at__gt=moment
        ).update(used_at=moment)
        if not used:
            raise LinkNotValid
        link = SignInLink.objects.get(digest=digest_of(secret))
        SignInLink.objects.filter(email=link.email, used_at__isnull=True).update(used_at=moment)
        person = Person.objects.filter(email=link.email).first()
        if person is None:
            person = welcome_person(link.email, clock)
    if not person.is_active:
        raise LinkNotValid
    return PersonId(person.uid), link.next_path
