"""Clients that go half-way or do not read, a full disk, a database in other hands."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from hereabouts.standards.mqtt import (
    VERSION_3,
    Connect,
    Publish,
    Subscribe,
    Subscription,
    encode,
)
from tests.faults.sensing_hub import IS_POSTGRES, ROOT, WAIT_S, Hub, own_database, until
from tests.faults.sensing_senders import ArrayPoster, Ledger, Poster, Publisher, sending

LOCKED_S = float(os.environ.get("HEREABOUTS_LOCKED_SECONDS", "3"))
"""How long somebody else holds the database; beyond 20 s senders are refused meanwhile."""
PATIENCE_S = 20
READ_AT_ONCE_S = 1.0
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with own_database() as database:
        with Hub(tmp_path_factory.mktemp("hub"), database) as made:
            made.make_streams(8)
            yield made


def _count(hub: Hub) -> int:
    return int(hub.query("SELECT COUNT(*) FROM sensing_observation")[0][0])


def _open_files(hub: Hub) -> int:
    assert hub.process is not None
    return len(os.listdir(f"/proc/{hub.process.pid}/fd"))


def _head(hub: Hub, method: str, path: str, length: int = 0) -> bytes:
    return (
        f"{method} {ROOT}{path} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {hub.token}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def _hello(hub: Hub, name: str) -> bytes:
    return encode(Connect(name, username="x", password=hub.token.encode()), VERSION_3)


def _message(hub: Hub, key: int, qos: int = 1) -> bytes:
    topic = f"v1.1/Datastreams({hub.streams[0]})/Observations"
    return encode(Publish(topic, b'{"result":1}', qos, key if qos else 0), VERSION_3)


def test_who_goes_half_way_leaves_neither_observations_nor_open_files(hub: Hub) -> None:
    before, files = _count(hub), _open_files(hub)
    single = f"/Datastreams({hub.streams[0]})/Observations"
    halves = (
        (hub.port, _head(hub, "POST", single, 100) + b'{"result": 1'),
        (hub.port, _head(hub, "POST", "/CreateObservations", 9_000) + b'[{"Datastream":{"@iot.i'),
        (hub.port, _head(hub, "POST", "/$batch", 9_000) + b"--b\r\nContent-Type: applica"),
        (hub.port, _head(hub, "POST", single, 100)[:-30]),
        (hub.mqtt_port, _hello(hub, "half")[:-5]),
        (hub.mqtt_port, _hello(hub, "half") + _message(hub, 1)[:-4]),
        (hub.mqtt_port, _hello(hub, "half") + _message(hub, 1)[:1]),
    )
    for _ in range(20):
        for port, half in halves:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
                raw.sendall(half)
    # The last of them may still be on its way.
    until(lambda: _open_files(hub) <= files + 4, "the files are closed", 10)
    assert hub.ask("POST", single, {"result": 2})[0] == 201
    assert _count(hub) == before + 1


def test_readers_of_large_pages_that_do_not_read_keep_nobody_else_waiting(hub: Hub) -> None:
    ledger = Ledger(hub.streams)
    rows = [list(ledger.body_of(ledger.take()).values()) for _ in range(2_000)]
    body = [
        {
            "Datastream": {"@iot.id": hub.streams[0]},
            "components": ["phenomenonTime", "resultTime", "result"],
            "dataArray": rows,
        }
    ]
    assert hub.ask("POST", "/CreateObservations", body)[0] == 201
    path = f"/Datastreams({hub.streams[0]})/Observations?$top=1000"
    memory = hub.own_bytes()
    with ExitStack() as lazy:
        for _ in range(60):
            raw = lazy.enter_context(socket.create_connection(("127.0.0.1", hub.port), timeout=10))
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            raw.sendall(_head(hub, "GET", path) * 4)
        took = []
        for _ in range(20):
            began = time.perf_counter()
            assert hub.ask("GET", f"/Datastreams({hub.streams[1]})")[0] == 200
            stored = hub.ask("POST", f"/Datastreams({hub.streams[1]})/Observations", {"result": 1})
            assert stored[0] == 201
            took.append(time.perf_counter() - began)
        assert sorted(took)[len(took) // 2] < READ_AT_ONCE_S
        assert hub.own_bytes() - memory < 100 * MEGABYTE
    assert hub.ask("GET", path)[0] == 200


def test_a_subscriber_that_does_not_read_holds_up_neither_devices_nor_memory(hub: Hub) -> None:
    ledger = Ledger(hub.streams)
    with ExitStack() as lazy:
        for turn in range(5):
            raw = lazy.enter_context(
                socket.create_connection(("127.0.0.1", hub.mqtt_port), timeout=10)
            )
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            wish = Subscribe(1, (Subscription("v1.1/Observations", turn % 2),))
            raw.sendall(_hello(hub, f"lazy-{turn}") + encode(wish, VERSION_3))
        memory = hub.own_bytes()
        publisher = Publisher(hub, ledger)
        publisher.window = 1_000
        before = _count(hub)
        with sending(publisher):
            until(lambda: len(ledger.acknowledged.get("MQTT", ())) > 20_000, "20,000 messages")
        assert hub.own_bytes() - memory < 60 * MEGABYTE
        assert hub.ask("GET", "/Things")[0] == 200
    assert _count(hub) - before == len(ledger.acknowledged["MQTT"])


class Doors:
    """Senders at every door of a hub while it meets a fault, and one stream that is left to us."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.probe, *streams = hub.make_streams(5)
        self.ledger = Ledger(streams)
        self.poster, self.arrays = Poster(hub, self.ledger), ArrayPoster(hub, self.ledger)
        self.publisher = Publisher(hub, self.ledger)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with sending(self.poster, self.arrays, self.publisher):
            self.go_on()
            yield
            self.go_on()
        rows = self.hub.check_pieces()
        self.ledger.judge([row for row in rows if row[0] != self.probe])
        assert not self.publisher.waiting

    def go_on(self) -> None:
        """Wait until observations are acknowledged at every door, without anybody's help."""
        ways = [sender.way for sender in (self.poster, self.arrays, self.publisher)]
        before = {way: len(self.ledger.acknowledged.get(way, ())) for way in ways}
        for way, count in before.items():
            until(
                lambda way=way, count=count: (
                    len(self.ledger.acknowledged.get(way, ())) > count + 10
                ),
                f"{way} goes on",
            )

    def are_refused(self, words: str) -> None:
        """Wait until there is no room left; then everybody is told so, and reading goes on."""
        until(lambda: self.poster.refusals.counts[503] > 2, "POST is refused")
        status, headers, told = self._ask_until_refused()
        assert status == 503 and headers["retry-after"], told
        assert words in told["message"], told
        assert self.hub.ask("GET", f"/Datastreams({self.ledger.streams[0]})/Observations")[0] == 200
        assert all(words in told for told in self.poster.refusals.texts)

    def _ask_until_refused(self) -> tuple[int, Mapping[str, str], Any]:
        """The first answer to a post of ours that is no 201.

        Where files may not grow there is a little room now and then: the database's log begins
        anew in its own length once it was written back.
        """
        path = f"/Datastreams({self.probe})/Observations"
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            answer = self.hub.ask_all("POST", path, {"result": 1})
            if answer[0] != 201:
                return answer
        raise AssertionError("there was room all the time")


