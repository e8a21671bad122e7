"""Tokens for programs: made, used, revoked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, Capability, PersonId
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.time import Clock, now
from hereabouts.people.actions.accounts import hold_person
from hereabouts.people.domain.records import PersonCard
from hereabouts.people.domain.roles import TOKENS_MANAGE
from hereabouts.people.domain.tokens import (
    MAX_DAYS,
    MAX_TOKENS,
    find_refused_scope,
    is_lifetime,
    new_token,
)
from hereabouts.people.errors import (
    BadLifetime,
    BadToken,
    NoScope,
    NoSuchToken,
    ScopeNotAllowed,
    TooManyTokens,
)
from hereabouts.people.events import TokenCreated, TokenRevoked
from hereabouts.people.models import NAME_LENGTH, Token
from hereabouts.people.queries import find_live_token, find_person, get_person

UID_PREFIX = "token"
USE_NOTED_EVERY = timedelta(minutes=1)


def create_token(
    owner: PersonId,
    *,
    name: str,
    scopes: Collection[str],
    days: int,
    actor: Actor,
    clock: Clock = now,
) -> tuple[str, str]:
    """Make a token and return its public id and its secret, which is never shown again.

    People make tokens for themselves; only the operator makes them for others.
    Raises: NotAllowed; NoScope; ScopeNotAllowed; BadLifetime; TooManyTokens; NoSuchPerson.
    """
    actor.require(TOKENS_MANAGE)
    wanted = frozenset(Capability(scope) for scope in scopes)
    _check(wanted, _grantable(get_person(owner), actor), days)
    token, moment = new_token(), clock()
    with transaction.atomic():
        person = hold_person(owner)
        live = person.tokens.filter(revoked_at__isnull=True, expires_at__gt=moment)
        if live.count() >= MAX_TOKENS:
            raise TooManyTokens(most=MAX_TOKENS)
        row = Token.objects.create(
            uid=new_uid(UID_PREFIX),
            person=person,
            name=name.strip()[:NAME_LENGTH],
            start=token.start,
            digest=token.digest,
            scopes=sorted(wanted),
            created_at=moment,
            expires_at=moment + timedelta(days=days),
        )
        event = TokenCreated(row.uid, tuple(sorted(wanted)), days)
        append(event, subject=owner, actor=actor.person)
    return row.uid, token.secret


def _grantable(owner: PersonCard, actor: Actor) -> frozenset[Capability]:
    held = owner.capabilities(has_second_step=True)
    if actor.is_installation:
        return held
    return held & actor.capabilities if actor.person == owner.uid else frozenset()


def _check(wanted: frozenset[Capability], held: frozenset[Capability], days: int) -> None:
    if not wanted:
        raise NoScope
    refused = find_refused_scope(wanted, held)
    if refused is not None:
        raise ScopeNotAllowed(scope=refused)
    if not is_lifetime(days):
        raise BadLifetime(most=MAX_DAYS)


def revoke_token(uid: str, *, actor: Actor, clock: Clock = now) -> bool:
    """Stop a token at once; False where it was stopped already.

    Raises: NotAllowed; NoSuchToken.
    """
    actor.require(TOKENS_MANAGE)
    with transaction.atomic():
        row = Token.objects.select_for_update().filter(uid=uid).first()
        if row is None:
            raise NoSuchToken
        if row.revoked_at is not None:
            return False
        row.revoked_at = clock()
        row.save(update_fields=["revoked_at"])
        append(TokenRevoked(row.uid), subject=row.person.uid, actor=actor.person)
    return True


def actor_for_token(secret: str, *, clock: Clock = now) -> Actor:
    """Who a token acts for, with its scopes as far as the owner still holds them.

    An owner whose role asks for a second step must have one set up, or the token carries nothing.
    Raises: BadToken where it is unknown, revoked, past its end, or its owner's account is closed.
    """
    moment = clock()
    token = find_live_token(secret, moment)
    owner = find_person(token.owner) if token else None
    if token is None or owner is None or not owner.is_active:
        raise BadToken
    if token.last_used_at is None or moment - token.last_used_at > USE_NOTED_EVERY:
        Token.objects.filter(uid=token.uid).update(last_used_at=moment)
    held = owner.capabilities(has_second_step=owner.has_second_step)
    scopes = frozenset(Capability(scope) for scope in token.scopes)
    return Actor(person=owner.uid, capabilities=held & scopes)
