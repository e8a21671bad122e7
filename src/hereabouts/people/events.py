"""The facts this room announces: ids, roles and scopes, never a name or an address."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_
from hereabouts.people.domain.roles import Role


class Origin(StrEnum):
    """How an account came to be."""

    SIGN_IN = "sign_in"
    OPERATOR = "operator"
    OFFICER = "officer"


@event_type
@dataclass(frozen=True)
class PersonCreated(Event):
    """Somebody has an account."""

    wire_name: ClassVar[str] = "people.person.created.v1"
    sentence: ClassVar[str] = N_("{subject} has an account.")
    roles: tuple[Role, ...]
    origin: Origin

    @classmethod
    def example(cls) -> Self:
        """A resident who signed in for the first time."""
        return cls((Role.RESIDENT,), Origin.SIGN_IN)


@event_type
@dataclass(frozen=True)
class RolesChanged(Event):
    """A person's roles are different now."""

    wire_name: ClassVar[str] = "people.person.roles_changed.v1"
    sentence: ClassVar[str] = N_("The roles of {subject} changed.")
    roles: tuple[Role, ...]
    added: tuple[Role, ...]
    removed: tuple[Role, ...]

    @classmethod
    def example(cls) -> Self:
        """A resident who became an officer."""
        return cls((Role.OFFICER, Role.RESIDENT), (Role.OFFICER,), ())


@event_type
@dataclass(frozen=True)
class PersonDisabled(Event):
    """An account was closed; it can be opened again."""

    wire_name: ClassVar[str] = "people.person.disabled.v1"
    sentence: ClassVar[str] = N_("The account of {subject} was closed.")

    @classmethod
    def example(cls) -> Self:
        """One closed account."""
        return cls()


@event_type
@dataclass(frozen=True)
class PersonEnabled(Event):
    """A closed account was opened again."""

    wire_name: ClassVar[str] = "people.person.enabled.v1"
    sentence: ClassVar[str] = N_("The account of {subject} was opened again.")

    @classmethod
    def example(cls) -> Self:
        """One account opened again."""
        return cls()


@event_type
@dataclass(frozen=True)
class PersonErased(Event):
    """A person deleted their account: what rooms know about them goes, the bare id stays."""

    wire_name: ClassVar[str] = "people.person.erased.v1"
    sentence: ClassVar[str] = N_("The account of {subject} was deleted and its data erased.")

    @classmethod
    def example(cls) -> Self:
        """One erased account."""
        return cls()


@event_type
@dataclass(frozen=True)
class SecondStepReset(Event):
    """Somebody else took the authenticator app off a person's account."""

    wire_name: ClassVar[str] = "people.second_step.reset.v1"
    sentence: ClassVar[str] = N_("The authenticator app of {subject} was taken off the account.")

    @classmethod
    def example(cls) -> Self:
        """One lost telephone."""
        return cls()


@event_type
@dataclass(frozen=True)
class TokenCreated(Event):
    """A program may act for a person."""

    wire_name: ClassVar[str] = "people.token.created.v1"
    sentence: ClassVar[str] = N_("A program may act for {subject} with token {token}.")
    token: str
    scopes: tuple[str, ...]
    days: int

    @classmethod
    def example(cls) -> Self:
        """A token that reads the journal for a month."""
        return cls("token-0123456789ab", ("journal.read",), 30)


@event_type
@dataclass(frozen=True)
class TokenRevoked(Event):
    """A program may act for a person no longer."""

    wire_name: ClassVar[str] = "people.token.revoked.v1"
    sentence: ClassVar[str] = N_("Token {token} of {subject} was revoked.")
    token: str

    @classmethod
    def example(cls) -> Self:
        """One revoked token."""
        return cls("token-0123456789ab")
