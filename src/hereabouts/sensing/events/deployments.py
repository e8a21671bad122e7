"""Facts about deployments; those whose data is closed are told by a type that is not public.

Reasons, purposes and titles are typed by people and stay in the room's own tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.deployments.steps import STATE_NAMES

STATE_WORDS = {state.value: name for state, name in STATE_NAMES.items()}


@dataclass(frozen=True)
class _Deployment(Event):
    """What every one of them says; `measures` and `department` are keys of the council's lists."""

    reference: str
    department: str
    measures: tuple[str, ...]
    data_class: int

    @classmethod
    def example(cls) -> Self:
        """A level sensor in a gully."""
        return cls("2026-0001", "flood_risk", ("gully_level",), 0)


@event_type
@dataclass(frozen=True)
class DeploymentProposed(_Deployment):
    """A department wants to put a device somewhere."""

    wire_name: ClassVar[str] = "sensing.deployment.proposed.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("The sensor deployment {reference} was proposed.")

    @classmethod
    def example(cls) -> Self:
        """A level sensor in a gully."""
        return super().example()


@event_type
@dataclass(frozen=True)
class DeploymentAgreed(_Deployment):
    """Somebody other than the proposer agreed to it."""

    wire_name: ClassVar[str] = "sensing.deployment.agreed.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("The sensor deployment {reference} was agreed.")

    @classmethod
    def example(cls) -> Self:
        """A level sensor in a gully."""
        return super().example()


@event_type
@dataclass(frozen=True)
class DeploymentWentLive(_Deployment):
    """It is installed and its readings arrive."""

    wire_name: ClassVar[str] = "sensing.deployment.went_live.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("The sensor deployment {reference} went live.")

    @classmethod
    def example(cls) -> Self:
        """A level sensor in a gully."""
        return super().example()


@event_type
@dataclass(frozen=True)
class DeploymentRetired(_Deployment):
    """It was taken down."""

    wire_name: ClassVar[str] = "sensing.deployment.retired.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("The sensor deployment {reference} was retired.")

    @classmethod
    def example(cls) -> Self:
        """A level sensor in a gully."""
        return super().example()


@event_type
@dataclass(frozen=True)
class DeploymentWithdrawn(_Deployment):
    """Its department no longer wants it."""

    wire_name: ClassVar[str] = "sensing.deployment.withdrawn.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("The sensor deployment {reference} was withdrawn.")

    @classmethod
    def example(cls) -> Self:
        """A level sensor in a gully."""
        return super().example()


@event_type
@dataclass(frozen=True)
class DeploymentRefused(_Deployment):
    """It was not agreed to."""

    wire_name: ClassVar[str] = "sensing.deployment.refused.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("The sensor deployment {reference} was refused.")

    @classmethod
    def example(cls) -> Self:
        """A level sensor in a gully."""
        return super().example()


@event_type
@dataclass(frozen=True)
class DeploymentChanged(Event):
    """Its record changed; `members` are the names of its fields."""

    wire_name: ClassVar[str] = "sensing.deployment.changed.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("The record of the sensor deployment {reference} was changed.")
    reference: str
    members: tuple[str, ...]

    @classmethod
    def example(cls) -> Self:
        """A new day of inspection."""
        return cls("2026-0001", ("inspect_by",))


@event_type
@dataclass(frozen=True)
class RestrictedDeploymentStepped(_Deployment):
    """A step or change of a deployment whose data is closed; `step` as in the rules."""

    wire_name: ClassVar[str] = "sensing.restricted_deployment.stepped.v1"
    sentence: ClassVar[str] = N_("The sensor deployment {reference} is now: {state}.")
    words = {"state": STATE_WORDS}
    step: str = ""
    state: str = ""
    members: tuple[str, ...] = ()

    @classmethod
    def example(cls) -> Self:
        """A sensor of presence in a home."""
        return cls("2026-0002", "social_care", ("presence",), 2, "agree", "agreed")
