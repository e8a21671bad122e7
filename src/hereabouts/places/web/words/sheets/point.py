"""The page of a point on the map: what is at it and around it."""

from __future__ import annotations

from django.utils.translation import gettext

from hereabouts.design.api import distance
from hereabouts.kernel.geometry import box_round
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import Source, Whereabouts
from hereabouts.places.web.links import with_query
from hereabouts.places.web.words.describing import describe_whereabouts
from hereabouts.places.web.words.lists import (
    area_items,
    asset_items,
    name_items,
    near_street_items,
    premises_items,
)
from hereabouts.places.web.words.names import Name, link_to, street_text
from hereabouts.places.web.words.origins import origin_of
from hereabouts.places.web.words.sheets.parts import (
    Frame,
    Section,
    Sheet,
    bounds_of,
    filled,
    local_fact,
    three,
)

REACH_M = 120.0
"""How far the map of a point reaches to each side."""


def point_sheet(here: Whereabouts) -> Sheet:
    """A point: its nearest street, postcode and areas, and what stands around it."""
    near = here.streets[0] if here.streets else None
    postcode = here.postcode
    lat, lon = f"{here.place.lat:.5f}", f"{here.place.lon:.5f}"
    title = (
        gettext("Near %(street)s") % {"street": street_text(near.street)}
        if near
        else gettext("A point on the map")
    )
    postcodes = [
        link_to(Kind.POSTCODE, postcode.code, postcode.code, distance(postcode.distance_m))
        for postcode in ([postcode] if postcode else [])
    ]
    sections = [
        Section(
            "streets",
            gettext("Nearest streets"),
            items=near_street_items(here.streets),
            is_inline=True,
        ),
        Section(
            "addresses",
            gettext("Nearest addresses"),
            items=premises_items(here.premises),
            is_inline=True,
        ),
        Section("postcodes", gettext("Nearest postcode"), items=postcodes, is_inline=True),
        Section("names", gettext("Places nearby"), items=name_items(here.names), is_inline=True),
        Section(
            "assets",
            gettext("In the street nearby"),
            items=asset_items(here.assets),
            is_inline=True,
        ),
        Section("areas", gettext("It lies in"), items=area_items(here.areas), is_inline=True),
    ]
    return Sheet(
        name=Name(title),
        kind=gettext("Point on the map"),
        sentence=describe_whereabouts(here),
        facts=three(
            (gettext("Nearest street"), street_text(near.street) if near else ""),
            (gettext("Nearest postcode"), postcode.code if postcode else ""),
            local_fact(here.areas),
        ),
        sections=filled(sections),
        frame=Frame(
            crumbs=[(gettext("Home"), "/"), (title, "")],
            identifiers=[(gettext("Latitude, longitude"), f"{lat}, {lon}")],
            open_data=[("JSON", with_query("/at.json", lat=lat, lon=lon))],
            bounds=bounds_of(box_round(here.place, REACH_M)),
            past=(),
            origin=origin_of(Source("")),
        ),
    )
