"""Writes a plan: everything in one transaction, the journal last, nothing when anything fails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime

from django.db import connection, transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.time import now
from hereabouts.places.actions.bulk import delete_rows, insert_rows, update_rows
from hereabouts.places.actions.importing import held as holdings
from hereabouts.places.actions.importing.amend import AmendmentPlan
from hereabouts.places.actions.importing.belonging import MembershipPlan
from hereabouts.places.actions.importing.endings import write_endings
from hereabouts.places.actions.importing.figures import FigurePlan
from hereabouts.places.actions.importing.files import CheckedFile
from hereabouts.places.actions.importing.kind_plan import KindPlan
from hereabouts.places.actions.importing.plan import Plan
from hereabouts.places.actions.importing.tables import ID, TABLES, Row, Table
from hereabouts.places.actions.membership import delete_memberships
from hereabouts.places.actions.search_index import reindex
from hereabouts.places.domain.batch import Say
from hereabouts.places.domain.kinds import Change, Kind
from hereabouts.places.domain.records import Identifiers
from hereabouts.places.events import ImportCompleted
from hereabouts.places.models import (
    AreaMembership,
    FeatureChange,
    Identifier,
    ImportFinding,
    ImportRun,
)

WRITING = "Writing"
LOCK = 7_302_117
"""Number of the PostgreSQL lock that lets one import write at a time."""


PATIENCE = "60s"
"""How long to wait for another import to finish writing, on PostgreSQL."""


class GazetteerMovedError(Exception):
    """Another import came between comparing and writing; the plan is no longer true."""


def apply_plan(plan: Plan, importer: str, file: CheckedFile, actor: Actor, *, say: Say) -> str:
    """Write the plan in one transaction and answer the run's public id.

    Raises: GazetteerMovedError when the plan is out of date; nothing is written then.
    """
    with transaction.atomic():
        _hold()
        if holdings.version() != plan.version:
            raise GazetteerMovedError
        run = _record_run(plan, importer, file)
        steps = len(plan.kinds) + 2
        for number, (kind, mine) in enumerate(plan.kinds.items()):
            say(WRITING, number / steps)
            _write_kind(run, kind, mine, plan.moment)
        for kind, amended in plan.amendments.items():
            _write_amendments(run, kind, amended, plan.batch.source)
        write_endings(plan.endings)
        _write_changes(run, Kind.AREA, plan.endings.changes)
        _write_links(plan)
        _write_figures(plan.figures)
        say(WRITING, (steps - 2) / steps)
        _write_memberships(plan.memberships)
        say(WRITING, (steps - 1) / steps)
        _reindex(plan)
        if not plan.is_unchanged:
            event = ImportCompleted.of(run.uid, importer, file.digest, plan.counts())
            append(event, subject=run.uid, actor=actor.person)
        say(WRITING, 1.0)
    return run.uid


def _hold() -> None:
    # SQLite holds every other writer off from the beginning of the transaction.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _record_run(plan: Plan, importer: str, file: CheckedFile) -> ImportRun:
    findings = plan.batch.findings
    counts = plan.counts()
    run = ImportRun.objects.create(
        uid=new_uid("im"),
        importer=importer,
        source=plan.batch.source[:100],
        file_name=file.name,
        file_digest=file.digest,
        began_at=plan.moment,
        ended_at=now(),
        counts={name: asdict(found) for name, found in counts.items()},
        finding_count=findings.total,
        attribution=plan.batch.attribution[:500],
    )
    ImportFinding.objects.bulk_create(
        [
            ImportFinding(
                run=run,
                code=finding.code[:60],
                subject=_storable(finding.subject, 200),
                field=_storable(finding.field, 100),
                value=_storable(finding.value, 300),
                repaired=finding.repaired,
            )
            for finding in findings.kept
        ],
        batch_size=500,
    )
    return run


def _storable(text: str, most: int) -> str:
    # PostgreSQL takes no NUL in a text.
    return text.replace("\0", "\ufffd")[:most]


def _write_kind(run: ImportRun, kind: Kind, plan: KindPlan, moment: datetime) -> None:
    table = plan.table
    insert_rows(table.name, table.columns, plan.inserts)
    update_rows(table.name, table.columns, plan.updates)
    update_rows(table.name, ("id", "digest"), plan.refreshed)
    gone = connection.ops.adapt_datetimefield_value(moment)
    update_rows(table.name, ("id", "gone_at"), [(number, gone) for number in plan.gone])
    _write_identifiers(table, plan.identifiers, run.source, {int(str(r[ID])) for r in plan.updates})
    _write_changes(run, kind, plan.changes)


def _write_identifiers(
    table: Table,
    identifiers: Iterable[tuple[int, Identifiers]],
    source: str,
    replaced: set[int],
) -> None:
    name = Identifier._meta.db_table
    mine = {"kind": table.kind.value, "source": source}
    delete_rows(name, "feature_id", sorted(replaced), mine)
    insert_rows(
        name,
        ("kind", "feature_id", "scheme", "value", "source"),
        (
            (table.kind.value, number, scheme[:30], value[:120], source)
            for number, pairs in identifiers
            for scheme, value in dict.fromkeys(pairs)
        ),
    )


def _write_changes(
    run: ImportRun, kind: Kind, changes: Iterable[tuple[str, Change, Mapping[str, object]]]
) -> None:
    insert_rows(
        FeatureChange._meta.db_table,
        ("run_id", "kind", "uid", "change", "before"),
        (
            (run.pk, kind.value, uid, change.value, json.dumps(before, ensure_ascii=False))
            for uid, change, before in changes
        ),
    )


def _write_amendments(run: ImportRun, kind: Kind, plan: AmendmentPlan, source: str) -> None:
    if plan.table is None:
        return
    for columns, rows in plan.updates.items():
        update_rows(plan.table.name, ("id", *columns), rows)
    _write_identifiers(
        plan.table, plan.identifiers, source, {number for number, _ in plan.identifiers}
    )
    _write_changes(run, kind, plan.changes)


def _write_links(plan: Plan) -> None:
    for kind, links in plan.relinked.items():
        update_rows(TABLES[kind].name, ("id", "street_id"), links)


def _write_figures(plan: FigurePlan) -> None:
    for table, rows in plan.inserts.items():
        insert_rows(table.model._meta.db_table, (*table.key, *table.values), rows)
    for table, rows in plan.updates.items():
        update_rows(table.model._meta.db_table, ("id", *table.values), rows)


def _write_memberships(plan: MembershipPlan) -> None:
    name = AreaMembership._meta.db_table
    for kind, ids in plan.without.items():
        delete_rows(name, "feature_id", ids, {"kind": kind.value})
    for kind, near in plan.without_kinds.items():
        delete_memberships(kind.value, near, plan.area_kinds)
    insert_rows(name, ("area_id", "kind", "feature_id"), plan.added)


def _reindex(plan: Plan) -> None:
    touched: dict[Kind, set[int]] = {}
    for kind, mine in plan.kinds.items():
        touched.setdefault(kind, set()).update(_touched_ids(mine))
    for kind, links in plan.relinked.items():
        touched.setdefault(kind, set()).update(number for number, _ in links)
    for kind, amended in plan.amendments.items():
        touched.setdefault(kind, set()).update(amended.touched)
    touched.setdefault(Kind.AREA, set()).update(plan.endings.touched)
    for kind, ids in touched.items():
        reindex(kind, sorted(ids))


def _touched_ids(plan: KindPlan) -> Iterator[int]:
    def number(row: Row) -> int:
        return int(str(row[ID]))

    yield from map(number, plan.inserts)
    yield from map(number, plan.updates)
    yield from plan.gone
