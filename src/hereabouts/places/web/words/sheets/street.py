"""A street's page: its road, addresses, assets, and the streets that meet it."""

from __future__ import annotations

from django.utils.translation import gettext

from hereabouts.design.api import Fact, distance, number
from hereabouts.places.domain import wording
from hereabouts.places.domain.views import (
    StreetView,
)
from hereabouts.places.web.links import with_query
from hereabouts.places.web.words.describing import (
    describe_street,
    share_text,
    speed_text,
)
from hereabouts.places.web.words.lists import door_items, street_items
from hereabouts.places.web.words.names import (
    asset_name,
    name_of,
    word,
)
from hereabouts.places.web.words.sheets.parts import (
    Section,
    Sheet,
    counted,
    filled,
    frame_of,
    local_fact,
    three,
    unrecorded,
)


def street_sheet(view: StreetView) -> Sheet:
    """A street: its road, addresses, assets, and the streets that meet it."""
    facts, unknown = _road_facts(view)
    road = Section("road", gettext("The road"), facts=facts, note=unrecorded(unknown))
    sections = [
        road,
        _premises_section(view),
        Section(
            "assets",
            gettext("In the street"),
            items=[
                {
                    "href": with_query("/assets", street=view.uid, type=type_),
                    "text": asset_name(type_),
                    "note": number(times),
                }
                for type_, times in view.assets.items()
            ],
            is_inline=True,
        ),
        Section(
            "meets",
            gettext("Streets that meet it"),
            items=street_items(view.meets),
            is_inline=True,
        ),
    ]
    return Sheet(
        frame=frame_of(view),
        name=name_of(view.name, view.name_cy),
        kind=word(wording.ROAD_NAMES, view.road_class),
        sentence=describe_street(view),
        facts=three(
            (gettext("Length"), distance(view.length_m)),
            (gettext("Speed limit"), speed_text(view.attributes.get("speed_limit_mph", ()))),
            (gettext("Addresses"), counted(view.premises_count)),
            (gettext("Things in the street"), counted(sum(view.assets.values()))),
            local_fact(view.areas),
        ),
        sections=filled(sections),
    )


def _road_facts(view: StreetView) -> tuple[list[Fact], list[str]]:
    """What is known of the road, and the names of what is not."""
    unknown: list[str] = []
    facts = [Fact(gettext("Number"), view.ref)] if view.ref and view.ref != view.name else []
    for name, title in wording.ATTRIBUTES.items():
        shares = view.attributes.get(name, ())
        known = [share for share in shares if share.value is not None]
        if not known:
            if name not in ("structure", "access", "bus", "width_m"):
                unknown.append(gettext(title))
            continue
        if name == "structure" and all(share.value == "none" for share in known):
            continue
        total = sum(share.length_m for share in shares)
        facts.append(
            Fact(gettext(title), "; ".join(share_text(name, share, total) for share in shares[:4]))
        )
    return facts, unknown


def _premises_section(view: StreetView) -> Section:
    more = view.premises_count > len(view.premises)
    return Section(
        "addresses",
        gettext("Addresses"),
        items=door_items(view.premises),
        is_inline=True,
        more_href=with_query("/premises", street=view.uid) if more else "",
        more_text=gettext("All %(count)s addresses") % {"count": number(view.premises_count)},
    )
