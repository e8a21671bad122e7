"""Daily work runs in its thread, goes on after a fault, and ends when told."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError

from hereabouts.people.api import Tidied
from hereabouts.site import housekeeping
from hereabouts.site.housekeeping import Housekeeping

pytestmark = pytest.mark.once


def test_the_next_round_comes_although_the_database_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rounds: list[int] = []
    twice = threading.Event()

    def tidy() -> Tidied | None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise OperationalError("away")
        twice.set()
        return None

    monkeypatch.setattr(housekeeping, "tidy_daily", tidy)
    running = Housekeeping(first=0.0, every=0.01)
    running.start()
    assert twice.wait(10)
    running.stop()
    count = len(rounds)
    assert count >= 2
    assert not any(thread.name == "housekeeping" for thread in threading.enumerate())
