"""A back-fill written down in the journal."""

from __future__ import annotations

from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.sensing.domain.connectors.backfill import BackfillSummary
from hereabouts.sensing.events.connectors import ObservationsImported

LONGEST_NAME = 200


def record_import(summary: BackfillSummary) -> None:
    """Say that a file of observations was imported, and what came of it."""
    event = ObservationsImported(
        file_name=summary.file_name[:LONGEST_NAME],
        rows=summary.rows,
        added=summary.added,
        duplicates=summary.duplicates,
        findings=summary.finding_count,
        streams=len(summary.streams),
    )
    with transaction.atomic():
        append(event, subject="sensing:observations", actor=None)
