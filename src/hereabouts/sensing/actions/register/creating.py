"""Creates an entity with everything its body brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.access import require_manage
from hereabouts.sensing.actions.register.making import make
from hereabouts.sensing.actions.register.observing import store_observations
from hereabouts.sensing.actions.register.paths import owner_at
from hereabouts.sensing.actions.register.work import register_work
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.register.drafts import read_draft
from hereabouts.standards.sensorthings.model import OBSERVATION
from hereabouts.standards.sensorthings.tree import ResourcePath


@dataclass(frozen=True)
class Made:
    """An entity that was made or changed."""

    entity_type: str
    id: int


def create(
    path: ResourcePath, body: Mapping[str, object], *, grant: Grant, clock: Clock = now
) -> Made:
    """Make an entity in a set, with its inline entities: all of them, or none.

    `body` holds JSON texts (`msgspec.Raw`) by member, so that they are kept as sent; other values
    are written as JSON first. Observations of the request are stored with it.
    Raises: NoSuchEntity where the path breaks; BadEntity; CredentialsNeeded; NotPermitted.
    """
    is_observation = path.entity is OBSERVATION
    if not is_observation:
        require_manage(grant)
    with register_work(grant, clock) as work:
        owner = owner_at(work, path)
        key = make(work, read_draft(path.entity, body), owner)
        stored = store_observations(work)
        if is_observation:
            key = stored[-1]
    return Made(path.entity.name, key)
