"""Reads: people, their sessions, tokens and links, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from hereabouts.kernel.access import PersonId
from hereabouts.kernel.time import to_rfc3339
from hereabouts.people.domain.links import digest_of
from hereabouts.people.domain.records import (
    Export,
    LinkCard,
    PeoplePage,
    PersonCard,
    SecurityLine,
    SessionCard,
    TokenCard,
    Visit,
)
from hereabouts.people.domain.roles import Role
from hereabouts.people.domain.tokens import is_same_digest, is_token_shaped
from hereabouts.people.errors import NoSuchPerson, NoSuchToken
from hereabouts.people.models import Person, SecurityNote, Session, SignInLink, Token
from hereabouts.people.ports import ask_holders

PAGE = 50
SEARCH_LENGTH = 100
NOTES_SHOWN = 20
NOTES_EXPORTED = 10_000
TOKENS_SHOWN = 500


def _people() -> QuerySet[Person]:
    app = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return (
        Person.objects.filter(erased_at__isnull=True)
        .annotate(has_second_step=Exists(app))
        .prefetch_related("roles_held")
    )


def _card(person: Person) -> PersonCard:
    return PersonCard(
        uid=PersonId(person.uid),
        email=person.email or "",
        display_name=person.display_name,
        language=person.language,
        roles=frozenset(Role(held.role) for held in person.roles_held.all()),
        is_active=person.is_active,
        has_password=person.has_usable_password(),
        has_second_step=bool(getattr(person, "has_second_step", False)),
        created_at=person.created_at,
        last_signed_in_at=person.last_login,
    )


def find_person(uid: PersonId) -> PersonCard | None:
    """The account with this id, or None where there is none or it was erased."""
    person = _people().filter(uid=uid).first()
    return _card(person) if person else None


def get_person(uid: PersonId) -> PersonCard:
    """The account with this id.

    Raises: NoSuchPerson.
    """
    card = find_person(uid)
    if card is None:
        raise NoSuchPerson
    return card


def find_person_by_address(email: str) -> PersonCard | None:
    """The account under this address, or None."""
    person = _people().filter(email=email).first()
    return _card(person) if person else None


def find_person_by_key(key: int) -> PersonCard | None:
    """The account with this internal id, or None; for this room's own edges."""
    person = _people().filter(pk=key).first()
    return _card(person) if person else None


def get_account(uid: PersonId) -> Person:
    """The table's row, for Django's own sign-in.

    Raises: NoSuchPerson.
    """
    person = Person.objects.filter(uid=uid, erased_at__isnull=True).first()
    if person is None:
        raise NoSuchPerson
    return person


