"""What is wrong with deployments now, from the findings that are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.models.watching import Finding


@dataclass(frozen=True)
class OpenFinding:
    """An open finding: its kind, since when, the English sentence, and the figures behind it."""

    kind: FindingKind
    raised_at: datetime
    summary: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def subject_of(uid: str) -> str:
    """What findings about a deployment are filed under."""
    return f"deployment:{uid}"


def open_findings(
    uids: Iterable[str], *, level: DataClass = DataClass.CLOSED
) -> dict[str, list[OpenFinding]]:
    """Open findings of a data class or less of these deployments, oldest first. One read."""
    subjects = {subject_of(uid): uid for uid in uids}
    rows = Finding.objects.filter(subject__in=list(subjects), cleared_at=None)
    rows = rows.filter(data_class__lte=int(level)).order_by("id")
    found: dict[str, list[OpenFinding]] = {}
    for row in rows:
        told = OpenFinding(
            FindingKind(row.kind),
            row.raised_at,
            str(row.evidence.get("summary", "")),
            row.evidence,
        )
        found.setdefault(subjects[row.subject], []).append(told)
    return found
