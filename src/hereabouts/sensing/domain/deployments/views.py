"""A deployment as pages show it: plain values, no tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.geometry import Point
from hereabouts.sensing.domain.deployments.records import Draft, Network, Power
from hereabouts.sensing.domain.deployments.steps import AGREE, READ_CLOSED, State
from hereabouts.sensing.domain.grants import DataClass


@dataclass(frozen=True)
class StandsIn:
    """An area that a deployment stands in."""

    code: str
    kind: str
    name: str
    name_cy: str = ""


@dataclass(frozen=True)
class Card:
    """A deployment in a list."""

    id: int
    uid: str
    reference: str
    title: str
    state: State
    department: str
    measures: tuple[str, ...]
    data_class: DataClass
    place: Point
    network: Network | None
    power: Power | None
    asset_uid: str
    gives_power: bool
    spare_mounts: int
    hosts_gateway: bool
    state_since: datetime
    proposed_by: PersonId | None


@dataclass(frozen=True)
class Became:
    """A Thing of the register that a deployment became, and its id on its network.

    One that is no longer there counts as closed.
    """

    thing_id: int
    name: str
    device: str
    is_there: bool
    data_class: DataClass


@dataclass(frozen=True)
class Entry:
    """What happened to a deployment."""

    at: datetime
    step: str
    state_before: str
    state_after: str
    person: PersonId | None
    reason: str
    changes: Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class View:
    """Everything known of a deployment."""

    card: Card
    draft: Draft
    areas: Sequence[StandsIn]
    things: Sequence[Became]
    entries: Sequence[Entry]
    changed_at: datetime


def sees_everything(actor: Actor) -> bool:
    """Whether an actor sees deployments whose data is closed, whoever proposed them."""
    return actor.may(READ_CLOSED) or actor.may(AGREE)
