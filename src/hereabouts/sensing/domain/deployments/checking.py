"""What is wrong with a draft, field by field: the same for the form, the command and the action."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.deployments.choices import Choices
from hereabouts.sensing.domain.deployments.records import (
    LONGEST_PURPOSE,
    LONGEST_REFERENCE,
    LONGEST_TITLE,
    Draft,
)

WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
MAIL_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
LONGEST_ADDRESS = 254
LONGEST_URL = 500
LONGEST_NAME = 120
MOST_MEASURES = 12
MOST_GBP = 10_000_000
MOST_MAH = 10_000_000
MOST_MOUNTS = 50
FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 1, 1)


@dataclass(frozen=True)
class Problem:
    """A field and what is wrong with it; an English message marked for translation."""

    field: str
    message: str


Check = Callable[[Draft], bool]

TOO_LONG = N_("This is too long.")
NOT_AN_ADDRESS = N_("Enter a web address that begins with https:// or http://.")

_TEXTS: Sequence[tuple[str, int]] = (
    *(("title", LONGEST_TITLE), ("purpose", LONGEST_PURPOSE), ("reference", LONGEST_REFERENCE)),
    *(("mailbox", LONGEST_ADDRESS), ("dpia_url", LONGEST_URL), ("disclosure_contact", LONGEST_URL)),
    *(("maker", LONGEST_NAME), ("model", LONGEST_NAME)),
)

_NUMBERS: Sequence[tuple[str, int]] = (
    *(("capital_gbp", MOST_GBP), ("yearly_gbp", MOST_GBP)),
    *(("battery_mah", MOST_MAH), ("spare_mounts", MOST_MOUNTS)),
)

_DAYS = ("installed_on", "inspected_on", "inspect_by", "support_ends_on", "updates_until")

_RULES: Sequence[tuple[str, Check, str]] = (
    ("title", lambda draft: bool(draft.title), N_("Enter a title.")),
    ("purpose", lambda draft: bool(draft.purpose), N_("Enter what it is for.")),
    ("place", lambda draft: draft.place is not None, N_("Say where it stands.")),
    ("measures", lambda draft: bool(draft.measures), N_("Choose what it measures.")),
    (
        "measures",
        lambda draft: len(set(draft.measures)) == len(draft.measures) <= MOST_MEASURES,
        N_("Choose each thing once, and twelve at most."),
    ),
    (
        "mailbox",
        lambda draft: MAIL_ADDRESS.fullmatch(draft.mailbox) is not None,
        N_("Enter the department’s e-mail address, like highways@example.gov.uk."),
    ),
    (
        "dpia_url",
        lambda draft: not draft.dpia_url or WEB_ADDRESS.fullmatch(draft.dpia_url) is not None,
        NOT_AN_ADDRESS,
    ),
    (
        "disclosure_contact",
        lambda draft: not draft.disclosure_contact or _is_contact(draft.disclosure_contact),
        N_("Enter a web address or an e-mail address."),
    ),
    (
        "inspect_by",
        lambda draft: _in_order(draft.inspected_on, draft.inspect_by),
        N_("The next inspection has to come after the last."),
    ),
    (
        "inspected_on",
        lambda draft: _in_order(draft.installed_on, draft.inspected_on),
        N_("The last inspection has to come after the installation."),
    ),
)


def problems_of(draft: Draft, choices: Choices) -> list[Problem]:
    """Everything wrong with a draft; empty when it can be recorded."""
    found = [Problem(name, TOO_LONG) for name, most in _TEXTS if len(getattr(draft, name)) > most]
    found += [
        Problem(name, N_("Enter a number that makes sense here."))
        for name, most in _NUMBERS
        if getattr(draft, name) is not None and not 0 <= getattr(draft, name) <= most
    ]
    found += [
        Problem(name, N_("Enter a date between 1990 and 2100."))
        for name in _DAYS
        if getattr(draft, name) and not FIRST_DAY <= getattr(draft, name) <= LAST_DAY
    ]
    found += [Problem(name, message) for name, holds, message in _RULES if not holds(draft)]
    return found + _unknown(draft, choices)


def _unknown(draft: Draft, choices: Choices) -> list[Problem]:
    """What is not in the council's lists, and people measured without saying so."""
    found = []
    if draft.department not in choices.departments:
        found.append(Problem("department", N_("Choose the department that owns it.")))
    if not set(draft.measures) <= set(choices.measures):
        found.append(Problem("measures", N_("Choose what it measures from the list.")))
    if draft.legal_basis and draft.legal_basis not in choices.legal_bases:
        found.append(Problem("legal_basis", N_("Choose a legal basis from the list.")))
    if choices.are_of_people(draft.measures) and not draft.measures_people:
        message = N_("Tick this: what you chose measures people, even if they are only counted.")
        found.append(Problem("measures_people", message))
    return found


def _is_contact(text: str) -> bool:
    return bool(WEB_ADDRESS.fullmatch(text) or MAIL_ADDRESS.fullmatch(text))


def _in_order(first: date | None, second: date | None) -> bool:
    return first is None or second is None or first <= second
