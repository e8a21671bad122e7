"""Streams to write to, and what tests of ingest ask about them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import shapely
from django.db import connection, transaction

from hereabouts.sensing.actions.ingest import Ingest
from hereabouts.sensing.domain.observations import NewObservation, ResultKind
from hereabouts.sensing.models.register import (
    Feature,
    Location,
    ObservedProperty,
    Sensor,
    Stream,
    Thing,
    ThingLocation,
)
from hereabouts.sensing.ports import Extent, Kept, Window, store_for

MORNING = 1_700_000_000_000_000
"""A time in 2023, in microseconds."""
SECOND = 1_000_000
GEOJSON = "application/geo+json"


@contextmanager
def running() -> Iterator[Ingest]:
    """A writer of its own, stopped at the end."""
    ingest = Ingest()
    try:
        yield ingest
    finally:
        ingest.stop()


def make_location(lon: float = -2.9, lat: float = 51.6, *, data_class: int = 0) -> Location:
    point = shapely.Point(lon, lat)
    return Location.objects.create(
        name="A corner",
        description="of two streets",
        encoding_type=GEOJSON,
        value=json.dumps({"type": "Point", "coordinates": [lon, lat]}),
        geometry=shapely.to_wkb(point),
        west=lon,
        east=lon,
        south=lat,
        north=lat,
        data_class=data_class,
    )


def add_feature(lon: float, lat: float) -> Feature:
    place = make_location(lon, lat)
    return Feature.objects.create(
        name="F",
        description="f",
        encoding_type=place.encoding_type,
        value=place.value,
        geometry=place.geometry,
    )


def make_thing(location: Location | None = None, *, data_class: int = 0) -> Thing:
    thing = Thing.objects.create(name="A post", description="at a corner", data_class=data_class)
    if location is not None:
        ThingLocation.objects.create(thing=thing, location=location)
    return thing


def make_stream(
    thing: Thing | None = None, *, columns: int | None = None, rules: str = ""
) -> Stream:
    """A stream of a Thing, or of a new Thing with a Location."""
    thing = thing or make_thing(make_location())
    sensor = Sensor.objects.create(
        name="S", description="s", encoding_type="application/pdf", metadata='"x"'
    )
    prop = ObservedProperty.objects.create(name="P", definition="urn:p", description="p")
    return Stream.objects.create(
        name="D",
        description="d",
        observation_type="OM_Measurement",
        thing=thing,
        sensor=sensor,
        data_class=thing.data_class,
        rules=rules,
        is_multi=columns is not None,
        observed_property=None if columns is not None else prop,
        result_types=None if columns is None else json.dumps(["OM_Measurement"] * columns),
    )


def number(
    stream: Stream | int, value: float = 1.5, at: int = MORNING, **more: Any
) -> NewObservation:
    """An observation of a number."""
    stream_id = stream if isinstance(stream, int) else stream.pk
    return NewObservation(stream_id, at, ResultKind.NUMBER, value, **more)


def kept(stream: Stream) -> list[Kept]:
    """All observations of a stream, the earliest first."""
    with transaction.atomic():
        return store_for(connection.vendor).read(connection.connection, Window([stream.pk]))


def extent(stream: Stream) -> Extent | None:
    """What is known of a stream."""
    with transaction.atomic():
        found = store_for(connection.vendor).list_extents(connection.connection, [stream.pk])
    return found[0] if found else None


def pairs(stream: Stream) -> Sequence[tuple[int, int]]:
    """Features and counts of a stream."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT feature_id, count FROM sensing_stream_feature WHERE stream_id = %s"
            " ORDER BY feature_id",
            [stream.pk],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]
