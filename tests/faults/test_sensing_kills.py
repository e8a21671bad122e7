"""The hub killed in the middle of ingest: what was acknowledged is there, and nothing twice.

`HEREABOUTS_KILLS` says how often; the suite does it a few times.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.sensing_hub import Hub, own_database
from tests.faults.sensing_senders import ArrayPoster, Ledger, Poster, Publisher, Sender, sending

KILLS = int(os.environ.get("HEREABOUTS_KILLS", "6"))
log = logging.getLogger(__name__)

EARLIEST_S, LATEST_S = 0.05, 0.4


@pytest.fixture
def database() -> Iterator[str]:
    with own_database() as address:
        yield address


def test_killed_in_the_middle_the_hub_has_all_it_acknowledged_and_nothing_twice(
    tmp_path: Path, database: str
) -> None:
    hub = Hub(tmp_path, database)
    chance = random.Random(7)
    with hub:
        ledger = Ledger(hub.make_streams(12))
        publishers = [Publisher(hub, ledger) for _ in range(2)]
        posters = [Poster(hub, ledger) for _ in range(4)]
        senders: list[Sender] = [*posters, ArrayPoster(hub, ledger), *publishers]
        with sending(*senders):
            for _ in range(KILLS):
                before = sum(map(len, ledger.acknowledged.values()))
                while sum(map(len, ledger.acknowledged.values())) == before:
                    time.sleep(0.005)
                time.sleep(chance.uniform(EARLIEST_S, LATEST_S))
                hub.kill()
                hub.start()
        counts = ledger.judge(hub.check_pieces())
    assert set(counts) == {"POST", "CreateObservations", "MQTT"}
    assert sum(publisher.duplicates for publisher in publishers) > 0
    assert not any(publisher.waiting for publisher in publishers)
    log.info("%d kills; acknowledged: %s", KILLS, dict(counts))
