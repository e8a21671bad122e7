"""Who asks: a grant worked out from a token of a person or a key of a device.

Grants are remembered for a few seconds by the digest of what was sent, so that a stream of requests
costs one look-up. A key or token revoked by this process stops at once; one revoked by another
process, within `remembered.KEPT_S`.
"""

from __future__ import annotations

import base64
import binascii

from hereabouts.kernel.access import Actor, Capability
from hereabouts.kernel.time import Clock, now
from hereabouts.people.api import actor_for_token
from hereabouts.people.errors import BadToken
from hereabouts.sensing.actions.keys import READ_CLOSED, READ_SHARED, note_uses
from hereabouts.sensing.actions.remembered import GRANTS
from hereabouts.sensing.domain.grants import NOBODY, DataClass, Grant
from hereabouts.sensing.domain.keys import digest_of, grant_of, is_key_shaped
from hereabouts.sensing.errors import BadCredentials, NotPermitted
from hereabouts.sensing.errors.keys import CredentialsNeeded
from hereabouts.sensing.queries.keys import find_live_key

MANAGE = Capability("sensing.manage")
OBSERVE = Capability("sensing.observe")

LONGEST_HEADER = 1_000


def grant_for_authorization(header: str | None, *, clock: Clock = now) -> Grant:
    """What the bearer of an `Authorization` header may do; without one, nobody in particular.

    Takes `Bearer <secret>` and `Basic` with the secret as the password. Looks into the database
    unless the secret was seen in the last seconds. Raises: BadCredentials.
    """
    secret = _secret_of(header)
    return NOBODY if secret is None else _grant_for_secret(secret, clock)


def find_remembered_grant(header: str | None) -> Grant | None:
    """The grant of a header seen in the last seconds, without the database; None: ask anew.

    Raises: BadCredentials where the header is malformed.
    """
    secret = _secret_of(header)
    return NOBODY if secret is None else GRANTS.find(digest_of(secret))


def grant_for_password(username: str, password: str, *, clock: Clock = now) -> Grant:
    """The grant of a name and password, as MQTT sends them: the password is the token or key.

    Both empty: nobody in particular. Raises: BadCredentials.
    """
    if not username and not password:
        return NOBODY
    return _grant_for_secret(password, clock)


def grant_for_actor(actor: Actor) -> Grant:
    """What somebody who signed in, a token or the operator may do by their capabilities."""
    level = DataClass.OPEN
    if actor.may(READ_CLOSED):
        level = DataClass.CLOSED
    elif actor.may(READ_SHARED):
        level = DataClass.SHARED
    manages = actor.may(MANAGE)
    return Grant(actor, level, manages, manages or actor.may(OBSERVE))


def note_key_uses() -> int:
    """Write down when keys were last used, each at most once a minute; how many were.

    For the background of the process that answers, never while a request waits.
    """
    due = GRANTS.take_uses()
    if due:
        note_uses(due)
    return len(due)


def require_manage(grant: Grant) -> None:
    """Refuse who may not create, change and delete. Raises: CredentialsNeeded; NotPermitted."""
    if not grant.manages:
        _refuse(grant, "it does not reach the register")


def require_observe(grant: Grant, stream_id: int, thing_id: int) -> None:
    """Refuse who may not add observations to a stream of a Thing.

    Raises: CredentialsNeeded; NotPermitted.
    """
    if not grant.may_observe(stream_id, thing_id):
        _refuse(grant, "it does not reach this stream")


def _refuse(grant: Grant, reason: str) -> None:
    if grant == NOBODY:
        raise CredentialsNeeded
    raise NotPermitted(reason=reason)


def _secret_of(header: str | None) -> str | None:
    """The secret in a header, or None where there is no header."""
    if not header or not header.strip():
        return None
    scheme, _, rest = header.strip().partition(" ")
    if len(header) > LONGEST_HEADER:
        raise BadCredentials
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        return _password_of(rest.strip())
    raise BadCredentials


def _password_of(encoded: str) -> str:
    try:
        pair = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadCredentials from error
    _, colon, password = pair.partition(":")
    if not colon:
        raise BadCredentials
    return password


def _grant_for_secret(secret: str, clock: Clock) -> Grant:
    if not secret.isascii() or len(secret) > LONGEST_HEADER:
        raise BadCredentials
    digest = digest_of(secret)
    held = GRANTS.find(digest)
    if held is not None:
        return held
    grant = _key_grant(secret, clock) if is_key_shaped(secret) else _token_grant(secret, clock)
    GRANTS.keep(digest, grant)
    return grant


def _key_grant(secret: str, clock: Clock) -> Grant:
    card = find_live_key(secret, clock())
    if card is None:
        raise BadCredentials
    GRANTS.note_use(card.uid, clock())
    return grant_of(card)


def _token_grant(secret: str, clock: Clock) -> Grant:
    try:
        return grant_for_actor(actor_for_token(secret, clock=clock))
    except BadToken as error:
        raise BadCredentials from error
