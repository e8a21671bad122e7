"""Feeds asked when their time has come, one at a time for each host, and old runs thrown away."""

from __future__ import annotations

import logging

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.connectors.runs import tidy_runs
from hereabouts.sensing.actions.connectors.storing import Writes
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.adapters.connectors.fetching import Fetcher
from hereabouts.sensing.adapters.connectors.running import run_connector, usual_fetcher
from hereabouts.sensing.domain.connectors.times import to_micros
from hereabouts.sensing.errors.connectors import ConnectorBusy, ConnectorPaused, NoSuchConnector
from hereabouts.sensing.jobs.rounds import Round
from hereabouts.sensing.queries.connectors import list_due

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Feeds of one round; the others are due in the next one."""


def poll_due(clock: Clock = now, *, ingest: Writes = INGEST, fetcher: Fetcher | None = None) -> int:
    """Run every connector whose time has come, one after the other; how many ran.

    What another process runs, or another feed of the same host, is left for the next round.
    """
    ran = 0
    for uid in list_due(to_micros(clock()), AT_ONCE):
        if fetcher is None:
            fetcher = usual_fetcher()
        try:
            run_connector(uid, fetcher=fetcher, ingest=ingest, clock=clock)
        except (ConnectorBusy, ConnectorPaused, NoSuchConnector) as refusal:
            log.info("connector_left connector=%s code=%s", uid, refusal.code)
            continue
        ran += 1
    return ran


def connector_rounds(moment: float) -> list[Round]:
    """The rounds of a process that asks feeds; in a thread of their own, since servers are slow."""
    return [
        Round("feeds", poll_due, 5.0, moment),
        Round("feed runs", tidy_runs, 86_400.0, moment - 86_000.0),
    ]
