"""Which levels are watched on which streams, as plain values for whoever watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hereabouts.kernel.geometry import Box
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.watching import Comparison, FindingKind, Level, LevelState
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.models.watching import AlertState, AlertSubscription, Finding, Threshold
from hereabouts.sensing.queries.newest import newest_of, now_us
from hereabouts.sensing.queries.whereabouts import list_things_in, list_things_of_area


@dataclass(frozen=True)
class WatchedStream:
    """What findings and letters say of a stream."""

    id: int
    thing_id: int
    thing_name: str
    name: str
    unit: str
    data_class: DataClass


@dataclass(frozen=True)
class Watch:
    """One level on one stream: an officer's threshold (`uid`) or a subscription (`alert_id`)."""

    stream: WatchedStream
    level: Level
    name: str
    uid: str = ""
    alert_id: int = 0
    place_name: str = ""


def list_watches() -> dict[Watch, LevelState]:
    """Every level watched just now, with what is known of it: from its finding or its alert."""
    return {**_thresholds(), **_alerts()}


def _thresholds() -> dict[Watch, LevelState]:
    rows = list(Threshold.objects.select_related("stream", "stream__thing"))
    raised = set(
        Finding.objects.filter(
            kind=FindingKind.THRESHOLD.value, cleared_at__isnull=True
        ).values_list("subject", flat=True)
    )
    return {
        Watch(
            _watched(row.stream),
            Level(Comparison(row.comparison), row.value, row.margin, row.sustained_s),
            row.name,
            uid=row.uid,
        ): LevelState(is_raised=f"threshold:{row.uid}" in raised)
        for row in rows
    }


def _alerts() -> dict[Watch, LevelState]:
    rows = AlertSubscription.objects.filter(confirmed_at__isnull=False)
    beyond = {
        (state.subscription_id, state.stream_id)
        for state in AlertState.objects.filter(is_beyond=True)
    }
    found: dict[Watch, LevelState] = {}
    for row in rows:
        level = Level(Comparison(row.comparison), row.value)
        for stream in _streams_of(row):
            watch = Watch(
                _watched(stream), level, row.uid, alert_id=row.pk, place_name=row.place_name
            )
            found[watch] = LevelState(is_raised=(row.pk, stream.pk) in beyond)
    return found


def _streams_of(row: AlertSubscription) -> list[Stream]:
    """Open streams of the property at the subscription's place."""
    box = Box(row.west, row.south, row.east, row.north)
    things = (
        list_things_of_area(row.place_uid, box) if row.place_kind == "area" else list_things_in(box)
    )
    return list(
        Stream.objects.filter(
            thing_id__in=[thing.id for thing in things],
            observed_property_id=row.observed_property_id,
            data_class=0,
        ).select_related("thing")
    )


def _watched(stream: Stream) -> WatchedStream:
    return WatchedStream(
        stream.pk,
        stream.thing_id,
        stream.thing.name,
        stream.name,
        stream.unit_symbol or "",
        DataClass(stream.data_class),
    )


def latest_of(stream_ids: list[int]) -> Mapping[int, tuple[int, float]]:
    """Time in microseconds and number of the newest value of streams where that is a number."""
    states = StreamState.objects.filter(pk__in=stream_ids)
    newest = newest_of(states, now_us())
    return {
        stream_id: (one.started, one.number)
        for stream_id, one in newest.items()
        if one.number is not None
    }
