"""The door: refusals of sensing, each with a stable code."""

from hereabouts.sensing.errors.entities import BadEntity, NoSuchEntity, NotPermitted
from hereabouts.sensing.errors.ingest import BadObservation, IngestFull, StoreAway
from hereabouts.sensing.errors.keys import BadCredentials

__all__ = [
    "BadCredentials",
    "BadEntity",
    "BadObservation",
    "IngestFull",
    "NoSuchEntity",
    "NotPermitted",
    "StoreAway",
]
