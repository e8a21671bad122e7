"""Names and kinds in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from hereabouts.design.api import language
from hereabouts.places.domain import wording
from hereabouts.places.domain.area_order import most_local
from hereabouts.places.domain.found import Address, AreaRef, StreetRef
from hereabouts.places.queries.asset_types import get_asset_types
from hereabouts.places.web.links import href_of

WELSH = "cy"
MOST_SAID = 3
"""Areas that a sentence names before it only counts the others."""


@dataclass(frozen=True)
class Name:
    """A name as the reader is shown it, and the other form where there is one."""

    text: str
    text_language: str = ""
    other: str = ""
    other_language: str = ""

    @property
    def html(self) -> SafeString:
        """The name, marked with its language where that is not the page's."""
        if self.text_language and self.text_language != language():
            return format_html('<span lang="{}">{}</span>', self.text_language, self.text)
        return format_html("{}", self.text)


def name_of(name: str, name_cy: str = "") -> Name:
    """A name in the reader's language, with its other form where one is known."""
    if not name_cy or name_cy == name:
        return Name(name)
    if language() == WELSH:
        return Name(name_cy, WELSH, name, "en")
    return Name(name, "en", name_cy, WELSH)


def name_text(name: str, name_cy: str = "") -> str:
    """The name alone."""
    return name_of(name, name_cy).text


def word(table: Mapping[str, str], value: str) -> str:
    """A word of the gazetteer in the reader's language; as written where it has no entry."""
    found = table.get(value)
    return gettext(found) if found else wording.as_written(value)


def asset_name(type_: str) -> str:
    """What residents call an asset of this type."""
    found = get_asset_types().find(type_)
    return found.name(language()) if found else wording.as_written(type_).capitalize()


def asset_names() -> dict[str, str]:
    """What residents call each type of asset, by its key; the map lists by these names."""
    return {key: found.name(language()) for key, found in get_asset_types().types.items()}


def area_text(area: AreaRef) -> str:
    """An area with its kind where the kind helps: Allt-yr-yn ward."""
    name = name_text(area.name, area.name_cy)
    if area.kind == "ward":
        return pgettext("area", "%(name)s ward") % {"name": name}
    if area.kind in ("parish", "community"):
        return gettext("%(name)s (%(kind)s)") % {
            "name": name,
            "kind": word(wording.AREA_KINDS, area.kind).lower(),
        }
    return name


def said_areas(areas: Sequence[AreaRef]) -> str:
    """The areas to say where something is: "Allt-yr-yn ward" or "A and B wards"; may be empty."""
    local = most_local(areas)
    if len(local) <= MOST_SAID:
        return listed([area_text(area) for area in local])
    more = gettext("%(count)s more") % {"count": len(local) - MOST_SAID + 1}
    return listed([*(area_text(area) for area in local[: MOST_SAID - 1]), more])


def listed(items: Sequence[str]) -> str:
    """Items in a sentence: a; a and b; a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(items[:-1]), "last": items[-1]}


def street_text(street: StreetRef) -> str:
    """A street's name in the reader's language."""
    return name_text(street.name, street.name_cy)


def address_title(address: Address, use: str) -> str:
    """What premises are called in a heading; a building without an address by its use."""
    return address.short or word(wording.USES, use)


def link_to(kind: str, uid: str, text: str, note: str = "") -> dict[str, str]:
    """An item of a list of links."""
    return {"href": href_of(kind, uid), "text": text, "note": note}
