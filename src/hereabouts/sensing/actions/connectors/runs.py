"""Runs of connectors written down: claimed by one process, followed, ended, thrown away in time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction

from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.connectors.sealing import unseal
from hereabouts.sensing.domain.connectors.grading import add_up, from_plain, grade_of, to_plain
from hereabouts.sensing.domain.connectors.pacing import next_due, pause_after
from hereabouts.sensing.domain.connectors.records import MOST_PROBLEMS, Problem
from hereabouts.sensing.domain.connectors.states import (
    Claimed,
    Counts,
    Held,
    Outcome,
    Phase,
    RunResult,
    State,
)
from hereabouts.sensing.domain.connectors.times import HOUR, SECOND, to_micros
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors.connectors import ConnectorBusy, ConnectorPaused, NoSuchConnector
from hereabouts.sensing.models.inbound import REASON_LENGTH, Connector, ConnectorRun

LEASE_US = 600 * SECOND
"""A run that says nothing for so long counts as ended: its process is gone."""
KEPT_PROBLEMS = 50
RUNS_KEPT_DAYS = 90


def claim_run(uid: str, *, clock: Clock = now) -> Claimed:
    """Take a connector for a run: no other process runs it, or another of its host, meanwhile.

    Raises: NoSuchConnector; ConnectorPaused; ConnectorBusy.
    """
    moment = to_micros(clock())
    with transaction.atomic():
        row = Connector.objects.select_for_update().filter(uid=uid).first()
        if row is None:
            raise NoSuchConnector
        if row.state != State.ON.value:
            raise ConnectorPaused
        running = Connector.objects.filter(leased_until__gt=moment)
        if row.host:
            running = running.filter(host=row.host)
        else:
            running = running.filter(pk=row.pk)
        if running.exists():
            raise ConnectorBusy
        row.lease, row.leased_until = new_uid("run"), moment + LEASE_US
        row.last_run = moment
        row.progress, row.progress_done, row.progress_total = Phase.FETCHING.value, 0, 0
        row.save()
    return claimed_of(row, moment)


def claimed_of(row: Connector, moment: int) -> Claimed:
    """A connector as its runner needs it."""
    held = {name: Held(**each) for name, each in json.loads(row.held).items()}
    return Claimed(
        id=row.pk,
        uid=row.uid,
        kind=row.kind,
        name=row.name,
        options=json.loads(row.options),
        header=row.header,
        secret=unseal(row.sealed),
        held=held,
        newest=row.newest,
        interval_s=row.interval_s,
        failures=row.failures,
        data_class=DataClass(row.data_class),
        lease=row.lease,
        started=moment,
    )


def note_progress(
    claimed: Claimed, phase: Phase, done: int = 0, total: int = 0, *, clock: Clock = now
) -> None:
    """Say where a run stands, and that it lives. Raises: ConnectorBusy where it was taken over."""
    changed = Connector.objects.filter(pk=claimed.id, lease=claimed.lease).update(
        progress=phase.value,
        progress_done=done,
        progress_total=total,
        leased_until=to_micros(clock()) + LEASE_US,
    )
    if not changed:
        raise ConnectorBusy


def finish_run(claimed: Claimed, result: RunResult, *, clock: Clock = now) -> None:
    """Write a run down that went through, and follow the feed from there on.

    Called after the commit of everything it stored. Raises: ConnectorBusy where another process
    took the run over.
    """
    moment = to_micros(clock())
    with transaction.atomic():
        row = _hold_leased(claimed)
        row.failures = 0
        held = {**claimed.held, **result.held}
        # A connector that was set up anew meanwhile begins from the beginning.
        if json.loads(row.options) == dict(claimed.options):
            row.held = json.dumps({name: asdict(each) for name, each in held.items()})
        if result.newest is not None:
            row.newest = max(row.newest or result.newest, result.newest)
        _end(row, moment, pause_after(row.interval_s, 0, chance=_chance()))
        grade = grade_of(result.parts)
        ConnectorRun.objects.create(
            connector=row,
            started=claimed.started,
            ended=moment,
            outcome=result.outcome.value,
            problems=_pack(result.problems),
            problem_counts=json.dumps(dict(result.problem_counts)),
            grade=grade.letter if grade and result.outcome is Outcome.STORED else "",
            parts=json.dumps(to_plain(result.parts)),
            **_columns(result.counts),
        )


def fail_run(
    claimed: Claimed,
    refusal: Refusal,
    *,
    retry_after_s: float | None = None,
    clock: Clock = now,
) -> None:
    """Write a run down that failed, and try again later; the feed is followed from where it was.

    Raises: ConnectorBusy where another process took the run over.
    """
    moment = to_micros(clock())
    with transaction.atomic():
        row = _hold_leased(claimed)
        row.failures += 1
        pause_s = pause_after(row.interval_s, row.failures, chance=_chance(), asked_s=retry_after_s)
        _end(row, moment, pause_s)
        ConnectorRun.objects.create(
            connector=row,
            started=claimed.started,
            ended=moment,
            outcome=Outcome.FAILED.value,
            code=refusal.code,
            reason=str(refusal.facts.get("reason") or refusal.sentence())[:REASON_LENGTH],
        )


def note_delivery(connector_id: int, result: RunResult, *, clock: Clock = now) -> None:
    """Write down what was pushed: the messages of an hour are one run."""
    moment = to_micros(clock())
    with transaction.atomic():
        row = Connector.objects.select_for_update().filter(pk=connector_id).first()
        if row is None:
            return
        row.last_run = moment
        if result.newest is not None:
            row.newest = max(row.newest or result.newest, result.newest)
        row.save(update_fields=["last_run", "newest"])
        began = moment - moment % HOUR
        run, _ = ConnectorRun.objects.get_or_create(
            connector=row,
            started=began,
            is_pushed=True,
            defaults={"ended": moment, "outcome": Outcome.STORED.value, "messages": 0},
        )
        _add_delivery(run, result, moment)


def _add_delivery(run: ConnectorRun, result: RunResult, moment: int) -> None:
    run.ended = moment
    run.messages += 1
    for name, value in _columns(result.counts).items():
        setattr(run, name, getattr(run, name) + value)
    kept = [Problem(*each) for each in json.loads(run.problems)]
    run.problems = _pack([*kept, *result.problems])
    counts: dict[str, int] = json.loads(run.problem_counts)
    for code, count in result.problem_counts.items():
        counts[code] = counts.get(code, 0) + count
    run.problem_counts = json.dumps(counts)
    parts = add_up([from_plain(json.loads(run.parts)), result.parts])
    grade = grade_of(parts)
    run.parts = json.dumps(to_plain(parts))
    run.grade = grade.letter if grade else ""
    run.save()


def tidy_runs(*, clock: Clock = now) -> int:
    """Throw away runs past their time; how many."""
    end = to_micros(clock() - timedelta(days=RUNS_KEPT_DAYS))
    return ConnectorRun.objects.filter(started__lt=end).delete()[0]


def _hold_leased(claimed: Claimed) -> Connector:
    row = Connector.objects.select_for_update().filter(pk=claimed.id, lease=claimed.lease).first()
    if row is None:
        raise ConnectorBusy
    return row


def _end(row: Connector, moment: int, pause_s: float) -> None:
    row.lease, row.leased_until = "", 0
    row.progress, row.progress_done, row.progress_total = "", 0, 0
    row.next_due = next_due(moment, pause_s) if row.state == State.ON.value else None
    row.save()


def _columns(counts: Counts) -> dict[str, int]:
    found = asdict(counts)
    del found["flagged"]
    return found


def _pack(problems: Iterable[Problem]) -> str:
    """The first problems, those that cost a reading before those that were mended."""
    first = sorted(list(problems)[: MOST_PROBLEMS * 2], key=lambda each: each.is_mended)
    return json.dumps(first[:KEPT_PROBLEMS], ensure_ascii=False)


def _chance() -> float:
    return random.random()
