"""Whatever is created, changed and deleted in whatever order, the register stays of one piece."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hereabouts.journal.api import verify
from hereabouts.sensing.domain.register.classes import class_of
from hereabouts.sensing.domain.register.members import list_members
from hereabouts.sensing.errors import BadEntity, NoSuchEntity
from hereabouts.sensing.models.observations import Observation, StreamFeature, StreamState
from hereabouts.sensing.models.register import (
    ENTITY_NUMBERS,
    Feature,
    HistoricalLocation,
    HistoryLocation,
    Location,
    Member,
    ObservedProperty,
    RegisterVersion,
    Sensor,
    Stream,
    StreamProperty,
    Thing,
    ThingLocation,
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
    replace,
    update,
)

WORDS = ["open", "shared", "closed"]
SETS: dict[str, type[models.Model]] = {
    "Things": Thing,
    "Locations": Location,
    "HistoricalLocations": HistoricalLocation,
    "Sensors": Sensor,
    "ObservedProperties": ObservedProperty,
    "FeaturesOfInterest": Feature,
    "Observations": Observation,
}


class Town:
    """Acts at random on what there is."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def some(self, model: type[models.Model], **where: Any) -> int:
        """The id of one that is there; one that is not, where there is none."""
        ids = list(
            model._default_manager.filter(**where).order_by("pk").values_list("pk", flat=True)
        )
        return int(self.dice.choice(ids)) if ids else 10**9

    def tags(self) -> dict[str, Any]:
        """Properties of a Thing."""
        word = self.dice.choice([*WORDS, None])
        return {"n": self.dice.randrange(3)} | ({"dataClass": word} if word else {})

    def place(self) -> dict[str, Any]:
        """A Location: new or one that is there."""
        if self.dice.random() < 0.5 and Location.objects.exists():
            return link(self.some(Location))
        return a_location(self.dice.uniform(-3, 1), properties={"p": 1})

    def shared(self, model: type[models.Model], body: dict[str, Any]) -> dict[str, Any]:
        """One that is there, or a new one."""
        if self.dice.random() < 0.6 and model._default_manager.exists():
            return link(self.some(model))
        return body

    def feature(self) -> dict[str, Any]:
        """A feature: new or one that is there."""
        return self.shared(Feature, a_feature())

    def stream(self) -> dict[str, Any]:
        """A stream on a Sensor and property that may be shared."""
        sensor = self.shared(Sensor, a_sensor())
        prop = self.shared(ObservedProperty, a_property())
        if self.dice.random() < 0.7:
            return a_stream(Sensor=sensor, ObservedProperty=prop, properties={"s": "x"})
        return a_multi(Sensor=sensor, ObservedProperties=[prop, a_property("b")])

    def make_thing(self) -> None:
        places = [self.place()] if self.dice.random() < 0.7 else []
        create("Things", a_thing(properties=self.tags(), Locations=places))

    def add_stream(self) -> None:
        body = self.stream()
        path = "MultiDatastreams" if "ObservedProperties" in body else "Datastreams"
        create(f"Things({self.some(Thing)})/{path}", body)

    def observe(self) -> None:
        key = self.some(Stream)
        multi = Stream.objects.filter(pk=key, is_multi=True).exists()
        path = "MultiDatastreams" if multi else "Datastreams"
        result: Any = [1, 2] if multi else self.dice.random()
        body = {"result": result, "FeatureOfInterest": self.feature()}
        create(f"{path}({key})/Observations", body)

    def move(self) -> None:
        thing, place = self.some(Thing), self.place()
        if "name" in place:
            create(f"Things({thing})/Locations", place)
        elif self.dice.random() < 0.5:
            update(f"Things({thing})", {"Locations": [place]})
        else:
            update(f"Locations({place['@iot.id']})", {"Things": [link(thing)]})

    def visit(self) -> None:
        year = self.dice.randrange(1990, 2020)
        body = {"time": f"{year}-01-01T00:00:00Z", "Locations": [self.place()]}
        create(f"Things({self.some(Thing)})/HistoricalLocations", body)

    def rewrite_visit(self) -> None:
        key = self.some(HistoricalLocation)
        update(
            f"HistoricalLocations({key})",
            {"time": f"{self.dice.randrange(1990, 2020)}-02-01T00:00:00Z"},
        )
        update(f"HistoricalLocations({key})", {"Thing": link(self.some(Thing))})

    def classify(self) -> None:
        path, tags = f"Things({self.some(Thing)})", self.tags()
        act = self.dice.randrange(3)
        if act == 0:
            update(path, {"properties": tags})
        elif act == 1:
            replace(path, {"name": "N", "description": "D", "properties": tags})
        else:
            patch(path, {"op": "add", "path": "/properties", "value": tags})

    def relink(self) -> None:
        stream = self.some(Stream, is_multi=False)
        name, model = self.dice.choice(
            [("Thing", Thing), ("Sensor", Sensor), ("ObservedProperty", ObservedProperty)]
        )
        update(f"Datastreams({stream})", {name: link(self.some(model))})

    def correct(self) -> None:
        key = self.some(Observation)
        update(f"Observations({key})", {"phenomenonTime": "2020-01-01T00:00:00Z"})
        update(f"Observations({key})", {"FeatureOfInterest": link(self.some(Feature))})
        row = Observation.objects.get(pk=key)
        if Stream.objects.filter(pk=row.stream_id, is_multi=False).exists():
            update(f"Observations({key})", {"Datastream": link(self.some(Stream, is_multi=False))})

    def remove(self) -> None:
        path, model = self.dice.choice(list(SETS.items()))
        delete(f"{path}({self.some(model)})")

    def remove_stream(self) -> None:
        multi = self.dice.random() < 0.3
        key = self.some(Stream, is_multi=multi)
        delete(f"{'MultiDatastreams' if multi else 'Datastreams'}({key})")

    def acts(self) -> list[Callable[[], None]]:
        """Everything it can do, what builds more often than what takes down."""
        building = [self.make_thing, self.add_stream, self.observe, self.move, self.visit]
        others = [self.rewrite_visit, self.classify, self.relink, self.correct]
        return [*building * 4, *others * 3, self.remove, self.remove_stream]


