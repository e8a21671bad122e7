"""What cannot be read as NGSI-LD."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.text import N_


class EntitiesUnreadable(Refusal):
    """A body is no entity, list of entities or notification."""

    code = "ngsild.entities_unreadable"
    message = N_("That is not NGSI-LD: {reason}.")
