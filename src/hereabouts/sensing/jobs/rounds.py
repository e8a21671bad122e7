"""Rounds of sensing: noticing silence, sending letters, tidying, each in its own time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import Error, close_old_connections, connection

from hereabouts.sensing.actions.access import note_key_uses
from hereabouts.sensing.actions.alerts import tidy_alerts
from hereabouts.sensing.actions.deployments.health import check_deployments
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.actions.silence import note_silences
from hereabouts.sensing.jobs.letters import send_due_letters
from hereabouts.sensing.jobs.retention import sweep_in_turn
from hereabouts.sensing.jobs.uplinks import read_kept_uplinks, tidy_uplinks_daily

TICK_SECONDS = 1.0
DAY_SECONDS = 86_400.0
AGAIN_SECONDS = 10.0
"""After which work goes on that has more to do."""
FIRST_DAILY_SECONDS = 120.0
"""How long after the start daily work is done first."""

log = logging.getLogger(__name__)


@dataclass
class Round:
    """A job, how often it is done in seconds, and when it was done last.

    Where `goes_on`, work that answers True has more to do, and is due again soon.
    """

    name: str
    work: Callable[[], object]
    every_s: float
    done_at: float
    goes_on: bool = False

    def is_due(self, moment: float) -> bool:
        """Whether its time has come."""
        return moment - self.done_at >= self.every_s

    def do(self, moment: float) -> None:
        """Do it; where it fails, it is done again in its own time."""
        self.done_at = moment
        if self.work() is True and self.goes_on:
            self.done_at = time.monotonic() - self.every_s + AGAIN_SECONDS


def usual_rounds(moment: float) -> list[Round]:
    """The rounds of a serving process; the first of each waits a while, so a start stays quick."""
    first_daily = moment - DAY_SECONDS + FIRST_DAILY_SECONDS
    return [
        Round("letters", send_due_letters, 5.0, moment),
        Round("silence", note_silences, 30.0, moment),
        Round("keys", note_key_uses, 60.0, moment),
        Round("kept uplinks", partial(read_kept_uplinks, INGEST), 60.0, moment),
        Round("deployments", check_deployments, 3_600.0, moment - 3_600.0 + FIRST_DAILY_SECONDS),
        Round("alerts", tidy_alerts, DAY_SECONDS, first_daily),
        Round("uplinks", tidy_uplinks_daily, DAY_SECONDS, first_daily),
        Round("retention", sweep_in_turn, DAY_SECONDS, first_daily, goes_on=True),
    ]


class Rounds:
    """Does what is due in a thread until it is stopped."""

    def __init__(self, rounds: list[Round] | None = None) -> None:
        self.rounds = usual_rounds(time.monotonic()) if rounds is None else rounds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sensing-rounds", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Finish the job at hand and end."""
        self._stop.set()
        self._thread.join(timeout)

    def turn(self) -> list[str]:
        """Do what is due; the names of what was done."""
        done = []
        for one in self.rounds:
            if one.is_due(time.monotonic()) and not self._stop.is_set():
                one.do(time.monotonic())
                done.append(one.name)
        return done

    def _run(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            try:
                close_old_connections()
                self.turn()
            except Error as fault:
                # The database is away: the next round finds the same rows.
                log.warning("sensing_round_failed fault=%s", type(fault).__name__)
                connection.close()
        connection.close()
