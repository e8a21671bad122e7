"""The shape of what one room contributes to a page of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Fact:
    """A name and its value, as a row of a list of facts; `href` makes the value a link."""

    name: str
    value: str
    href: str = ""
    source: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a panel: a sentence, and when it was true or where it leads."""

    text: str
    href: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Panel:
    """A part of a place page: a heading, three lines or so, and where there is more.

    All texts are already in the reader's language. `empty` is said when there are no lines or
    facts: what would be here, and how to bring it. `body` is markup of the room's own template,
    for what lines cannot say.
    """

    key: str
    title: str
    lines: Sequence[Line] = ()
    facts: Sequence[Fact] = ()
    empty: str = ""
    more_href: str = ""
    more_text: str = ""
    body: str = ""
