"""Making, changing and closing accounts."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.time import Clock, now
from hereabouts.people.domain.addresses import parse_address
from hereabouts.people.domain.roles import PEOPLE_MANAGE, Role
from hereabouts.people.errors import (
    AddressTaken,
    BadAddress,
    LastAdministrator,
    NoSuchPerson,
    OwnRoles,
    UnknownRole,
)
from hereabouts.people.events import (
    Origin,
    PersonCreated,
    PersonDisabled,
    PersonEnabled,
    RolesChanged,
)
from hereabouts.people.models import NAME_LENGTH, Person, RoleHeld, Session
from hereabouts.people.queries import count_administrators

UID_PREFIX = "person"


def parse_roles(names: Collection[str]) -> frozenset[Role]:
    """The roles with these names.

    Raises: UnknownRole for a name that is none.
    """
    known = {role.value for role in Role}
    for name in names:
        if name not in known:
            raise UnknownRole(role=name, roles=", ".join(sorted(known)))
    return frozenset(Role(name) for name in names)


def create_person(
    address: str,
    *,
    display_name: str = "",
    roles: frozenset[Role] = frozenset({Role.RESIDENT}),
    actor: Actor,
    clock: Clock = now,
) -> PersonId:
    """Make an account for an address and return its id.

    Raises: NotAllowed; BadAddress; AddressTaken.
    """
    actor.require(PEOPLE_MANAGE)
    email = parse_address(address)
    if email is None:
        raise BadAddress
    origin = Origin.OPERATOR if actor.is_installation else Origin.OFFICER
    with transaction.atomic():
        person = insert_person(email, roles, display_name=display_name, clock=clock)
        _announce(person, roles, origin, actor.person)
    return PersonId(person.uid)


def welcome_person(email: str, clock: Clock = now) -> Person:
    """Make the account of a resident who has proved an address; in the caller's transaction."""
    roles = frozenset({Role.RESIDENT})
    person = insert_person(email, roles, clock=clock)
    _announce(person, roles, Origin.SIGN_IN, PersonId(person.uid))
    return person


def insert_person(
    email: str, roles: frozenset[Role], *, display_name: str = "", clock: Clock = now
) -> Person:
    """Write an account's rows; in the caller's transaction.

    Raises: AddressTaken.
    """
    person = Person(
        uid=new_uid(UID_PREFIX),
        email=email,
        display_name=_tidy_name(display_name),
        created_at=clock(),
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as taken:
        raise AddressTaken from taken
    RoleHeld.objects.bulk_create([RoleHeld(person=person, role=role.value) for role in roles])
    return person


def _announce(
    person: Person, roles: frozenset[Role], origin: Origin, actor: PersonId | None
) -> None:
    append(PersonCreated(tuple(sorted(roles)), origin), subject=person.uid, actor=actor)


def _tidy_name(name: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[
        :NAME_LENGTH
    ]


def hold_person(uid: PersonId) -> Person:
    """The account's row, locked until the transaction ends.

    Raises: NoSuchPerson.
    """
    held = Person.objects.select_for_update()
    person = held.filter(uid=uid, erased_at__isnull=True).first()
    if person is None:
        raise NoSuchPerson
    return person


def change_details(uid: PersonId, *, display_name: str, language: str, actor: Actor) -> None:
    """Change what somebody is called and the language we write to them in.

    Raises: NotAllowed for another's account without the permission; NoSuchPerson.
    """
    if actor.person != uid:
        actor.require(PEOPLE_MANAGE)
    with transaction.atomic():
        person = hold_person(uid)
        person.display_name = _tidy_name(display_name)
        person.language = language[:8]
        person.save(update_fields=["display_name", "language"])


def change_roles(uid: PersonId, roles: frozenset[Role], *, actor: Actor) -> bool:
    """Give a person exactly these roles; False where nothing changed.

    Every session of theirs ends, so that the limits of the new roles hold from the first click.
    Raises: NotAllowed; OwnRoles; LastAdministrator; NoSuchPerson.
    """
    actor.require(PEOPLE_MANAGE)
    _refuse_own(actor, uid)
    with transaction.atomic():
        person = hold_person(uid)
        held = frozenset(Role(row.role) for row in person.roles_held.all())
        added, removed = roles - held, held - roles
        if not added and not removed:
            return False
        if Role.ADMINISTRATOR in removed:
            _refuse_last_administrator(uid)
        RoleHeld.objects.filter(person=person, role__in=[role.value for role in removed]).delete()
        RoleHeld.objects.bulk_create([RoleHeld(person=person, role=role.value) for role in added])
        Session.objects.filter(person=person).delete()
        event = RolesChanged(*(tuple(sorted(some)) for some in (roles, added, removed)))
        append(event, subject=uid, actor=actor.person)
    return True


def disable_person(uid: PersonId, *, actor: Actor) -> bool:
    """Close an account: its sessions end and its tokens stop; False where it was closed.

    Raises: NotAllowed; OwnRoles; LastAdministrator; NoSuchPerson.
    """
    actor.require(PEOPLE_MANAGE)
    _refuse_own(actor, uid)
    with transaction.atomic():
        person = hold_person(uid)
        if not person.is_active:
            return False
        if person.roles_held.filter(role=Role.ADMINISTRATOR.value).exists():
            _refuse_last_administrator(uid)
        person.is_active = False
        person.save(update_fields=["is_active"])
        Session.objects.filter(person=person).delete()
        append(PersonDisabled(), subject=uid, actor=actor.person)
    return True


def enable_person(uid: PersonId, *, actor: Actor) -> bool:
    """Open a closed account again; False where it was open.

    Raises: NotAllowed; NoSuchPerson.
    """
    actor.require(PEOPLE_MANAGE)
    with transaction.atomic():
        person = hold_person(uid)
        if person.is_active:
            return False
        person.is_active = True
        person.save(update_fields=["is_active"])
        append(PersonEnabled(), subject=uid, actor=actor.person)
    return True


def _refuse_own(actor: Actor, uid: PersonId) -> None:
    if actor.person == uid:
        raise OwnRoles


def _refuse_last_administrator(uid: PersonId) -> None:
    if count_administrators(except_for=uid) == 0:
        raise LastAdministrator
