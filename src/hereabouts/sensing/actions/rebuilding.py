"""Works out anew what is known of streams, one transaction a stream, and says where it differed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace

import shapely
from django.db import connection, transaction

from hereabouts.sensing.actions.ingest import move_register_version, rebuild_state
from hereabouts.sensing.errors import NoSuchEntity
from hereabouts.sensing.models.observations import StreamFeature
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.ports import Extent, store_for

Tell = Callable[[int, int], None]
"""Hears after each stream how many are done, and of how many."""

LONGEST_REST = 1.0
"""Seconds left to the writers between two streams, at most."""
SAME_PLACE = 1e-9
"""Degrees by which corners of an area may differ: an area that grew is written again each time."""


@dataclass(frozen=True)
class Rebuilt:
    """How many streams were looked at, and the ids of those whose record was wrong, ascending."""

    streams: int
    differing: Sequence[int]


def rebuild_streams(
    stream_id: int | None = None, *, keeps: bool = True, tell: Tell | None = None
) -> Rebuilt:
    """Rebuild what is known of a stream, or of all; without `keeps` everything is left as it was.

    May run beside the service. Each stream is a transaction that begins with the number of the
    register, as deleting does: it waits for groups that are being written, and groups wait for it,
    so nothing is added between counting and recording. Between two streams the writers get as much
    time as the last one took. Where nothing differs the transaction is undone, and no process has
    to read its streams again. Raises: NoSuchEntity.
    """
    wanted = _list_streams(stream_id)
    differing: list[int] = []
    for done, each in enumerate(wanted, start=1):
        began = time.monotonic()
        if _rebuild(each, keeps=keeps):
            differing.append(each)
        if tell is not None:
            tell(done, len(wanted))
        if done < len(wanted):
            time.sleep(min(time.monotonic() - began, LONGEST_REST))
    return Rebuilt(len(wanted), differing)


def _list_streams(stream_id: int | None) -> list[int]:
    streams = Stream.objects.order_by("id")
    if stream_id is None:
        return list(streams.values_list("id", flat=True))
    found = list(streams.filter(id=stream_id).values_list("id", flat=True))
    if not found:
        raise NoSuchEntity(name=f"Datastream({stream_id})")
    return found


def _rebuild(stream_id: int, *, keeps: bool) -> bool:
    with transaction.atomic():
        move_register_version()
        before = _Known.read(stream_id)
        rebuild_state(connection.connection, [stream_id])
        differs = not before.agrees_with(_Known.read(stream_id))
        if not (differs and keeps):
            transaction.set_rollback(True)
    return differs


@dataclass(frozen=True)
class _Known:
    """What is recorded of a stream: its counts, extents and latest value, and its features."""

    extent: Extent | None
    features: Sequence[tuple[int, int]]

    @classmethod
    def read(cls, stream_id: int) -> _Known:
        found = store_for(connection.vendor).list_extents(connection.connection, [stream_id])
        features = StreamFeature.objects.filter(stream_id=stream_id).order_by("feature_id")
        return cls(found[0] if found else None, list(features.values_list("feature_id", "count")))

    def agrees_with(self, other: _Known) -> bool:
        if self.features != other.features:
            return False
        if self.extent is None or other.extent is None:
            return self.extent is other.extent
        mine, others = (replace(known, area=None) for known in (self.extent, other.extent))
        return astuple(mine) == astuple(others) and _is_same_area(
            self.extent.area, other.extent.area
        )


def _is_same_area(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    shapes = [shapely.normalize(shapely.from_geojson(text)) for text in (one, other)]
    return bool(
        shapely.equals_exact(shapes[0], shapes[1], tolerance=SAME_PLACE)
        or shapely.equals(shapes[0], shapes[1])
    )
