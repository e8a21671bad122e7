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
    asset_name,
    name_of,
    street_text,
    word,
)
from hereabouts.places.web.words.sheets.parts import Section, Sheet, filled, frame_of


def premises_sheet(view: PremisesView) -> Sheet:
    """A building or an address: what it is, and what stands next to it."""
    facts = [
        Fact(gettext("Address"), view.address.line or gettext("not recorded")),
        Fact(gettext("Use"), word(wording.USES, view.use)),
    ]
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
    street = street_text(view.street) if view.street else gettext("not recorded")
    if view.street:
        facts.append(Fact(gettext("Street"), street, href_of(Kind.STREET, view.street.uid)))
    sections = [
        Section("building", gettext("The building"), facts=facts),
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
        frame=frame_of(view),
        name=name_of(title, view.name_cy if view.address.name else ""),
        kind=word(wording.USES, view.use),
        sentence=describe_premises(view),
        facts=[
            (gettext("Postcode"), view.address.postcode or gettext("not recorded")),
            (gettext("Street"), street),
            (gettext("Use"), word(wording.USES, view.use)),
        ],
        sections=filled(sections),
    )


def asset_sheet(view: AssetView) -> Sheet:
    """An asset: what is known of it, and what stands around it."""
    facts = [
        Fact(wording.as_written(name).capitalize(), wording.as_written(value))
        for name, value in sorted(view.attributes.items())
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
    street = street_text(view.street) if view.street else gettext("not recorded")
    return Sheet(
        frame=frame_of(view),
        name=name_of(asset_title(view.type, view.reference, view.name)),
        kind=asset_name(view.type),
        sentence=describe_asset(view),
        facts=[
            (gettext("Street"), street),
            (gettext("Reference"), view.reference or gettext("not recorded")),
            (gettext("Type"), asset_name(view.type)),
        ],
        sections=filled(sections),
    )
