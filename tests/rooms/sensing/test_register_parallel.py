"""Several writers of the register at once: each change whole, none lost, no deadlock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from hereabouts.journal.api import get_head, verify
from hereabouts.sensing.errors import NoSuchEntity
from hereabouts.sensing.models.observations import Observation, StreamState
from hereabouts.sensing.models.register import (
    Feature,
    HistoricalLocation,
    RegisterVersion,
    Sensor,
    Stream,
    Thing,
    ThingLocation,
)
from tests.rooms.sensing.registering import (
    a_location,
    a_property,
    a_sensor,
    a_stream,
    a_thing,
    create,
    delete,
    link,
    update,
)

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 4


def at_once(*jobs: Callable[[], object]) -> None:
    """Run jobs in threads of their own, each with a connection of its own."""

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(run, jobs))


def test_writers_at_once_lose_nothing() -> None:
    sensor, prop = create("Sensors", a_sensor()), create("ObservedProperties", a_property())
    start, version = get_head().position, RegisterVersion.objects.get().version

    def work(number: int) -> Callable[[], None]:
        def job() -> None:
            for step in range(5):
                word = "closed" if (number + step) % 2 else "open"
                streams = [a_stream(Sensor=link(sensor), ObservedProperty=link(prop))]
                thing = a_thing(
                    properties={"dataClass": word}, Locations=[a_location()], Datastreams=streams
                )
                create("Things", thing)

        return job

    at_once(*(work(number) for number in range(WRITERS)))
    assert Thing.objects.count() == Stream.objects.count() == WRITERS * 5
    assert RegisterVersion.objects.get().version == version + WRITERS * 5
    assert get_head().position == start + WRITERS * 5 * 4
    assert Sensor.objects.get().data_class == 0 and verify().broken is None


def test_first_observations_at_once_share_one_feature() -> None:
    body = a_thing(Locations=[a_location()], Datastreams=[a_stream(), a_stream()])
    thing = create("Things", body)
    streams = list(Stream.objects.values_list("pk", flat=True))

    def post(stream: int) -> Callable[[], object]:
        return lambda: create(f"Datastreams({stream})/Observations", {"result": 1})

    at_once(*(post(stream) for stream in streams * 3))
    assert Feature.objects.count() == 1 and Observation.objects.count() == 6
    assert sorted(StreamState.objects.values_list("count", flat=True)) == [3, 3]
    assert Thing.objects.get().pk == thing


def test_moving_and_deleting_at_once_leaves_the_register_whole() -> None:
    thing = create("Things", a_thing(Locations=[a_location()]))
    places = [create("Locations", a_location(number)) for number in range(WRITERS)]

    def move(place: int) -> Callable[[], None]:
        def job() -> None:
            for _ in range(3):
                update(f"Things({thing})", {"Locations": [link(place)]})
            try:
                delete(f"Locations({place})")
            except NoSuchEntity:
                pass

        return job

    at_once(*(move(place) for place in places))
    latest = HistoricalLocation.objects.order_by("-time", "-pk").first()
    assert latest is not None
    held = set(ThingLocation.objects.values_list("location_id", flat=True))
    assert held == {entry.location_id for entry in latest.location_links.all()}
