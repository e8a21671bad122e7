"""The sensor hub over MQTT: readings of quality 1, acknowledged after their commit.

The server is the one that is shipped, with durability on; the publisher is a process of its own
(`bench.load.mqtt`), and both share the machine's cores with Mosquitto where it stands between.
The reference is the same listener with nothing behind it: what the protocol itself costs.
`HEREABOUTS_BENCH_DATABASE` is a PostgreSQL to use instead of the embedded database;
`HEREABOUTS_BENCH_MESSAGES` how many messages make a figure. After each run the observations are
counted in the database: all that were acknowledged have to be there.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from bench.figure import Figure, median
from bench.load.mqtt import Load, run

MESSAGES = int(os.environ.get("HEREABOUTS_BENCH_MESSAGES", "100000"))
DATABASE = os.environ.get("HEREABOUTS_BENCH_DATABASE", "")
STREAMS = 2_000
ROUNDS = 3
START_S, DRAIN_S = 60.0, 60.0
COMMAND = Path(sys.executable).with_name("hereabouts")
REFERENCE = "the listener alone"
BEGAN = 1_767_225_600
UNIT = {"name": "degree Celsius", "symbol": "°C", "definition": "http://qudt.org/vocab/unit/DEG_C"}


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Hub:
    """A running server with its streams."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token
        self.streams: list[int] = []

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        """One answer of SensorThings."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as caller:
            headers = {"Authorization": f"Bearer {self.token}", "Host": f"localhost:{self.port}"}
            text = None if body is None else json.dumps(body)
            caller.request(method, f"/sta/v1.1/{path}", text, headers)
            answer = caller.getresponse()
            found = answer.read()
            if answer.status >= 400:
                raise SystemExit(f"{method} {path}: {answer.status} {found[:300]!r}")
            return found

    def fill(self) -> None:
        """One Thing for every twenty streams."""
        for thing in range(STREAMS // 20):
            self.ask("POST", "Things", _thing(thing))
        self.find()

    def find(self) -> None:
        """The streams that are there."""
        following = "Datastreams?$top=1000&$select=id&$orderby=id"
        while following:
            page = json.loads(self.ask("GET", following))
            self.streams += [entry["@iot.id"] for entry in page["value"]]
            following = page.get("@iot.nextLink", "").partition("/sta/v1.1/")[2]


def _thing(number: int) -> dict[str, object]:
    place = {"type": "Point", "coordinates": [-3.0 + number / 10_000, 51.6]}
    described = {"description": "made for a benchmark"}
    streams = [
        {
            "name": f"Temperature {number}.{stream}",
            **described,
            "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
            "OM_Measurement",
            "unitOfMeasurement": UNIT,
            "Sensor": {
                "name": "S", **described, "encodingType": "text/plain", "metadata": "none",
            },
            "ObservedProperty": {"name": "T", **described, "definition": "https://example.org/t"},
        }
        for stream in range(20)
    ]  # fmt: skip
    location = {"name": "L", **described, "encodingType": "application/geo+json", "location": place}
    return {
        "name": f"Thing {number}",
        **described,
        "Locations": [location],
        "Datastreams": streams,
    }


def stored() -> int:
    """How many observations the database holds; read beside the server, which may be busy."""
    statement = "SELECT COALESCE(SUM(count), 0) FROM sensing_stream_state"
    if DATABASE:
        with psycopg.connect(DATABASE) as connection:
            found = connection.execute(statement).fetchone()
    else:
        path = Path(os.environ["HEREABOUTS_HOME"]) / "hereabouts.sqlite3"
        with closing(sqlite3.connect(path, timeout=30)) as database:
            found = database.execute(statement).fetchone()
    return int(found[0]) if found else 0


def figures() -> Iterator[Figure]:
    """The listener alone, the whole way through it, and the whole way through Mosquitto."""
    home = Path(os.environ["HEREABOUTS_HOME"])
    with _listener_alone() as port:
        alone = median(
            [run(Load(port, MESSAGES, list(range(1, STREAMS + 1)))) for _ in range(ROUNDS)]
        )
    yield Figure("quality 1, the listener with nothing behind it", alone, "/s")
    port = free_port()
    with _served(home, {"HEREABOUTS_MQTT_LISTEN": f"127.0.0.1:{port}"}) as hub:
        hub.fill()
        rate = median([_through_listener(hub, port, turn) for turn in range(ROUNDS)])
    yield Figure("quality 1, built-in listener", rate, "/s", "30,000/s", alone, REFERENCE)
    if shutil.which("mosquitto") is None:
        print("no Mosquitto here: the figure through it is left out", file=sys.stderr)
        return
    with _mosquitto(home) as (devices, inner):
        broker = {"HEREABOUTS_MQTT": f"mqtt://127.0.0.1:{inner}", "HEREABOUTS_MQTT_ANNOUNCE": "off"}
        with _served(home, broker) as hub:
            hub.find()
            rates = [_through_broker(hub, devices, turn) for turn in range(ROUNDS)]
    yield Figure("quality 1, through Mosquitto", median(rates), "/s", "15,000/s", alone, REFERENCE)


def _load(hub: Hub, port: int, turn: int) -> Load:
    began = BEGAN + turn * 10_000_000
    return Load(port, MESSAGES, hub.streams, password=hub.token, began=began)


def _through_listener(hub: Hub, port: int, turn: int) -> float:
    before = stored()
    rate = run(_load(hub, port, turn))
    _expect(before + MESSAGES)
    return rate


def _through_broker(hub: Hub, port: int, turn: int) -> float:
    """From the first message to the commit of the last; the broker acknowledges earlier."""
    before = stored()
    with ThreadPoolExecutor(1) as thread:
        publishing = thread.submit(run, _load(hub, port, ROUNDS + turn))
        while stored() == before:
            time.sleep(0.005)
        began, deadline = time.perf_counter(), time.monotonic() + DRAIN_S
        first = stored()
        while (found := stored()) < before + MESSAGES:
            if time.monotonic() > deadline:
                raise SystemExit(f"{before + MESSAGES - found} messages did not arrive")
            time.sleep(0.02)
        took = time.perf_counter() - began
        publishing.result()
    return (found - first) / took


def _expect(count: int) -> None:
    found = stored()
    if found != count:
        raise SystemExit(f"{count} observations were acknowledged and {found} are stored")


@contextmanager
def _served(home: Path, mqtt: dict[str, str]) -> Iterator[Hub]:
    """A server with durability on, and a token that may do everything."""
    environment = {
        **os.environ,
        "HEREABOUTS_HOME": str(home),
        "HEREABOUTS_DATABASE_URL": DATABASE,
        **mqtt,
    }
    with (home / "server.log").open("a") as log:
        port = free_port()
        command = [COMMAND, "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stderr=log)
        try:
            _wait(port)
            yield Hub(port, _token(environment))
        finally:
            process.terminate()
            process.wait(START_S)


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def _token(environment: dict[str, str]) -> str:
    email = f"bench-{time.time_ns()}@example.org"
    who = ("--email", email, "--name", "Bench", "--role", "data_steward")
    _command(environment, "user", "create", *who, "--totp")
    scopes = ("--scope", "sensing.manage", "--scope", "sensing.observe")
    told = _command(
        environment, "token", "create", "--for", email, "--name", "bench", *scopes, "--json"
    )
    return str(json.loads(told)["token"])


def _command(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [COMMAND, *arguments], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


@contextmanager
def _mosquitto(home: Path) -> Iterator[tuple[int, int]]:
    """A broker as the guide sets it up, without passwords: the ports for devices and for us."""
    devices, inner = free_port(), free_port()
    path = home / "mosquitto.conf"
    path.write_text(
        "user root\nper_listener_settings true\n"
        "max_inflight_messages 0\nmax_queued_messages 0\n"
        f"listener {devices} 127.0.0.1\nmount_point in/\nallow_anonymous true\n"
        f"listener {inner} 127.0.0.1\nallow_anonymous true\n"
    )
    with (home / "mosquitto.log").open("w") as log:
        process = subprocess.Popen(["mosquitto", "-c", path], stdout=log, stderr=log)
        try:
            _wait(inner)
            yield devices, inner
        finally:
            process.terminate()
            process.wait(START_S)


@contextmanager
def _listener_alone() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.load.mqtt_sink"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(START_S)
        process.stdout.close()
