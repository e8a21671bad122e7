"""The sensor hub over HTTP: readings in, pages out, against the server as it is shipped.

The server is a process of its own with durability on, the callers another (`bench.load.http`), and
both share the machine's cores. `HEREABOUTS_BENCH_DATABASE` is a PostgreSQL to use instead of the
embedded database; `HEREABOUTS_BENCH_SECONDS` is the length of each figure;
`HEREABOUTS_BENCH_OBSERVATIONS` how many readings are loaded before anything is read. Every reading
comes in through the public door. References: what the server answers an empty request in, and one
commit per reading on the same disk.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

from bench.figure import Figure, median
from bench.load.http import Load, Outcome, run

SECONDS = float(os.environ.get("HEREABOUTS_BENCH_SECONDS", "4"))
OBSERVATIONS = int(os.environ.get("HEREABOUTS_BENCH_OBSERVATIONS", "100000"))
DATABASE = os.environ.get("HEREABOUTS_BENCH_DATABASE", "")
THINGS, STREAMS_EACH = 1_000, 2
ROWS = 1_000
BEGAN = 1_767_225_600
START_S = 60.0
COMMAND = Path(sys.executable).with_name("hereabouts")
ROOT = "/sta/v1.1"
UNIT = {"name": "degree Celsius", "symbol": "°C", "definition": "http://qudt.org/vocab/unit/DEG_C"}
EXPAND = (
    f"{ROOT}/Things?$top=100&$expand=Datastreams($expand=Observations("
    "$top=1;$orderby=phenomenonTime%20desc))"
)
LATEST = (
    f"{ROOT}/Datastreams?$top=2000&$select=name&$expand=Observations("
    "$top=1;$orderby=phenomenonTime%20desc;$select=phenomenonTime,result)"
)


class Hub:
    """A running server, a token that may do everything, and the ids of its streams."""

    def __init__(self, port: int, token: str, pid: int) -> None:
        self.port = port
        self.token = token
        self.pid = pid
        self.streams: list[int] = []

    def request(self, method: str, path: str, body: object = None) -> bytes:
        """One whole request."""
        text = b"" if body is None else json.dumps(body).encode()
        return (
            f"{method} {path} HTTP/1.1\r\nhost: localhost:{self.port}\r\n"
            f"authorization: Bearer {self.token}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(text)}\r\n\r\n"
        ).encode() + text

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """One answer."""
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with closing(caller):
            headers = {"Authorization": f"Bearer {self.token}", "Host": f"localhost:{self.port}"}
            caller.request(method, path, None if body is None else json.dumps(body), headers)
            answer = caller.getresponse()
            return answer.status, answer.read()

    def load(self, requests: list[bytes], connections: int) -> tuple[Outcome, float]:
        """Requests in turn over many connections; also the server's CPU an answer, in µs."""
        before = self._cpu_seconds()
        outcome = run(Load(self.port, requests, connections, SECONDS))
        return outcome, (self._cpu_seconds() - before) / outcome.answers * 1e6

    def _cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figures() -> Iterator[Figure]:
    """Writing first, then reading what was written."""
    home = Path(os.environ["HEREABOUTS_HOME"])
    with _served(home) as hub:
        _fill(hub)
        empty, cpu = hub.load([hub.request("GET", "/healthz")], 32)
        alone = _one_commit_each(home)
        yield Figure("empty GET, 32 connections", empty.rate, "/s")
        yield Figure("  CPU of the server for each", cpu, "µs")
        yield Figure("one commit per reading, no server", alone, "/s")
        yield from _writing(hub, alone, cpu)
        yield from _reading(hub, empty, cpu)


def _writing(hub: Hub, alone: float, empty_cpu: float) -> Iterator[Figure]:
    ways = (
        ("set", lambda stream: f"{ROOT}/Observations"),
        ("stream", lambda stream: f"{ROOT}/Datastreams({stream})/Observations"),
    )
    for name, path in ways:
        singles, cpu = hub.load(_singles(hub, path), 128)
        title = f"single POST to the {name}, 128 connections"
        yield Figure(title, singles.rate, "/s", "8,000/s", alone, "one commit per reading")
        yield Figure("  p50 of the same", singles.percentile_ms(0.5), "ms")
        yield Figure("  p99 of the same", singles.percentile_ms(0.99), "ms", "< 60 ms")
        yield Figure("  CPU of the server for each", cpu, "µs", "", empty_cpu, "empty GET")
    arrays, cpu = hub.load(_arrays(hub, 40), 4)
    yield Figure(
        "CreateObservations, 1,000 rows, 4 connections",
        arrays.rate * ROWS,
        "obs/s",
        "120,000/s",
        alone,
        "one commit per reading",
    )
    yield Figure("  CPU of the server for each row", cpu / ROWS, "µs")


def _reading(hub: Hub, empty: Outcome, empty_cpu: float) -> Iterator[Figure]:
    pages = [
        hub.request("GET", f"{ROOT}/Datastreams({stream})/Observations")
        for stream in hub.streams[:500]
    ]
    busy, cpu = hub.load(pages, 32)
    title = "page of 100 observations, 32 connections"
    yield Figure(title, busy.rate, "/s", "4,000/s", empty.rate, "empty GET")
    yield Figure("  CPU of the server for each", cpu, "µs", "", empty_cpu, "empty GET")
    quiet, _ = hub.load(pages, 1)
    yield Figure("  p50, one connection", quiet.percentile_ms(0.5), "ms", "< 1 ms")
    for name, path, asked in (
        ("100 Things, their streams, last observations", EXPAND, "< 10 ms"),
        ("latest of 2,000 streams", LATEST, "< 10 ms"),
    ):
        outcome, cpu = hub.load([hub.request("GET", path)], 1)
        size = outcome.received / outcome.answers / 1000
        yield Figure(f"{name} ({size:,.0f} kB)", outcome.percentile_ms(0.5), "ms", asked)
        yield Figure("  CPU of the server for each", cpu / 1000, "ms")


