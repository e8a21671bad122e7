"""`/sensors/12`: a sensor with all it reads, what was found about it, and whose it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import Fact, render_page
from hereabouts.kernel.access import public
from hereabouts.kernel.time import now
from hereabouts.places.api import AssetView, areas_at, find_asset
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.looking import DAY
from hereabouts.sensing.domain.watching import FINDING_NAMES, FindingKind
from hereabouts.sensing.errors import NoSuchSensor
from hereabouts.sensing.queries.current import StreamNow, list_streams_now
from hereabouts.sensing.queries.sensor import (
    FindingView,
    ThingView,
    find_thing,
    list_findings_of,
)
from hereabouts.sensing.queries.series import sparks_of
from hereabouts.sensing.queries.uplinks import find_device_of_thing
from hereabouts.sensing.web import words
from hereabouts.sensing.web.drawing.charts import sparkline
from hereabouts.sensing.web.pages.credits import credit_lines
from hereabouts.sensing.web.pages.listing import at_href
from hereabouts.sensing.web.pages.spans import micros_of
from hereabouts.sensing.web.panel import live_address
from hereabouts.sensing.web.readers import CONNECT, level_for, reader_of

MOST_STREAMS = 200
MOST_SPARKS = 30
LOCAL_AREAS = 3


@public
@require_safe
def thing(request: HttpRequest, thing_id: int) -> HttpResponse:
    """A sensor."""
    reader = reader_of(request)
    level = level_for(reader)
    view = find_thing(thing_id, level=level)
    if view is None:
        raise NoSuchSensor
    streams = list_streams_now(thing_ids=[thing_id], level=level, limit=MOST_STREAMS)
    findings = list_findings_of(thing_id, [one.id for one in streams], level=level)
    is_open = view.data_class is DataClass.OPEN
    context = {
        "view": view,
        "rows": _rows(streams),
        "state": state_of(streams, findings),
        "findings": [finding_row(one) for one in findings],
        "facts": _facts(view),
        "live": live_address([one.id for one in streams]) if is_open and streams else "",
        "is_open": is_open,
        "is_invented": view.properties.get("invented") is True,
        "device": find_device_of_thing(thing_id) if reader.may(CONNECT) else None,
        "alert_href": f"{reverse('sensing:new_alert')}?place=thing:{thing_id}",
        "credits": credit_lines(),
        "sta": f"/sta/v1.1/Things({thing_id})",
    }
    return render_page(request, "sensing/thing.html", context)


def _rows(streams: list[StreamNow]) -> list[dict[str, object]]:
    until = micros_of(now())
    sparks = sparks_of(streams[:MOST_SPARKS], until)
    return [
        {
            "now": one,
            "value": words.value_text(one),
            "flags": words.flag_names(one.quality),
            "spark": sparkline(
                sparks.get(one.id, ()),
                until - DAY,
                until,
                words.spark_label(one.name, sparks.get(one.id, ()), one.unit),
            ),
        }
        for one in streams
    ]


def state_of(streams: list[StreamNow], findings: list[FindingView]) -> tuple[str, str]:
    """How a sensor is, in a word, and the shape of that word."""
    still = [one.kind for one in findings if one.cleared_at is None]
    if FindingKind.SILENT in still:
        return gettext("Silent"), "problem"
    if still:
        return gettext(FINDING_NAMES[still[0]]), "attention"
    if any(one.quality for one in streams):
        return gettext("Latest reading is doubtful"), "attention"
    if any(one.at for one in streams):
        return gettext("Heard"), "good"
    return gettext("No reading yet"), "neutral"


def finding_row(one: FindingView) -> dict[str, object]:
    """A finding in the reader's language; its sentence is the rule's own, in English."""
    return {
        "kind": gettext(FINDING_NAMES[one.kind]),
        "summary": one.summary,
        "is_open": one.cleared_at is None,
        "raised_at": one.raised_at,
        "cleared_at": one.cleared_at,
        "thing_id": one.thing_id,
        "stream_id": one.stream_id,
    }


def _facts(view: ThingView) -> list[Fact]:
    found = []
    if view.place is not None:
        where = ", ".join(view.location_names) or gettext("On the map")
        found.append(Fact(gettext("Place"), where, at_href(view.place)))
        areas = areas_at(view.place)[:LOCAL_AREAS]
        if areas:
            area = areas[0]
            found.append(Fact(gettext("Area"), area.name, f"/areas/{area.code}"))
    found += _deployment_facts(view)
    if view.kept_days is not None:
        found.append(Fact(gettext("Readings are kept for"), words.days_text(view.kept_days)))
    found.append(Fact(gettext("Who may read it"), gettext(words.CLASS_NAMES[view.data_class])))
    return found


def _deployment_facts(view: ThingView) -> list[Fact]:
    deployment = view.deployment
    if deployment is None or deployment.data_class > view.data_class:
        return []
    found = [
        Fact(
            gettext("Why it is here"),
            deployment.title,
            reverse("deployments:deployment", args=[deployment.uid]),
        )
    ]
    asset = find_asset(deployment.asset_uid) if deployment.asset_uid else None
    if isinstance(asset, AssetView):
        name = asset.name or asset.uid
        found.append(Fact(gettext("Mounted on"), name, f"/assets/{asset.uid}"))
    return found
