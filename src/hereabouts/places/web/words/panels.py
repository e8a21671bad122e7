"""The gazetteer's own panels: people and need, and what is known about the place itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from hereabouts.design.api import Line, Panel, number
from hereabouts.places.domain import wording
from hereabouts.places.domain.area_order import place_in_order
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import Neighbourhood
from hereabouts.places.ports import PlaceRef, Slot, contribute_panel, panel_sources
from hereabouts.places.queries.living import neighbourhoods
from hereabouts.places.web.links import href_of
from hereabouts.places.web.words.names import listed, word

MOST_DEPRIVED = 2
"""The decile up to which a neighbourhood is among the fifth that is most deprived."""


def connect() -> None:
    """Contribute the gazetteer's own panels; called once when the app has loaded."""
    contribute_panel("places.people", Slot.PEOPLE, people_panel)


def panels_for(place: PlaceRef, language: str) -> list[Panel]:
    """Every room's panel about a place, in the order of all pages."""
    found = (source(place, language) for source in panel_sources())
    return [panel for panel in found if panel is not None]


def people_panel(place: PlaceRef, language: str) -> Panel | None:
    """Residents and deprivation of the neighbourhoods a place lies in, or holds; two reads."""
    figures = neighbourhoods([*place.areas, *place.holds])
    own = [one for one in figures if one.area.code == place.uid]
    held = [one for one in figures if one.area in place.holds]
    around = [one for one in figures if one not in held]
    if place.kind is Kind.AREA and held and not own:
        lines = _summed(held)
    else:
        lines = [line for one in (own or around)[:2] for line in _lines(one)]
    more = around[0].area if around and not own and not held else None
    return Panel(
        key="people",
        title=gettext("People and need"),
        lines=lines[:3],
        empty=gettext(
            "No figures about people are loaded for this neighbourhood. An officer adds them with "
            "“hereabouts import deprivation” and “hereabouts import population”."
        ),
        more_href=href_of(Kind.AREA, more.code) if more else "",
        more_text=gettext("More about %(area)s") % {"area": more.name} if more else "",
    )


def _summed(held: Sequence[Neighbourhood]) -> list[Line]:
    """The neighbourhoods of a larger area together; of one kind, so that none counts twice."""
    smallest = place_in_order(held[0].area.kind)
    for one in held:
        smallest = min(smallest, place_in_order(one.area.kind))
    same = [one for one in held if place_in_order(one.area.kind) == smallest]
    lines = []
    residents = sum(one.residents or 0 for one in same)
    if residents:
        said = ngettext(
            "About %(residents)s people live in the neighbourhood that lies mostly in it.",
            "About %(residents)s people live in the %(count)s neighbourhoods that lie mostly "
            "in it.",
            len(same),
        )
        lines.append(Line(said % {"residents": number(residents), "count": len(same)}))
    ranked = [one for one in same if one.decile is not None]
    if ranked:
        worst = sum((one.decile or 0) <= MOST_DEPRIVED for one in ranked)
        if worst:
            said = gettext(
                "%(count)s of its %(all)s neighbourhoods are among the 20%% most deprived "
                "(index of multiple deprivation %(edition)s)."
            )
        else:
            said = gettext(
                "None of its %(all)s neighbourhoods is among the 20%% most deprived "
                "(index of multiple deprivation %(edition)s)."
            )
        values = {"count": worst, "all": len(ranked), "edition": ranked[0].deprivation_edition}
        lines.append(Line(said % values))
    return lines


def _lines(one: Neighbourhood) -> Sequence[Line]:
    lines = []
    if one.residents is not None:
        lines.append(Line(_people(one)))
    if one.decile is not None:
        lines.append(Line(_need(one)))
    hardest = [name for name, decile in one.domains.items() if decile <= MOST_DEPRIVED]
    if hardest and one.decile is not None:
        said = listed([word(wording.DOMAINS, name) for name in hardest[:4]])
        lines.append(Line(gettext("Hardest here: %(domains)s.") % {"domains": said}))
    return lines


def _people(one: Neighbourhood) -> str:
    values = {
        "area": one.area.name,
        "residents": number(one.residents or 0),
        "households": number(one.households or 0),
        "edition": one.population_edition,
    }
    if one.households:
        text = gettext(
            "%(residents)s people in %(households)s households live in %(area)s (%(edition)s)."
        )
    else:
        text = gettext("%(residents)s people live in %(area)s (%(edition)s).")
    return text % values


def _need(one: Neighbourhood) -> str:
    decile = one.decile or 0
    values = {
        "area": one.area.name,
        "share": decile * 10,
        "least": (11 - decile) * 10,
        "edition": one.deprivation_edition,
        "decile": decile,
    }
    if decile <= 5:
        text = gettext(
            "%(area)s is among the %(share)s%% most deprived neighbourhoods "
            "(index of multiple deprivation %(edition)s, decile %(decile)s of 10)."
        )
    else:
        text = gettext(
            "%(area)s is among the %(least)s%% least deprived neighbourhoods "
            "(index of multiple deprivation %(edition)s, decile %(decile)s of 10)."
        )
    return text % values
