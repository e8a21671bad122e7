"""A sensor hub as a process that may be killed and started again, and what its database holds.

The database is that of the test run: a SQLite file of the hub's own, or a PostgreSQL.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

COMMAND = [sys.executable, "-W", "ignore", "-c", "from hereabouts.site.cli import main; main()"]
IS_POSTGRES = os.environ.get("HEREABOUTS_TEST_DATABASE") == "postgres"
WAIT_S = 60.0
ROOT = "/sta/v1.1"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
UNIT = {"name": "degree Celsius", "symbol": "°C", "definition": "https://example.org/celsius"}
PROPERTY = {"name": "P", "description": "p", "definition": "https://example.org/temperature"}
SENSOR = {
    "name": "S",
    "description": "s",
    "encodingType": "text/plain",
    "metadata": "https://example.org/sensor",
}


@dataclass(frozen=True)
class Known:
    """What the hub keeps of a stream beside its observations."""

    stream_id: int
    count: int
    first_started: int | None
    last_ended: int | None
    first_result_time: int | None
    last_result_time: int | None
    latest_id: int | None
    latest_started: int | None
    latest_number: float | None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(is_so: Any, what: str, seconds: float = WAIT_S) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)


@contextmanager
def own_database(server: str = "") -> Iterator[str]:
    """Address of an empty database of its own; empty where the run is on SQLite.

    With a server it is on that one, whatever the run is on.
    """
    if not server and not IS_POSTGRES:
        yield ""
        return
    server = server or os.environ["HEREABOUTS_TEST_POSTGRES"]
    name = f"hub_{time.time_ns()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Hub:
    """One installation; `start` and `kill` as often as one likes."""

    def __init__(self, home: Path, database: str = "", **settings: str) -> None:
        self.home = home
        self.database = database
        self.port, self.mqtt_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "HEREABOUTS_HOME": str(home),
            "HEREABOUTS_DATABASE_URL": database,
            "HEREABOUTS_MQTT_LISTEN": f"127.0.0.1:{self.mqtt_port}",
            **settings,
        }
        self.streams: list[int] = []
        self.run("migrate")
        who = ("--email", "steward@example.org")
        self.run("user", "create", *who, "--name", "S", "--role", "data_steward", "--totp")
        told = self.run(
            "token", "create", "--for", who[1], "--name", "t", "--json",
            *(part for name in ("manage", "observe", "read_closed")
              for part in ("--scope", f"sensing.{name}")),
        )  # fmt: skip
        self.token = str(json.loads(told)["token"])

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", str(self.port)],
                env=self.environment,
                stderr=log,
                stdout=log,
            )
        until(self._answers, f"the hub answers: {self.log()}")

    def _answers(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self.log()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as caller:
            try:
                caller.request("GET", "/healthz")
                return caller.getresponse().status == 200
            except OSError:
                return False

    def log(self) -> str:
        path = self.home / "server.log"
        return path.read_text() if path.exists() else ""

    def kill(self, number: int = signal.SIGKILL) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(WAIT_S)
        self.process = None
        return code

    def __enter__(self) -> Hub:
        self.start()
        return self

    def __exit__(self, *fault: object) -> None:
        if self.process is not None:
            self.kill()

    def ask(
        self, method: str, path: str, body: object = None, seconds: float = WAIT_S
    ) -> tuple[int, Any]:
        """One answer; the body read, where it is JSON."""
        status, _, found = self.ask_all(method, path, body, seconds)
        return status, found

    def ask_all(
        self, method: str, path: str, body: object = None, seconds: float = WAIT_S
    ) -> tuple[int, dict[str, str], Any]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)) as caller:
            headers = {"Authorization": f"Bearer {self.token}", "Host": "localhost"}
            sent = None if body is None else json.dumps(body)
            caller.request(method, f"{ROOT}{path}", sent, headers)
            answer = caller.getresponse()
            text = answer.read()
            named = {name.lower(): value for name, value in answer.getheaders()}
            is_json = "json" in named.get("content-type", "")
            return answer.status, named, json.loads(text) if is_json else text

    def make_streams(self, count: int) -> list[int]:
        """A Thing at a place with streams of numbers; their ids."""
        stream = {
            "description": "d",
            "observationType": MEASUREMENT,
            "unitOfMeasurement": UNIT,
            "Sensor": SENSOR,
            "ObservedProperty": PROPERTY,
        }
        place = {
            "name": "L",
            "description": "l",
            "encodingType": "application/geo+json",
            "location": {"type": "Point", "coordinates": [-2.9, 51.6]},
        }
        thing = {
            "name": "T",
            "description": "t",
            "Locations": [place],
            "Datastreams": [{"name": f"D{n}", **stream} for n in range(count)],
        }
        status, headers, told = self.ask_all("POST", "/Things", thing)
        assert status == 201, told
        key = headers["location"].rpartition("(")[2].rstrip(")")
        _, found = self.ask("GET", f"/Things({key})/Datastreams?$top={count}&$select=id")
        self.streams = [entry["@iot.id"] for entry in found["value"]]
        assert len(self.streams) == count
        return self.streams

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows straight from the database."""
        if self.database:
            with psycopg.connect(self.database) as server:
                return server.execute(statement).fetchall()
        with closing(sqlite3.connect(self.home / "hereabouts.sqlite3", timeout=30)) as file:
            return file.execute(statement).fetchall()

    def own_bytes(self) -> int:
        """Memory of the process, without the files it maps: the database is one."""
        assert self.process is not None
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"RssAnon:\s+(\d+) kB", text)
        assert found is not None
        return int(found[1]) * 1024

    def cpu_seconds(self) -> float:
        """Time of the processors that the process has used."""
        assert self.process is not None
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def check_pieces(self) -> Sequence[tuple[int, int, float]]:
        """All observations as (stream, started, number), once what is kept beside them agrees.

        Counts, extents, the latest and the features are counted anew here, the journal is verified
        and the embedded database looks at itself.
        """
        rows = self.query(
            "SELECT stream_id, started, number, id, COALESCE(ended, started), result_time,"
            " feature_id FROM sensing_observation ORDER BY stream_id, started, id"
        )
        names = ", ".join(entry.name for entry in fields(Known))
        told = {
            row[0]: Known(*row) for row in self.query(f"SELECT {names} FROM sensing_stream_state")
        }
        by_stream: dict[int, list[tuple[Any, ...]]] = {}
        for row in rows:
            by_stream.setdefault(row[0], []).append(row)
        for stream_id, known in told.items():
            _check_extent(known, by_stream.pop(stream_id, []))
        assert not by_stream, f"nothing is known of streams {sorted(by_stream)}"
        assert len({row[3] for row in rows}) == len(rows)
        pairs = Counter((row[0], row[6]) for row in rows if row[6] is not None)
        kept = self.query("SELECT stream_id, feature_id, count FROM sensing_stream_feature")
        assert {row[:2]: row[2] for row in kept if row[2]} == pairs
        self._check_itself()
        return [(row[0], row[1], row[2]) for row in rows]

    def _check_itself(self) -> None:
        # The command leaves with a failure where the chain is broken.
        assert json.loads(self.run("journal", "verify", "--json"))["entries"] > 0
        if not self.database:
            assert self.query("PRAGMA integrity_check") == [("ok",)]


def _check_extent(known: Known, rows: list[tuple[Any, ...]]) -> None:
    times = [row[5] for row in rows if row[5] is not None]
    assert known.count == len(rows)
    assert known.first_started == min((row[1] for row in rows), default=None)
    assert known.last_ended == max((row[4] for row in rows), default=None)
    assert known.first_result_time == min(times, default=None)
    assert known.last_result_time == max(times, default=None)
    if rows:
        last = rows[-1]
        assert (known.latest_started, known.latest_id) == (last[1], last[3])
        assert known.latest_number == last[2]
