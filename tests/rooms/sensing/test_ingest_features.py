"""Features of observations that come without one, and the areas of streams."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence

import pytest
import shapely.geometry
from django.db import connection, transaction

from hereabouts.journal.api import get_head, list_after
from hereabouts.sensing.actions.ingest import (
    Ingest,
    append_within,
    delete_observations,
    delete_observations_of_feature,
    delete_observations_of_streams,
    move_register_version,
    rebuild_state,
)
from hereabouts.sensing.domain.observations import Stored
from hereabouts.sensing.errors import BadObservation
from hereabouts.sensing.models.register import Feature, Location, Member, Stream, ThingLocation
from tests.rooms.sensing.ingesting import (
    MORNING,
    add_feature,
    extent,
    kept,
    make_location,
    make_stream,
    make_thing,
    number,
    pairs,
    running,
)

pytestmark = pytest.mark.django_db(transaction=True)


def move(stream: Stream, location: Location) -> None:
    with transaction.atomic():
        move_register_version()
        ThingLocation.objects.filter(thing=stream.thing).delete()
        ThingLocation.objects.create(thing=stream.thing, location=location)


def area(stream: Stream) -> dict[str, object] | None:
    known = extent(stream)
    text = None if known is None else known.area
    return None if text is None else json.loads(text)


def test_the_first_observation_makes_the_feature_and_says_so(ingest: Ingest) -> None:
    location = make_location(data_class=1)
    Member.objects.create(entity_type=2, entity_id=location.pk, path="ward", kind=1, text="Pill")
    Location.objects.filter(pk=location.pk).update(properties='{"ward": "Pill"}')
    thing = make_thing(location, data_class=1)
    one, two = make_stream(thing), make_stream(thing)
    before = get_head().position
    ingest.write_blocking([number(one), number(two), number(one)])
    feature = Feature.objects.get()
    location.refresh_from_db()
    assert location.generated_feature == feature
    assert (feature.name, feature.value, feature.properties, feature.data_class) == (
        location.name,
        location.value,
        '{"ward": "Pill"}',
        1,
    )
    assert Member.objects.filter(entity_type=7, entity_id=feature.pk, path="ward").count() == 1
    assert set(Stream.objects.values_list("feature_id", flat=True)) == {feature.pk}
    assert {row.feature_id for row in kept(one) + kept(two)} == {None}
    assert pairs(one) == [(feature.pk, 0)]
    assert area(one) == {"type": "Point", "coordinates": [-2.9, 51.6]}
    (entry,) = list_after(before, limit=10)
    assert entry.subject == f"feature:{feature.pk}"
    ingest.write_blocking([number(one, at=MORNING + 1)])
    assert Feature.objects.count() == 1 and get_head().position == entry.position


def test_a_thing_without_a_place_on_the_map_refuses_observations_without_a_feature(
    ingest: Ingest,
) -> None:
    homeless, fine = make_stream(make_thing()), make_stream()
    feature = add_feature(-2.9, 51.6)
    refused, good, named = ingest.write_blocking(
        [number(homeless), number(fine), number(homeless, feature_id=feature.pk)]
    )
    assert isinstance(refused, BadObservation) and "Location" in refused.sentence()
    assert isinstance(good, Stored) and isinstance(named, Stored)


def test_a_thing_that_moved_measures_another_feature(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    first = Stream.objects.get(pk=stream.pk).feature_id
    move(stream, make_location(-3.0, 51.7))
    ingest.write_blocking([number(stream, at=MORNING + 1), number(stream, at=MORNING + 2)])
    second = Feature.objects.exclude(pk=first).get()
    assert [row.feature_id for row in kept(stream)] == [None, second.pk, second.pk]
    assert pairs(stream) == [(first, 0), (second.pk, 2)]
    widened = shapely.geometry.shape(area(stream))
    assert widened.equals(shapely.LineString([(-2.9, 51.6), (-3.0, 51.7)]))


def test_a_feature_that_was_deleted_is_made_anew(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    first = Feature.objects.get()
    with transaction.atomic():
        move_register_version()
        assert delete_observations_of_feature(connection.connection, first.pk) == 1
        first.delete()
    assert kept(stream) == [] and area(stream) is None
    ingest.write_blocking([number(stream)])
    second = Feature.objects.get()
    assert second.pk != first.pk
    assert pairs(stream) == [(second.pk, 0)]
    assert area(stream) is not None


def test_a_named_feature_is_kept_unless_it_is_the_standing_one(ingest: Ingest) -> None:
    stream = make_stream()
    ingest.write_blocking([number(stream)])
    standing = Feature.objects.get()
    other = add_feature(-3.0, 51.6)
    outcomes = ingest.write_blocking(
        [
            number(stream, at=MORNING + 1, feature_id=standing.pk),
            number(stream, at=MORNING + 2, feature_id=other.pk),
            number(stream, at=MORNING + 3, feature_id=99_999),
            number(stream, at=MORNING + 4, feature_id=other.pk),
        ]
    )
    assert [row.feature_id for row in kept(stream)] == [None, None, other.pk, other.pk]
    assert isinstance(outcomes[2], BadObservation) and "99999" in outcomes[2].sentence()
    assert pairs(stream) == [(standing.pk, 0), (other.pk, 2)]


def test_a_feature_is_as_open_as_the_most_open_stream_that_uses_it(ingest: Ingest) -> None:
    feature = add_feature(-2.9, 51.6)
    closed = make_stream(make_thing(make_location(data_class=2), data_class=2))
    ingest.write_blocking([number(closed, feature_id=feature.pk)])
    feature.refresh_from_db()
    assert feature.data_class == 2
    ingest.write_blocking([number(make_stream(), feature_id=feature.pk)])
    feature.refresh_from_db()
    assert feature.data_class == 0


def test_deleting_shrinks_the_area_and_what_comes_later_widens_it_again(ingest: Ingest) -> None:
    stream = make_stream()
    other = add_feature(-3.0, 51.6)
    (first,) = ingest.write_blocking([number(stream)])
    (second,) = ingest.write_blocking([number(stream, at=MORNING + 1, feature_id=other.pk)])
    assert isinstance(first, Stored) and isinstance(second, Stored)
    with transaction.atomic():
        move_register_version()
        assert delete_observations(connection.connection, [first.id]) == 1
    assert area(stream) == {"type": "Point", "coordinates": [-3.0, 51.6]}
    ingest.write_blocking([number(stream)])
    grown = area(stream)
    assert grown is not None and grown["type"] == "LineString"
    with transaction.atomic():
        move_register_version()
        rebuild_state(connection.connection, [stream.pk])
    assert area(stream) is not None
    with transaction.atomic():
        move_register_version()
        assert delete_observations_of_streams(connection.connection, [stream.pk]) == 2
    assert extent(stream) is None and pairs(stream) == []


def test_a_rolled_back_feature_is_not_remembered(ingest: Ingest) -> None:
    stream = make_stream()
    with pytest.raises(RuntimeError), transaction.atomic():
        append_within(connection.connection, [number(stream)])
        raise RuntimeError
    assert Feature.objects.count() == 0
    outcomes = ingest.write_blocking([number(stream), number(stream, at=2**70)])
    assert isinstance(outcomes[0], Stored)
    assert Feature.objects.count() == 1
    assert extent(stream) is not None


def test_two_writers_make_one_feature(ingest: Ingest) -> None:
    thing = make_thing(make_location())
    streams = [make_stream(thing) for _ in range(4)]
    with running() as other:
        told: list[object] = []
        finished = threading.Semaphore(0)

        def done(outcomes: Sequence[object]) -> None:
            told.extend(outcomes)
            finished.release()

        for turn in range(20):
            for place, stream in enumerate(streams):
                writer = other if (place + turn) % 2 else ingest
                writer.submit([number(stream, at=MORNING + turn)], done)
        for _ in range(80):
            assert finished.acquire(timeout=20)
    assert all(isinstance(found, Stored) for found in told)
    assert Feature.objects.count() == 1
    for stream in streams:
        known = extent(stream)
        assert known is not None and known.count == len(kept(stream)) == 20
        assert {row.feature_id for row in kept(stream)} == {None}
