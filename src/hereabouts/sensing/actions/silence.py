"""Silence becomes a finding, and ends it when the Thing speaks again."""

from __future__ import annotations

from dataclasses import dataclass

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.findings import FindingDraft, clear_finding, raise_finding
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.models.watching import Finding
from hereabouts.sensing.queries.silence import QuietThing, list_quiet_things


@dataclass(frozen=True)
class Silences:
    """How many Things fell silent and how many speak again."""

    raised: int
    cleared: int


def note_silences(*, clock: Clock = now) -> Silences:
    """Raise a finding for each Thing that is silent, clear those of Things that are not."""
    moment = clock()
    quiet = {f"thing:{thing.thing_id}": thing for thing in list_quiet_things(moment)}
    open_now = set(
        Finding.objects.filter(
            kind=FindingKind.SILENT.value, cleared_at__isnull=True, subject__startswith="thing:"
        ).values_list("subject", flat=True)
    )
    raised = [
        raise_finding(_draft(quiet[subject]), clock=clock) for subject in quiet.keys() - open_now
    ]
    cleared = [
        clear_finding(FindingKind.SILENT, subject, clock=clock)
        for subject in open_now - quiet.keys()
    ]
    return Silences(len([uid for uid in raised if uid]), sum(cleared))


def _draft(thing: QuietThing) -> FindingDraft:
    since = thing.since.strftime("%Y-%m-%d %H:%M UTC")
    return FindingDraft(
        kind=FindingKind.SILENT,
        subject=f"thing:{thing.thing_id}",
        summary=f"{thing.name} has said nothing since {since}",
        evidence={
            "since": thing.since.isoformat(timespec="seconds"),
            "usual_period_s": round(thing.usual_period_s, 1),
            "thing": thing.name,
        },
        thing_id=thing.thing_id,
        data_class=thing.data_class,
    )
