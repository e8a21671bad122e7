"""Who measures something where: deployments, and Things that no deployment accounts for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from hereabouts.kernel.geometry import Box, Point, cell_ranges
from hereabouts.sensing.domain.deployments.choices import Choices, Measure
from hereabouts.sensing.domain.deployments.steps import State
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.deployments import Deployment, DeploymentThing
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import (
    ObservedProperty,
    Stream,
    StreamProperty,
    Thing,
    ThingLocation,
)
from hereabouts.sensing.queries.current import to_datetime
from hereabouts.sensing.queries.deployments.rows import split_keys
from hereabouts.sensing.queries.newest import newest_of, now_us
from hereabouts.sensing.queries.whereabouts import places_of

STANDING = (State.PROPOSED, State.AGREED, State.LIVE)
"""States of deployments that count: what is over no longer measures."""


@dataclass(frozen=True)
class Sensed:
    """Something that measures, or is meant to.

    `state` is None for a Thing without a deployment; then `uid`, `reference` and `department` are
    empty. `since` is when it went live, or its first reading; `last_at` its latest reading.
    """

    title: str
    place: Point
    measures: tuple[str, ...]
    data_class: DataClass
    state: State | None
    uid: str = ""
    reference: str = ""
    department: str = ""
    thing_ids: tuple[int, ...] = ()
    since: datetime | None = None
    last_at: datetime | None = None
    id: int = 0

    @property
    def is_live(self) -> bool:
        """Whether it measures today."""
        return self.state in (State.LIVE, None)


@dataclass(frozen=True)
class _Reading:
    """A Thing's streams of the wanted measures: first and latest reading, in microseconds."""

    measures: tuple[str, ...]
    first: int | None
    last: int | None


def list_sensed(
    keys: Sequence[str],
    choices: Choices,
    *,
    level: DataClass,
    box: Box,
    things_box: Box | None = None,
) -> list[Sensed]:
    """Everything of a data class or less that measures any of these in a box. Nine reads.

    Things that no deployment accounts for are looked for in `things_box`, else in the same box.
    Deployments come first, in the order of their proposals, then Things by id.
    """
    measures = [choices.measures[key] for key in keys if key in choices.measures]
    found = list(_standing(measures, level).filter(in_cells(box, "cell")).order_by("id"))
    linked = DeploymentThing.objects.filter(deployment__in=found).order_by("id")
    links: dict[int, list[int]] = {}
    for deployment_id, thing_id in linked.values_list("deployment_id", "thing_id"):
        links.setdefault(deployment_id, []).append(thing_id)
    streams, properties = _streams_of(measures, level)
    near = ThingLocation.objects.filter(in_cells(things_box or box, "location__cell"))
    streams = streams.filter(
        Q(thing_id__in=near.values("thing_id")) | Q(thing_id__in=linked.values("thing_id"))
    )
    readings = _readings((streams, properties), measures)
    mine = [_of_deployment(row, links.get(row.pk, []), readings) for row in found]
    loose = _of_things(_unaccounted(readings), readings)
    return [
        *(one for one in mine if _is_in(one.place, box)),
        *(one for one in loose if _is_in(one.place, things_box or box)),
    ]


def list_live_places(key: str, choices: Choices, *, level: DataClass) -> list[Point]:
    """Where something is measured today, by deployments and by Things of none. Four reads."""
    measures = [choices.measures[key]] if key in choices.measures else []
    live = _standing(measures, level).filter(state=State.LIVE.value).order_by("id")
    streams, _ = _streams_of(measures, level)
    located = (
        ThingLocation.objects.filter(
            thing_id__in=streams.values("thing_id"), location__west__isnull=False
        )
        .exclude(thing_id__in=DeploymentThing.objects.values("thing_id"))
        .order_by("thing_id", "location_id")
    )
    sides = ("west", "east", "south", "north")
    middles = {
        thing_id: Point((west + east) / 2, (south + north) / 2)
        for thing_id, west, east, south, north in located.values_list(
            "thing_id", *(f"location__{side}" for side in sides)
        )
    }
    return [*(Point(*place) for place in live.values_list("lon", "lat")), *middles.values()]


def _standing(measures: Sequence[Measure], level: DataClass) -> QuerySet[Deployment]:
    """Deployments that count and would measure any of these."""
    wanted = Q(pk__in=[])
    for measure in measures:
        wanted |= Q(measures__contains=f",{measure.key},")
    states = [state.value for state in STANDING]
    return Deployment.objects.filter(wanted, state__in=states, data_class__lte=int(level))


