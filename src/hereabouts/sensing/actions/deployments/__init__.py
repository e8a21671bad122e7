"""Changing the register of deployments: proposing, deciding, and keeping the record."""

from hereabouts.sensing.actions.deployments.record import change, propose
from hereabouts.sensing.actions.deployments.stepping import take_step
from hereabouts.sensing.actions.deployments.things import link_thing, unlink_thing

__all__ = ["change", "link_thing", "propose", "take_step", "unlink_thing"]
