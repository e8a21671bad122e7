"""`/desk/sensing/`: what was found and still holds, and how the hub is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import number, render_page
from hereabouts.kernel.access import actor_of, requires
from hereabouts.sensing.domain.uplinks import DONE
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.queries.catalogue import count_sensors
from hereabouts.sensing.queries.deployments.findings import subject_of
from hereabouts.sensing.queries.sensor import FindingView, list_open_findings
from hereabouts.sensing.queries.uplinks import count_uplinks_by_state
from hereabouts.sensing.web.pages.thing import finding_row
from hereabouts.sensing.web.readers import CONNECT, READ_SHARED, level_for

FIRST = (FindingKind.THRESHOLD, FindingKind.SILENT)
MOST_FINDINGS = 200
DEPLOYMENT = subject_of("")


@requires(READ_SHARED)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Open findings, those that ask for somebody first."""
    actor = actor_of(request)
    level = level_for(actor)
    findings = list_open_findings(level=level, limit=MOST_FINDINGS)
    things, streams, silent = count_sensors(level=level)
    unread = 0
    if actor.may(CONNECT):
        unread = sum(
            count for state, count in count_uplinks_by_state().items() if state not in DONE
        )
    context = {
        "counts": [
            (gettext("Sensors"), number(things)),
            (gettext("Streams of readings"), number(streams)),
            (gettext("Silent now"), number(silent)),
        ],
        "groups": _groups(findings),
        "is_cut": len(findings) == MOST_FINDINGS,
        "may_connect": actor.may(CONNECT),
        "unread": unread,
    }
    return render_page(request, "sensing/desk/overview.html", context)


def _groups(findings: list[FindingView]) -> list[tuple[str, list[dict[str, object]]]]:
    """Findings by kind: levels and silence first, then in the order of the kinds."""
    order = [*FIRST, *(kind for kind in FindingKind if kind not in FIRST)]
    found = []
    for kind in order:
        rows = [finding_row(one) | {"href": _href(one)} for one in findings if one.kind is kind]
        if rows:
            found.append((str(rows[0]["kind"]), rows))
    return found


def _href(one: FindingView) -> str:
    """The page of what a finding is about."""
    if one.subject.startswith(DEPLOYMENT):
        return reverse("deployments:desk_one", args=[one.subject.removeprefix(DEPLOYMENT)])
    if one.thing_id and one.stream_id:
        return reverse("sensing:stream", args=[one.thing_id, one.stream_id])
    return reverse("sensing:thing", args=[one.thing_id]) if one.thing_id else ""
