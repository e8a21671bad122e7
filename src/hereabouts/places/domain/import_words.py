"""Says in one sentence what an import did."""

from __future__ import annotations

from collections.abc import Mapping

from hereabouts.places.domain.batch import Counts, ImportSummary

PLURALS: Mapping[str, str] = {
    "area": "areas",
    "street": "streets",
    "segment": "segments",
    "premises": "premises",
    "asset": "assets",
    "postcode": "postcodes",
    "ground": "pieces of ground",
    "label": "labels",
    "deprivation": "figures of deprivation",
    "population": "figures of population",
}
CHANGES = (
    ("appeared", "new"),
    ("changed", "changed"),
    ("moved", "moved"),
    ("went", "gone"),
    ("returned", "returned"),
)


def sentence_of(summary: ImportSummary) -> str:
    """What the import did, in English, for an operator."""
    held = sum(counts.total for counts in summary.counts.values())
    if summary.is_unchanged and not held:
        said = f"Nothing changed: {summary.file_name} holds nothing for this place."
    elif summary.is_unchanged:
        said = f"Nothing changed: all {held:,} things in {summary.file_name} were there already."
    else:
        touched = [
            f"{PLURALS.get(kind, kind)}: {_changes(counts)}"
            for kind, counts in summary.counts.items()
            if counts.touched
        ]
        did = "Would change" if summary.is_dry_run else "Imported"
        said = f"{did} {summary.file_name} in {summary.seconds:.1f} s; {'; '.join(touched)}."
    return f"{said} {_findings(summary)}" if summary.findings else said


def _changes(counts: Counts) -> str:
    found = [(getattr(counts, name), word) for name, word in CHANGES]
    return ", ".join(f"{count:,} {word}" for count, word in found if count)


def _findings(summary: ImportSummary) -> str:
    if summary.findings == 1:
        return "One thing in the file was not as it should be."
    return f"{summary.findings:,} things in the file were not as they should be."
