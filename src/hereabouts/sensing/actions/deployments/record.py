"""Proposing a deployment, and keeping its record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction

from hereabouts.kernel.access import Actor
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.deployments.held import (
    Happening,
    announce_change,
    announce_step,
    as_json,
    fill,
    hold,
    keep_areas,
    write_entry,
)
from hereabouts.sensing.domain.deployments.checking import problems_of
from hereabouts.sensing.domain.deployments.records import Draft, changes, settled_changes
from hereabouts.sensing.domain.deployments.steps import (
    CHANGEABLE,
    DEPLOY,
    SETTLED_STATES,
    State,
    Step,
)
from hereabouts.sensing.errors.deployments import (
    BadDeployment,
    ChangedMeanwhile,
    DeploymentSettled,
    ReferenceTaken,
    StepNotPossible,
)
from hereabouts.sensing.models.deployments import Deployment
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.queries.deployments.rows import draft_of

UID_PREFIX = "dp"


def propose(draft: Draft, *, actor: Actor, clock: Clock = now) -> str:
    """Record a proposal and return its public id; without a reference it is given one.

    Raises: NotAllowed; BadDeployment; ReferenceTaken.
    """
    actor.require(DEPLOY)
    _check(draft)
    moment, uid = clock(), new_uid(UID_PREFIX)
    row = Deployment(
        uid=uid,
        state=State.PROPOSED.value,
        proposed_by=actor.person or "",
        created_at=moment,
        changed_at=moment,
        state_since=moment,
    )
    with transaction.atomic():
        # Its own number is known only once it is there: the uid stands in until then.
        fill(row, draft if draft.reference else replace(draft, reference=uid))
        _save(row)
        if not draft.reference:
            row.reference = _free_reference(f"{moment.year}-{row.pk:04}")
            _save(row)
        keep_areas(row)
        write_entry(row, Happening(Step.PROPOSE.value, moment), actor)
        announce_step(row, Step.PROPOSE, actor)
    return uid


def change(
    uid: str,
    draft: Draft,
    *,
    actor: Actor,
    seen: datetime | None = None,
    clock: Clock = now,
) -> list[str]:
    """Change the record and return the names of the fields that changed.

    `seen` is when the record had last changed for whoever changes it now; None does not ask.
    Raises: NotAllowed; NoSuchDeployment; BadDeployment; ReferenceTaken; StepNotPossible for a
    retired one; ChangedMeanwhile; DeploymentSettled where a change touches what was agreed to.
    """
    actor.require(DEPLOY)
    _check(draft)
    with transaction.atomic():
        row = hold(uid, actor)
        if seen is not None and row.changed_at != seen:
            raise ChangedMeanwhile
        before = draft_of(row)
        draft = draft if draft.reference else replace(draft, reference=before.reference)
        found = changes(before, draft)
        if not found:
            return []
        _refuse_settled(State(row.state), before, draft)
        fill(row, draft)
        row.changed_at = clock()
        _save(row)
        if "place" in found:
            keep_areas(row)
        told = {name: [as_json(old), as_json(new)] for name, (old, new) in found.items()}
        happening = Happening("change", row.changed_at, row.state, changes=told)
        write_entry(row, happening, actor)
        announce_change(row, tuple(sorted(found)), actor)
    return sorted(found)


def _refuse_settled(state: State, before: Draft, after: Draft) -> None:
    if state not in CHANGEABLE:
        raise StepNotPossible
    settled = settled_changes(before, after) if state in SETTLED_STATES else []
    if settled:
        raise DeploymentSettled(fields=", ".join(settled))


def _check(draft: Draft) -> None:
    problems = problems_of(draft, get_choices())
    if problems:
        raise BadDeployment(field=problems[0].field, reason=problems[0].message)


def _save(row: Deployment) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise ReferenceTaken(reference=row.reference) from taken


def _free_reference(wanted: str) -> str:
    """The reference, with a letter behind it where somebody typed the same by hand."""
    for reference in (wanted, *(f"{wanted}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")):
        if not Deployment.objects.filter(reference=reference).exists():
            return reference
    raise ReferenceTaken(reference=wanted)
