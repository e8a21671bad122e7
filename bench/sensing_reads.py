"""The sensor hub read at size: 100,000 Things, 2,000 streams with observations.

Each question is asked through the reader and over HTTP of a server of its own; beside it stands one
plain SQL statement that returns the same rows, in the same process. First on the embedded database,
then on a PostgreSQL. `HEREABOUTS_BENCH_THINGS` and `HEREABOUTS_BENCH_EACH` (observations a stream)
choose another size.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import django

from bench.figure import Figure, median, times_ms
from bench.load.http import Load, run
from bench.load.sensing_world import (
    BEGAN,
    SOUTH,
    STEP,
    WEST,
    add_observations,
    make_register,
    postgres,
)

THINGS = int(os.environ.get("HEREABOUTS_BENCH_THINGS", "100000"))
EACH = int(os.environ.get("HEREABOUTS_BENCH_EACH", "50"))
SECONDS = 2.0
BASE = "http://localhost/sta/v1.1"
SMALL = (WEST + 0.1, SOUTH + 0.02, WEST + 0.105, SOUTH + 0.025)
WIDE = (WEST + 0.05, SOUTH + 0.01, WEST + 0.35, SOUTH + 0.2)


LAST = "$top=1;$orderby=phenomenonTime desc"
NESTED = f"Things?$top=100&$expand=Datastreams($expand=Observations({LAST}))"
LATEST = (
    f"Datastreams?$top=2000&$select=name&$expand=Observations({LAST};$select=phenomenonTime,result)"
)


def address_of(path: str) -> str:
    """A path and query below the service's root, as they stand in a request."""
    return "/sta/v1.1/" + quote(path, safe="/?&=$(),;:'%")


def _polygon(box: tuple[float, float, float, float]) -> str:
    west, south, east, north = (f"{value:.4f}" for value in box)
    ring = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
    return f"geography'POLYGON(({ring}))'"


class Question(NamedTuple):
    """A question, what is asked of it, and plain SQL for the same rows."""

    name: str
    path: str
    query: str
    asked: str
    plain: str


MEMBER = (
    "SELECT t.* FROM sensing_member m JOIN sensing_thing t ON t.id = m.entity_id"
    " WHERE m.entity_type = 1 AND m.path = '{}' AND m.{} ORDER BY t.id LIMIT 101"
)
INSIDE = (
    "SELECT t.* FROM sensing_location l JOIN sensing_thinglocation k ON k.location_id = l.id"
    " JOIN sensing_thing t ON t.id = k.thing_id WHERE l.west >= {} AND l.south >= {}"
    " AND l.east <= {} AND l.north <= {} ORDER BY t.id LIMIT 101"
)


def questions(stream: int) -> list[Question]:
    """What the issue asks for, rare and common answers of each."""
    last = (
        "JOIN sensing_stream_state s ON s.stream_id = d.id JOIN sensing_observation o ON"
        " o.stream_id = d.id AND o.started = s.latest_started AND o.id = s.latest_id"
    )
    return [
        Question(
            "page of 100 observations", f"Datastreams({stream})/Observations", "", "< 1 ms",
            f"SELECT * FROM sensing_observation WHERE stream_id = {stream}"
            " ORDER BY started, id LIMIT 101",
        ),
        Question(
            "observations of an hour by phenomenonTime", f"Datastreams({stream})/Observations",
            "$filter=phenomenonTime ge 2026-01-01T00:10:00Z and"
            " phenomenonTime lt 2026-01-01T01:10:00Z", "",
            f"SELECT * FROM sensing_observation WHERE stream_id = {stream}"
            f" AND started >= {BEGAN + 10 * STEP} AND started < {BEGAN + 70 * STEP}"
            " ORDER BY started, id LIMIT 101",
        ),
        Question(
            "100 Things, their streams, last observations", "Things",
            NESTED.partition("?")[2], "< 10 ms",
            f"SELECT t.*, d.*, o.* FROM (SELECT * FROM sensing_thing ORDER BY id LIMIT 101) t"
            f" JOIN sensing_stream d ON d.thing_id = t.id {last} ORDER BY t.id, d.id",
        ),
        Question(
            "latest of 2,000 streams", "Datastreams", LATEST.partition("?")[2], "< 10 ms",
            f"SELECT d.id, d.name, o.started, o.number FROM sensing_stream d {last} ORDER BY d.id",
        ),
        Question(
            "Things by a rare text", "Things", "$filter=properties/asset eq 'A-050000'",
            "< 50 ms", MEMBER.format("asset", "text = 'A-050000'"),
        ),
        Question(
            "Things by a common text", "Things", "$filter=properties/ward eq 'Ward 3'",
            "< 50 ms", MEMBER.format("ward", "text = 'Ward 3'"),
        ),
        Question(
            "the same, counted", "Things", "$filter=properties/ward eq 'Ward 3'&$count=true",
            "< 50 ms", MEMBER.format("ward", "text = 'Ward 3'"),
        ),
        Question(
            "Things by a number and a nested text", "Things",
            "$filter=properties/height gt 9.9 and properties/owner/team eq 'Team 39'", "< 50 ms",
            "SELECT t.* FROM sensing_member m JOIN sensing_member n ON n.entity_id = m.entity_id"
            " AND n.entity_type = 1 JOIN sensing_thing t ON t.id = m.entity_id"
            " WHERE m.entity_type = 1 AND m.path = 'height' AND m.number > 9.9 AND"
            " n.path = 'owner/team' AND n.text = 'Team 39' ORDER BY t.id LIMIT 101",
        ),
        Question(
            "Things by a beginning of a text", "Things",
            "$filter=startswith(properties/asset,'A-0500')", "< 50 ms",
            MEMBER.format("asset", "text >= 'A-0500' AND m.text < 'A-0501'"),
        ),
        Question(
            "Things within a small polygon", "Things",
            f"$filter=st_within(Locations/location,{_polygon(SMALL)})", "< 50 ms",
            INSIDE.format(*SMALL),
        ),
        Question(
            "Things within half the town", "Things",
            f"$filter=st_within(Locations/location,{_polygon(WIDE)})", "< 50 ms",
            INSIDE.format(*WIDE),
        ),
        Question(
            "Things within 500 m", "Things",
            f"$filter=geo.distance(Locations/location,geography'POINT({WEST + 0.2:.4f}"
            f" {SOUTH + 0.1:.4f})') lt 0.005", "< 50 ms",
            INSIDE.format(WEST + 0.195, SOUTH + 0.095, WEST + 0.205, SOUTH + 0.105),
        ),
        Question(
            "Locations within a small polygon, with Things", "Locations",
            f"$filter=st_intersects(location,{_polygon(SMALL)})&$expand=Things", "< 50 ms",
            INSIDE.format(*SMALL),
        ),
    ]  # fmt: skip


