"""What this room asks of the outside: what other rooms contribute, and ways in still to be built.

OpenID Connect and passkeys are agreed on but not built. A provider's adapter goes into `adapters/`,
is chosen in `site/sign_in.py`, and ends where the e-mail link ends: with a proved address, handed
to the same sign-in with the same second step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.desk import DeskEntry
from hereabouts.people.domain.addresses import EmailAddress
from hereabouts.people.domain.records import Export

PersonalDataHolder = Callable[[PersonId], Export]
"""Answers what one room keeps about a person, for the download on the account page."""

_desk_entries: list[DeskEntry] = []
_holders: dict[str, PersonalDataHolder] = {}


def add_desk_entries(*entries: DeskEntry) -> None:
    """Add pages to the officers' desk; the same entry twice is kept once."""
    _desk_entries.extend(entry for entry in entries if entry not in _desk_entries)


def list_desk_entries(actor: Actor) -> list[DeskEntry]:
    """The pages of the desk that the actor may open, in order."""
    allowed = [entry for entry in _desk_entries if actor.may(entry.capability)]
    return sorted(allowed, key=lambda entry: (entry.order, entry.url_name))


def add_personal_data_holder(room: str, holder: PersonalDataHolder) -> None:
    """Add a room to those that are asked when somebody downloads their data."""
    _holders[room] = holder


def ask_holders(person: PersonId) -> dict[str, Export]:
    """What every other room keeps about a person, by room."""
    return {room: holder(person) for room, holder in sorted(_holders.items())}


@dataclass(frozen=True)
class ProvedIdentity:
    """What a provider vouches for: its own lasting name for the person, and an address."""

    provider: str
    subject: str
    email: EmailAddress
    used_second_step: bool


class IdentityProvider(Protocol):
    """OpenID Connect: a council's directory, or a national sign-in.

    Source: OpenID Connect Core 1.0, authorisation code flow with PKCE.
    """

    name: str

    def begin(self, *, return_to: str, state: str, nonce: str, challenge: str) -> str:
        """The address at the provider to send the browser to."""
        ...

    def finish(self, *, code: str, nonce: str, verifier: str) -> ProvedIdentity:
        """Exchange the code that came back for a proved identity."""
        ...


class PasskeyVerifier(Protocol):
    """Passkeys: a second step, or both steps at once, without a code to type.

    Source: W3C Web Authentication Level 3.
    """

    def begin(self, person: PersonId) -> bytes:
        """The challenge for the person's authenticators, as JSON."""
        ...

    def finish(self, person: PersonId, answer: bytes) -> bool:
        """Whether the answer proves possession of a registered passkey."""
        ...
