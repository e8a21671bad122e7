"""Roles, the capabilities each brings, and when a capability counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from hereabouts.kernel.access import Capability
from hereabouts.kernel.text import N_


class Role(StrEnum):
    """What a person is to the place; people hold any number of roles."""

    RESIDENT = "resident"
    OFFICER = "officer"
    PLANNER = "planner"
    DATA_STEWARD = "data_steward"
    CHIEF_DATA_OFFICER = "chief_data_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: Mapping[Role, str] = {
    Role.RESIDENT: N_("Resident"),
    Role.OFFICER: N_("Officer"),
    Role.PLANNER: N_("Planner"),
    Role.DATA_STEWARD: N_("Data steward"),
    Role.CHIEF_DATA_OFFICER: N_("Chief data officer"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

ACCOUNT_USE = Capability("account.use")
DESK_USE = Capability("desk.use")
JOURNAL_OPERATE = Capability("journal.operate")
JOURNAL_READ = Capability("journal.read")
PEOPLE_MANAGE = Capability("people.manage")
PEOPLE_READ = Capability("people.read")
PLACES_EDIT = Capability("places.edit")
PLACES_IMPORT = Capability("places.import")
SENSING_AGREE = Capability("sensing.agree")
SENSING_CONNECT = Capability("sensing.connect")
SENSING_DEPLOY = Capability("sensing.deploy")
SENSING_MANAGE = Capability("sensing.manage")
SENSING_OBSERVE = Capability("sensing.observe")
SENSING_READ_CLOSED = Capability("sensing.read_closed")
SENSING_READ_SHARED = Capability("sensing.read_shared")
TOKENS_MANAGE = Capability("tokens.manage")

CAPABILITIES: Mapping[Capability, str] = {
    ACCOUNT_USE: N_("See and change their own account"),
    DESK_USE: N_("Open the officers’ desk"),
    JOURNAL_OPERATE: N_("Retry or discard what the journal could not deliver"),
    JOURNAL_READ: N_("Read the journal"),
    PEOPLE_MANAGE: N_("Change people’s roles and close accounts"),
    PEOPLE_READ: N_("See who has an account"),
    PLACES_EDIT: N_("Correct streets, areas, premises and assets"),
    PLACES_IMPORT: N_("Load files into the gazetteer"),
    SENSING_AGREE: N_("Agree to deployments of sensors that others propose"),
    SENSING_CONNECT: N_("Set up connectors, devices and keys that bring readings in"),
    SENSING_DEPLOY: N_("Propose deployments of sensors and keep their records"),
    SENSING_MANAGE: N_("Create, change and delete things, streams and their observations"),
    SENSING_OBSERVE: N_("Add observations to every stream"),
    SENSING_READ_CLOSED: N_("Read closed sensor data"),
    SENSING_READ_SHARED: N_("Read sensor data shared between departments and partners"),
    TOKENS_MANAGE: N_("Make and revoke tokens for programs"),
}
"""Every capability of every room, and what it lets a person do."""

_EVERYBODY = frozenset({ACCOUNT_USE})
_AT_A_DESK = _EVERYBODY | {DESK_USE}
_HUB = frozenset(
    {
        SENSING_CONNECT,
        SENSING_DEPLOY,
        SENSING_MANAGE,
        SENSING_OBSERVE,
        SENSING_READ_CLOSED,
        SENSING_READ_SHARED,
    }
)

ROLES: Mapping[Role, frozenset[Capability]] = {
    Role.RESIDENT: _EVERYBODY,
    Role.OFFICER: _AT_A_DESK | {PLACES_EDIT, SENSING_DEPLOY, SENSING_READ_SHARED},
    Role.PLANNER: _AT_A_DESK | {PLACES_EDIT, SENSING_DEPLOY, SENSING_READ_SHARED},
    Role.DATA_STEWARD: _AT_A_DESK
    | _HUB
    | {PLACES_EDIT, PLACES_IMPORT, TOKENS_MANAGE, JOURNAL_READ},
    Role.CHIEF_DATA_OFFICER: _AT_A_DESK
    | _HUB
    | {PLACES_EDIT, PLACES_IMPORT, TOKENS_MANAGE, JOURNAL_READ, PEOPLE_READ, SENSING_AGREE},
    Role.AUDITOR: _AT_A_DESK | {JOURNAL_READ, PEOPLE_READ},
    Role.ADMINISTRATOR: _AT_A_DESK
    | {JOURNAL_READ, JOURNAL_OPERATE, PEOPLE_READ, PEOPLE_MANAGE, TOKENS_MANAGE},
}
"""The whole of who may do what: code asks for a capability, this table says who has it."""

TOKEN_CAPABILITIES = frozenset(CAPABILITIES) - {
    ACCOUNT_USE,
    DESK_USE,
    PEOPLE_MANAGE,
    TOKENS_MANAGE,
}
"""What a token may carry: nothing that makes people, tokens or pages."""


def must_use_second_step(roles: Iterable[Role]) -> bool:
    """Whether the roles ask for a code from an authenticator app at sign-in."""
    return any(role is not Role.RESIDENT for role in roles)


def capabilities_of(roles: Iterable[Role], *, has_second_step: bool) -> frozenset[Capability]:
    """What the roles allow; without the second step a desk role brings its own account only."""
    found: set[Capability] = set()
    for role in roles:
        counts = has_second_step or role is Role.RESIDENT
        found |= ROLES[role] if counts else _EVERYBODY
    return frozenset(found)
