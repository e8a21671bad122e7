"""Where the gazetteer's statements come from, and when they were loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from hereabouts.places.domain.views import Source
from hereabouts.places.models import ImportFinding, ImportRun

RECENT = 400
"""Runs looked through for the newest of each source."""


@dataclass(frozen=True)
class Run:
    """One import as the desk shows it."""

    uid: str
    importer: str
    source: str
    file_name: str
    file_digest: str
    began_at: datetime
    ended_at: datetime
    counts: Mapping[str, Mapping[str, int]]
    finding_count: int
    attribution: str


@dataclass(frozen=True)
class FindingRow:
    """Something wrong in a file, as the desk shows it; `id` is where the next page begins."""

    id: int
    code: str
    subject: str
    field: str
    value: str
    repaired: bool


def sources() -> dict[str, Source]:
    """The newest import of each source, newest first."""
    found: dict[str, Source] = {}
    fields = ("source", "attribution", "ended_at", "file_name", "importer")
    for name, attribution, at, file_name, importer in ImportRun.objects.values_list(*fields)[
        :RECENT
    ]:
        found.setdefault(name, Source(name, attribution, at, file_name, importer))
    return found


def source_of(name: str) -> Source:
    """The newest import of one source; only its name where none is recorded."""
    rows = ImportRun.objects.filter(source=name)
    row = rows.values_list("attribution", "ended_at", "file_name", "importer").first()
    return Source(name, *row) if row else Source(name)


def list_import_runs(limit: int = RECENT) -> list[Run]:
    """Imports, newest first."""
    return [_run(row) for row in ImportRun.objects.all()[:limit]]


def page_of_runs(before: int | None = None, limit: int = 20) -> tuple[list[Run], int | None]:
    """Imports, newest first, and where the next page begins."""
    rows = ImportRun.objects.all() if before is None else ImportRun.objects.filter(id__lt=before)
    found = list(rows[: limit + 1])
    more = found[limit - 1].pk if len(found) > limit else None
    return [_run(row) for row in found[:limit]], more


def find_run(uid: str) -> Run | None:
    """One import by its public id."""
    row = ImportRun.objects.filter(uid=uid).first()
    return _run(row) if row else None


def count_findings(uid: str) -> dict[str, int]:
    """How many findings of each code an import kept, most first."""
    rows = ImportFinding.objects.filter(run__uid=uid).values_list("code")
    counted = rows.annotate(times=Count("id")).order_by("-times", "code")
    return dict(counted)


def list_findings(
    uid: str, code: str = "", after: int = 0, limit: int = 50
) -> tuple[Sequence[FindingRow], int | None]:
    """Findings of an import in the order of the file, and where the next page begins."""
    rows = ImportFinding.objects.filter(run__uid=uid, id__gt=after).order_by("id")
    rows = rows.filter(code=code) if code else rows
    fields = ("id", "code", "subject", "field", "value", "repaired")
    found = [FindingRow(*row) for row in rows.values_list(*fields)[: limit + 1]]
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def _run(row: ImportRun) -> Run:
    return Run(
        uid=row.uid,
        importer=row.importer,
        source=row.source,
        file_name=row.file_name,
        file_digest=row.file_digest,
        began_at=row.began_at,
        ended_at=row.ended_at,
        counts=row.counts,
        finding_count=row.finding_count,
        attribution=row.attribution,
    )
