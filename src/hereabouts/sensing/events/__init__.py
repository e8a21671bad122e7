"""The door: facts that sensing announces."""

from hereabouts.sensing.events.connectors import (
    ConnectorChanged,
    ConnectorSwitched,
    ObservationsImported,
)
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
from hereabouts.sensing.events.retention import ObservationsExpired
from hereabouts.sensing.events.uplinks import (
    ApplicationChanged,
    DeviceChanged,
    UplinksDecodedAgain,
)

__all__ = [
    "ApplicationChanged",
    "ConnectorChanged",
    "ConnectorSwitched",
    "DeploymentAgreed",
    "DeploymentChanged",
    "DeploymentProposed",
    "DeploymentRefused",
    "DeploymentRetired",
    "DeploymentWentLive",
    "DeploymentWithdrawn",
    "DeviceChanged",
    "EntityChanged",
    "EntityCreated",
    "EntityDeleted",
    "FindingCleared",
    "FindingRaised",
    "ObservationsExpired",
    "ObservationsImported",
    "RestrictedDeploymentStepped",
    "RestrictedFindingCleared",
    "RestrictedFindingRaised",
    "UplinksDecodedAgain",
]