def _unaccounted(readings: Iterable[int]) -> list[int]:
    """Those of these Things that belong to no deployment, of whatever state."""
    ids = set(readings)
    links = DeploymentThing.objects.filter(thing_id__in=ids)
    return sorted(ids - set(links.values_list("thing_id", flat=True)))


def in_cells(box: Box, field: str) -> Q:
    """Rows whose cell may lie in a box."""
    ranges = Q()
    for first, last in cell_ranges(box):
        ranges |= Q(**{f"{field}__range": (first, last)})
    return ranges


def _is_in(place: Point, box: Box) -> bool:
    return box.west <= place.lon <= box.east and box.south <= place.lat <= box.north


def _of_deployment(row: Deployment, ids: list[int], readings: dict[int, _Reading]) -> Sensed:
    known = [readings[thing_id] for thing_id in ids if thing_id in readings]
    return Sensed(
        title=row.title,
        place=Point(row.lon, row.lat),
        measures=split_keys(row.measures),
        data_class=DataClass(row.data_class),
        state=State(row.state),
        uid=row.uid,
        reference=row.reference,
        department=row.department,
        thing_ids=tuple(ids),
        since=row.state_since,
        last_at=to_datetime(max((one.last for one in known if one.last), default=None)),
        id=row.pk,
    )


def _of_things(ids: list[int], readings: dict[int, _Reading]) -> list[Sensed]:
    rows = Thing.objects.filter(pk__in=ids).values_list("pk", "name", "data_class")
    named = {pk: (name, DataClass(data_class)) for pk, name, data_class in rows}
    places = places_of(ids)
    return [
        Sensed(
            title=named[thing_id][0],
            place=places[thing_id],
            measures=readings[thing_id].measures,
            data_class=named[thing_id][1],
            state=None,
            thing_ids=(thing_id,),
            since=to_datetime(readings[thing_id].first),
            last_at=to_datetime(readings[thing_id].last),
        )
        for thing_id in ids
        if thing_id in named and thing_id in places
    ]


def property_keys(measures: Iterable[Measure]) -> dict[int, tuple[str, ...]]:
    """Which of the measures each ObservedProperty is, by its id; without those that are none."""
    wanted = list(measures)
    found: dict[int, tuple[str, ...]] = {}
    for pk, definition, name in ObservedProperty.objects.values_list("pk", "definition", "name"):
        keys = tuple(one.key for one in wanted if one.fits(definition, name))
        if keys:
            found[pk] = keys
    return found


Rows = tuple[QuerySet[Stream], dict[int, tuple[str, ...]]]


def _streams_of(measures: Sequence[Measure], level: DataClass) -> Rows:
    keys = property_keys(measures)
    ids = list(keys)
    multi = StreamProperty.objects.filter(observed_property_id__in=ids).values("stream_id")
    rows = Stream.objects.filter(Q(observed_property_id__in=ids) | Q(pk__in=multi))
    return rows.filter(data_class__lte=int(level)), keys


def _readings(streams: Rows, measures: Sequence[Measure]) -> dict[int, _Reading]:
    """What the Things of these streams measure, and from when to when, by Thing."""
    rows, keys = streams
    found = list(rows.values_list("pk", "thing_id", "observed_property_id"))
    ids = [pk for pk, _, _ in found]
    states = StreamState.objects.in_bulk(ids)
    newest = newest_of(states.values(), now_us())
    multi: dict[int, list[int]] = {}
    links = StreamProperty.objects.filter(stream_id__in=ids, observed_property_id__in=list(keys))
    for stream_id, property_id in links.values_list("stream_id", "observed_property_id"):
        multi.setdefault(stream_id, []).append(property_id)
    of_thing: dict[int, _Reading] = {}
    for pk, thing_id, property_id in found:
        properties = [property_id] if property_id else multi.get(pk, [])
        told = {key for one in properties for key in keys.get(one, ())}
        held = of_thing.get(thing_id, _Reading((), None, None))
        state, last = states.get(pk), newest.get(pk)
        of_thing[thing_id] = _Reading(
            tuple(one.key for one in measures if one.key in told | set(held.measures)),
            _least(held.first, state.first_started if state else None),
            _most(held.last, last.started if last else None),
        )
    return of_thing


def _least(one: int | None, other: int | None) -> int | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _most(one: int | None, other: int | None) -> int | None:
    return max((value for value in (one, other) if value is not None), default=None)