def figures() -> Iterator[Figure]:
    """Every question on SQLite; then the same in a process of its own on PostgreSQL."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from django.db import connection

    from hereabouts.site.cli.installation import bring_up_to_date

    bring_up_to_date()
    streams = make_register(THINGS)
    add_observations(streams, EACH)
    # As the server does when it has started.
    gc.collect()
    gc.freeze()
    yield from measure(connection.vendor, streams[len(streams) // 2])
    if connection.vendor == "sqlite":
        on_postgres("sensing_reads")


def on_postgres(name: str) -> None:
    """Print the figures of a benchmark on a PostgreSQL of its own."""
    with postgres() as address:
        environment = {**os.environ, "HEREABOUTS_DATABASE_URL": address}
        command = [sys.executable, "-m", "bench.figure", name]
        if subprocess.run(command, env=environment, check=False).returncode:
            raise SystemExit(1)


def measure(vendor: str, stream: int) -> Iterator[Figure]:
    """Each question through the reader, beside plain SQL, and over HTTP."""
    from django.db import connection

    from tests.faults.sensing_hub import Hub

    home = Path(os.environ["HEREABOUTS_HOME"])
    database = os.environ.get("HEREABOUTS_DATABASE_URL", "")
    with Hub(home, database) as hub:
        for question in questions(stream):
            work, plain = _reading(question), _plain(connection, question.plain)
            reference = median(times_ms(plain, 15))
            took = median(times_ms(work, 15))
            title = f"{vendor}: {question.name}"
            yield Figure(title, took, "ms", question.asked, reference, "plain SQL")
            path = question.path + (f"?{question.query}" if question.query else "")
            outcome = run(Load(hub.port, [_request(hub.port, path)], 1, SECONDS))
            yield Figure("  over HTTP, p50", outcome.percentile_ms(0.5), "ms", question.asked)


def _reading(question: Question) -> Callable[[], object]:
    import msgspec

    from hereabouts.sensing.domain.grants import DataClass
    from hereabouts.sensing.queries.reading import observations_page_bytes, read
    from hereabouts.standards.sensorthings.parsing.options import parse_options
    from hereabouts.standards.sensorthings.parsing.paths import parse_path

    def work() -> bytes:
        path = parse_path(question.path)
        options = parse_options(question.query, path.entity, is_encoded=False)
        told = {"level": DataClass.OPEN, "base": BASE}
        plain = observations_page_bytes(path, options, **told)  # type: ignore[arg-type]
        if plain is not None:
            return plain
        answer = read(path, options, **told)  # type: ignore[arg-type]
        assert answer.entities, question.name
        return msgspec.json.encode(answer.entities)

    return work


def _plain(connection: object, statement: str) -> Callable[[], object]:
    def work() -> list[object]:
        with connection.cursor() as cursor:  # type: ignore[attr-defined]  # Django's proxy
            cursor.execute(statement)
            found: list[object] = cursor.fetchall()
        assert found
        return found

    return work


def _request(port: int, path: str) -> bytes:
    return f"GET {address_of(path)} HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n".encode()
