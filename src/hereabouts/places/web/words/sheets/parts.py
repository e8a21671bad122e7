"""What every place page is made of, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from hereabouts.design.api import Fact
from hereabouts.kernel.geometry import Box
from hereabouts.places.domain import wording
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import PlaceView
from hereabouts.places.web.links import href_of
from hereabouts.places.web.words.names import Name, area_text, name_text, word
from hereabouts.places.web.words.origins import Origin, origin_of

Item = Mapping[str, str]


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
    found = [(word(wording.SCHEMES, scheme), value) for scheme, value in view.identifiers]
    if view.kind in (Kind.AREA, Kind.POSTCODE):
        # Their codes are their addresses too.
        return found or [(gettext("Code"), view.uid)]
    return [*found, (gettext("Hereabouts id"), view.uid)]


def _past(change: str, source: str, at: datetime) -> Past:
    said = gettext("%(change)s, by %(source)s") % {
        "change": word(wording.CHANGES, change),
        "source": word(wording.SOURCES, source),
    }
    return Past(said, at)


def _crumbs(view: PlaceView) -> list[tuple[str, str]]:
    path = [area for area in reversed(view.areas) if area.kind in ("county", "district", "ward")]
    crumbs = [(gettext("Home"), "/")]
    crumbs += [(_crumb(area), href_of(Kind.AREA, area.code)) for area in _one_a_kind(path)]
    return [*crumbs, (name_text(view.name, view.name_cy), "")]


def _crumb(area: AreaRef) -> str:
    return area_text(area) if area.kind == "ward" else name_text(area.name, area.name_cy)


def _one_a_kind(areas: Sequence[AreaRef]) -> list[AreaRef]:
    seen: dict[str, AreaRef] = {}
    for area in areas:
        seen.setdefault(area.kind, area)
    order = ("county", "district", "ward")
    return sorted(seen.values(), key=lambda area: order.index(area.kind))


def bounds_of(box: Box) -> tuple[float, float, float, float]:
    """The box as a map is told it, with a little room around it."""
    wide = box.grown_m(40)
    return (round(wide.west, 6), round(wide.south, 6), round(wide.east, 6), round(wide.north, 6))


def filled(sections: Sequence[Section]) -> list[Section]:
    """The sections that have something in them."""
    return [section for section in sections if section.items or section.facts]
