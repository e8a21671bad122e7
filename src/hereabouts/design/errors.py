"""The refusals of this room."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class BadCouncil(Refusal):
    """A council's description cannot be used."""

    code = "design.bad_council"
    message = N_("The council file {file} cannot be used: {reason}.")


class PageNotFound(Refusal):
    """Nothing lives at this address."""

    code = "design.page_not_found"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no page at this address.")
