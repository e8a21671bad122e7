"""Refusals of the register."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class NoSuchEntity(Refusal):
    """An entity is not there, or the caller may not know that it is."""

    code = "sensing.no_such_entity"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no {name}.")


class BadEntity(Refusal):
    """What was sent cannot become an entity."""

    code = "sensing.bad_entity"
    message = N_("The member “{member}” cannot be used: {reason}.")


class NotPermitted(Refusal):
    """The caller's token or key does not reach so far."""

    code = "sensing.not_permitted"
    kind = RefusalKind.NOT_ALLOWED
    message = N_("Your token or key does not allow this: {reason}.")
