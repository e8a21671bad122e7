"""Pages of what covers ground: areas and postcodes."""

from __future__ import annotations

from django.utils.translation import gettext

from hereabouts.design.api import Fact, day, number
from hereabouts.places.domain import wording
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import (
    AreaView,
    PostcodeView,
)
from hereabouts.places.web.links import href_of, with_query
from hereabouts.places.web.words.describing import (
    describe_area,
    describe_postcode,
)
from hereabouts.places.web.words.lists import (
    area_items,
    premises_items,
    street_items,
)
from hereabouts.places.web.words.names import (
    area_text,
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
)


def postcode_sheet(view: PostcodeView) -> Sheet:
    """A postcode: its streets and addresses."""
    more = view.premises_count > len(view.premises)
    sections = [
        Section("streets", gettext("Streets"), items=street_items(view.streets), is_inline=True),
        Section(
            "addresses",
            gettext("Addresses"),
            items=premises_items(view.premises),
            is_inline=True,
            more_href=with_query("/premises", postcode=view.name) if more else "",
            more_text=gettext("All %(count)s addresses") % {"count": number(view.premises_count)},
        ),
    ]
    if not view.premises_count:
        empty = gettext(
            "No address here is known by this postcode. Addresses come with the map and with the "
            "council’s list of properties."
        )
        sections = [Section("addresses", gettext("Addresses"), note=empty)]
    return Sheet(
        frame=frame_of(view),
        name=name_of(view.name),
        kind=gettext("Postcode"),
        sentence=describe_postcode(view),
        facts=three(
            (gettext("Addresses"), counted(view.premises_count)),
            (gettext("Streets"), counted(len(view.streets))),
            local_fact(view.areas),
        ),
        sections=filled(sections),
        is_old=view.ended is not None,
    )


def area_sheet(view: AreaView) -> Sheet:
    """An area: what it lies in, what it holds, and its largest streets."""
    sections = [
        Section("streets", gettext("Longest streets"), items=street_items(view.streets),
                is_inline=True, more_href=with_query("/streets", area=view.code),
                more_text=gettext("All streets of the area")),
        *[
            Section(
                f"holds-{kind}",
                word(wording.AREA_KINDS_MANY, kind),
                items=area_items(areas[:40], with_kind=False),
                is_inline=True,
                note=gettext("The first 40 of %(count)s.") % {"count": number(len(areas))}
                if len(areas) > 40
                else "",
            )
            for kind, areas in view.holds.items()
        ],
        Section("overlaps", gettext("Shares ground with"), items=area_items(view.overlaps),
                is_inline=True),
        Section("validity", gettext("Since when"), facts=_validity(view)),
    ]  # fmt: skip
    counts = view.counts
    return Sheet(
        frame=frame_of(view),
        name=name_of(view.name, view.name_cy),
        kind=word(wording.AREA_KINDS, view.area_kind),
        sentence=describe_area(view),
        facts=three(
            (gettext("Streets"), counted(counts.get(Kind.STREET, 0))),
            (gettext("Buildings and addresses"), counted(counts.get(Kind.PREMISES, 0))),
            (gettext("Assets in the street"), counted(counts.get(Kind.ASSET, 0))),
        ),
        sections=filled(sections),
        is_old=view.valid_to is not None,
    )


def _validity(view: AreaView) -> list[Fact]:
    facts = []
    if view.valid_from:
        facts.append(Fact(gettext("Valid from"), day(view.valid_from)))
    if view.valid_to:
        facts.append(Fact(gettext("Valid to"), day(view.valid_to)))
    if view.successor:
        href = href_of(Kind.AREA, view.successor.code)
        facts.append(Fact(gettext("Replaced by"), area_text(view.successor), href))
    for one in view.predecessors:
        facts.append(Fact(gettext("Replaces"), area_text(one), href_of(Kind.AREA, one.code)))
    return facts
