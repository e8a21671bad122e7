"""One sentence that says what a place is, for the top of its page and for search engines."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from hereabouts.design.api import day, distance, number, unbroken
from hereabouts.places.domain import wording
from hereabouts.places.domain.found import AreaRef
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.street_profile import chief_value
from hereabouts.places.domain.views import (
    AreaView,
    AssetView,
    PostcodeView,
    PremisesView,
    Share,
    StreetView,
    Whereabouts,
)
from hereabouts.places.web.words.names import (
    area_text,
    asset_name,
    listed,
    name_text,
    said_areas,
    street_text,
    word,
)

BROAD = ("district", "county", "country")
"""Kinds of area that say where another area is."""


def describe_street(view: StreetView) -> str:
    """Mill Lane is a residential street, 420 m long, 20 mph, lit, in Allt-yr-yn ward."""
    parts = [word(wording.ROADS, view.road_class)]
    if view.length_m:
        parts.append(gettext("%(length)s long") % {"length": distance(view.length_m)})
    if speed := chief_value(view.attributes.get("speed_limit_mph", ())):
        parts.append(value_text("speed_limit_mph", speed))
    if chief_value(view.attributes.get("one_way", ())) == "yes":
        parts.append(gettext("one way"))
    if lit := chief_value(view.attributes.get("lit", ())):
        parts.append(word(wording.VALUES["lit"], lit))
    return _sentence(name_text(view.name, view.name_cy), parts, view.areas)


def describe_premises(view: PremisesView) -> str:
    """12 Mill Lane is a house, postcode NP20 1AB, in Allt-yr-yn ward."""
    parts = [word(wording.USED_AS, view.use)]
    if view.address.postcode:
        parts.append(gettext("postcode %(postcode)s") % {"postcode": view.address.postcode})
    return _sentence(view.name or gettext("This"), parts, view.areas)


def describe_asset(view: AssetView) -> str:
    """Street lamp LC1042 stands on Mill Lane, in Allt-yr-yn ward."""
    name = asset_title(view.type, view.reference, view.name)
    where = said_areas(view.areas)
    if view.street and where:
        text = gettext("%(name)s is on %(street)s, in %(areas)s.")
    elif view.street:
        text = gettext("%(name)s is on %(street)s.")
    elif where:
        text = gettext("%(name)s is in %(areas)s.")
    else:
        text = gettext("%(name)s is on the map; no street is recorded for it.")
    street = street_text(view.street) if view.street else ""
    return text % {"name": name, "street": street, "areas": where}


def asset_title(type_: str, reference: str, name: str) -> str:
    """What an asset is called: Bus stop Mill Lane Bottom; Street lamp LC1042; Bench."""
    return " ".join(part for part in (asset_name(type_), name or reference) if part)


def describe_postcode(view: PostcodeView) -> str:
    """NP20 1AB covers 26 addresses on Mill Lane, in Allt-yr-yn ward."""
    if view.ended:
        return gettext("%(code)s is no longer in use: it ended on %(day)s.") % {
            "code": view.name,
            "day": day(view.ended),
        }
    where = said_areas(view.areas)
    streets = listed([street_text(street) for street in view.streets[:3]])
    if not view.premises_count:
        text = (
            gettext("%(code)s is in %(areas)s.")
            if where
            else gettext("%(code)s is a postcode just outside what is loaded here.")
        )
        return text % {"code": view.name, "areas": where}
    covers = ngettext(
        "%(code)s covers %(count)s address", "%(code)s covers %(count)s addresses",
        view.premises_count,
    ) % {"code": view.name, "count": number(view.premises_count)}  # fmt: skip
    on = gettext("%(said)s on %(streets)s") % {"said": covers, "streets": streets}
    said = on if streets else covers
    return (
        gettext("%(said)s, in %(areas)s.") % {"said": said, "areas": where} if where else f"{said}."
    )


def describe_area(view: AreaView) -> str:
    """Allt-yr-yn is a ward of 3.1 km² with 214 streets, in the district around it."""
    values = {
        "name": name_text(view.name, view.name_cy),
        "kind": word(wording.AREAS, view.area_kind),
        "size": number(view.size_km2, 2 if view.size_km2 < 10 else 0),
        "things": listed(_held(view)),
        "areas": listed([area_text(area) for area in view.within if area.kind in BROAD][:1]),
    }
    said = gettext("%(name)s is %(kind)s of %(size)s km²") % values
    if values["things"]:
        said = gettext("%(said)s with %(things)s") % {**values, "said": said}
    if values["areas"]:
        said = gettext("%(said)s, in %(areas)s") % {**values, "said": said}
    return f"{said}."


def _held(view: AreaView) -> list[str]:
    parts = []
    if streets := view.counts.get(Kind.STREET):
        said = ngettext("%(count)s street", "%(count)s streets", streets)
        parts.append(said % {"count": number(streets)})
    if premises := view.counts.get(Kind.PREMISES):
        said = ngettext(
            "%(count)s building or address", "%(count)s buildings and addresses", premises
        )
        parts.append(said % {"count": number(premises)})
    return parts


def describe_whereabouts(here: Whereabouts) -> str:
    """You are looking at a point 12 m from Mill Lane, in Allt-yr-yn ward."""
    where = said_areas(here.areas)
    if not here.streets:
        if where:
            return gettext("This point is in %(areas)s; no street is within 1.5 km.") % {
                "areas": where
            }
        return gettext("This point is outside the place: no street or area is known here.")
    near = here.streets[0]
    values = {
        "distance": distance(near.distance_m),
        "street": street_text(near.street),
        "areas": where,
    }
    if near.distance_m < 8:
        text = (
            gettext("This point is on %(street)s, in %(areas)s.")
            if where
            else gettext("This point is on %(street)s.")
        )
    else:
        text = (
            gettext("This point is %(distance)s from %(street)s, in %(areas)s.")
            if where
            else gettext("This point is %(distance)s from %(street)s.")
        )
    return text % values


def speed_text(shares: Sequence[Share]) -> str:
    """A street's speed limit in few words: 20 mph, or 30 to 50 mph; empty when not recorded."""
    chief = chief_value(shares)
    known = sorted(int(share.value) for share in shares if share.value)
    if not known:
        return ""
    if chief:
        return value_text("speed_limit_mph", chief)
    if known[0] == known[-1]:
        return gettext("%(speed)s mph in parts") % {"speed": known[0]}
    return gettext("%(low)s to %(high)s mph") % {"low": known[0], "high": known[-1]}


def share_text(name: str, share: Share, total_m: float) -> str:
    """A value of a street's attribute, and how much of the street has it when not all."""
    said = value_text(name, share.value)
    if total_m and share.length_m < 0.98 * total_m:
        return gettext("%(value)s (%(length)s)") % {
            "value": said,
            "length": distance(share.length_m),
        }
    return said


def value_text(name: str, value: str | None) -> str:
    """A value with its unit; what nobody has recorded is said to be unknown."""
    if value is None:
        return gettext("not recorded")
    if name == "speed_limit_mph":
        return unbroken(gettext("%(speed)s mph") % {"speed": value})
    if name == "width_m":
        return unbroken(gettext("%(number)s m") % {"number": number(float(value), 1)})
    return word(wording.VALUES.get(name, {}), value)


def _sentence(name: str, parts: Sequence[str], areas: Sequence[AreaRef]) -> str:
    where = said_areas(areas)
    said = gettext("%(name)s is %(parts)s") % {"name": name, "parts": ", ".join(parts)}
    if where:
        text = (
            gettext("%(said)s, in %(areas)s")
            if len(parts) > 1
            else gettext("%(said)s in %(areas)s")
        )
        said = text % {"said": said, "areas": where}
    return f"{said}."