def _makes_a_thing(hub: Hub) -> int:
    return hub.ask("POST", "/Things", {"name": "T", "description": "t"})[0]


class Disk(NamedTuple):
    """Where an installation lies, how its room is taken and given back, and what it then says."""

    home: Path
    database: str
    words: str
    fill: Callable[[Hub], None]
    free: Callable[[Hub], None]


@contextmanager
def file_that_may_not_grow(folder: Path) -> Iterator[Disk]:
    """No file of the process may become longer; anybody may ask for that."""
    hardest = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def limit(hub: Hub, most: int) -> None:
        assert hub.process is not None
        resource.prlimit(hub.process.pid, resource.RLIMIT_FSIZE, (most, hardest))

    def fill(hub: Hub) -> None:
        sizes = [path.stat().st_size for path in folder.glob("hereabouts.sqlite3*")]
        limit(hub, max(sizes) + 65_536)

    yield Disk(folder, "", "the disk cannot be written", fill, lambda hub: limit(hub, hardest))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """The whole installation on a file system of its own."""
    with _file_system("96m") as disk, own_database() as database:
        yield Disk(
            disk,
            database,
            "the disk is full",
            lambda hub: _take_room(disk, 256 * 1024),
            lambda hub: (disk / "ballast").unlink(),
        )