def list_people(*, words: str = "", role: Role | None = None, after: int = 0) -> PeoplePage:
    """People in the order their accounts were made, a page at a time.

    `words` is looked for in names and addresses; `after` is the `next_after` of the page before.
    """
    found = _people().filter(pk__gt=after).order_by("pk")
    # PostgreSQL cannot even be asked for a text with a NUL in it.
    words = words.replace("\0", "").strip()[:SEARCH_LENGTH]
    if words:
        found = found.filter(Q(email__icontains=words) | Q(display_name__icontains=words))
    if role is not None:
        found = found.filter(roles_held__role=role.value)
    rows = list(found[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else 0
    return PeoplePage(tuple(_card(row) for row in rows[:PAGE]), more)


def count_administrators(*, except_for: PersonId) -> int:
    """How many open accounts hold the role of administrator, one person left out."""
    held = Person.objects.filter(
        is_active=True, erased_at__isnull=True, roles_held__role=Role.ADMINISTRATOR.value
    )
    return held.exclude(uid=except_for).count()


def find_live_link(secret: str, now: datetime) -> LinkCard | None:
    """The link with this secret, or None where it was used, has run out or never was."""
    link = SignInLink.objects.filter(
        digest=digest_of(secret), used_at__isnull=True, expires_at__gt=now
    ).first()
    if link is None:
        return None
    has_account = Person.objects.filter(email=link.email).exists()
    return LinkCard(link.email, link.next_path, has_account)


def find_session_content(digest: str, now: datetime) -> str | None:
    """The content of a session that has not run out, or None."""
    row = Session.objects.filter(digest=digest, expires_at__gt=now).values_list("content").first()
    return row[0] if row else None


def is_session_kept(digest: str) -> bool:
    """Whether there is a session with this digest."""
    return Session.objects.filter(digest=digest).exists()


def find_session_seen_at(digest: str) -> datetime | None:
    """When a session was last used, or None where there is none."""
    row = Session.objects.filter(digest=digest).values_list("seen_at").first()
    return row[0] if row else None


def list_sessions(uid: PersonId, now: datetime) -> list[SessionCard]:
    """A person's sessions, the last used first."""
    rows = Session.objects.filter(person__uid=uid, expires_at__gt=now).order_by("-seen_at")
    return [
        SessionCard(
            row.uid, row.digest, Visit(row.device, row.network), row.created_at, row.seen_at
        )
        for row in rows
    ]


def list_security_lines(uid: PersonId, most: int = NOTES_SHOWN) -> list[SecurityLine]:
    """The newest lines of a person's security log."""
    notes = SecurityNote.objects.filter(person__uid=uid)[:most]
    return [SecurityLine(note.what, Visit(note.device, note.network), note.at) for note in notes]


def _token_card(row: Token) -> TokenCard:
    return TokenCard(
        uid=row.uid,
        owner=PersonId(row.person.uid),
        owner_name=row.person.display_name or row.person.email or row.person.uid,
        name=row.name,
        start=row.start,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def list_tokens(owner: PersonId | None = None) -> list[TokenCard]:
    """Tokens, newest first; of one person, or of all."""
    rows = Token.objects.select_related("person").order_by("-pk")
    if owner is not None:
        rows = rows.filter(person__uid=owner)
    return [_token_card(row) for row in rows[:TOKENS_SHOWN]]


def get_token(uid: str) -> TokenCard:
    """The token with this id.

    Raises: NoSuchToken.
    """
    row = Token.objects.select_related("person").filter(uid=uid).first()
    if row is None:
        raise NoSuchToken
    return _token_card(row)


def find_live_token(secret: str, now: datetime) -> TokenCard | None:
    """The token with this secret, or None where it is unknown, revoked or past its end."""
    if not is_token_shaped(secret):
        return None
    digest = digest_of(secret)
    row = Token.objects.select_related("person").filter(digest=digest).first()
    if row is None or not is_same_digest(row.digest, digest):
        return None
    card = _token_card(row)
    return card if card.is_live(now) else None


def names_of(uids: Iterable[PersonId]) -> dict[PersonId, str]:
    """What to call people on officers' pages, by id; the erased and the unknown are left out."""
    rows = Person.objects.filter(uid__in=list(uids), erased_at__isnull=True)
    return {PersonId(row.uid): row.display_name or row.email or row.uid for row in rows}


def export_person(uid: PersonId, now: datetime) -> Export:
    """Everything the rooms keep about a person, fit for JSON; secrets and their digests left out.

    Raises: NoSuchPerson. Source: UK GDPR, articles 15 and 20.
    """
    card = get_person(uid)
    return {
        "exported_at": to_rfc3339(now),
        "account": {
            "id": card.uid,
            "email": card.email,
            "display_name": card.display_name,
            "language": card.language,
            "roles": sorted(card.roles),
            "created_at": to_rfc3339(card.created_at),
            "has_password": card.has_password,
            "has_authenticator_app": card.has_second_step,
        },
        "sessions": [
            {
                "device": session.visit.device,
                "network": session.visit.network,
                "signed_in_at": to_rfc3339(session.created_at),
                "last_used_at": to_rfc3339(session.seen_at),
            }
            for session in list_sessions(uid, now)
        ],
        "tokens": [_token_export(token) for token in list_tokens(uid)],
        "security_log": [
            {
                "what": line.what,
                "device": line.visit.device,
                "network": line.visit.network,
                "at": to_rfc3339(line.at),
            }
            for line in list_security_lines(uid, most=NOTES_EXPORTED)
        ],
        "rooms": ask_holders(uid),
    }


def _token_export(token: TokenCard) -> Export:
    return {
        "id": token.uid,
        "name": token.name,
        "begins_with": token.start,
        "scopes": list(token.scopes),
        "created_at": to_rfc3339(token.created_at),
        "expires_at": to_rfc3339(token.expires_at),
        "revoked_at": to_rfc3339(token.revoked_at) if token.revoked_at else None,
    }
