"""What this room tells others about people: plain values, no tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hereabouts.kernel.access import Capability, PersonId
from hereabouts.people.domain.roles import Role, capabilities_of, must_use_second_step


@dataclass(frozen=True)
class Visit:
    """Where a request came from, in as few words as we keep."""

    device: str = ""
    network: str = ""


@dataclass(frozen=True)
class PersonCard:
    """One account; `email` is empty once it was erased."""

    uid: PersonId
    email: str
    display_name: str
    language: str
    roles: frozenset[Role]
    is_active: bool
    has_password: bool
    has_second_step: bool
    created_at: datetime
    last_signed_in_at: datetime | None

    @property
    def name(self) -> str:
        """What to call the person on a page: the name they chose, or their address."""
        return self.display_name or self.email

    @property
    def must_use_second_step(self) -> bool:
        """Whether the person's roles ask for a code at sign-in."""
        return must_use_second_step(self.roles)

    def capabilities(self, *, has_second_step: bool) -> frozenset[Capability]:
        """What the person may do; nothing while the account is closed."""
        if not self.is_active:
            return frozenset()
        return capabilities_of(self.roles, has_second_step=has_second_step)


@dataclass(frozen=True)
class PeoplePage:
    """One page of a list of people; `next_after` is where the next page begins, or 0."""

    people: tuple[PersonCard, ...]
    next_after: int


@dataclass(frozen=True)
class LinkCard:
    """A link that works: whose address, and where it leads."""

    email: str
    next_path: str
    has_account: bool


@dataclass(frozen=True)
class SessionCard:
    """One browser that is signed in."""

    uid: str
    digest: str
    visit: Visit
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class SessionRow:
    """A session as it is kept."""

    digest: str
    content: str
    person_key: int | None
    visit: Visit
    expires_at: datetime


@dataclass(frozen=True)
class TokenCard:
    """One token, without its secret."""

    uid: str
    owner: PersonId
    owner_name: str
    name: str
    start: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class SecurityLine:
    """One line of the security log."""

    what: str
    visit: Visit
    at: datetime


@dataclass(frozen=True)
class DemonstrationSignIn:
    """How to sign in to one of the invented accounts of a demonstration."""

    role: Role
    address: str
    password: str
    secret: str
    app_address: str


Export = Mapping[str, object]
"""What one room keeps about a person, fit for JSON."""