@contextmanager
def small_tablespace(folder: Path) -> Iterator[Disk]:
    """The server's table of observations moves to a file system of its own."""
    server = os.environ["HEREABOUTS_TEST_POSTGRES"]
    name = f"small_{time.time_ns()}"
    with _file_system("24m") as disk, psycopg.connect(server, autocommit=True) as operator:
        (directory,) = operator.execute("SHOW data_directory").fetchall()[0]
        disk.chmod(0o755)
        (disk / "space").mkdir()
        shutil.chown(disk / "space", Path(directory).owner())
        operator.execute(f"CREATE TABLESPACE {name} LOCATION '{disk}/space'")
        with own_database() as database:

            def fill(hub: Hub) -> None:
                with psycopg.connect(database) as moving:
                    moving.execute(f"ALTER TABLE sensing_observation SET TABLESPACE {name}")
                _take_room(disk, 64 * 1024)

            yield Disk(
                folder, database, "the disk is full", fill,
                lambda hub: (disk / "ballast").unlink(),
            )  # fmt: skip
        operator.execute(f"DROP TABLESPACE {name}")


@contextmanager
def server_that_says_so(folder: Path) -> Iterator[Disk]:
    """Where we may not make a disk, a server is made to say what it says of a full one."""

    def fill(hub: Hub) -> None:
        with psycopg.connect(hub.database) as server:
            server.execute(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
                " EXCEPTION 'could not extend file: disk full' USING ERRCODE = '53100'; END $$"
            )
            server.execute(
                "CREATE TRIGGER no_room BEFORE INSERT ON sensing_observation FOR EACH ROW"
                " EXECUTE FUNCTION no_room()"
            )

    def free(hub: Hub) -> None:
        with psycopg.connect(hub.database) as server:
            server.execute("DROP TRIGGER no_room ON sensing_observation")

    with own_database() as database:
        yield Disk(folder, database, "the disk is full", fill, free)


@contextmanager
def _file_system(size: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hereabouts-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def _take_room(disk: Path, leaving: int) -> None:
    """Take the room of a disk but for some bytes."""
    # Others write at the same time and may be the first to find it full.
    with (disk / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        file.write(bytes(max(0, shutil.disk_usage(disk).free - leaving)))


IS_ROOT = os.geteuid() == 0
DISKS = (
    [small_tablespace if IS_ROOT else server_that_says_so]
    if IS_POSTGRES
    else [file_that_may_not_grow, *([small_disk] if IS_ROOT else [])]
)


@pytest.mark.parametrize("disk", DISKS)
def test_without_room_senders_are_told_so_and_all_goes_on_when_there_is_room(
    tmp_path: Path, disk: Callable[[Path], AbstractContextManager[Disk]]
) -> None:
    with disk(tmp_path) as place, Hub(place.home, place.database) as hub:
        doors = Doors(hub)
        with doors.at_work():
            place.fill(hub)
            doors.are_refused(place.words)
            assert _makes_a_thing(hub) in (201, 503)
            place.free(hub)
        assert _makes_a_thing(hub) == 201


@contextmanager
def held(hub: Hub) -> Iterator[None]:
    """Somebody else writes and does not finish."""
    if hub.database:
        with psycopg.connect(hub.database) as other:
            other.execute("LOCK TABLE sensing_observation IN EXCLUSIVE MODE")
            yield
            other.rollback()
        return
    with closing(sqlite3.connect(hub.home / "hereabouts.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_while_somebody_else_holds_the_database_reading_goes_on_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    with own_database() as database, Hub(tmp_path, database) as hub:
        doors = Doors(hub)
        with doors.at_work():
            with held(hub):
                deadline = time.monotonic() + LOCKED_S
                while time.monotonic() < deadline:
                    began = time.perf_counter()
                    path = f"/Datastreams({doors.ledger.streams[0]})/Observations?$top=5"
                    assert hub.ask("GET", path)[0] == 200
                    assert hub.ask("GET", "/Things?$expand=Datastreams")[0] == 200
                    assert time.perf_counter() - began < READ_AT_ONCE_S
                    time.sleep(0.1)
            # On a busy machine patience lasts longer than its seconds.
            if LOCKED_S < PATIENCE_S or LOCKED_S > 1.4 * PATIENCE_S:
                assert (doors.poster.refusals.counts[503] > 0) is (LOCKED_S > PATIENCE_S)
            assert all("busy" in told for told in doors.poster.refusals.texts)