@contextmanager
def _served(home: Path) -> Iterator[Hub]:
    environment = {**os.environ, "HEREABOUTS_HOME": str(home), "HEREABOUTS_DATABASE_URL": DATABASE}
    _command(environment, "migrate")
    process = subprocess.Popen(
        [COMMAND, "serve", "--port", "0"], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        yield Hub(_port(process), _token(environment), process.pid)
    finally:
        process.terminate()
        process.wait(START_S)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        found = re.search(r"http://[^:]+:(\d+)/", line)
        if found:
            return int(found[1])
    raise RuntimeError(f"the server did not start: {said}")


def _token(environment: dict[str, str]) -> str:
    who = ("--email", "bench@example.org", "--name", "Bench", "--role", "data_steward")
    _command(environment, "user", "create", *who, "--totp")
    scopes = ("--scope", "sensing.manage", "--scope", "sensing.observe")
    told = _command(
        environment, "token", "create", "--for", who[1], "--name", "bench", *scopes, "--json"
    )
    return str(json.loads(told)["token"])


def _command(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [COMMAND, *arguments], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def _fill(hub: Hub) -> None:
    """Things with streams, and readings in every stream."""
    _, body = hub.ask("POST", f"{ROOT}/Sensors", _sensor())
    sensor = json.loads(body)["@iot.id"]
    _, body = hub.ask("POST", f"{ROOT}/ObservedProperties", _property())
    measured = json.loads(body)["@iot.id"]
    for number in range(THINGS):
        status, body = hub.ask("POST", f"{ROOT}/Things", _thing(number, sensor, measured))
        if status != 201:
            raise RuntimeError(body.decode())
    _, body = hub.ask("GET", f"{ROOT}/Datastreams?$select=id&$top={THINGS * STREAMS_EACH}")
    hub.streams = [stream["@iot.id"] for stream in json.loads(body)["value"]]
    each = max(100, OBSERVATIONS // len(hub.streams))
    for begin in range(0, len(hub.streams), 50):
        groups = [_group(stream, each, BEGAN) for stream in hub.streams[begin : begin + 50]]
        status, body = hub.ask("POST", f"{ROOT}/CreateObservations", groups)
        if status != 201 or b'"error' in body:
            raise RuntimeError(body.decode()[:1_000])


def _sensor() -> dict[str, object]:
    kind = {"encodingType": "text/plain", "metadata": "https://example.org/sensor"}
    return {"name": "Thermometer", "description": "A thermometer", **kind}


def _property() -> dict[str, object]:
    definition = "http://vocab.nerc.ac.uk/standard_name/air_temperature/"
    return {"name": "Air temperature", "description": "Of air", "definition": definition}


def _thing(number: int, sensor: int, measured: int) -> dict[str, object]:
    longitude, latitude = -1.25 + number * 0.001, 51.75
    stream = {
        "description": "Every ten minutes",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": UNIT,
        "Sensor": {"@iot.id": sensor},
        "ObservedProperty": {"@iot.id": measured},
    }
    place = {
        "name": f"Post {number}",
        "description": "A lamp post",
        "encodingType": "application/geo+json",
        "location": {"type": "Point", "coordinates": [longitude, latitude]},
    }
    return {
        "name": f"Station {number}",
        "description": "A station",
        "properties": {"number": number, "ward": f"Ward {number % 7}"},
        "Locations": [place],
        "Datastreams": [{"name": f"Stream {rank}", **stream} for rank in range(STREAMS_EACH)],
    }


def _group(stream: int, rows: int, began: int) -> dict[str, object]:
    return {
        "Datastream": {"@iot.id": stream},
        "components": ["phenomenonTime", "result"],
        "dataArray": [[_time(began + row * 600), _value(stream, row)] for row in range(rows)],
    }


def _time(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _value(stream: int, row: int) -> float:
    return round(12 + (stream * 7 + row * 13) % 100 / 10, 2)


def _singles(hub: Hub, path: object) -> list[bytes]:
    """Distinct readings of all streams in order of time: the worst order for a clustered table."""
    assert callable(path)
    made = []
    ticks = count(BEGAN + 100_000_000)
    for row in range(20_000 // len(hub.streams)):
        for stream in hub.streams:
            body: dict[str, object] = {
                "phenomenonTime": _time(next(ticks)),
                "resultTime": _time(next(ticks)),
                "result": _value(stream, row),
            }
            if path(stream) == f"{ROOT}/Observations":
                body["Datastream"] = {"@iot.id": stream}
            made.append(hub.request("POST", path(stream), body))
    return made


def _arrays(hub: Hub, number: int) -> list[bytes]:
    return [
        hub.request(
            "POST",
            f"{ROOT}/CreateObservations",
            [_group(stream, ROWS, BEGAN + 200_000_000 + rank)],
        )
        for rank, stream in enumerate(hub.streams[:number])
    ]


def _one_commit_each(home: Path) -> float:
    """Commits a second of a bare table on the same disk, as a server without groups would do."""
    path = home / "reference.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE reading (stream INT, time INT, value REAL)")
        rates = []
        for _ in range(3):
            began, done = time.perf_counter(), 0
            while time.perf_counter() < began + 0.5:
                database.execute("INSERT INTO reading VALUES (?, ?, ?)", (done % 2000, done, 1.5))
                done += 1
            rates.append(done / (time.perf_counter() - began))
    path.unlink()
    return median(rates)
