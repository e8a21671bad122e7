"""The same questions and the same ingest with a hundred times as many observations.

Two thousand streams, first with 100,000 observations, then with `HEREABOUTS_BENCH_OBSERVATIONS`
(2 million; 10 million takes some minutes). Observations are loaded straight into the table in the
order of its key, and what is kept of streams is worked out anew. Each figure's reference is the
same question with 100,000. `HEREABOUTS_BENCH_DATABASE=postgres` measures on a PostgreSQL instead.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import django

from bench.figure import Figure
from bench.load.http import Load, run
from bench.load.sensing_world import BEGAN, STREAMS, add_observations, make_register
from bench.sensing_reads import LATEST, NESTED, address_of, on_postgres

if TYPE_CHECKING:
    from tests.faults.sensing_hub import Hub

FEW = 100_000
MANY = int(os.environ.get("HEREABOUTS_BENCH_OBSERVATIONS", "2000000"))
SECONDS = float(os.environ.get("HEREABOUTS_BENCH_SECONDS", "3"))
THINGS = 2_000
ROWS = 1_000
FAR = BEGAN // 1_000_000 + 400 * 86_400
"""Second after all that is loaded."""


def figures() -> Iterator[Figure]:
    """All figures with few observations, then with many, and what they weigh."""
    if os.environ.get("HEREABOUTS_BENCH_DATABASE") == "postgres":
        os.environ["HEREABOUTS_BENCH_DATABASE"] = "here"
        on_postgres("sensing_growth")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from django.db import connection

    from hereabouts.site.cli.installation import bring_up_to_date

    bring_up_to_date()
    streams = make_register(THINGS)
    add_observations(streams, FEW // STREAMS)
    few = _measure(streams, 0)
    small = _size()
    began = time.perf_counter()
    add_observations(streams, (MANY - FEW) // STREAMS, FEW // STREAMS)
    loaded = time.perf_counter() - began
    many = _measure(streams, 1)
    vendor = connection.vendor
    for name, (value, unit) in many.items():
        before = few[name][0]
        # A rate that fell is slower, a time that rose is.
        yield Figure(
            f"{vendor}: {name}, {MANY / 1e6:g} million", value, unit,
            f"≥ {before / 1.5:,.0f}" if unit.endswith("/s") else f"≤ {before * 1.5:.3g}",
            before, f"with {FEW:,}",
        )  # fmt: skip
    yield Figure(f"{vendor}: loading {MANY - FEW:,} directly", (MANY - FEW) / loaded, "rows/s")
    yield Figure(f"{vendor}: bytes of an observation", (_size() - small) / (MANY - FEW), "B")
    yield Figure(f"{vendor}: size of the database", _size() / 1e6, "MB")


def _size() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    return Path(connection.settings_dict["NAME"]).stat().st_size


def _measure(streams: list[int], turn: int) -> dict[str, tuple[float, str]]:
    """Rates and times of what the hub is asked for."""
    from tests.faults.sensing_hub import Hub

    home = Path(os.environ["HEREABOUTS_HOME"])
    database = os.environ.get("HEREABOUTS_DATABASE_URL", "")
    with Hub(home, database, email=f"bench{turn}@example.org") as hub:
        return {**_read(hub, streams), **_write(hub, streams, turn)}


def _read(hub: Hub, streams: list[int]) -> dict[str, tuple[float, str]]:
    newest = "Observations?$orderby=phenomenonTime%20desc"
    found = {}
    for name, paths in (
        ("page of 100, oldest", [f"Datastreams({key})/Observations" for key in streams]),
        ("page of 100, newest", [f"Datastreams({key})/{newest}" for key in streams]),
        ("100 Things with last observations", [NESTED]),
        ("latest of 2,000 streams", [LATEST]),
        ("an hour of a stream", [f"Datastreams({key})/{HOUR}" for key in streams]),
    ):
        requests = [_get(hub, path) for path in paths]
        outcome = run(Load(hub.port, requests, 1, SECONDS))
        found[f"{name}, p50"] = (outcome.percentile_ms(0.5), "ms")
    pages = [_get(hub, f"Datastreams({key})/Observations") for key in streams]
    found["pages of 100, 32 connections"] = (run(Load(hub.port, pages, 32, SECONDS)).rate, "/s")
    return found


HOUR = (
    "Observations?$filter=phenomenonTime%20ge%202026-01-01T00:10:00Z%20and%20phenomenonTime"
    "%20lt%202026-01-01T01:10:00Z"
)


def _get(hub: Hub, path: str) -> bytes:
    return (
        f"GET {address_of(path)} HTTP/1.1\r\nhost: localhost:{hub.port}\r\n"
        f"authorization: Bearer {hub.token}\r\n\r\n"
    ).encode()


def _write(hub: Hub, streams: list[int], turn: int) -> dict[str, tuple[float, str]]:
    ticks = count(FAR + turn * 10_000_000)
    singles = [_post(hub, f"/Datastreams({key})/Observations", _body(next(ticks)))
               for _ in range(8) for key in streams]  # fmt: skip
    posted = run(Load(hub.port, singles, 128, SECONDS))
    arrays = [_post(hub, "/CreateObservations", _rows(key, next(ticks))) for key in streams[:60]]
    taken = run(Load(hub.port, arrays, 4, SECONDS))
    return {
        "single POST, 128 connections": (posted.rate, "/s"),
        "single POST, p99": (posted.percentile_ms(0.99), "ms"),
        "CreateObservations of 1,000 rows": (taken.rate * ROWS, "obs/s"),
    }


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
