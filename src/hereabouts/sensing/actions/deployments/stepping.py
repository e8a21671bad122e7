"""Steps of a deployment: deciding about it, going live, retiring."""

from __future__ import annotations

from django.db import transaction

from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.deployments.held import (
    Happening,
    announce_step,
    hold,
    write_entry,
)
from hereabouts.sensing.domain.deployments.records import LONGEST_REASON
from hereabouts.sensing.domain.deployments.steps import (
    NEED_WORDS,
    RULES,
    State,
    Step,
    may_take,
    unmet,
)
from hereabouts.sensing.errors.deployments import (
    OwnProposal,
    ReasonNeeded,
    StepIncomplete,
    StepNotPossible,
)
from hereabouts.sensing.models.deployments import Deployment
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.queries.deployments.register import beside
from hereabouts.sensing.queries.deployments.rows import draft_of


def take_step(uid: str, step: Step, *, actor: Actor, reason: str = "", clock: Clock = now) -> State:
    """Take a step and return the state it led to.

    Raises: NotAllowed; NoSuchDeployment; StepNotPossible; OwnProposal; ReasonNeeded;
    StepIncomplete.
    """
    rule = RULES[step]
    actor.require(rule.capability)
    reason = reason.strip()[:LONGEST_REASON]
    with transaction.atomic():
        row = hold(uid, actor)
        _check(row, step, actor, reason)
        before, moment = row.state, clock()
        row.state = rule.after.value
        row.state_since = row.changed_at = moment
        if step is Step.PROPOSE_AGAIN:
            # Who brings it back stands for it, and may not agree to it.
            row.proposed_by = actor.person or ""
        row.save(update_fields=["state", "state_since", "changed_at", "proposed_by"])
        write_entry(row, Happening(step.value, moment, before, reason), actor)
        announce_step(row, step, actor)
    return rule.after


def _check(row: Deployment, step: Step, actor: Actor, reason: str) -> None:
    rule = RULES[step]
    if State(row.state) not in rule.before:
        raise StepNotPossible
    if not may_take(rule, actor, PersonId(row.proposed_by) if row.proposed_by else None):
        raise OwnProposal
    if rule.needs_reason and not reason:
        raise ReasonNeeded
    draft = draft_of(row)
    missing = unmet(step, draft, beside(row.pk, draft, get_choices()))
    if missing:
        raise StepIncomplete(needs=", ".join(NEED_WORDS[need] for need in missing))
