"""Which Things of the register a deployment became."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from hereabouts.kernel.access import Actor
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.deployments.held import (
    Happening,
    announce_change,
    hold,
    write_entry,
)
from hereabouts.sensing.domain.deployments.steps import CHANGEABLE, DEPLOY, State
from hereabouts.sensing.errors.deployments import StepNotPossible, ThingTaken
from hereabouts.sensing.models.deployments import DeploymentThing
from hereabouts.sensing.models.register import Thing

LONGEST_DEVICE = 80


def link_thing(
    uid: str, thing_id: int, *, device: str = "", actor: Actor, clock: Clock = now
) -> None:
    """Record that a deployment became a Thing; `device` is its id on its network.

    Raises: NotAllowed; NoSuchDeployment; ThingTaken; StepNotPossible for a retired one.
    """
    actor.require(DEPLOY)
    device = device.strip()[:LONGEST_DEVICE]
    with transaction.atomic():
        row = hold(uid, actor)
        if State(row.state) not in CHANGEABLE:
            raise StepNotPossible
        held = row.things.filter(thing_id=thing_id).first()
        if held is not None and held.device == device:
            return
        before = held.device if held else None
        if held is None and not Thing.objects.filter(pk=thing_id).exists():
            raise ThingTaken(thing=thing_id)
        link = held or DeploymentThing(deployment=row, thing_id=thing_id)
        link.device = device
        _save(link)
        told = {"things": [before and [thing_id, before], [thing_id, device]]}
        write_entry(row, Happening("link", clock(), row.state, changes=told), actor)
        announce_change(row, ("things",), actor)


def unlink_thing(uid: str, thing_id: int, *, actor: Actor, clock: Clock = now) -> bool:
    """Record that a Thing is not this deployment's after all; False where it never was.

    Raises: NotAllowed; NoSuchDeployment; StepNotPossible for the last Thing of a live one and for
    a retired one.
    """
    actor.require(DEPLOY)
    with transaction.atomic():
        row = hold(uid, actor)
        held = row.things.filter(thing_id=thing_id).first()
        if held is None:
            return False
        is_last = row.things.count() == 1
        if State(row.state) not in CHANGEABLE or (State(row.state) is State.LIVE and is_last):
            raise StepNotPossible
        told = {"things": [[thing_id, held.device], None]}
        held.delete()
        write_entry(row, Happening("unlink", clock(), row.state, changes=told), actor)
        announce_change(row, ("things",), actor)
    return True


def _save(link: DeploymentThing) -> None:
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError as taken:
        raise ThingTaken(thing=link.thing_id) from taken
