"""The server as a process: it starts, says where, refuses plainly, and stops at once."""

from __future__ import annotations

import gc
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

import pytest
from django.db import connection

from hereabouts.site import health
from hereabouts.site.cli.installation import DatabaseOutOfDate, prepare_database
from hereabouts.site.configuration import Configuration
from hereabouts.site.server import (
    AddressUnusable,
    PortTaken,
    bind,
    server_config,
    settle_memory,
)

pytestmark = pytest.mark.once

COMMAND = [sys.executable, "-W", "ignore", "-c", "from hereabouts.site.cli import main; main()"]
START_S = 30.0


class Served:
    """A server in a process of its own."""

    def __init__(self, home: Path, **settings: str) -> None:
        # Its own SQLite file also where the run is on PostgreSQL: the process is what is tested.
        kept = {key: value for key, value in os.environ.items() if key != "HEREABOUTS_DATABASE_URL"}
        self.environment = {**kept, "HEREABOUTS_HOME": str(home), **settings}
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"],
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            match = re.search(r"http://[^:]+:(\d+)/", line)
            if match:
                self.port = int(match[1])
                return
        raise AssertionError(f"the server did not start: {self.said}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(START_S)
        assert self.process.stderr is not None
        self.process.stderr.close()

    @contextmanager
    def open(self, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_S)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        with closing(caller):
            caller.request("GET", path, headers=named)
            with caller.getresponse() as answer:
                yield answer

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        with self.open(path, **headers) as answer:
            body = answer.read()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(START_S)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        yield running


def test_what_is_there_for_good_is_searched_for_garbage_no_more() -> None:
    before = gc.get_threshold()
    try:
        settle_memory()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() > before
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_it_prepares_its_database_and_says_where_it_is(served: Served) -> None:
    assert "The database was brought up to this version" in served.said
    assert "Hereabouts is open at http://127.0.0.1:" in served.said


def test_healthz_answers_at_once(served: Served) -> None:
    status, headers, body = served.get("/healthz")
    assert (status, body) == (200, b"ok\n")
    assert headers["cache-control"] == "no-store"


def test_readyz_lists_what_it_looked_at(served: Served) -> None:
    status, _, body = served.get("/readyz")
    found = json.loads(body)
    checks = {check["name"]: check["ready"] for check in found["checks"]}
    assert set(checks) == {"database", "migrations", "worker", "streams", "front_end", "disk"}
    assert [checks[name] for name in ("database", "migrations", "worker", "streams")] == [True] * 4
    assert (status == 200) is found["ready"] is (found["missing"] == [])


def test_the_api_describes_itself(served: Served) -> None:
    status, headers, _ = served.get("/api/openapi.json", Accept_Encoding="gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    again, _, _ = served.get("/api/openapi.json", If_None_Match=headers["etag"])
    assert again == 304


def test_pages_are_django_s(served: Served) -> None:
    status, headers, body = served.get("/journal")
    assert status == 200 and b"<h1" in body
    assert "content-security-policy" in headers
    assert served.get("/no-such-page")[0] == 404


def test_a_host_that_is_not_ours_is_refused(served: Served) -> None:
    assert served.get("/journal", Host="evil.example")[0] == 400


def test_an_address_that_is_not_one_is_refused(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=START_S) as raw:
        raw.sendall(b"GET /journal?q=\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b" 400 " in raw.recv(200)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=START_S) as raw:
        raw.sendall(
            b"POST /language HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n\r\n"
        )
        assert b" 413 " in raw.recv(200)


def test_a_second_server_on_the_port_is_refused_in_one_sentence(served: Served) -> None:
    done = served.run("serve", "--port", str(served.port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {served.port} is taken")
    assert len(done.stderr.splitlines()) == 1


def test_an_entry_recorded_by_another_process_reaches_an_open_stream(served: Served) -> None:
    with served.open("/events") as stream:
        assert stream.status == 200
        command = [sys.executable, "-W", "ignore", "-c", RECORD]
        subprocess.run(command, env=served.environment, check=True, timeout=START_S)
        while not (line := stream.readline()).startswith(b"data:"):
            assert line
    assert json.loads(line[6:])["type"] == "sample.other.process.v1"
    verified = served.run("journal", "verify", "--json")
    assert verified.returncode == 0 and json.loads(verified.stdout)["entries"] >= 1


RECORD = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "hereabouts.site.settings"
import django; django.setup()
from dataclasses import dataclass
from typing import ClassVar
from django.db import transaction
from hereabouts.journal.api import Event, append
@dataclass(frozen=True)
class Other(Event):
    wire_name: ClassVar[str] = "sample.other.process.v1"
    is_public: ClassVar[bool] = True
with transaction.atomic():
    append(Other(), subject="sample:1", actor=None)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_ends_open_streams_and_leaves_with_success(tmp_path: Path, number: int) -> None:
    with Served(tmp_path) as running, running.open("/events") as stream:
        assert stream.readline() == b"retry: 3000\n"
        began = time.monotonic()
        assert running.stop(number) == 0
        assert time.monotonic() - began < 5
        assert b"the server is stopping" in stream.read()


def test_a_worker_of_its_own_is_seen_by_the_server(tmp_path: Path) -> None:
    with Served(tmp_path, HEREABOUTS_WORKER="separate") as running:
        assert "worker" in _missing(running)
        with subprocess.Popen(
            [*COMMAND, "worker"], env=running.environment, stderr=subprocess.PIPE
        ) as worker:
            deadline = time.monotonic() + START_S
            while "worker" in _missing(running) and time.monotonic() < deadline:
                time.sleep(0.1)
            worker.terminate()
            assert "worker" not in _missing(running)
            assert worker.wait(START_S) == 0
            assert worker.stderr is not None
            assert b"letters it sends link to http://localhost:8000" in worker.stderr.read()


def _missing(running: Served) -> list[str]:
    found: list[str] = json.loads(running.get("/readyz")[2])["missing"]
    return found


def test_a_port_that_is_taken_is_told_from_an_address_that_is_not_ours() -> None:
    with bind("127.0.0.1", 0) as first, pytest.raises(PortTaken):
        bind("127.0.0.1", first.getsockname()[1])
    with pytest.raises(AddressUnusable):
        bind("192.0.2.1", 8_000)
    with pytest.raises(AddressUnusable):
        bind("no such host", 8_000)


def test_forwarded_addresses_are_believed_only_from_named_proxies() -> None:
    assert not server_config(Configuration()).proxy_headers
    behind = server_config(Configuration(trusted_proxies="10.0.0.1, 10.0.0.2"))
    assert behind.proxy_headers
    assert behind.forwarded_allow_ips == ["10.0.0.1", "10.0.0.2"]


@pytest.mark.django_db
def test_a_server_s_database_is_never_changed_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.count_missing_migrations() == 0
    monkeypatch.setattr(health, "count_missing_migrations", lambda: 3)
    with pytest.raises(DatabaseOutOfDate, match="lacks 3 steps"):
        prepare_database(Configuration(database_url="postgresql://localhost/x"))
    assert connection.is_usable()