def classes() -> dict[tuple[str, int], int]:
    """The class of every row."""
    tables = [Thing, Location, HistoricalLocation, Sensor, ObservedProperty, Stream, Feature]
    return {
        (model.__name__, key): held
        for model in tables
        for key, held in model._default_manager.values_list("pk", "data_class")
    }


def add_users_of_streams(found: dict[tuple[str, int], set[int]], of_stream: dict[int, int]) -> None:
    """What streams use."""
    for stream in Stream.objects.all():
        found["Stream", stream.pk].add(of_stream[stream.pk])
        found["Sensor", stream.sensor_id].add(of_stream[stream.pk])
        if stream.observed_property_id:
            found["ObservedProperty", stream.observed_property_id].add(of_stream[stream.pk])
    for column in StreamProperty.objects.all():
        found["ObservedProperty", column.observed_property_id].add(of_stream[column.stream_id])
    for pair in StreamFeature.objects.all():
        found["Feature", pair.feature_id].add(of_stream[pair.stream_id])


def users() -> dict[tuple[str, int], set[int]]:
    """The classes of those that use each entity, worked out row by row."""
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    of_thing = {row.pk: int(class_of(row.properties)) for row in Thing.objects.all()}
    of_stream = {row.pk: of_thing[row.thing_id] for row in Stream.objects.all()}
    for key, held in of_thing.items():
        found["Thing", key].add(held)
    for here in ThingLocation.objects.all():
        found["Location", here.location_id].add(of_thing[here.thing_id])
    for visit in HistoricalLocation.objects.all():
        found["HistoricalLocation", visit.pk].add(of_thing[visit.thing_id])
    for was in HistoryLocation.objects.select_related("history"):
        found["Location", was.location_id].add(of_thing[was.history.thing_id])
    add_users_of_streams(found, of_stream)
    return found


def check_classes(before: dict[tuple[str, int], int]) -> None:
    """Used rows have the least class of their users; unused ones the class they had."""
    used = users()
    for row, held in classes().items():
        wanted = min(used[row]) if row in used else before.get(row, 0)
        assert held == wanted, (row, held, used.get(row))


def check_places() -> None:
    """A Thing is where its latest visit says; every visit has a place."""
    for thing in Thing.objects.all():
        here = set(ThingLocation.objects.filter(thing=thing).values_list("location_id", flat=True))
        latest = HistoricalLocation.objects.filter(thing=thing).order_by("-time", "-pk").first()
        links = latest.location_links.all() if latest else []
        assert here == {entry.location_id for entry in links}
    assert not HistoricalLocation.objects.filter(location_links=None).exists()


def check_index() -> None:
    """The index holds exactly what is inside properties."""
    tables = {
        "Thing": Thing, "Location": Location, "Sensor": Sensor,
        "ObservedProperty": ObservedProperty, "FeatureOfInterest": Feature,
    }  # fmt: skip
    wanted = {
        (ENTITY_NUMBERS[name], row.pk, *member)
        for name, model in tables.items()
        for row in model._default_manager.all()
        for member in list_members(row.properties)
    }
    wanted |= {
        (ENTITY_NUMBERS["MultiDatastream" if row.is_multi else "Datastream"], row.pk, *member)
        for row in Stream.objects.all()
        for member in list_members(row.properties)
    }
    fields = ("entity_type", "entity_id", "path", "kind", "text", "number")
    assert (
        list(Member.objects.order_by(*fields).values_list(*fields))
        == sorted(wanted, key=lambda row: tuple((part is not None, part) for part in row))
        or set(Member.objects.values_list(*fields)) == wanted
    )
    assert Member.objects.count() == len(wanted)


def check_observations() -> None:
    """Counts and latest agree with the rows; nothing belongs to a stream that is gone."""
    rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for stream, started, key in Observation.objects.values_list("stream_id", "started", "id"):
        rows[stream].append((started, key))
    assert rows.keys() <= set(Stream.objects.values_list("pk", flat=True))
    held = {state.stream_id: state for state in StreamState.objects.all()}
    assert held.keys() <= set(Stream.objects.values_list("pk", flat=True))
    for stream, state in held.items():
        assert state.count == len(rows[stream])
        if rows[stream]:
            assert (state.latest_started, state.latest_id) == max(rows[stream])


@pytest.mark.django_db
@given(st.integers(0, 2**32), st.integers(30, 40))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_register_stays_of_one_piece(seed: int, steps: int) -> None:
    with transaction.atomic():
        town, done = Town(seed), 0
        for begin in (town.make_thing, town.make_thing, town.add_stream, town.observe):
            begin()
        version = (
            RegisterVersion.objects.filter(pk=1).values_list("version", flat=True).first() or 0
        )
        for _ in range(steps):
            act, before = town.dice.choice(town.acts()), classes()
            try:
                act()
                done += 1
            except (BadEntity, NoSuchEntity):
                pass
            check_classes(before)
            check_places()
            check_index()
            check_observations()
        now = RegisterVersion.objects.filter(pk=1).values_list("version", flat=True).first() or 0
        assert now >= version + done
        assert verify().broken is None
        transaction.set_rollback(True)
