"""What this room adds to the officers' desk."""

from __future__ import annotations

from hereabouts.journal.domain.capabilities import OPERATE, READ
from hereabouts.kernel.desk import DeskEntry
from hereabouts.kernel.text import N_

DESK_ENTRIES = (
    DeskEntry(
        url_name="journal:entries",
        title=N_("Journal"),
        summary=N_("Every change that was recorded, and whether the record still holds."),
        capability=READ,
        order=70,
    ),
    DeskEntry(
        url_name="journal:parked",
        title=N_("Waiting for a person"),
        summary=N_("Automatic steps that failed, to be tried again or given up."),
        capability=OPERATE,
        order=71,
    ),
)
