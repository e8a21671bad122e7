"""What a reader may choose for every page: language and light or dark, kept in cookies."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext

from hereabouts.design.council import current_council
from hereabouts.design.wording import language

THEME_COOKIE = "theme"
THEMES = ("system", "light", "dark")
YEAR_S = 31_536_000
LANGUAGE_NAMES = {"en": "English", "cy": "Cymraeg"}
"""Each in its own language, so that whoever needs it can read it."""


@dataclass(frozen=True)
class Choice:
    """One of several ways to read the pages."""

    value: str
    label: str
    is_chosen: bool


def theme_of(request: HttpRequest | None) -> str:
    """The theme a reader chose: `light`, `dark`, or `system` where none was."""
    chosen = request.COOKIES.get(THEME_COOKIE, "") if request is not None else ""
    return chosen if chosen in THEMES else "system"


def language_choices() -> list[Choice]:
    """The council's languages, the reader's marked; empty when there is nothing to choose."""
    offered = current_council().languages
    if len(offered) < 2:
        return []
    return [Choice(code, LANGUAGE_NAMES[code], code == language()) for code in offered]


def theme_choices(request: HttpRequest | None) -> list[Choice]:
    """Light, dark, or as the device is set; the reader's marked."""
    labels = {
        "system": gettext("As my device"),
        "light": gettext("Light"),
        "dark": gettext("Dark"),
    }
    chosen = theme_of(request)
    return [Choice(name, labels[name], name == chosen) for name in THEMES]
