"""What sensors say at a place: the panel that every place page has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from hereabouts.design.api import Line, Panel, distance, number
from hereabouts.kernel.geometry import Box
from hereabouts.kernel.time import now
from hereabouts.places.api import AreaRef, Kind, PlaceRef
from hereabouts.sensing.domain.deployments.health import BATTERY_NAMES
from hereabouts.sensing.domain.looking import DAY
from hereabouts.sensing.queries.around import (
    NearThing,
    Sum,
    nearest_things,
    sums_of,
    things_in,
    things_of_area,
)
from hereabouts.sensing.queries.current import EPOCH, StreamNow, list_streams_now
from hereabouts.sensing.queries.series import sparks_of, usual_of_streams
from hereabouts.sensing.queries.whereabouts import NEAR_POINT_M, NEAR_STREET_M
from hereabouts.sensing.web import words
from hereabouts.sensing.web.drawing.charts import sparkline

KEY = "sensing"
TEMPLATE = "sensing/panel.html"
MOST_SHOWN = 5
MOST_ASKED = 12
"""Things of which the readings are looked at: the nearest."""
MOST_SUMS = 6
FRESH = timedelta(hours=6)
"""A reading older than this is no part of an area's sums."""


@dataclass(frozen=True)
class Reading:
    """A line of the panel."""

    now: StreamNow
    value: str
    usual: str
    flags: str
    spark: str
    where: str


def now_panel(place: PlaceRef, language: str) -> Panel:
    """What is measured here now; where nothing is, the nearest sensors."""
    box = reach_of(place)
    area = _area_of(place)
    moment = now()
    if area is not None:
        things = things_of_area(area, place.box)
        found = sums_of([one.id for one in things], micros(moment - FRESH))
        sums = [one for one in found if one.name.casefold() not in BATTERY_NAMES]
        if any(one.count > 1 for one in sums):
            return _sums_panel(place, area, things, sums)
    else:
        things = [one for one in things_in(box, place.place) if _is_near(place, one)]
    return _readings_panel(place, things, moment) if things else _empty_panel(place)


def reach_of(place: PlaceRef) -> Box:
    """The ground around a place in which a sensor counts as being there."""
    if place.kind is Kind.AREA:
        return place.box
    return place.box.grown_m(NEAR_STREET_M if place.kind is Kind.STREET else NEAR_POINT_M)


def _is_near(place: PlaceRef, thing: NearThing) -> bool:
    return place.kind is Kind.STREET or thing.distance_m <= NEAR_POINT_M


def _area_of(place: PlaceRef) -> AreaRef | None:
    if place.kind is not Kind.AREA:
        return None
    return next((area for area in place.areas if area.code == place.uid), None)


