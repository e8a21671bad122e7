"""`/sensors/properties/3`: one property everywhere, on a live map, over the last day."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import clock, day_and_time, render_page
from hereabouts.kernel.access import public
from hereabouts.kernel.geometry import Point
from hereabouts.kernel.time import now
from hereabouts.places.api import AreaView
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.looking import DAY, HOUR, MINUTE
from hereabouts.sensing.domain.observations import ResultKind
from hereabouts.sensing.errors import NoSuchSensor
from hereabouts.sensing.queries.around import things_of_area
from hereabouts.sensing.queries.catalogue import find_property
from hereabouts.sensing.queries.current import StreamNow, list_streams_now
from hereabouts.sensing.queries.series import read_steps
from hereabouts.sensing.queries.whereabouts import places_of
from hereabouts.sensing.web import words
from hereabouts.sensing.web.drawing.shades import edges_for, shade_of, shades_for
from hereabouts.sensing.web.pages.credits import credit_lines
from hereabouts.sensing.web.pages.listing import area_choices, area_ref, asked_of
from hereabouts.sensing.web.pages.spans import micros_of, moment_of
from hereabouts.sensing.web.readers import asked, level_of

STEP = 30 * MINUTE
MOST_STREAMS = 500
SHOWN_HOURS = 24


@public
@require_safe
def on_map(request: HttpRequest, property_id: int) -> HttpResponse:
    """Every stream of a property, now or at a time of the last day."""
    level = level_of(request)
    card = find_property(property_id, level=level)
    if card is None:
        raise NoSuchSensor
    area = asked_of(request).area
    streams = list_streams_now(
        property_id=property_id,
        thing_ids=_things(area, level),
        level=level,
        limit=MOST_STREAMS + 1,
    )
    moment = now()
    at = _at(asked(request, "at", 25), moment)
    values = _values(streams, at)
    edges = edges_for([value for value in values.values() if value is not None])
    places = places_of([one.thing_id for one in streams])
    context = {
        "card": card,
        "area": area,
        "choices": area_choices(area),
        "rows": [_row(one, values[one.id], edges, at) for one in streams[:MOST_STREAMS]],
        "is_cut": len(streams) > MOST_STREAMS,
        "at": at,
        "at_words": day_and_time(at) if at else "",
        "hours": _hours(moment, at, area),
        "legend": _legend(edges, _unit(streams)),
        "bounds": _bounds(list(places.values())),
        "steps": f"/sensing/steps?{_query(property_id, area)}",
        "live": f"/sensing/live?{_query(property_id, area)}" if not at else "",
        "zone": timezone.get_current_timezone_name(),
        "credits": credit_lines(),
        "now_href": f"{reverse('sensing:property', args=[property_id])}{_area_query(area)}",
    }
    return render_page(request, "sensing/property.html", context)


def _query(property_id: int, area: AreaView | None) -> str:
    return urlencode({"property": property_id, **({"area": area.code} if area else {})})


def _area_query(area: AreaView | None) -> str:
    return f"?{urlencode({'area': area.code})}" if area else ""


def _things(area: AreaView | None, level: DataClass) -> list[int] | None:
    if area is None:
        return None
    return [one.id for one in things_of_area(area_ref(area), area.box, level=level)]


def _at(text: str, moment: datetime) -> datetime | None:
    """The step of the last day that is asked for, or None for now."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    if found.tzinfo is None or not 0 <= micros_of(moment) - micros_of(found) <= 2 * DAY:
        return None
    return moment_of(micros_of(found) // STEP * STEP)


def _values(streams: Sequence[StreamNow], at: datetime | None) -> dict[int, float | None]:
    if at is None:
        return {one.id: one.number if one.kind == ResultKind.NUMBER else None for one in streams}
    start = micros_of(at)
    steps = read_steps([one.id for one in streams], start, start + STEP, STEP)
    return {key: values[0] for key, values in steps.values.items()}


def _row(
    one: StreamNow, value: float | None, edges: Sequence[float], at: datetime | None
) -> dict[str, object]:
    told = words.value_text(one) if at is None else ""
    if at is not None:
        told = words.with_unit(value, one.unit) if value is not None else "–"
    return {
        "now": one,
        "value": told,
        "shade": swatch(shade_of(value, edges)),
        "flags": words.flag_names(one.quality) if at is None else [],
        "is_open": one.data_class is DataClass.OPEN,
    }


def swatch(shade: str) -> str:
    """A circle in a shade, for a table or legend that says the value beside it."""
    return format_html(
        '<svg class="app-swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" '
        'focusable="false"><circle cx="8" cy="8" r="6" fill="{}"/></svg>',
        shade,
    )


def _legend(edges: Sequence[float], unit: str) -> list[tuple[str, str]]:
    """What each shade stands for."""
    if not edges:
        return []
    texts = [gettext("below %(value)s") % {"value": words.figure(edges[0])}]
    texts += [
        gettext("%(low)s to %(high)s")
        % {"low": words.figure(low), "high": words.with_unit(high, unit)}
        for low, high in itertools.pairwise(edges)
    ]
    texts.append(gettext("%(value)s or more") % {"value": words.with_unit(edges[-1], unit)})
    return list(zip((swatch(shade) for shade in shades_for(edges)), texts, strict=True))


def _unit(streams: Sequence[StreamNow]) -> str:
    units = {one.unit for one in streams}
    return units.pop() if len(units) == 1 else ""


def _hours(
    moment: datetime, at: datetime | None, area: AreaView | None
) -> list[tuple[str, str, bool]]:
    """Links to each full hour of the last day, the latest first."""
    latest = micros_of(moment) // HOUR * HOUR
    found = []
    for back in range(1, SHOWN_HOURS + 1):
        start = moment_of(latest - back * HOUR)
        more = {"area": area.code} if area else {}
        query = urlencode({"at": start.strftime("%Y-%m-%dT%H:%M:%SZ"), **more})
        found.append((clock(start), f"?{query}", start == at))
    return found


def _bounds(places: Sequence[Point]) -> tuple[float, float, float, float] | None:
    if not places:
        return None
    west, east = min(one.lon for one in places), max(one.lon for one in places)
    south, north = min(one.lat for one in places), max(one.lat for one in places)
    return west, south, east, north
