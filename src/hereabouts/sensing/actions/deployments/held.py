"""A deployment's row while it is changed, and how each change is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor
from hereabouts.kernel.geometry import Point, cell_of_point
from hereabouts.places.api import areas_at
from hereabouts.sensing.domain.deployments.records import Draft
from hereabouts.sensing.domain.deployments.steps import State, Step
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors.deployments import BadDeployment, NoSuchDeployment, ReferenceTaken
from hereabouts.sensing.events.deployments import (
    DeploymentAgreed,
    DeploymentChanged,
    DeploymentProposed,
    DeploymentRefused,
    DeploymentRetired,
    DeploymentWentLive,
    DeploymentWithdrawn,
    RestrictedDeploymentStepped,
)
from hereabouts.sensing.models.deployments import Deployment, DeploymentArea, DeploymentEntry
from hereabouts.sensing.queries.deployments.register import visible_to
from hereabouts.sensing.queries.deployments.rows import COPIED, join_keys, split_keys

EVENTS = {
    Step.PROPOSE: DeploymentProposed,
    Step.PROPOSE_AGAIN: DeploymentProposed,
    Step.AGREE: DeploymentAgreed,
    Step.REFUSE: DeploymentRefused,
    Step.WITHDRAW: DeploymentWithdrawn,
    Step.GO_LIVE: DeploymentWentLive,
    Step.RETIRE: DeploymentRetired,
}


@dataclass(frozen=True)
class Happening:
    """What is about to be written into a deployment's history."""

    step: str
    at: datetime
    state_before: str = ""
    reason: str = ""
    changes: Mapping[str, Any] | None = None


def hold(uid: str, actor: Actor) -> Deployment:
    """The row, locked until the transaction ends.

    Raises: NoSuchDeployment, also for one that the actor may not see.
    """
    row = visible_to(actor).select_for_update().filter(uid=uid).first()
    if row is None:
        raise NoSuchDeployment
    return row


def fill(row: Deployment, draft: Draft) -> None:
    """Put a draft into a row that is saved afterwards.

    Raises: BadDeployment without a place; ReferenceTaken.
    """
    if draft.place is None:
        raise BadDeployment(field="place", reason="")
    for name in COPIED:
        setattr(row, name, getattr(draft, name))
    row.reference = draft.reference or row.reference
    taken = Deployment.objects.filter(reference=row.reference).exclude(pk=row.pk)
    if taken.exists():
        raise ReferenceTaken(reference=row.reference)
    row.measures = join_keys(draft.measures)
    row.data_class = int(draft.data_class)
    row.network = draft.network.value if draft.network else ""
    row.power = draft.power.value if draft.power else ""
    row.lon, row.lat = draft.place.lon, draft.place.lat
    row.cell = cell_of_point(draft.place)


def keep_areas(row: Deployment) -> None:
    """Record the areas that the deployment stands in today."""
    DeploymentArea.objects.filter(deployment=row).delete()
    DeploymentArea.objects.bulk_create(
        DeploymentArea(
            deployment=row, code=area.code, kind=area.kind, name=area.name, name_cy=area.name_cy
        )
        for area in areas_at(Point(row.lon, row.lat))
    )


def write_entry(row: Deployment, happening: Happening, actor: Actor) -> None:
    """Add a line to the deployment's history."""
    DeploymentEntry.objects.create(
        deployment=row,
        at=happening.at,
        step=happening.step,
        state_before=happening.state_before,
        state_after=row.state,
        person=actor.person or "",
        reason=happening.reason,
        changes=dict(happening.changes or {}),
    )


def announce_step(row: Deployment, step: Step, actor: Actor) -> None:
    """Record a step in the journal; last in the transaction."""
    told = (row.reference, row.department, split_keys(row.measures), row.data_class)
    if row.data_class == DataClass.CLOSED:
        append(
            RestrictedDeploymentStepped(*told, step=step.value, state=row.state),
            subject=row.uid,
            actor=actor.person,
        )
    else:
        append(EVENTS[step](*told), subject=row.uid, actor=actor.person)


def announce_change(row: Deployment, members: tuple[str, ...], actor: Actor) -> None:
    """Record in the journal that the record changed; last in the transaction."""
    if row.data_class == DataClass.CLOSED:
        told = (row.reference, row.department, split_keys(row.measures), row.data_class)
        event = RestrictedDeploymentStepped(
            *told, step="change", state=State(row.state).value, members=members
        )
        append(event, subject=row.uid, actor=actor.person)
    else:
        append(DeploymentChanged(row.reference, members), subject=row.uid, actor=actor.person)


def as_json(value: Any) -> Any:  # Any: what a draft's fields hold, and what JSON does
    """A draft's value for the history."""
    if isinstance(value, Point):
        return [value.lon, value.lat]
    if isinstance(value, DataClass):
        return value.word
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
