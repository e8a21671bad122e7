"""`/sensors`: every sensor, found by name, property, area and state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import language, number, render_page, sort_key
from hereabouts.kernel.access import public
from hereabouts.kernel.geometry import NotOnTheMap, Point
from hereabouts.kernel.text import N_
from hereabouts.places.api import AreaRef, AreaView, area_kinds, find_area, list_areas
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.catalogue import (
    PropertyCard,
    SensorFilter,
    SensorPage,
    count_sensors,
    list_properties,
    list_sensors,
)
from hereabouts.sensing.queries.current import StreamNow, list_streams_now
from hereabouts.sensing.queries.whereabouts import NEAR_POINT_M
from hereabouts.sensing.web import words
from hereabouts.sensing.web.readers import asked, asked_number, level_of

STATES = {"silent": N_("Silent now"), "flagged": N_("Latest reading is doubtful")}
LOCAL_KINDS = 2
MOST_AREAS = 200
MOST_READINGS = 4
"""Readings of a sensor that the list says."""


@dataclass(frozen=True)
class Asked:
    """The filter as it stands in the form and in addresses."""

    words: str
    property_id: int | None
    area: AreaView | None
    near: Point | None
    state: str

    def query(self, **more: object) -> str:
        """The same as a query with more values; empty for none."""
        values: dict[str, Any] = {  # Any: what urlencode takes
            "q": self.words,
            "property": self.property_id,
            "area": self.area.code if self.area else "",
            "near": f"{self.near.lat:.5f},{self.near.lon:.5f}" if self.near else "",
            "state": self.state,
            **more,
        }
        kept = {name: value for name, value in values.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@public
@require_safe
def sensors(request: HttpRequest) -> HttpResponse:
    """The list, a page at a time."""
    level = level_of(request)
    wanted = asked_of(request)
    page = list_sensors(_filter(wanted), level=level, after=asked_number(request, "after") or 0)
    properties = list_properties(level=level)
    things, streams, silent = count_sensors(level=level)
    context = {
        "rows": rows_of(page, level),
        "count": page.count,
        "wanted": wanted,
        "is_filtered": bool(wanted.query()),
        "counts": [
            (gettext("Sensors"), number(things)),
            (gettext("Streams of readings"), number(streams)),
            (gettext("Silent now"), number(silent)),
        ],
        "properties": properties,
        "choices": _choices(properties, wanted),
        "next_href": wanted.query(after=page.after) if page.after else "",
    }
    return render_page(request, "sensing/list.html", context)


def asked_of(request: HttpRequest) -> Asked:
    """What the query asks for; an area or a point that is none counts as not asked."""
    area = find_area(asked(request, "area", 40)) if asked(request, "area") else None
    state = asked(request, "state")
    return Asked(
        words=asked(request, "q"),
        property_id=asked_number(request, "property"),
        area=area if isinstance(area, AreaView) else None,
        near=_point(asked(request, "near")),
        state=state if state in STATES else "",
    )


def _point(text: str) -> Point | None:
    lat, _, lon = text.partition(",")
    try:
        return Point(float(lon), float(lat))
    except (ValueError, NotOnTheMap):
        return None


def area_ref(view: AreaView) -> AreaRef:
    """An area's page as a reference to it."""
    return AreaRef(view.code, view.area_kind, view.name, view.name_cy)


def _filter(wanted: Asked) -> SensorFilter:
    return SensorFilter(
        words=wanted.words,
        property_id=wanted.property_id,
        area=(area_ref(wanted.area), wanted.area.box) if wanted.area else None,
        near=(wanted.near, NEAR_POINT_M) if wanted.near else None,
        state=wanted.state,
    )


def _choices(properties: list[PropertyCard], wanted: Asked) -> dict[str, list[tuple[str, str]]]:
    return {
        "properties": [(str(one.id), one.name) for one in properties],
        "areas": area_choices(wanted.area),
        "states": [(key, gettext(name)) for key, name in STATES.items()],
    }


def area_choices(chosen: AreaView | None) -> list[tuple[str, str]]:
    """The local areas to choose from, and the one that is chosen."""
    found: dict[str, str] = {}
    for kind in list(area_kinds())[:LOCAL_KINDS]:
        for one in list_areas(kind, sort_key(), limit=MOST_AREAS).items:
            found[one.code] = (one.name_cy or one.name) if language() == "cy" else one.name
    if chosen is not None:
        found.setdefault(chosen.code, chosen.name)
    return list(found.items())


def rows_of(page: SensorPage, level: DataClass) -> list[dict[str, object]]:
    """Sensors with what they read now. Two reads."""
    readings: dict[int, list[StreamNow]] = {}
    for one in list_streams_now(thing_ids=[row.id for row in page.rows], level=level):
        readings.setdefault(one.thing_id, []).append(one)
    return [
        {
            "id": row.id,
            "name": row.name,
            "is_silent": row.is_silent,
            "is_open": row.data_class is DataClass.OPEN,
            "class": gettext(words.CLASS_NAMES[row.data_class]),
            "at": max((one.at for one in readings.get(row.id, ()) if one.at), default=None),
            "readings": [
                (one.property_name, words.value_text(one), words.flag_names(one.quality))
                for one in readings.get(row.id, ())[:MOST_READINGS]
            ],
        }
        for row in page.rows
    ]


def at_href(place: Point) -> str:
    """The page of a point."""
    return f"/at?{urlencode({'lat': f'{place.lat:.5f}', 'lon': f'{place.lon:.5f}'})}"
