"""What goes wrong half-way leaves nothing behind: a kill, a full disk, a lock, and the next run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.shared_data import shared_file

# One installation for all tests here, so one worker; the order is that of the file.
pytestmark = pytest.mark.xdist_group("import_faults")

JERICHO = ("place", "osm", "oxford-jericho-norham-2015-02-25.osm.bz2")

BEGIN = """
import os, signal, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "hereabouts.site.settings"
import django
django.setup()
from django.db import connection
from hereabouts.kernel.access import INSTALLATION
from hereabouts.places.api import import_osm
from hereabouts.site.cli import main
"""

STATE = (
    BEGIN
    + """
import json
from hereabouts.journal.api import verify
from hereabouts.places import models
tables = ("ImportRun", "ImportFinding", "Street", "Segment", "Premises", "Asset", "Ground",
          "Label", "Identifier", "AreaMembership", "FeatureChange", "SearchEntry")
counts = {name: getattr(models, name).objects.count() for name in tables}
found = verify()
print(json.dumps({"counts": counts, "entries": found.entries, "holds": found.broken is None}))
"""
)


@dataclass(frozen=True)
class Installation:
    """A place of its own, on the database of this test run, used only through processes."""

    environment: dict[str, str]

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script of Python to its end."""
        return subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def command(self, *arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the command line, with some lines of Python before it."""
        return self.run(BEGIN + before + "\nmain(sys.argv[1:])", *arguments)

    def state(self) -> dict[str, object]:
        """How many rows each table holds, and whether the journal holds."""
        done = self.run(STATE)
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    environment = {
        **os.environ,
        "HEREABOUTS_HOME": str(tmp_path_factory.mktemp("home")),
        "PYTHONPATH": str(Path(__file__).resolve().parents[3] / "src"),
        "PYTHONWARNINGS": "ignore",
    }
    environment.pop("HEREABOUTS_DATABASE_URL", None)
    server = os.environ.get("HEREABOUTS_TEST_POSTGRES", "")
    name = f"faults_{uuid.uuid4().hex[:12]}"
    if os.environ["HEREABOUTS_TEST_DATABASE"] == "postgres":
        with psycopg.connect(server, autocommit=True) as session:
            session.execute(f'CREATE DATABASE "{name}"')
        environment["HEREABOUTS_DATABASE_URL"] = _named(server, name)
    made = Installation(environment)
    done = made.command("migrate")
    assert done.returncode == 0, done.stderr
    yield made
    if "HEREABOUTS_DATABASE_URL" in environment:
        with psycopg.connect(server, autocommit=True) as session:
            session.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _named(server: str, name: str) -> str:
    parts = urlsplit(server)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


@pytest.fixture(scope="module")
def jericho() -> str:
    return str(shared_file(*JERICHO))


def nothing(state: dict[str, object]) -> bool:
    counts = state["counts"]
    assert isinstance(counts, dict)
    return not any(counts.values())


AT = """
def stop(step, share):
    if step == sys.argv[2] and share >= float(sys.argv[3]):
        {act}
import_osm(Path(sys.argv[1]), INSTALLATION, stop)
"""
KILLED = BEGIN + AT.format(act="os.kill(os.getpid(), signal.SIGKILL)")
FULL = BEGIN + AT.format(act="raise OSError(28, 'No space left on device')")


# Each leaves the installation as empty as it found it; the last test fills it.
@pytest.mark.parametrize(
    ("step", "share"),
    [("Writing", 0.3), ("Writing", 0.85), ("Writing", 1.0)],
)
def test_an_import_that_is_killed_leaves_nothing(
    installation: Installation, jericho: str, step: str, share: float
) -> None:
    killed = installation.run(KILLED, jericho, step, str(share))
    assert killed.returncode == -9
    state = installation.state()
    assert nothing(state)
    assert state["holds"]
    assert state["entries"] == 0


def test_a_machine_that_is_full_half_way_leaves_nothing(
    installation: Installation, jericho: str
) -> None:
    failed = installation.run(FULL, jericho, "Writing", "0.5")
    assert "No space left on device" in failed.stderr
    assert nothing(installation.state())


def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    installation: Installation, jericho: str
) -> None:
    if os.environ["HEREABOUTS_TEST_DATABASE"] == "sqlite":
        # A few pages more than there are, and the database may not grow beyond them.
        limit = """
cursor = connection.cursor()
pages = cursor.execute("PRAGMA page_count").fetchone()[0]
cursor.execute(f"PRAGMA max_page_count = {pages + 40}")
"""
    else:
        # The server refuses temporary space as it refuses disk space: with an error half-way.
        limit = """
from hereabouts.places.actions.importing import apply
def full(*_):
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'could not extend file: disk full' "
                       "USING ERRCODE = 'disk_full'; END $$")
apply._write_memberships = full
"""
    failed = installation.command("import", "osm", jericho, before=limit)
    assert failed.returncode == 1, failed.stderr
    last = failed.stderr.strip().splitlines()[-1]
    assert last == "The disk is full; everything this command had written was rolled back."
    assert "Traceback" not in failed.stderr
    assert nothing(installation.state())


def test_a_locked_database_is_one_sentence(installation: Installation, jericho: str) -> None:
    home, url = (
        installation.environment.get(f"HEREABOUTS_{name}") for name in ("HOME", "DATABASE_URL")
    )
    if url is None:
        import sqlite3

        holder = sqlite3.connect(f"{home}/hereabouts.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        impatient = "connection.cursor().execute('PRAGMA busy_timeout = 200')"
        expected = "The database is locked by another process"
    else:
        holder = psycopg.connect(url)
        holder.execute("SELECT pg_advisory_xact_lock(7302117)")
        impatient = (
            "from hereabouts.places.actions.importing import apply\napply.PATIENCE = '200ms'"
        )
        expected = "lock timeout"
    try:
        refused = installation.command("import", "osm", jericho, before=impatient)
    finally:
        holder.close()
    assert refused.returncode == 1
    assert expected in refused.stderr
    assert "Traceback" not in refused.stderr
    assert nothing(installation.state())


def test_after_all_that_the_import_runs_and_runs_again(
    installation: Installation, jericho: str
) -> None:
    done = installation.command("import", "osm", jericho, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["segment"]["appeared"] > 1_000
    state = installation.state()
    assert state["holds"]
    assert state["entries"] == 1
    # Killed on a gazetteer that is full, it leaves that as it was.
    killed = installation.run(KILLED, jericho, "Writing", "0.0")
    assert killed.returncode == -9
    assert installation.state() == state
    again = installation.command("import", "osm", jericho)
    assert again.stdout.startswith("Nothing changed")
