"""Refusals of those whose credentials do not hold."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class BadCredentials(Refusal):
    """A token, key or password is unknown, expired or revoked."""

    code = "sensing.bad_credentials"
    kind = RefusalKind.NOT_SIGNED_IN
    message = N_("The token or key is not valid.")
