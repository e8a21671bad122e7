"""The public register: who measures what where, why, and on what legal basis."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import day, number, render_page
from hereabouts.kernel.access import VISITOR, public
from hereabouts.kernel.describe import Parameter, describe
from hereabouts.kernel.time import now
from hereabouts.places.api import find_asset
from hereabouts.sensing.domain.deployments.views import View
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors.deployments import NoSuchDeployment
from hereabouts.sensing.queries.current import StreamNow, list_streams_now
from hereabouts.sensing.queries.deployments.findings import open_findings
from hereabouts.sensing.queries.deployments.readings import find_battery
from hereabouts.sensing.queries.deployments.register import (
    MOST,
    areas_of,
    find_deployment,
    list_deployments,
)
from hereabouts.sensing.web.deployments import words
from hereabouts.sensing.web.deployments.export import as_object, write_csv
from hereabouts.sensing.web.deployments.listing import filter_of, list_context

FILTERS = (
    Parameter("department", "Only of this department, by key."),
    Parameter("measure", "Only those that measure this, by key."),
    Parameter("network", "Only on this network: lorawan, nb_iot, lte_m, 5g, wifi, wired."),
    Parameter("state", "Only in this state: proposed, agreed, live, retired, withdrawn, refused."),
    Parameter("area", "Only in this area, by code."),
    Parameter("q", "Only with these words in the title or reference."),
)
MOST_STREAMS = 40
TOLD_STEPS = frozenset(words.PAST_STEPS) - {"change", "link", "unlink"}


@public
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """All deployments whose existence is public, newest first."""
    context = list_context(request, VISITOR)
    return render_page(request, "sensing/deployments/register.html", context)


@public
@describe("Deployments of sensors, newest first.", *FILTERS, tag="sensing")
@require_safe
def register_json(request: HttpRequest) -> HttpResponse:
    """The same as data."""
    return JsonResponse(
        {"deployments": _objects(request)}, json_dumps_params={"ensure_ascii": False}
    )


@public
@describe("The same as CSV.", *FILTERS, media_type="text/csv", tag="sensing")
@require_safe
def register_csv(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet."""
    answer = HttpResponse(write_csv(_objects(request)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="deployments.csv"'
    return answer


@public
@require_safe
def deployment(request: HttpRequest, uid: str) -> HttpResponse:
    """One deployment in plain words."""
    view = _get(uid)
    findings = open_findings([uid], level=DataClass.OPEN).get(uid, [])
    context = {
        "view": view,
        "row": words.row_of(view.card, view.areas, findings),
        "what": what_facts(view),
        "lawful": lawful_facts(view),
        "upkeep": [*upkeep_facts(view), *battery_facts(view, DataClass.OPEN)],
        "readings": readings_of(view, DataClass.OPEN),
        "mount": mount_text(view),
        "steps": [
            (gettext(words.PAST_STEPS[entry.step]), entry.at)
            for entry in view.entries
            if entry.step in TOLD_STEPS
        ],
    }
    return render_page(request, "sensing/deployments/deployment.html", context)


@public
@describe("One deployment of a sensor.", tag="sensing")
@require_safe
def deployment_json(request: HttpRequest, uid: str) -> HttpResponse:
    """The same as data."""
    view = _get(uid)
    draft = view.draft
    days = ("installed_on", "inspected_on", "inspect_by", "support_ends_on", "updates_until")
    found = as_object(view.card, view.areas) | {
        "purpose": draft.purpose,
        "contact": draft.mailbox,
        "measures_people": draft.measures_people,
        "legal_basis": draft.legal_basis or None,
        "dpia": draft.dpia_url or None,
        "maker": draft.maker or None,
        "model": draft.model or None,
        "things": [one.thing_id for one in view.things if one.data_class is DataClass.OPEN],
        **{name: _iso(getattr(draft, name)) for name in days},
        "history": [
            {"step": entry.step, "at": entry.at.isoformat()}
            for entry in view.entries
            if entry.step in TOLD_STEPS
        ],
    }
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


def what_facts(view: View) -> list[tuple[str, str]]:
    """What it is and who owns it."""
    draft = view.draft
    device = " ".join(part for part in (draft.maker, draft.model) if part)
    rows = [
        (gettext("What it measures"), words.measure_names(draft.measures)),
        (gettext("Department"), words.department_name(draft.department)),
        (gettext("Contact"), draft.mailbox),
        (gettext("Network"), words.network_name(draft.network)),
        (gettext("Power"), words.power_name(draft.power)),
    ]
    return [*rows, (gettext("Device"), device)] if device else rows


def lawful_facts(view: View) -> list[tuple[str, str]]:
    """Whether people are measured, on what basis, and who may read the data."""
    draft = view.draft
    people = (
        gettext("Yes, if only counted")
        if draft.measures_people
        else gettext("No: nothing about people is measured")
    )
    basis = (
        [(gettext("Legal basis"), words.legal_basis_name(draft.legal_basis))]
        if draft.legal_basis or draft.measures_people
        else []
    )
    return [
        (gettext("Are people measured?"), people),
        *basis,
        (gettext("Who may read the data"), words.data_class_name(draft.data_class)),
    ]


def upkeep_facts(view: View) -> list[tuple[str, str]]:
    """When it was installed and inspected, and until when its maker stands by it."""
    draft = view.draft
    rows = [
        (gettext("Installed"), draft.installed_on),
        (gettext("Last inspected"), draft.inspected_on),
        (gettext("Next inspection by"), draft.inspect_by),
        (gettext("Supported by its maker until"), draft.support_ends_on),
        (gettext("Security updates until"), draft.updates_until),
    ]
    return [(name, words.day_or_none(moment)) for name, moment in rows if moment]


def battery_facts(view: View, level: DataClass) -> list[tuple[str, str]]:
    """What the battery reads and when it is expected to be empty; nothing without readings."""
    found = find_battery(view, now(), level=level)
    if found is None:
        return []
    reading = number(found.value, 0 if found.unit == "%" else 2)
    told = f"{reading}%" if found.unit == "%" else f"{reading} {found.unit}"
    if found.empty_on:
        expected = gettext("%(level)s; expected to be empty on %(day)s")
        told = expected % {"level": told, "day": day(found.empty_on)}
    return [(gettext("Battery"), told)]


def readings_of(view: View, level: DataClass) -> list[dict[str, object]]:
    """What its Things read now, as far as a reader of that level may know."""
    ids = [one.thing_id for one in view.things if one.is_there]
    streams = list_streams_now(thing_ids=ids, level=level, limit=MOST_STREAMS) if ids else []
    return [
        {
            "name": one.property_name or one.name,
            "value": _value(one),
            "at": one.at,
        }
        for one in streams
    ]


def _value(one: StreamNow) -> str:
    if one.number is None:
        return one.text or gettext("Nothing yet")
    return f"{one.number:g} {one.unit}".strip()


def mount_text(view: View) -> str:
    """What it is mounted on, by the asset's name; empty without an asset."""
    uid = view.draft.asset_uid
    found = find_asset(uid) if uid else None
    return (found.name or uid) if found else uid


def _get(uid: str) -> View:
    view = find_deployment(uid.replace("\x00", ""), actor=VISITOR)
    if view is None:
        raise NoSuchDeployment
    return view


def _objects(request: HttpRequest) -> list[dict[str, object]]:
    page = list_deployments(filter_of(request), actor=VISITOR, limit=MOST)
    areas = areas_of(card.id for card in page.cards)
    return [
        {
            **as_object(card, areas.get(card.id, ())),
            "page": request.build_absolute_uri(reverse("deployments:deployment", args=[card.uid])),
        }
        for card in page.cards
    ]


def _iso(moment: object) -> str | None:
    return str(moment) if moment else None
