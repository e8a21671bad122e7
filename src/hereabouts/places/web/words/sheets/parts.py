"""What every place page is made of, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from hereabouts.design.api import Fact
from hereabouts.kernel.geometry import Box
from hereabouts.places.domain import wording
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import PlaceView
from hereabouts.places.web.links import href_of
from hereabouts.places.web.words.names import Name, area_text, name_text, word
from hereabouts.places.web.words.origins import Origin, origin_of, source_name

Item = Mapping[str, str]
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


def frame_of(view: PlaceView) -> Frame:
    """The same parts for every kind of place."""
    return Frame(
        crumbs=_crumbs(view),
        identifiers=_numbers(view),
        open_data=[("JSON", f"{href_of(view.kind, view.uid)}.json")],
        bounds=bounds_of(view.box),
        past=[_past(one.change, one.source, one.at) for one in view.history[:6]],
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


def _past(change: str, source: str, at: datetime) -> Past:
    said = gettext("%(change)s, by %(source)s") % {
        "change": word(wording.CHANGES, change),
        "source": source_name(source),
    }
    return Past(said, at)


def _crumbs(view: PlaceView) -> list[tuple[str, str]]:
    """The way down to the place: through each kind of area that is only one."""
    crumbs = [(gettext("Home"), "/")]
    for kind in ("county", "district", "ward"):
        areas = [area for area in view.areas if area.kind == kind]
        if len(areas) == 1:
            crumbs.append((area_text(areas[0]), href_of(Kind.AREA, areas[0].code)))
    return [*crumbs, (name_text(view.name, view.name_cy) or gettext("This building"), "")]


def bounds_of(box: Box) -> tuple[float, float, float, float]:
    """The box as a map is told it, with a little room around it."""
    wide = box.grown_m(40)
    return (round(wide.west, 6), round(wide.south, 6), round(wide.east, 6), round(wide.north, 6))


def filled(sections: Sequence[Section]) -> list[Section]:
    """The sections that have something in them."""
    return [section for section in sections if section.items or section.facts]
