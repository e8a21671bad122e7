"""Brings new observations to the hub: from our own writer at once, from other processes' later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence

from django.db import DatabaseError, connection

from hereabouts.sensing.actions.ingest import CHANGES, Change, Changes
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.observations import QualityFlag, ResultKind
from hereabouts.sensing.queries.current import StreamNow, list_streams_now
from hereabouts.sensing.web import words
from hereabouts.sensing.web.live.hub import LiveHub, LiveValue, Reader, Seen
from hereabouts.sensing.web.pages.spans import micros_of

log = logging.getLogger(__name__)


class LiveFeed:
    """The hub of a process, told of new observations for as long as anybody reads."""

    def __init__(self, changes: Changes = CHANGES, hub: LiveHub | None = None) -> None:
        self.hub = hub or LiveHub(look)
        self._changes = changes
        self._units: dict[int, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def join(self, streams: Sequence[StreamNow]) -> Reader:
        """Follow streams from now on, on the loop that runs. Raises: LiveFull."""
        reader = self.hub.join([one.id for one in streams])
        self._units |= {one.id: one.unit for one in streams}
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._changes.subscribe(self._observe)
        return reader

    def leave(self, reader: Reader) -> None:
        """Follow no more; with the last reader the watching ends."""
        self.hub.leave(reader)
        if not len(self.hub) and self._loop is not None:
            self._changes.unsubscribe(self._observe)
            self._loop = None
            self._units.clear()

    def _observe(self, changes: Sequence[Change]) -> None:
        """On the writer's thread: take what somebody follows, the last of each stream, and go."""
        followed, loop = self.hub.followed, self._loop
        found: dict[int, Change] = {}
        for change in changes:
            stream_id = change.row.stream_id
            # A reading from the future would hide all that come after it.
            if stream_id in followed and not change.row.quality & QualityFlag.CLOCK:
                known = found.get(stream_id)
                if known is None or change.row.started >= known.row.started:
                    found[stream_id] = change
        if found and loop is not None and not loop.is_closed():
            values = [self._value(change) for change in found.values()]
            loop.call_soon_threadsafe(self.hub.publish, values)

    def _value(self, change: Change) -> LiveValue:
        row = change.row
        unit = self._units.get(row.stream_id, "")
        is_truth = row.kind == ResultKind.TRUTH
        return LiveValue(
            row.stream_id,
            row.started,
            None if is_truth else row.number,
            words.reading_text(row.kind, row.number, row.result, unit),
            bool(row.number) if is_truth else None,
            tuple(words.flag_keys(row.quality)),
        )


async def look(stream_ids: Collection[int]) -> Seen | None:
    """How some streams are now."""
    return await asyncio.to_thread(_look, list(stream_ids))


def _look(stream_ids: Sequence[int]) -> Seen | None:
    try:
        found = list_streams_now(stream_ids=stream_ids, level=DataClass.OPEN, limit=100_000)
    except DatabaseError as fault:
        log.warning("live_values_wait fault=%s", type(fault).__name__)
        return None
    finally:
        # Another thread looks the next time: nothing is kept open for it.
        connection.close()
    return Seen(frozenset(one.id for one in found), [_now(one) for one in found if one.at])


def _now(one: StreamNow) -> LiveValue:
    is_truth = one.kind == ResultKind.TRUTH
    return LiveValue(
        one.id,
        micros_of(one.at) if one.at else 0,
        None if is_truth else one.number,
        words.value_text(one),
        bool(one.number) if is_truth else None,
        tuple(words.flag_keys(one.quality)),
    )


FEED = LiveFeed()
"""The feed of this process."""
