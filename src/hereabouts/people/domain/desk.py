"""The pages that people themselves add to the desk."""

from __future__ import annotations

from hereabouts.kernel.desk import DeskEntry
from hereabouts.kernel.text import N_
from hereabouts.people.domain.roles import PEOPLE_READ, TOKENS_MANAGE

DESK_ENTRIES = (
    DeskEntry(
        "people:desk_people",
        N_("People"),
        N_("Who has an account, with which roles."),
        PEOPLE_READ,
        order=80,
    ),
    DeskEntry(
        "people:desk_tokens",
        N_("Tokens"),
        N_("Which programs may act for whom, and how far."),
        TOKENS_MANAGE,
        order=90,
    ),
)
