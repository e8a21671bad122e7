"""Batteries of Things, and how many devices were heard, for lists: a read or two for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hereabouts.sensing.domain.deployments.health import BATTERY_NAMES
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.uplinks import EPOCH
from hereabouts.sensing.models.inbound import LinkDay
from hereabouts.sensing.models.register import Stream
from hereabouts.sensing.queries.current import StreamNow, list_streams_now
from hereabouts.sensing.queries.uplinks import LinkQuality, link_quality_of


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


def links_of(euis: Sequence[str], *, first: date, last: date) -> dict[str, list[LinkQuality]]:
    """How devices were heard on each day of a span, by EUI; days are UTC. One read."""
    days = [(day - EPOCH.date()).days for day in (first, last)]
    rows = LinkDay.objects.filter(eui__in=list(euis), day__range=days).order_by("eui", "day")
    found: dict[str, list[LinkQuality]] = {}
    for row in rows:
        found.setdefault(row.eui, []).append(link_quality_of(row))
    return found
