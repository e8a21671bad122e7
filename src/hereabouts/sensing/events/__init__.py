"""The door: facts that sensing announces."""

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
from hereabouts.sensing.events.findings import (
    FindingCleared,
    FindingRaised,
    RestrictedFindingCleared,
    RestrictedFindingRaised,
)
from hereabouts.sensing.events.register import EntityChanged, EntityCreated, EntityDeleted

__all__ = [
    "DeploymentAgreed",
    "DeploymentChanged",
    "DeploymentProposed",
    "DeploymentRefused",
    "DeploymentRetired",
    "DeploymentWentLive",
    "DeploymentWithdrawn",
    "EntityChanged",
    "EntityCreated",
    "EntityDeleted",
    "FindingCleared",
    "FindingRaised",
    "RestrictedDeploymentStepped",
    "RestrictedFindingCleared",
    "RestrictedFindingRaised",
]
