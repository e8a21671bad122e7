"""A process that runs a connector, killed again and again: nothing is lost and nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.sensing_hub import own_database
from tests.rooms.sensing.feed_server import Answer, serving

STATIONS, HOURS = 120, 20
KILLS = 3

SETTING_UP = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from hereabouts.kernel.access import INSTALLATION
from hereabouts.sensing.actions.connectors.setting_up import (
    ConnectorDraft, Terms, create_connector, turn_on)
options = {"address": ADDRESS, "time": "at", "station": "site", "lat": "lat", "lon": "lon",
           "values": "no2: no2, ug/m3"}
uid = create_connector("table", ConnectorDraft(options), actor=INSTALLATION)
turn_on(uid, Terms("A feed", 300), actor=INSTALLATION)
"""
RUNNING = """
import django
django.setup()
from datetime import timedelta
from hereabouts.kernel.time import now
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.jobs.connectors import poll_due
INGEST.start()
print("ready", flush=True)
print("ran", poll_due(lambda: now() + timedelta(minutes=MINUTES)), flush=True)
INGEST.stop()
"""
COUNTING = """
import django
django.setup()
from hereabouts.sensing.models.inbound import ConnectorRun
from hereabouts.sensing.models.observations import Observation
from hereabouts.sensing.models.register import Location, Stream, Thing
rows = list(Observation.objects.values_list("stream_id", "started"))
print(len(rows), len(set(rows)), Thing.objects.count(), Stream.objects.count(),
      Location.objects.count(), ConnectorRun.objects.count())
"""


def feed() -> bytes:
    rows = [
        f"S{station},{51 + station / 1000},-2.9,2026-03-01T{hour:02d}:00:00Z,{station + hour}"
        for hour in range(HOURS)
        for station in range(STATIONS)
    ]
    return "\n".join(["site,lat,lon,at,no2", *rows, ""]).encode()


class Process:
    """Runs code in a process of its own, on a database of its own."""

    def __init__(self, home: Path, database: str, hosts: str) -> None:
        self.environment = {
            **os.environ,
            "HEREABOUTS_HOME": str(home),
            "HEREABOUTS_DATABASE_URL": database,
            "HEREABOUTS_CONNECTOR_HOSTS": hosts,
            "DJANGO_SETTINGS_MODULE": "hereabouts.site.settings",
        }

    def start(self, code: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, code: str) -> str:
        with self.start(code) as process:
            said, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        return said

    def kill_in_the_middle(self, code: str, after_s: float) -> None:
        with self.start(code) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(after_s)
            process.send_signal(signal.SIGKILL)


def test_killed_again_and_again_a_connector_has_each_reading_once(tmp_path: Path) -> None:
    chance = random.Random(5)
    with own_database() as database, serving() as server:
        server.routes["/feed.csv"] = Answer(feed(), headers={"ETag": '"1"'})
        process = Process(tmp_path, database, server.origin)
        process.ask(f"ADDRESS = {server.url('/feed.csv')!r}\n{SETTING_UP}")
        for attempt in range(KILLS):
            # Each later than the lease of the run before.
            code = f"MINUTES = {attempt * 11}\n{RUNNING}"
            process.kill_in_the_middle(code, chance.uniform(0.1, 0.9))
        assert "ran 1" in process.ask(f"MINUTES = {KILLS * 11}\n{RUNNING}")
        counts = [int(part) for part in process.ask(COUNTING).split()]
    readings = STATIONS * HOURS
    assert counts[:2] == [readings, readings]
    assert counts[2:5] == [STATIONS, STATIONS, STATIONS]
    assert 1 <= counts[5] <= KILLS + 1
