"""What streams no longer keep, swept away a few seconds at a time."""

from __future__ import annotations

import logging

from hereabouts.sensing.actions.retention import sweep

SECONDS = 3.0
"""Of one turn: letters and silence wait no longer."""

log = logging.getLogger(__name__)


def sweep_in_turn() -> bool:
    """Sweep for a few seconds; whether there is more to do."""
    swept = sweep(seconds=SECONDS)
    if swept.observations:
        log.info("observations_swept count=%d streams=%d", swept.observations, swept.streams)
    return not swept.is_done
