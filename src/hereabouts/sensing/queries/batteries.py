"""Batteries of Things, from the streams that measure them."""

from __future__ import annotations

from collections.abc import Sequence

from hereabouts.sensing.domain.deployments.health import BATTERY_NAMES
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.queries.current import StreamNow, list_streams_now


def batteries_of(thing_ids: Sequence[int]) -> dict[int, StreamNow]:
    """The stream of each Thing's battery, where one is measured. Three reads."""
    rows = Stream.objects.filter(
        thing_id__in=list(thing_ids), observed_property__isnull=False
    ).values_list("id", "observed_property__name")
    ids = [number for number, name in rows if str(name).casefold() in BATTERY_NAMES]
    found: dict[int, StreamNow] = {}
    for one in list_streams_now(stream_ids=ids, level=DataClass.CLOSED) if ids else ():
        found.setdefault(one.thing_id, one)
    return found
