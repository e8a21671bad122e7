"""What every place page is made of, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from hereabouts.design.api import Fact, number
from hereabouts.kernel.geometry import Box
from hereabouts.places.domain import wording
from hereabouts.places.domain.area_order import most_local
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import PlaceView
from hereabouts.places.web.links import href_of
from hereabouts.places.web.words.changes import change_text
from hereabouts.places.web.words.names import Name, area_text, listed, name_text, word
from hereabouts.places.web.words.origins import Origin, origin_of

Item = Mapping[str, str]
MOST_FACTS = 3
MOST_NUMBERS = 4
"""Numbers of one register that a page shows; the data has all of them."""


@dataclass(frozen=True)
class Section:
    """A part of a page: a heading and a list of links or of facts, with where there is more."""

    key: str
    title: str
    items: Sequence[Item] = ()
    facts: Sequence[Fact] = ()
    is_inline: bool = False
    more_href: str = ""
    more_text: str = ""
    note: str = ""


@dataclass(frozen=True)
class Past:
    """Something that an import did, in words."""

    text: str
    at: datetime


@dataclass(frozen=True)
class Frame:
    """What a page says in the same way about every place: path, numbers, past, source."""

    crumbs: Sequence[tuple[str, str]]
    identifiers: Sequence[tuple[str, str]]
    open_data: Sequence[tuple[str, str]]
    bounds: tuple[float, float, float, float]
    past: Sequence[Past]
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything a place page shows, in the reader's words, from top to bottom."""

    name: Name
    kind: str
    sentence: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    frame: Frame
    is_old: bool = False


def frame_of(view: PlaceView, title: str = "") -> Frame:
    """The same parts for every kind of place; `title` is what one without a name is called."""
    return Frame(
        crumbs=_crumbs(view, title),
        identifiers=_numbers(view),
        open_data=[("JSON", f"{href_of(view.kind, view.uid)}.json")],
        bounds=bounds_of(view.box),
        past=[Past(change_text(one), one.at) for one in view.history[:6]],
        origin=origin_of(view.source),
    )


def _numbers(view: PlaceView) -> list[tuple[str, str]]:
    by_scheme: dict[str, list[str]] = {}
    for scheme, value in view.identifiers:
        by_scheme.setdefault(scheme, []).append(value)
    found = [(word(wording.SCHEMES, scheme), _few(values)) for scheme, values in by_scheme.items()]
    if view.kind in (Kind.AREA, Kind.POSTCODE):
        # Their codes are their addresses too.
        return found or [(gettext("Code"), view.uid)]
    return [*found, (gettext("Hereabouts id"), view.uid)]


def _few(values: Sequence[str]) -> str:
    if len(values) <= MOST_NUMBERS:
        return ", ".join(values)
    more = gettext("and %(count)s more") % {"count": len(values) - MOST_NUMBERS}
    return f"{', '.join(values[:MOST_NUMBERS])} {more}"


def _crumbs(view: PlaceView, title: str) -> list[tuple[str, str]]:
    """The way down to the place: through each kind of area that is only one."""
    crumbs = [(gettext("Home"), "/")]
    for kind in ("county", "district", "ward"):
        areas = [area for area in view.areas if area.kind == kind]
        if len(areas) == 1:
            crumbs.append((area_text(areas[0]), href_of(Kind.AREA, areas[0].code)))
    return [*crumbs, (title or name_text(view.name, view.name_cy), "")]


def bounds_of(box: Box) -> tuple[float, float, float, float]:
    """The box as a map is told it, with a little room around it."""
    wide = box.grown_m(40)
    return (round(wide.west, 6), round(wide.south, 6), round(wide.east, 6), round(wide.north, 6))


def filled(sections: Sequence[Section]) -> list[Section]:
    """The sections that have something in them, be it only a note of what is not known."""
    return [section for section in sections if section.items or section.facts or section.note]


def three(*told: tuple[str, str]) -> list[tuple[str, str]]:
    """The first three facts that are known; what is not recorded is no fact."""
    return [(name, value) for name, value in told if value][:MOST_FACTS]


def counted(value: int) -> str:
    """A number for `three`, where nothing says nothing."""
    return number(value) if value else ""


def local_fact(areas: Sequence[AreaRef]) -> tuple[str, str]:
    """The area that people would say this is in, for `three`."""
    local = most_local(areas)[:1]
    if not local:
        return "", ""
    return word(wording.AREA_KINDS, local[0].kind), name_text(local[0].name, local[0].name_cy)


def unrecorded(names: Sequence[str]) -> str:
    """What is not recorded, said once; empty where everything is."""
    if not names:
        return ""
    return gettext("Not recorded: %(things)s.") % {"things": listed([one.lower() for one in names])}
