"""The door: facts that sensing announces."""

from hereabouts.sensing.events.findings import (
    FindingCleared,
    FindingRaised,
    RestrictedFindingCleared,
    RestrictedFindingRaised,
)
from hereabouts.sensing.events.register import EntityChanged, EntityCreated, EntityDeleted

__all__ = [
    "EntityChanged",
    "EntityCreated",
    "EntityDeleted",
    "FindingCleared",
    "FindingRaised",
    "RestrictedFindingCleared",
    "RestrictedFindingRaised",
]
