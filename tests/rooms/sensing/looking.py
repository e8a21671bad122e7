"""A small town of sensors for tests of pages: Things on the map with readings of the last days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from hereabouts.kernel.time import now
from hereabouts.sensing.domain.observations import NewObservation, ResultKind
from hereabouts.sensing.models.register import ObservedProperty, Sensor, Stream, Thing
from hereabouts.sensing.ports import store_for
from hereabouts.sensing.queries.current import EPOCH
from tests.rooms.sensing.registering import a_location, a_thing, create

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def us(moment: datetime) -> int:
    """A time as the store has it."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def make_sensor(
    name: str = "Mill Lane post", lon: float = -2.99, lat: float = 51.58, **properties: Any
) -> Thing:
    """A Thing on the map."""
    body = a_thing(name=name, Locations=[a_location(lon, lat)])
    if properties:
        body["properties"] = properties
    return Thing.objects.get(pk=create("Things", body))


def make_stream(
    thing: Thing, observes: str = "Nitrogen dioxide", unit: str | None = "µg/m³", rules: str = ""
) -> Stream:
    """A Datastream of a Thing; properties of one name are shared."""
    known, _ = ObservedProperty.objects.get_or_create(
        name=observes,
        definition=f"https://example.org/{observes.replace(' ', '-')}",
        defaults={"description": observes, "data_class": thing.data_class},
    )
    sensor, _ = Sensor.objects.get_or_create(
        name="Box", description="A grey box", encoding_type="text/plain", metadata='"box"'
    )
    return Stream.objects.create(
        name=observes,
        description="By the road",
        observation_type="OM_Measurement",
        unit_symbol=unit,
        unit_name=unit,
        thing=thing,
        sensor=sensor,
        observed_property=known,
        data_class=thing.data_class,
        rules=rules,
    )


def observe(stream: Stream, at: datetime, value: float, **more: Any) -> NewObservation:
    """An observation of a number."""
    kind = more.pop("kind", ResultKind.NUMBER)
    return NewObservation(stream.pk, us(at), kind, float(value), **more)


def keep(*rows: NewObservation) -> None:
    """Store observations as they are, flags and all."""
    with transaction.atomic():
        store_for(connection.vendor).append(connection.connection, rows, us(now()))


def readings(stream: Stream, *values: float, every: timedelta = 10 * MINUTE) -> None:
    """Store values at equal distances, the last one two minutes ago."""
    last = now() - 2 * MINUTE
    keep(
        *(
            observe(stream, last - (len(values) - 1 - index) * every, value)
            for index, value in enumerate(values)
        )
    )


def a_week_of(stream: Stream, value: float = 20.0, spread: float = 5.0) -> None:
    """Store eight days of half-hourly values around one, which end two hours ago."""
    end = now() - 2 * HOUR
    keep(
        *(
            observe(stream, end - index * 30 * MINUTE, value + spread * ((index % 7) - 3) / 3)
            for index in range(8 * 48)
        )
    )
