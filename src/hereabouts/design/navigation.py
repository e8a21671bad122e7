"""What rooms add to the header and the footer of every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

Position = Literal["header", "footer"]


def everybody(request: HttpRequest) -> bool:
    """Shown to all."""
    return True


@dataclass(frozen=True)
class NavigationEntry:
    """A link in the header or footer; `label` is an English message marked with `N_`."""

    label: str
    url_name: str
    position: Position = "header"
    order: int = 50
    is_shown: Callable[[HttpRequest], bool] = everybody


@dataclass(frozen=True)
class NavigationLink:
    """An entry worked out for one request."""

    text: str
    href: str
    is_here: bool


_entries: list[NavigationEntry] = []


def add_navigation(entry: NavigationEntry) -> None:
    """Add a link to every page; the same entry twice is kept once."""
    if entry not in _entries:
        _entries.append(entry)


def navigation(request: HttpRequest | None, position: Position) -> list[NavigationLink]:
    """The links of one position that this request is shown, in order."""
    if request is None:
        return []
    shown = [entry for entry in _entries if entry.position == position and entry.is_shown(request)]
    return [_link(entry, request) for entry in sorted(shown, key=lambda entry: entry.order)]


def _link(entry: NavigationEntry, request: HttpRequest) -> NavigationLink:
    href = reverse(entry.url_name)
    is_here = request.path == href or (href != "/" and request.path.startswith(f"{href}/"))
    return NavigationLink(text=gettext(entry.label), href=href, is_here=is_here)
