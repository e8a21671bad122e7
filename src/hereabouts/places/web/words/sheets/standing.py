"""Pages of what stands at a point: premises and assets."""

from __future__ import annotations

from django.utils.translation import gettext

from hereabouts.design.api import Fact, number
from hereabouts.places.domain import wording
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import (
    AssetView,
    PremisesView,
)
from hereabouts.places.web.links import href_of
from hereabouts.places.web.words.describing import (
    asset_title,
    describe_asset,
    describe_premises,
)
from hereabouts.places.web.words.lists import (
    asset_items,
    premises_items,
)
from hereabouts.places.web.words.names import (
    address_title,
    name_of,
    street_text,
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


def premises_sheet(view: PremisesView) -> Sheet:
    """A building or an address: what it is, and what stands next to it."""
    facts = [Fact(gettext("Address"), view.address.line)] if view.address.line else []
    facts.append(Fact(gettext("Use"), word(wording.USES, view.use)))
    if view.levels:
        facts.append(Fact(gettext("Storeys"), number(view.levels)))
    if view.height_m:
        facts.append(
            Fact(
                gettext("Height"),
                gettext("%(number)s m") % {"number": number(view.height_m, 1)},
            )
        )
    if view.address.postcode:
        href = href_of(Kind.POSTCODE, view.address.postcode)
        facts.append(Fact(gettext("Postcode"), view.address.postcode, href))
    street = street_text(view.street) if view.street else ""
    if view.street:
        facts.append(Fact(gettext("Street"), street, href_of(Kind.STREET, view.street.uid)))
    expected = (
        (gettext("Address"), view.address.line),
        (gettext("Postcode"), view.address.postcode),
        (gettext("Street"), street),
    )
    lacking = unrecorded([name for name, value in expected if not value])
    sections = [
        Section("building", gettext("The building"), facts=facts, note=lacking),
        Section(
            "next-door", gettext("Next to it"), items=premises_items(view.next_door), is_inline=True
        ),
        Section(
            "assets",
            gettext("In the street nearby"),
            items=asset_items(view.assets),
            is_inline=True,
        ),
    ]
    title = address_title(view.address, view.use)
    return Sheet(
        frame=frame_of(view, title),
        name=name_of(title, view.name_cy if view.address.name else ""),
        kind=word(wording.USES, view.use),
        sentence=describe_premises(view),
        facts=three(
            (gettext("Postcode"), view.address.postcode),
            (gettext("Street"), street),
            local_fact(view.areas),
            (gettext("Storeys"), counted(view.levels or 0)),
        ),
        sections=filled(sections),
    )


def asset_sheet(view: AssetView) -> Sheet:
    """An asset: what is known of it, and what stands around it."""
    street = street_text(view.street) if view.street else ""
    facts = [
        Fact(wording.as_written(name).capitalize(), wording.as_written(value))
        for name, value in sorted(view.attributes.items())
        if value != street
    ]
    sections = [
        Section("details", gettext("Details"), facts=facts),
        Section(
            "premises",
            gettext("Nearest addresses"),
            items=premises_items(view.premises),
            is_inline=True,
        ),
        Section("assets", gettext("Also nearby"), items=asset_items(view.assets), is_inline=True),
    ]
    title = asset_title(view.type, view.reference, view.name)
    return Sheet(
        frame=frame_of(view, title),
        name=name_of(title),
        # Its name begins with its type: said twice, it would only be noise.
        kind=gettext("In the street"),
        sentence=describe_asset(view),
        facts=three(
            (gettext("Street"), street),
            (gettext("Nearest address"), view.premises[0].address.short if view.premises else ""),
            local_fact(view.areas),
            (gettext("Reference"), view.reference),
        ),
        sections=filled(sections),
    )
