"""Findings: raised once, kept open while they hold, cleared when they no longer do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from hereabouts.journal.api import append
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.events.findings import (
    FindingCleared,
    FindingRaised,
    RestrictedFindingCleared,
    RestrictedFindingRaised,
)
from hereabouts.sensing.models.watching import Finding

UID_PREFIX = "fi"
LONGEST_SUMMARY = 300

Fact = str | int | float | bool | None


@dataclass(frozen=True)
class FindingDraft:
    """What a rule found: kind, subject (`stream:12`, `deployment:dp-…`), a sentence without a full
    stop, and the plain facts that prove it.
    """

    kind: FindingKind
    subject: str
    summary: str
    evidence: Mapping[str, Fact] = field(default_factory=dict)
    stream_id: int | None = None
    thing_id: int | None = None
    data_class: DataClass = DataClass.OPEN


def raise_finding(draft: FindingDraft, *, clock: Clock = now) -> str | None:
    """Open a finding and return its uid; None where one of the kind is open on the subject."""
    row = Finding(
        uid=new_uid(UID_PREFIX),
        kind=draft.kind.value,
        subject=draft.subject,
        stream_id=draft.stream_id,
        thing_id=draft.thing_id,
        data_class=int(draft.data_class),
        raised_at=clock(),
        evidence={"summary": draft.summary[:LONGEST_SUMMARY], **draft.evidence},
    )
    try:
        with transaction.atomic():
            if _find_open(draft.kind, draft.subject) is not None:
                return None
            row.save()
            event_class = RestrictedFindingRaised if draft.data_class else FindingRaised
            append(_event(event_class, row), subject=draft.subject, actor=None)
    except IntegrityError:
        # Another process opened it between our look and our row.
        return None
    return row.uid


def clear_finding(
    kind: FindingKind,
    subject: str,
    *,
    evidence: Mapping[str, Fact] | None = None,
    clock: Clock = now,
) -> bool:
    """Close the open finding of a kind on a subject; False where there is none.

    `evidence` is added under `cleared_…` names.
    """
    with transaction.atomic():
        row = _find_open(kind, subject)
        if row is None:
            return False
        row.cleared_at = clock()
        added = {f"cleared_{name}": value for name, value in (evidence or {}).items()}
        row.evidence = {**row.evidence, **added}
        row.save(update_fields=["cleared_at", "evidence"])
        event_class = RestrictedFindingCleared if row.data_class else FindingCleared
        append(_event(event_class, row), subject=subject, actor=None)
    return True


def _find_open(kind: FindingKind, subject: str) -> Finding | None:
    held = Finding.objects.select_for_update()
    return held.filter(kind=kind.value, subject=subject, cleared_at__isnull=True).first()


def _event(
    event_class: type[
        FindingRaised | FindingCleared | RestrictedFindingRaised | RestrictedFindingCleared
    ],
    row: Finding,
) -> FindingRaised | FindingCleared | RestrictedFindingRaised | RestrictedFindingCleared:
    summary = str(row.evidence.get("summary", ""))
    return event_class(row.uid, row.kind, row.stream_id, row.thing_id, summary)
