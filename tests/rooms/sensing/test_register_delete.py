"""Deleting entities: what goes with them, what stays, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from hereabouts.journal.api import get_head
from hereabouts.kernel.time import now
from hereabouts.sensing.actions import register
from hereabouts.sensing.errors import BadEntity, NoSuchEntity
from hereabouts.sensing.models.observations import Observation, StreamFeature, StreamState
from hereabouts.sensing.models.register import (
    Feature,
    HistoricalLocation,
    Location,
    Member,
    ObservedProperty,
    Sensor,
    Stream,
    StreamProperty,
    Thing,
    ThingLocation,
)
from hereabouts.sensing.models.watching import Threshold
from tests.rooms.sensing.registering import (
    MANAGER,
    a_feature,
    a_location,
    a_multi,
    a_stream,
    a_thing,
    create,
    delete,
    events_since,
    link,
    path_of,
)

pytestmark = pytest.mark.django_db
DELETE = "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/delete-entity"
TAGS = {"properties": {"tag": 1}}


@pytest.fixture
def town() -> dict[str, int]:
    """Two Things, one with a stream of each kind and observations; the other bystands."""
    ids = {
        "thing": create("Things", a_thing(Locations=[a_location(properties={"a": 1})], **TAGS)),
        "other": create("Things", a_thing(Locations=[a_location()], Datastreams=[a_stream()])),
    }
    ids["place"] = ThingLocation.objects.get(thing_id=ids["thing"]).location_id
    ids["feature"] = create("FeaturesOfInterest", a_feature(**TAGS))
    ids["stream"] = create(f"Things({ids['thing']})/Datastreams", a_stream(**TAGS))
    ids["multi"] = create(f"Things({ids['thing']})/MultiDatastreams", a_multi(**TAGS))
    for number in range(3):
        body = {"result": number, "FeatureOfInterest": link(ids["feature"])}
        ids["seen"] = create(f"Datastreams({ids['stream']})/Observations", body)
    create(
        f"MultiDatastreams({ids['multi']})/Observations",
        {"result": [1, 2], "FeatureOfInterest": a_feature()},
    )
    stream = Stream.objects.get(pk=ids["stream"])
    ids["sensor"], ids["property"] = stream.sensor_id, stream.observed_property_id or 0
    return ids


def assert_no_orphans() -> None:
    """Nothing is left of what is gone."""
    streams = set(Stream.objects.values_list("pk", flat=True))
    assert set(Observation.objects.values_list("stream_id", flat=True)) <= streams
    assert set(StreamState.objects.values_list("stream_id", flat=True)) <= streams
    assert set(StreamFeature.objects.values_list("stream_id", flat=True)) <= streams
    assert not HistoricalLocation.objects.filter(location_links=None).exists()
    held = {1: Thing, 2: Location, 3: Sensor, 4: ObservedProperty, 5: Stream, 6: Stream, 7: Feature}
    for number, model in held.items():
        indexed = set(Member.objects.filter(entity_type=number).values_list("entity_id", flat=True))
        assert indexed <= set(model._default_manager.values_list("pk", flat=True))


@pytest.mark.requirement(DELETE)
def test_a_thing_takes_its_streams_and_visits_along(town: dict[str, int]) -> None:
    start = get_head().position
    delete(f"Things({town['thing']})")
    assert list(Thing.objects.values_list("pk", flat=True)) == [town["other"]]
    assert Stream.objects.count() == 1 and not Observation.objects.exists()
    assert HistoricalLocation.objects.count() == 1 and Location.objects.count() == 2
    assert Sensor.objects.count() == 3 and not StreamProperty.objects.exists()
    assert_no_orphans()
    events = events_since(start)
    assert {name for name, _ in events} == {"sensing.entity.deleted.v1"}
    assert {subject.partition(":")[0] for _, subject in events} == {
        "thing",
        "stream",
        "historical-location",
    }
    assert ("sensing.entity.deleted.v1", f"stream:{town['multi']}") in events


@pytest.mark.requirement(DELETE)
@pytest.mark.parametrize("which", ["stream", "multi"])
def test_a_stream_takes_its_observations_along(town: dict[str, int], which: str) -> None:
    delete(f"{'Datastreams' if which == 'stream' else 'MultiDatastreams'}({town[which]})")
    assert not Stream.objects.filter(pk=town[which]).exists()
    assert Observation.objects.count() == (1 if which == "stream" else 3)
    assert Thing.objects.count() == 2 and Feature.objects.count() == 2
    assert_no_orphans()


@pytest.mark.requirement(DELETE)
def test_a_sensor_and_a_property_take_their_streams_along(town: dict[str, int]) -> None:
    delete(f"Sensors({town['sensor']})")
    assert not Stream.objects.filter(pk=town["stream"]).exists()
    column = StreamProperty.objects.order_by("-rank")[0].observed_property_id
    delete(f"ObservedProperties({column})")
    assert not Stream.objects.filter(pk=town["multi"]).exists()
    assert Stream.objects.count() == 1 and not Observation.objects.exists()
    assert_no_orphans()


@pytest.mark.requirement(DELETE)
def test_a_feature_takes_its_observations_along(town: dict[str, int]) -> None:
    Location.objects.filter(pk=town["place"]).update(generated_feature_id=town["feature"])
    delete(f"FeaturesOfInterest({town['feature']})")
    assert Observation.objects.count() == 1 and Stream.objects.count() == 3
    assert Location.objects.get(pk=town["place"]).generated_feature_id is None
    assert StreamState.objects.filter(stream_id=town["stream"], count__gt=0).count() == 0
    assert_no_orphans()


@pytest.mark.requirement(DELETE)
def test_an_observation_goes_alone(town: dict[str, int]) -> None:
    start = get_head().position
    delete(f"Datastreams({town['stream']})/Observations({town['seen']})")
    assert Observation.objects.count() == 3
    assert StreamState.objects.get(stream_id=town["stream"]).count == 2
    assert events_since(start) == [
        ("sensing.entity.changed.v1", f"stream:{town['stream']}"),
        ("sensing.entity.deleted.v1", f"observation:{town['seen']}"),
    ]


@pytest.mark.requirement(DELETE)
def test_a_location_takes_only_visits_that_are_left_without_one(town: dict[str, int]) -> None:
    second = a_location(encodingType="text/plain", location="Mill Lane")
    both = create("Things", a_thing(Locations=[a_location(), second]))
    kept, gone = Location.objects.order_by("-pk").values_list("pk", flat=True)[:2]
    delete(f"Locations({gone})")
    visit = HistoricalLocation.objects.get(thing_id=both)
    assert [row.location_id for row in visit.location_links.all()] == [kept]
    assert [row.location_id for row in ThingLocation.objects.filter(thing_id=both)] == [kept]
    delete(f"Locations({kept})")
    assert not HistoricalLocation.objects.filter(thing_id=both).exists()
    assert not ThingLocation.objects.filter(thing_id=both).exists()
    assert Thing.objects.filter(pk=both).exists()
    assert_no_orphans()


def test_a_thing_goes_back_to_where_it_was_when_its_place_is_deleted() -> None:
    thing = create("Things", a_thing(Locations=[a_location(1)]))
    first = Location.objects.get().pk
    second = create(f"Things({thing})/Locations", a_location(2))
    delete(f"Locations({second})")
    assert [row.location_id for row in ThingLocation.objects.all()] == [first]
    assert HistoricalLocation.objects.count() == 1


@pytest.mark.requirement(DELETE)
def test_deleting_a_visit_does_not_leave_the_place_stale() -> None:
    thing = create("Things", a_thing(Locations=[a_location(1)]))
    create(f"Things({thing})/Locations", a_location(2))
    first, second = HistoricalLocation.objects.order_by("time")
    delete(f"HistoricalLocations({second.pk})")
    assert ThingLocation.objects.get().location_id == first.location_links.get().location_id
    assert Location.objects.count() == 2
    delete(f"Things({thing})/HistoricalLocations({first.pk})")
    assert not ThingLocation.objects.exists()


def test_what_is_not_there_cannot_be_deleted(town: dict[str, int]) -> None:
    start = get_head().position
    for path in (
        "Things(999999)",
        f"Things({town['other']})/Datastreams({town['stream']})",
        f"MultiDatastreams({town['stream']})",
        "Observations(999999)",
    ):
        with pytest.raises(NoSuchEntity):
            delete(path)
    with pytest.raises(BadEntity):
        delete("Things")
    assert Thing.objects.count() == 2 and get_head().position == start


@pytest.mark.parametrize(
    "path",
    [
        "Things",
        "Locations",
        "Sensors",
        "ObservedProperties",
        "FeaturesOfInterest",
        "HistoricalLocations",
        "Observations",
    ],
)
def test_a_filtered_set_is_deleted_at_once(town: dict[str, int], path: str) -> None:
    model: Any = {
        "Things": Thing,
        "Locations": Location,
        "Sensors": Sensor,
        "ObservedProperties": ObservedProperty,
        "FeaturesOfInterest": Feature,
        "HistoricalLocations": HistoricalLocation,
        "Observations": Observation,
    }[path]
    ids = list(model.objects.values_list("pk", flat=True))
    assert register.delete_filtered(path_of(path), ids, grant=MANAGER) == len(ids)
    assert not model.objects.exists()
    assert_no_orphans()


def test_a_filtered_delete_of_many_observations_is_told_by_stream(town: dict[str, int]) -> None:
    ids = list(Observation.objects.values_list("pk", flat=True))
    start = get_head().position
    path = path_of(f"Datastreams({town['stream']})/Observations")
    own = list(Observation.objects.filter(stream_id=town["stream"]).values_list("pk", flat=True))
    register.delete_filtered(path, own, grant=MANAGER)
    assert events_since(start) == [("sensing.entity.changed.v1", f"stream:{town['stream']}")]
    assert Observation.objects.count() == len(ids) - len(own)
    with pytest.raises(NoSuchEntity):
        register.delete_filtered(path_of("Datastreams(999999)/Observations"), own, grant=MANAGER)


def test_what_hangs_on_a_stream_in_other_tables_goes_with_it(town: dict[str, int]) -> None:
    Threshold.objects.create(
        uid="th-1",
        stream_id=town["stream"],
        name="High",
        comparison="above",
        value=1,
        created_at=now(),
    )
    delete(f"Things({town['thing']})")
    assert not Threshold.objects.exists()
