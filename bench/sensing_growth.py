"""The same questions and the same ingest with a hundred times as many observations.

Two thousand streams, first with 100,000 observations, then with `HEREABOUTS_BENCH_OBSERVATIONS`
(2 million; 10 million takes some minutes). Observations are loaded straight into the table in the
order of its key, and what is kept of streams is worked out anew. Each figure's reference is the
same question with 100,000, asked in turn with it; both find as many rows.
`HEREABOUTS_BENCH_DATABASE=postgres` measures on a PostgreSQL instead.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

from bench.figure import Figure, median
from bench.load.http import Load, run
from bench.load.sensing_world import BEGAN, STREAMS, add_observations, make_register
from bench.sensing_reads import LATEST, NESTED, address_of, on_postgres

if TYPE_CHECKING:
    from tests.faults.sensing_hub import Hub

FEW = 100_000
MANY = int(os.environ.get("HEREABOUTS_BENCH_OBSERVATIONS", "2000000"))
SECONDS = float(os.environ.get("HEREABOUTS_BENCH_SECONDS", "1"))
THINGS = 2_000
ROUNDS = 3
ROWS = 1_000
FAR = BEGAN // 1_000_000 + 400 * 86_400
"""Second after all that is loaded."""


def figures() -> Iterator[Figure]:
    """Two hubs side by side, one with few observations and one with many, asked in turn."""
    if os.environ.get("HEREABOUTS_BENCH_DATABASE") == "postgres":
        os.environ["HEREABOUTS_BENCH_DATABASE"] = "here"
        on_postgres("sensing_growth")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from django.db import connection

    from hereabouts.site.cli.installation import bring_up_to_date
    from tests.faults.sensing_hub import Hub

    bring_up_to_date()
    streams = make_register(THINGS)
    add_observations(streams, FEW // STREAMS)
    small = _size()
    home, database = _copy_aside()
    began = time.perf_counter()
    add_observations(streams, (MANY - FEW) // STREAMS, FEW // STREAMS)
    loaded = time.perf_counter() - began
    vendor = connection.vendor
    yield Figure(f"{vendor}: {MANY - FEW:,} loaded directly", (MANY - FEW) / loaded, "rows/s")
    yield Figure(f"{vendor}: bytes of an observation", (_size() - small) / (MANY - FEW), "B")
    yield Figure(f"{vendor}: size of the database", _size() / 1e6, "MB")
    own, address = Path(os.environ["HEREABOUTS_HOME"]), os.environ.get("HEREABOUTS_DATABASE_URL")
    with Hub(home, database) as few, Hub(own, address or "") as many:
        yield from _compare(vendor, few, many, streams)


def _copy_aside() -> tuple[Path, str]:
    """What there is now once more, as an installation of its own: its folder and its address."""
    from django.db import connection

    home = Path(os.environ["HEREABOUTS_HOME"]) / "few"
    home.mkdir()
    connection.close()
    address = os.environ.get("HEREABOUTS_DATABASE_URL", "")
    if not address:
        shutil.copy(str(connection.settings_dict["NAME"]), home / "hereabouts.sqlite3")
        return home, ""
    parts = urlsplit(address)
    operator = urlunsplit(parts._replace(path="/template1"))
    with psycopg.connect(operator, autocommit=True) as server:
        server.execute(f"CREATE DATABASE few TEMPLATE {parts.path.strip('/')}")
    return home, urlunsplit(parts._replace(path="/few"))


def _size() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    return Path(connection.settings_dict["NAME"]).stat().st_size


def _compare(vendor: str, few: Hub, many: Hub, streams: list[int]) -> Iterator[Figure]:
    """Both hubs in turn, so that the machine's moods fall on both; medians of the rounds."""
    for name, connections, make in _loads(streams):
        told: dict[str, list[tuple[float, float]]] = {"few": [], "many": []}
        for turn in range(ROUNDS):
            for which, hub in (("few", few), ("many", many)):
                told[which].append(_ask(hub, make(hub, turn), connections))
        for place, what in ((0, "ms"), (1, "µs of the server's CPU")):
            before, after = (median([pair[place] for pair in told[w]]) for w in ("few", "many"))
            title = f"{vendor}: {name}" if not place else "  CPU of the server for each"
            asked = f"≤ {before * 1.5:.3g}"
            yield Figure(title, after, what.split()[0], asked, before, f"with {FEW:,}")


def _ask(hub: Hub, requests: list[bytes], connections: int) -> tuple[float, float]:
    """Median milliseconds of an answer, and the server's CPU for each in microseconds."""
    before = hub.cpu_seconds()
    outcome = run(Load(hub.port, requests, connections, SECONDS))
    return outcome.percentile_ms(0.5), (hub.cpu_seconds() - before) / outcome.answers * 1e6


Make: TypeAlias = Callable[["Hub", int], list[bytes]]


def _loads(streams: list[int]) -> Iterator[tuple[str, int, Make]]:
    """Names, numbers of connections, and requests of what the hub is asked for."""
    oldest = f"Observations?$top={FEW // STREAMS}"
    newest = f"{oldest}&$orderby=phenomenonTime%20desc"

    def reads(paths: list[str]) -> Make:
        return lambda hub, turn: [_get(hub, path) for path in paths]

    yield "page of 50, oldest", 1, reads([f"Datastreams({k})/{oldest}" for k in streams])
    yield "page of 50, newest", 1, reads([f"Datastreams({k})/{newest}" for k in streams])
    yield "100 Things with last observations", 1, reads([NESTED])
    yield "latest of 2,000 streams", 1, reads([LATEST])
    yield "half an hour of a stream", 1, reads([f"Datastreams({k})/{HALF}" for k in streams])
    ticks = count(FAR)
    yield (
        "single POST, 128 connections",
        128,
        lambda hub, turn: [
            _post(hub, f"/Datastreams({key})/Observations", _body(next(ticks)))
            for key in streams * 4
        ],
    )
    yield (
        "CreateObservations of 1,000 rows",
        2,
        lambda hub, turn: [
            _post(hub, "/CreateObservations", _rows(key, next(ticks) + turn * 1_000_000))
            for key in streams[turn * 60 : turn * 60 + 60]
        ],
    )


HALF = (
    "Observations?$filter=phenomenonTime%20ge%202026-01-01T00:10:00Z%20and%20phenomenonTime"
    "%20lt%202026-01-01T00:40:00Z"
)


def _get(hub: Hub, path: str) -> bytes:
    return (
        f"GET {address_of(path)} HTTP/1.1\r\nhost: localhost:{hub.port}\r\n"
        f"authorization: Bearer {hub.token}\r\n\r\n"
    ).encode()


def _body(second: int) -> dict[str, object]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
    return {"phenomenonTime": moment, "result": second % 1_000 / 10}


def _rows(stream: int, second: int) -> list[dict[str, object]]:
    rows = [list(_body(second + 100_000 + row * 60).values()) for row in range(ROWS)]
    columns = ["phenomenonTime", "result"]
    return [{"Datastream": {"@iot.id": stream}, "components": columns, "dataArray": rows}]


def _post(hub: Hub, path: str, body: object) -> bytes:
    text = json.dumps(body).encode()
    return (
        f"POST /sta/v1.1{path} HTTP/1.1\r\nhost: localhost:{hub.port}\r\n"
        f"authorization: Bearer {hub.token}\r\ncontent-length: {len(text)}\r\n\r\n"
    ).encode() + text