def micros(moment: datetime) -> int:
    """A time as the store has it."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def _readings_panel(place: PlaceRef, things: list[NearThing], moment: datetime) -> Panel:
    near = {one.id: one for one in things[:MOST_ASKED]}
    streams = _chosen(list_streams_now(thing_ids=list(near)), near)
    if not streams:
        return _empty_panel(place)
    shown = streams[:MOST_SHOWN]
    until = micros(moment)
    sparks, usual = sparks_of(shown, until), usual_of_streams(shown, until)
    readings = [
        Reading(
            now=one,
            value=words.value_text(one),
            usual=words.usual_text(one.number, usual.get(one.id)),
            flags=", ".join(words.flag_names(one.quality)),
            spark=sparkline(
                sparks.get(one.id, ()),
                until - DAY,
                until,
                words.spark_label(one.property_name, sparks.get(one.id, ()), one.unit),
            ),
            where=_where(place, near[one.thing_id]),
        )
        for one in shown
    ]
    body = _body(
        {
            "readings": readings,
            "live": live_address([one.id for one in shown]),
            "alert_href": alert_href(place),
            "list_href": list_href(place),
            "more": _more(len(things)),
        }
    )
    return Panel(key=KEY, title=gettext("Measured here now"), body=body)


def _body(context: Mapping[str, object]) -> SafeString:
    # What a template made is markup already; Jinja2 escaped what was put into it.
    return mark_safe(render_to_string(TEMPLATE, dict(context), using="jinja2"))


def _chosen(streams: list[StreamNow], near: dict[int, NearThing]) -> list[StreamNow]:
    """The nearest stream of each property that has a reading, batteries left out."""
    found: dict[tuple[int, str], StreamNow] = {}
    order = {key: index for index, key in enumerate(near)}
    for one in sorted(streams, key=lambda one: (order[one.thing_id], one.name)):
        if one.at is not None and one.property_name.casefold() not in BATTERY_NAMES:
            found.setdefault((one.property_id, one.property_name), one)
    return list(found.values())


def _where(place: PlaceRef, thing: NearThing) -> str:
    if place.kind is Kind.STREET or thing.distance_m < 15:
        return ""
    return gettext("%(distance)s away") % {"distance": distance(thing.distance_m)}


def _more(things: int) -> str:
    said = ngettext("%(count)s sensor here", "All %(count)s sensors here", things)
    return said % {"count": number(things)}


def _sums_panel(place: PlaceRef, area: AreaRef, things: list[NearThing], sums: list[Sum]) -> Panel:
    most = sorted(sums, key=lambda one: (-one.count, one.name))[:MOST_SUMS]
    body = _body(
        {
            "sums": [_sum_line(one, area) for one in most],
            "alert_href": alert_href(place),
            "list_href": list_href(place),
            "more": _more(len(things)),
        }
    )
    return Panel(key=KEY, title=gettext("Measured here now"), body=body)


def _sum_line(one: Sum, area: AreaRef) -> dict[str, str]:
    """A property in an area: the middle of its sensors, and between which they lie."""
    if one.count == 1:
        value = words.with_unit(one.middle, one.unit)
        return {
            "name": one.name,
            "value": value,
            "note": gettext("at one sensor"),
            "href": reverse("sensing:thing", args=[one.thing_id]),
        }
    note = gettext("the middle of %(count)s sensors, from %(low)s to %(high)s") % {
        "count": number(one.count),
        "low": words.figure(one.least),
        "high": words.figure(one.most),
    }
    query = urlencode({"area": area.code})
    return {
        "name": one.name,
        "value": words.with_unit(one.middle, one.unit),
        "note": note,
        "href": f"{reverse('sensing:property', args=[one.property_id])}?{query}",
    }


def _empty_panel(place: PlaceRef) -> Panel:
    near = nearest_things(place.place)
    text = gettext("Nothing measures here yet.")
    if near:
        text = gettext("Nothing measures here. The nearest sensors:")
    lines = [Line(text)] if near else []
    lines += [
        Line(
            gettext("%(name)s, %(distance)s away")
            % {"name": one.name, "distance": distance(one.distance_m)},
            href=reverse("sensing:thing", args=[one.id]),
        )
        for one in near
    ]
    return Panel(
        key=KEY,
        title=gettext("Measured here now"),
        lines=lines,
        empty=text,
        more_href=reverse("deployments:register"),
        more_text=gettext("What is planned to be measured"),
    )


def place_key(place: PlaceRef) -> str:
    """A place in an address: `street:st-…`, `point:51.58,-2.99`."""
    return f"{place.kind.value if place.kind else 'point'}:{place.uid}"


def alert_href(place: PlaceRef) -> str:
    """Where somebody asks to be told when a level is crossed here."""
    return f"{reverse('sensing:new_alert')}?{urlencode({'place': place_key(place)})}"


def list_href(place: PlaceRef) -> str:
    """The list of the sensors at a place."""
    if place.kind is Kind.AREA:
        return f"{reverse('sensing:list')}?{urlencode({'area': place.uid})}"
    at = f"{place.place.lat:.5f},{place.place.lon:.5f}"
    return f"{reverse('sensing:list')}?{urlencode({'near': at})}"


def live_address(stream_ids: list[int]) -> str:
    """Where newer values of some streams come from."""
    query = urlencode({"stream": ",".join(str(one) for one in stream_ids)})
    return f"/sensing/live?{query}"
