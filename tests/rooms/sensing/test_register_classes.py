"""Data classes follow the Things: by set, downwards and upwards, and never open what was closed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hereabouts.sensing.errors import BadEntity
from hereabouts.sensing.models.register import (
    Feature,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Stream,
    Thing,
)
from tests.rooms.sensing.registering import (
    a_feature,
    a_location,
    a_multi,
    a_property,
    a_sensor,
    a_stream,
    a_thing,
    create,
    delete,
    link,
    patch,
    update,
)

pytestmark = pytest.mark.django_db
EVERYTHING = (Thing, Location, HistoricalLocation, Stream, Sensor, ObservedProperty, Feature)


def classed(word: str, **more: Any) -> dict[str, Any]:
    """A Thing of a class."""
    return a_thing(properties={"dataClass": word}, **more)


def all_classes() -> list[set[int]]:
    """The classes there are of each table."""
    return [
        set(model._default_manager.values_list("data_class", flat=True)) for model in EVERYTHING
    ]


def whole(word: str) -> int:
    """A Thing with one of everything."""
    observed = {"result": 1, "FeatureOfInterest": a_feature()}
    return create(
        "Things",
        classed(
            word,
            Locations=[a_location()],
            Datastreams=[a_stream(Observations=[observed])],
            MultiDatastreams=[a_multi()],
        ),
    )


@pytest.mark.parametrize(("word", "number"), [("open", 0), ("shared", 1), ("closed", 2)])
def test_everything_of_a_thing_is_of_its_class(word: str, number: int) -> None:
    whole(word)
    assert all_classes() == [{number}] * 7


def test_a_changed_class_reaches_everything() -> None:
    thing = whole("open")
    Location.objects.update(generated_feature_id=create("FeaturesOfInterest", a_feature()))
    for word, number in (("closed", 2), ("shared", 1), ("open", 0), ("closed", 2)):
        update(f"Things({thing})", {"properties": {"dataClass": word}})
        assert all_classes() == [{number}] * 7
    patch(f"Things({thing})", {"op": "replace", "path": "/properties/dataClass", "value": "shared"})
    assert all_classes() == [{1}] * 7
    update(f"Things({thing})", {"properties": None})
    assert all_classes() == [{0}] * 7


def test_what_several_things_use_is_of_the_least_of_their_classes() -> None:
    sensor, prop = create("Sensors", a_sensor()), create("ObservedProperties", a_property())
    place = create("Locations", a_location())

    def thing(word: str) -> int:
        stream = a_stream(Sensor=link(sensor), ObservedProperty=link(prop))
        return create("Things", classed(word, Locations=[link(place)], Datastreams=[stream]))

    def shared_class() -> tuple[int, int, int]:
        return (
            Sensor.objects.get().data_class,
            ObservedProperty.objects.get().data_class,
            Location.objects.get().data_class,
        )

    first = thing("closed")
    assert shared_class() == (2, 2, 2)
    second = thing("shared")
    assert shared_class() == (1, 1, 1)
    third = thing("open")
    assert shared_class() == (0, 0, 0)
    delete(f"Things({third})")
    assert shared_class() == (1, 1, 1)
    update(f"Things({second})", {"properties": {"dataClass": "closed"}})
    assert shared_class() == (2, 2, 2)
    delete(f"Things({second})")
    delete(f"Things({first})")
    # Whatever nobody uses any longer keeps the class it had.
    assert shared_class() == (2, 2, 2)
    thing("open")
    assert shared_class() == (0, 0, 0)


def test_a_place_a_closed_thing_has_left_stays_closed() -> None:
    thing = create("Things", classed("closed", Locations=[a_location(1)]))
    create(f"Things({thing})/Locations", a_location(2))
    assert set(Location.objects.values_list("data_class", flat=True)) == {2}
    delete(f"Things({thing})")
    assert set(Location.objects.values_list("data_class", flat=True)) == {2}


def test_a_stream_that_moves_takes_the_class_of_its_new_thing() -> None:
    closed, opened = create("Things", classed("closed")), create("Things", a_thing())
    stream = create(
        f"Things({closed})/Datastreams",
        a_stream(Observations=[{"result": 1, "FeatureOfInterest": a_feature()}]),
    )
    for thing, number in ((opened, 0), (closed, 2)):
        update(f"Datastreams({stream})", {"Thing": link(thing)})
        assert all_classes()[3:] == [{number}] * 4
    other = create("Sensors", a_sensor())
    update(f"Datastreams({stream})", {"Sensor": link(other)})
    assert Sensor.objects.get(pk=other).data_class == 2
    update(f"Things({opened})", {"Datastreams": [link(stream)]})
    assert Stream.objects.get().data_class == 0 == Sensor.objects.get(pk=other).data_class


def test_a_feature_made_from_a_place_is_of_its_class() -> None:
    thing = create("Things", classed("closed", Locations=[a_location()]))
    feature = create("FeaturesOfInterest", a_feature())
    Location.objects.update(generated_feature_id=feature)
    update(f"Things({thing})", {"properties": {"dataClass": "shared"}})
    assert Feature.objects.get().data_class == 1


@pytest.mark.parametrize("word", ["Open", "secret", "", 0, True, {}, []])
def test_a_word_that_is_no_class_is_refused(word: object) -> None:
    with pytest.raises(BadEntity, match="open, shared, closed"):
        create("Things", a_thing(properties={"dataClass": word}))
    thing = create("Things", a_thing(properties={"inner": {"dataClass": "closed"}}))
    assert Thing.objects.get().data_class == 0
    with pytest.raises(BadEntity):
        update(f"Things({thing})", {"properties": {"dataClass": word}})


def test_a_changed_class_costs_the_same_for_one_stream_and_for_many() -> None:
    few, many = whole("open"), whole("open")
    for _ in range(20):
        create(f"Things({many})/Datastreams", a_stream())
    costs = []
    for thing in (few, many):
        with CaptureQueriesContext(connection) as queries:
            update(f"Things({thing})", {"properties": {"dataClass": "closed"}})
        costs.append(len(queries))
    assert costs[0] == costs[1] and set(Stream.objects.values_list("data_class", flat=True)) == {2}
