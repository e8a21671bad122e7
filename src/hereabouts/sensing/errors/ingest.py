"""Refusals of those who bring observations."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class BadObservation(Refusal):
    """What was sent is not an observation of its stream."""

    code = "sensing.bad_observation"
    message = N_("This observation cannot be stored: {reason}.")


class IngestFull(Refusal):
    """More observations are waiting than may wait."""

    code = "sensing.ingest_full"
    kind = RefusalKind.UNAVAILABLE
    message = N_("Too many observations are waiting to be stored; try again in a few seconds.")


class StoreAway(Refusal):
    """The observations could not be committed: the disk is full, or the database is away."""

    code = "sensing.store_away"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The observations were not stored: {reason}.")
