"""Who may do what: capabilities, the actor, and the mark every route carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NewType, TypeVar

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_

Capability = NewType("Capability", str)
"""A named permission, `room.verb` or `room.object.verb`; code asks for these, never for roles."""

PersonId = NewType("PersonId", str)
"""A person's public, stable id; the only thing about a person that may enter the journal."""

Handler = TypeVar("Handler", bound=Callable[..., object])

MARK = "access"
"""Name of the attribute a marked route carries."""


class NotAllowed(Refusal):
    """The actor lacks a capability."""

    code = "access.not_allowed"
    kind = RefusalKind.NOT_ALLOWED
    message = N_("You are not allowed to do this: it needs the permission “{capability}”.")


class SignInNeeded(Refusal):
    """Nobody is signed in and the route is not public."""

    code = "access.sign_in_needed"
    kind = RefusalKind.NOT_SIGNED_IN
    message = N_("Sign in to continue.")


@dataclass(frozen=True)
class Access:
    """Who may use a route: everybody, or actors that hold the capability."""

    capability: Capability | None = None

    @property
    def is_public(self) -> bool:
        """Whether nobody needs to sign in."""
        return self.capability is None


@dataclass(frozen=True)
class Actor:
    """Who is acting, with which capabilities; passed to every action.

    `person` is None for nobody in particular (a visitor) and for the installation itself.
    """

    person: PersonId | None = None
    capabilities: frozenset[Capability] = field(default_factory=frozenset)
    is_installation: bool = False

    def may(self, capability: Capability) -> bool:
        """Whether the actor holds the capability."""
        return self.is_installation or capability in self.capabilities

    def require(self, capability: Capability) -> None:
        """Refuse an actor that lacks the capability.

        Raises: NotAllowed when it is missing.
        """
        if not self.may(capability):
            raise NotAllowed(capability=capability)


VISITOR = Actor()
"""Nobody signed in."""

INSTALLATION = Actor(is_installation=True)
"""The operator at the command line, who owns the database file anyway."""


def public(handler: Handler) -> Handler:
    """Mark a route as open to everybody."""
    setattr(handler, MARK, Access())
    return handler


def requires(capability: Capability) -> Callable[[Handler], Handler]:
    """Mark a route as open to actors that hold the capability."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, MARK, Access(capability))
        return handler

    return mark


def access_of(handler: object) -> Access | None:
    """The mark a route carries, or None for one that was forgotten (and is refused)."""
    found = getattr(handler, MARK, None)
    return found if isinstance(found, Access) else None


def actor_of(request: object) -> Actor:
    """Who is acting in a request; a visitor where nobody was made out.

    The edge puts the actor on the request as `actor`, worked out on first use: a page that never
    asks stays the same for everybody and can be cached.
    """
    found = getattr(request, "actor", VISITOR)
    return found if isinstance(found, Actor) else VISITOR
