"""One import from permission to journal: check the file, read it, compare, write, announce."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hereabouts.kernel.access import Actor, Capability
from hereabouts.kernel.time import Clock, now
from hereabouts.places.actions.importing.apply import GazetteerMovedError, apply_plan
from hereabouts.places.actions.importing.files import CheckedFile, check_file
from hereabouts.places.actions.importing.plan import Plan, make_plan
from hereabouts.places.domain.batch import Batch, Findings, ImportSummary, Say, say_nothing
from hereabouts.places.domain.records import Finding
from hereabouts.places.errors import GazetteerBusy
from hereabouts.places.ports import reader_for

IMPORT = Capability("places.import")
"""May load files into the gazetteer."""

ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """How to import: whom to tell, whether to write, and what the reader needs to know."""

    say: Say = say_nothing
    is_dry_run: bool = False
    reader: Mapping[str, object] = field(default_factory=dict)
    attribution: str = ""
    """What is owed to the publisher, where it is not what files of this kind usually owe."""
    clock: Clock = now


DEFAULT = ImportOptions()


def import_file(
    path: Path, importer: str, actor: Actor, options: ImportOptions = DEFAULT
) -> ImportSummary:
    """Import one file with the reader that was provided for `importer`.

    Raises: NotAllowed; the refusals of `places.errors`; nothing is kept when it raises.
    """
    actor.require(IMPORT)
    reader = reader_for(importer)
    file = check_file(path)
    return import_batch(
        file, importer, lambda: reader(path, options.say, options.reader), actor, options=options
    )


def import_batch(
    file: CheckedFile,
    importer: str,
    read: Callable[[], Batch],
    actor: Actor,
    *,
    options: ImportOptions = DEFAULT,
) -> ImportSummary:
    """Compare what `read` returns with the gazetteer and write the difference in one transaction.

    `read` is called again if another import came between comparing and writing.
    Raises: NotAllowed; GazetteerBusy when others kept coming between.
    """
    actor.require(IMPORT)
    began, moment = time.monotonic(), options.clock()
    for _ in range(ATTEMPTS):
        batch = read()
        if options.attribution:
            batch.attribution = options.attribution
        plan = make_plan(batch, options.say, moment)
        run = ""
        if not options.is_dry_run:
            try:
                run = apply_plan(plan, importer, file, actor, say=options.say)
            except GazetteerMovedError:
                continue
        return _summary(plan, importer, file, (run, time.monotonic() - began))
    raise GazetteerBusy


def _first_of_each(findings: Findings) -> tuple[Finding, ...]:
    firsts: dict[str, Finding] = {}
    for finding in findings.kept:
        firsts.setdefault(finding.code, finding)
    return tuple(firsts.values())


def _summary(
    plan: Plan, importer: str, file: CheckedFile, outcome: tuple[str, float]
) -> ImportSummary:
    run, seconds = outcome
    findings = plan.batch.findings
    return ImportSummary(
        run=run,
        importer=importer,
        source=plan.batch.source,
        file_name=file.name,
        file_digest=file.digest,
        counts={name: counts for name, counts in plan.counts().items() if counts.total},
        findings=findings.total,
        findings_by_code=dict(findings.by_code),
        first_findings=_first_of_each(findings),
        seconds=round(seconds, 2),
        is_dry_run=not run,
    )
