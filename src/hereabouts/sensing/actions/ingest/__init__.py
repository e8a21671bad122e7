"""Every way in of observations: checked, committed in groups by one writer, answered after commit.

`INGEST` is this process's; it starts by itself with the first batch.
"""

from hereabouts.sensing.actions.ingest.changes import CHANGES, Change, Changes, Observer
from hereabouts.sensing.actions.ingest.ingest import INGEST, Ingest, append_within
from hereabouts.sensing.actions.ingest.registry import Registry, StreamInfo
from hereabouts.sensing.actions.ingest.removal import (
    delete_observations,
    delete_observations_of_feature,
    delete_observations_of_streams,
    delete_oldest_observations,
    rebuild_state,
)
from hereabouts.sensing.actions.ingest.runs import RunOutcome
from hereabouts.sensing.actions.ingest.version import hold_register_version, move_register_version

__all__ = [
    "CHANGES",
    "INGEST",
    "Change",
    "Changes",
    "Ingest",
    "Observer",
    "Registry",
    "RunOutcome",
    "StreamInfo",
    "append_within",
    "delete_observations",
    "delete_observations_of_feature",
    "delete_observations_of_streams",
    "delete_oldest_observations",
    "hold_register_version",
    "move_register_version",
    "rebuild_state",
]
