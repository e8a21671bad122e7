"""The door: refusals of sensing, each with a stable code."""

from hereabouts.sensing.errors.deployments import (
    BadChoices,
    BadDeployment,
    ChangedMeanwhile,
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
from hereabouts.sensing.errors.reading import (
    AnswerTooLarge,
    AnswerTooLong,
    BadPageToken,
    CannotBeAsked,
    QuestionTooSlow,
)
from hereabouts.sensing.errors.watching import NoSuchSensor

__all__ = [
    "AnswerTooLarge",
    "AnswerTooLong",
    "BadChoices",
    "BadCredentials",
    "BadDeployment",
    "BadEntity",
    "BadObservation",
    "BadPageToken",
    "CannotBeAsked",
    "ChangedMeanwhile",
    "DeploymentSettled",
    "IngestFull",
    "NoSuchDeployment",
    "NoSuchEntity",
    "NoSuchSensor",
    "NotPermitted",
    "OwnProposal",
    "QuestionTooSlow",
    "ReasonNeeded",
    "ReferenceTaken",
    "StepIncomplete",
    "StepNotPossible",
    "StoreAway",
    "ThingTaken",
]
