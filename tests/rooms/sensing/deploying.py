"""Deployments for tests: a draft that lacks nothing, officers, and Things in the register."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import shapely

from hereabouts.kernel.access import Actor, PersonId
from hereabouts.kernel.geometry import Box, Point, cell_of
from hereabouts.sensing.actions.deployments import link_thing, propose, take_step
from hereabouts.sensing.domain.deployments.records import Draft, Network, Power
from hereabouts.sensing.domain.deployments.steps import AGREE, DEPLOY, Step
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import (
    Location,
    ObservedProperty,
    Sensor,
    Stream,
    Thing,
    ThingLocation,
)

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MILL_LANE = Point(-2.99, 51.58)

ANN = Actor(PersonId("person-ann"), frozenset({DEPLOY}))
"""Proposes."""
BOB = Actor(PersonId("person-bob"), frozenset({DEPLOY, AGREE}))
"""Agrees."""

COMPLETE = Draft(
    title="Gully level in Mill Lane",
    department="flood_risk",
    mailbox="drainage@example.gov.uk",
    purpose="Empty the gullies that need it.",
    measures=("gully_level",),
    place=MILL_LANE,
    network=Network.LORAWAN,
    power=Power.BATTERY,
    no_default_passwords=True,
    disclosure_contact="https://maker.example/security",
    updates_until=date(2031, 1, 1),
    capital_gbp=180,
    yearly_gbp=12,
    installed_on=date(2026, 5, 1),
)


def noon() -> datetime:
    return NOON


def draft(**changed: Any) -> Draft:
    """The complete draft with some fields changed."""
    return replace(COMPLETE, **changed)


def east(metres: float, of: Point = MILL_LANE) -> Point:
    """A point so far east of another."""
    return Point(of.lon + metres / 69_100, of.lat)


def make_thing(
    name: str = "gully-1",
    place: Point = MILL_LANE,
    *,
    measures: str = "gully level",
    definition: str = "http://example.org/gully",
    data_class: DataClass = DataClass.OPEN,
    last: datetime | None = NOON,
) -> Thing:
    """A Thing with a Location and one Datastream, as a client would have made it."""
    level = int(data_class)
    thing = Thing.objects.create(name=name, description="", data_class=level)
    location = Location.objects.create(
        name=name,
        description="",
        encoding_type="application/geo+json",
        value="{}",
        geometry=shapely.Point(place.lon, place.lat).wkb,
        cell=cell_of(Box(place.lon, place.lat, place.lon, place.lat)),
        west=place.lon,
        south=place.lat,
        east=place.lon,
        north=place.lat,
        data_class=level,
    )
    ThingLocation.objects.create(thing=thing, location=location)
    add_stream(thing, measures, definition, last=last)
    return thing


def add_stream(
    thing: Thing,
    measures: str,
    definition: str = "",
    *,
    unit: str = "%",
    last: datetime | None = NOON,
) -> Stream:
    """A Datastream of a Thing, with what is kept of its latest observation."""
    stream = Stream.objects.create(
        name=f"{measures} at {thing.name}",
        description="",
        observation_type="",
        unit_symbol=unit,
        thing=thing,
        sensor=Sensor.objects.create(name="s", description="", encoding_type="", metadata='""'),
        observed_property=ObservedProperty.objects.create(
            name=measures, definition=definition, description=""
        ),
        data_class=thing.data_class,
    )
    moment = int(last.timestamp() * 1_000_000) if last else None
    StreamState.objects.create(
        stream_id=stream.pk, count=1 if last else 0, received=moment, latest_started=moment
    )
    return stream


def make_live(place: Point = MILL_LANE, *, thing: Thing | None = None, **changed: Any) -> str:
    """A deployment that went all the way; its public id."""
    uid = propose(draft(place=place, **changed), actor=ANN, clock=noon)
    level = changed.get("data_class", DataClass.OPEN)
    made = thing or make_thing(f"thing of {uid}", place, data_class=level)
    link_thing(uid, made.pk, actor=ANN, clock=noon)
    take_step(uid, Step.AGREE, actor=BOB, clock=noon)
    take_step(uid, Step.GO_LIVE, actor=ANN, clock=noon)
    return uid
