"""The door: refusals of sensing, each with a stable code."""

from hereabouts.sensing.errors.deployments import (
    BadChoices,
    BadDeployment,
    DeploymentSettled,
    NoSuchDeployment,
    OwnProposal,
    ReasonNeeded,
    ReferenceTaken,
    StepIncomplete,
    StepNotPossible,
    ThingTaken,
)
from hereabouts.sensing.errors.entities import BadEntity, NoSuchEntity, NotPermitted
from hereabouts.sensing.errors.ingest import BadObservation, IngestFull, StoreAway
from hereabouts.sensing.errors.keys import BadCredentials

__all__ = [
    "BadChoices",
    "BadCredentials",
    "BadDeployment",
    "BadEntity",
    "BadObservation",
    "DeploymentSettled",
    "IngestFull",
    "NoSuchDeployment",
    "NoSuchEntity",
    "NotPermitted",
    "OwnProposal",
    "ReasonNeeded",
    "ReferenceTaken",
    "StepIncomplete",
    "StepNotPossible",
    "StoreAway",
    "ThingTaken",
]
