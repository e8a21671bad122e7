"""Refusals of those whose credentials do not hold, and of keys that cannot be made."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class BadCredentials(Refusal):
    """A token, key or password is unknown, expired or revoked."""

    code = "sensing.bad_credentials"
    kind = RefusalKind.NOT_SIGNED_IN
    message = N_("The token or key is not valid.")


class CredentialsNeeded(Refusal):
    """Nobody in particular asks for what needs a token or key."""

    code = "sensing.credentials_needed"
    kind = RefusalKind.NOT_SIGNED_IN
    message = N_("Send a token or key to do this.")


class NoSuchKey(Refusal):
    """There is no key with this id."""

    code = "sensing.no_such_key"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such key.")


class BadKey(Refusal):
    """A key of this kind cannot be made; `reason` is a sentence without a full stop."""

    code = "sensing.bad_key"
    message = N_("The key cannot be made: {reason}.")
