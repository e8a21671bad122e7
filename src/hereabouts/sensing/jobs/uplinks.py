"""Frames kept raw: read again when something arrived for them, thrown away in time."""

from __future__ import annotations

import logging

from hereabouts.sensing.actions.uplinks.decode import Writes, decode_pending
from hereabouts.sensing.actions.uplinks.tidy import TidiedUplinks, tidy_uplinks
from hereabouts.sensing.errors import IngestFull, StoreAway

log = logging.getLogger(__name__)


def read_kept_uplinks(ingest: Writes) -> int:
    """Once a minute: read frames that wait, or whose device, decoder or mapping arrived."""
    try:
        decoded = decode_pending(ingest)
    except (IngestFull, StoreAway) as refusal:
        log.warning("kept_uplinks_wait reason=%s", refusal.code)
        return 0
    if decoded:
        log.info("kept_uplinks_read frames=%d", decoded)
    return decoded


def tidy_uplinks_daily() -> TidiedUplinks:
    """Throw away raw frames and sums of link quality past their time."""
    return tidy_uplinks()
