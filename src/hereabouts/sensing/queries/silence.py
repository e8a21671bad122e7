"""Things that should have said something by now: worked out from what their streams usually do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from hereabouts.sensing.domain.deployments.steps import State
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.watching import SHORTEST_SILENCE_S, silent_after_s
from hereabouts.sensing.models.deployments import DeploymentThing
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.queries.current import EPOCH

LEAST_COUNT = 10
"""Observations after which a stream has a usual period."""
SECOND = 1_000_000
LIVE_WITHIN_S = 6 * 3_600
"""A stream whose newest observation was this fresh when it came is live, not filled in later."""
MOST = 5_000


@dataclass(frozen=True)
class QuietThing:
    """A Thing none of whose live streams has said anything for long; `since` is the last time."""

    thing_id: int
    name: str
    since: datetime
    usual_period_s: float
    data_class: DataClass


def list_quiet_things(moment: datetime) -> list[QuietThing]:
    """Things that are silent at a moment, by id; those of live deployments have their own check."""
    quiet = _quiet_streams(moment)
    talking = _talking_things(quiet, moment) | _deployed_things()
    found: dict[int, QuietThing] = {}
    for stream in Stream.objects.filter(pk__in=quiet).select_related("thing").order_by("thing_id"):
        if stream.thing_id in talking:
            continue
        received, period = quiet[stream.pk]
        since = EPOCH + timedelta(microseconds=received)
        known = found.get(stream.thing_id)
        if known is None or since > known.since:
            found[stream.thing_id] = QuietThing(
                stream.thing_id,
                stream.thing.name,
                since,
                period,
                DataClass(stream.thing.data_class),
            )
    return list(found.values())


def _quiet_streams(moment: datetime) -> dict[int, tuple[int, float]]:
    """Silent live streams with when they were last heard and their usual period in seconds."""
    micros = int((moment - EPOCH).total_seconds()) * SECOND
    rows = StreamState.objects.filter(
        count__gte=LEAST_COUNT,
        received__lt=micros - SHORTEST_SILENCE_S * SECOND,
        latest_started__gt=F("received") - LIVE_WITHIN_S * SECOND,
        first_started__isnull=False,
    ).values_list("stream_id", "received", "first_started", "latest_started", "count")
    found: dict[int, tuple[int, float]] = {}
    for stream_id, received, first, latest, count in rows.order_by("-received")[:MOST]:
        if received is None or first is None or latest is None:
            continue
        # No reading is of a time after it was heard, whatever its clock said.
        period = max(0, min(latest, received) - first) / SECOND / (count - 1)
        if micros - received > silent_after_s(period) * SECOND:
            found[stream_id] = (received, period)
    return found


def _talking_things(quiet: Iterable[int], moment: datetime) -> set[int]:
    """Things of silent streams of which another stream was heard not long ago."""
    things = set(Stream.objects.filter(pk__in=list(quiet)).values_list("thing_id", flat=True))
    recent = int((moment - EPOCH).total_seconds() - SHORTEST_SILENCE_S) * SECOND
    streams = dict(
        Stream.objects.filter(thing_id__in=things).values_list("pk", "thing_id"),
    )
    heard = StreamState.objects.filter(stream_id__in=list(streams), received__gte=recent)
    return {streams[stream_id] for stream_id in heard.values_list("stream_id", flat=True)}


def _deployed_things() -> set[int]:
    rows = DeploymentThing.objects.filter(deployment__state=State.LIVE.value)
    return set(rows.values_list("thing_id", flat=True))
