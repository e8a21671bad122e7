"""Looking at live deployments, and saying as findings what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.findings import FindingDraft, clear_finding, raise_finding
from hereabouts.sensing.domain.deployments.health import Complaint, check
from hereabouts.sensing.domain.deployments.steps import State
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.models.deployments import Deployment
from hereabouts.sensing.models.register import Thing
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.queries.deployments.findings import open_findings, subject_of
from hereabouts.sensing.queries.deployments.readings import read_health

WATCHED = (
    FindingKind.SILENT,
    FindingKind.GAPPY,
    FindingKind.DRIFTING,
    FindingKind.LOW_BATTERY,
    FindingKind.UNSUPPORTED,
    FindingKind.OVERDUE,
)


@dataclass(frozen=True)
class Checked:
    """How many deployments were looked at, and what changed."""

    deployments: int
    raised: int
    cleared: int


def check_deployments(*, clock: Clock = now) -> Checked:
    """Look at every live deployment; findings are raised and cleared, each in its transaction.

    Findings of deployments that are no longer live are cleared. For a job that runs each hour.
    """
    live = list(Deployment.objects.filter(state=State.LIVE.value).order_by("id"))
    raised = cleared = 0
    for row in live:
        up, down = _check(row, clock)
        raised, cleared = raised + up, cleared + down
    over = Deployment.objects.filter(state=State.RETIRED.value).values_list("uid", flat=True)
    for uid, found in open_findings(over).items():
        for one in found:
            cleared += clear_finding(one.kind, subject_of(uid), clock=clock)
    return Checked(len(live), raised, cleared)


def _check(row: Deployment, clock: Clock) -> tuple[int, int]:
    moment = clock()
    readings = read_health(row, get_choices(), moment)
    found = check(readings.streams, readings.battery, readings.dates, moment.timestamp())
    told = {complaint.kind: complaint for complaint in found}
    held = {one.kind for one in open_findings([row.uid]).get(row.uid, [])}
    raised = sum(
        raise_finding(_draft(row, complaint), clock=clock) is not None
        for kind, complaint in told.items()
        if kind not in held
    )
    cleared = sum(
        clear_finding(kind, subject_of(row.uid), clock=clock)
        for kind in WATCHED
        if kind in held and kind not in told
    )
    return raised, cleared


def _draft(row: Deployment, complaint: Complaint) -> FindingDraft:
    ids = list(row.things.order_by("id").values_list("thing_id", flat=True))
    classes = Thing.objects.filter(pk__in=ids).values_list("data_class", flat=True)
    return FindingDraft(
        kind=complaint.kind,
        subject=subject_of(row.uid),
        summary=f"{row.reference}: {complaint.summary}",
        evidence={
            **complaint.evidence,
            "rule": complaint.rule,
            "urgency": complaint.urgency.name.lower(),
        },
        thing_id=ids[0] if ids else None,
        # What is found in a closed Thing is as closed, however open the deployment is.
        data_class=DataClass(max([row.data_class, *classes])),
    )
