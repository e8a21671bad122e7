"""What storing an observation costs inside one process, beside plain rows without any upkeep.

The worst order: two thousand streams report one after the other. The reference inserts the same
rows one statement each into the same table, a commit for each group, with nothing else kept.
`HEREABOUTS_DATABASE_URL` chooses the database.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count

import django

from bench.figure import Figure

STREAMS = 2_000
LOADED = 200_000
START = 1_700_000_000_000_000
MINUTE = 60_000_000
GROUPS = ((1, 1_500), (100, 20_000), (1_000, 40_000))
"""Rows in a group, and rows measured."""
_plain_ids = count(-1, -1)
ARRAYS = 40
ARRAY = 1_000


def figures() -> Iterator[Figure]:
    """Groups of 1, 100 and 1,000 in the worst order; whole arrays; parsing; CPU of a row."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from django.db import connection

    from hereabouts.site.cli.installation import bring_up_to_date

    bring_up_to_date()
    ids = _make_streams()
    clock = Clock(ids)
    from hereabouts.sensing.actions.ingest import INGEST

    INGEST.start()
    for begin in range(0, LOADED, 5_000):
        INGEST.write_blocking(clock.take(min(5_000, LOADED - begin)))
    name = connection.vendor
    for size, total in GROUPS:
        # Reference and measurement take turns, so that the machine's moods fall on both.
        plain, ours = Tally(), Tally()
        for _ in range(4):
            plain.add(partial(_write_plain, clock.take(total // 4), size), total // 4)
            ours.add(partial(_write_groups, clock.take(total // 4), size), total // 4)
        yield Figure(
            f"{name}: rows/s, worst order, groups of {size}",
            ours.rate,
            "rows/s",
            reference=plain.rate,
            reference_name="plain rows",
        )
        yield Figure(
            f"{name}: CPU of a row, worst order, groups of {size}",
            ours.cpu_us,
            "µs",
            "≤ 12 µs" if size > 1 else "",
            reference=plain.cpu_us,
            reference_name="plain rows",
        )
    yield from _arrays(name, ids)
    INGEST.stop()


def _arrays(name: str, ids: Sequence[int]) -> Iterator[Figure]:
    from hereabouts.sensing.actions.ingest import INGEST
    from hereabouts.sensing.adapters.observations import parse_observation, parse_rows
    from hereabouts.standards.sensorthings.formats.data_array import read_create_observations

    bodies = [_array_body(ids[place % len(ids)], place) for place in range(ARRAYS)]

    def parse() -> list[list[object]]:
        return [
            parse_rows(group, START) for body in bodies for group in read_create_observations(body)
        ]

    parsing, whole = Tally(), Tally()
    parsing.add(parse, ARRAYS * ARRAY)
    yield Figure("parse a data array of 1,000 rows", parsing.cpu_us, "ms", "≤ 3 ms")

    def write() -> None:
        _submit(parse())

    whole.add(write, ARRAYS * ARRAY)
    yield Figure(f"{name}: data arrays of 1,000, parsed and stored", whole.rate, "rows/s")
    storing = whole.cpu_us - parsing.cpu_us
    yield Figure(f"{name}: CPU of a row in an array, without parsing", storing, "µs", "≤ 4 µs")
    one = b'{"phenomenonTime":"2024-01-01T00:00:00.123Z","result":21.37,"Datastream":{"@iot.id":1}}'
    single = Tally()
    single.add(lambda: [parse_observation(one, None, START) for _ in range(20_000)], 20_000)
    yield Figure("parse one observation", single.cpu_us, "µs")
    if INGEST.statistics.failures:
        raise RuntimeError("ingest failed while it was measured")


class Tally:
    """Time and CPU of work on so many rows, summed up."""

    def __init__(self) -> None:
        self.rows, self.seconds, self.cpu = 0, 0.0, 0.0

    def add(self, work: Callable[[], object], rows: int) -> None:
        """Do the work, and count it."""
        began, cpu = time.perf_counter(), time.process_time()
        work()
        self.seconds += time.perf_counter() - began
        self.cpu += time.process_time() - cpu
        self.rows += rows

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of this process's CPU a row; a server's own is not in it."""
        return self.cpu / self.rows * 1e6


class Clock:
    """Observations in the order in which streams report: each stream once a minute."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = ids
        self.place = 0

    def take(self, rows: int) -> list:
        """The next so many."""
        from hereabouts.sensing.domain.observations import NewObservation

        found = []
        for place in range(self.place, self.place + rows):
            turn, nth = divmod(place, STREAMS)
            at = START + turn * MINUTE + nth * 1_000
            found.append(NewObservation(self.ids[nth], at, 0, 20 + place % 100 / 10))
        self.place += rows
        return found


def _write_groups(rows: list, size: int) -> None:
    _submit([rows[begin : begin + size] for begin in range(0, len(rows), size)], each=True)


def _submit(batches: list, *, each: bool = False) -> None:
    """Hand batches in, one after the other's commit with `each`, else as fast as they go."""
    from hereabouts.sensing.actions.ingest import INGEST

    if each:
        for batch in batches:
            INGEST.write_blocking(batch)
        return
    finished = threading.Semaphore(0)
    for batch in batches:
        INGEST.submit(batch, lambda outcomes: finished.release())
    for _ in batches:
        finished.acquire()


def _write_plain(rows: list, size: int) -> None:
    from django.db import connection, transaction
    from msgspec.structs import astuple

    from hereabouts.sensing.adapters.store.rows import ADDED

    marks = ",".join(["?" if connection.vendor == "sqlite" else "%s"] * 14)
    statement = f"INSERT INTO sensing_observation ({ADDED}) VALUES ({marks})"
    for begin in range(0, len(rows), size):
        with transaction.atomic():
            cursor = connection.connection.cursor()
            for row in rows[begin : begin + size]:
                cursor.execute(statement, (*astuple(row)[:-1], next(_plain_ids)))


def _array_body(stream_id: int, place: int) -> bytes:
    import msgspec

    from hereabouts.standards.sensorthings.times import format_instant

    start = START + 400 * 86_400_000_000 + place * ARRAY * 1_000_000
    rows = [
        [format_instant(start + nth * 1_000_000), 20 + nth / 100, format_instant(start)]
        for nth in range(ARRAY)
    ]
    components = ["phenomenonTime", "result", "resultTime"]
    return msgspec.json.encode(
        [{"Datastream": {"@iot.id": stream_id}, "components": components, "dataArray": rows}]
    )


def _make_streams() -> list[int]:
    from tests.rooms.sensing.ingesting import make_location, make_stream, make_thing

    thing = make_thing(make_location())
    first = make_stream(thing)
    from hereabouts.sensing.models.register import Stream

    more = [
        Stream(
            name=str(nth),
            description="",
            observation_type=first.observation_type,
            thing=thing,
            sensor=first.sensor,
            observed_property=first.observed_property,
        )
        for nth in range(STREAMS - 1)
    ]
    Stream.objects.bulk_create(more)
    return list(Stream.objects.order_by("id").values_list("id", flat=True))
