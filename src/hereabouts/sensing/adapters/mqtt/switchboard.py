"""Who wants to hear what, and what of it they may hear.

New observations are looked up by their stream in dictionaries, so that those nobody asked for cost
next to nothing; what is asked for is encoded once for all who want it in the same form. Everything
else that changes is rare: it is read through the service itself, as each reader would see it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest import Change
from hereabouts.sensing.adapters.mqtt.library import Library, StreamFacts
from hereabouts.sensing.adapters.mqtt.lines import (
    EVERYTHING,
    NOTHING_NEW,
    Line,
    Reach,
    Reader,
    Target,
    Touched,
    announcing,
    may_concern,
    read_notices,
    resolve,
)
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.standards.mqtt import Reason
from hereabouts.standards.sensorthings.errors import BadRequest
from hereabouts.standards.sensorthings.model import DATASTREAM, MULTI_DATASTREAM, OBSERVATION
from hereabouts.standards.sensorthings.topics import has_wildcard, read_wish
from hereabouts.standards.sensorthings.tree import Selected

STREAMS = (DATASTREAM.name, MULTI_DATASTREAM.name)
EXTENTS = frozenset({"phenomenonTime", "resultTime", "observedArea"})
"""Properties of streams that new observations change."""
EXTENTS_SECONDS = 0.5
"""How long changes of streams' extents are gathered before they are told."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Switchboard:
    """The subscriptions of this process; all but `hears_observations` belongs to its event loop."""

    def __init__(self, library: Library, threads: Executor) -> None:
        self.hears_observations = False
        """Whether new observations are to be handed on; any thread may look."""
        self._library = library
        self._threads = threads
        self._lines: dict[tuple[str, DataClass], Line] = {}
        self._of_reader: dict[Reader, dict[str, Line]] = {}
        self._by_target: dict[Target, list[Line]] = {}
        self._by_type: dict[str, list[Line]] = {}
        self._hears_features = self._hears_all = False
        self._streams_due: dict[int, None] = {}
        self._extents_timer: asyncio.TimerHandle | None = None
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    # --- subscribing ---------------------------------------------------------------------------

    async def add(self, reader: Reader, topic_filter: str, qos: int) -> Reason:
        """Take a subscription down; a reason above 127 says why not."""
        if has_wildcard(topic_filter):
            return Reason.WILDCARDS_NOT_SUPPORTED
        try:
            wish = read_wish(topic_filter)
        except BadRequest:
            return Reason.BAD_FILTER
        level = reader.grant.level
        if (topic_filter, level) not in self._lines:
            try:
                target = await self._run(partial(resolve, self._library, wish, level))
            except Refusal:
                return Reason.UNSPECIFIED
            if target is None:
                return Reason.NOT_AUTHORISED
            if (topic_filter, level) not in self._lines:
                self._open(Line(wish, level, target))
        line = self._lines[topic_filter, level]
        line.readers[reader] = qos
        self._of_reader.setdefault(reader, {})[topic_filter] = line
        return Reason.SUCCESS

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def announce(self, reader: Reader, topics: Iterable[str]) -> None:
        """Tell a reader of open data on topics where `(n)` stands for every id, for good.

        Raises: BadRequest.
        """
        for topic in topics:
            line = announcing(topic)
            line.readers[reader] = 0
            self._file(line)

    def _open(self, line: Line) -> None:
        self._lines[line.wish.text, line.level] = line
        self._file(line)

    def _file(self, line: Line) -> None:
        self._by_type.setdefault(line.wish.entity.name, []).append(line)
        self._by_target.setdefault(line.target, []).append(line)
        self._weigh()

    def _close(self, line: Line) -> None:
        del self._lines[line.wish.text, line.level]
        _take_out(self._by_type, line.wish.entity.name, line)
        _take_out(self._by_target, line.target, line)
        self._weigh()

    def _weigh(self) -> None:
        reaches = {reach for reach, _ in self._by_target}
        self._hears_features = Reach.FEATURE in reaches
        self._hears_all = bool(reaches - {Reach.NONE, Reach.STREAM})
        self.hears_observations = self._hears_streams or bool(
            self._by_target.keys() - {NOTHING_NEW}
        )

    @property
    def _hears_streams(self) -> bool:
        return any(line.hears_extents for name in STREAMS for line in self._by_type.get(name, ()))

    def remove(self, reader: Reader, topic_filter: str) -> bool:
        """Strike a subscription out; False where there was none."""
        line = self._of_reader.get(reader, {}).pop(topic_filter, None)
        if line is None:
            return False
        del line.readers[reader]
        if not line.readers:
            self._close(line)
        return True

    def remove_all(self, reader: Reader) -> None:
        """Strike out all of a reader's."""
        for topic in list(self._of_reader.get(reader, ())):
            self.remove(reader, topic)
        self._of_reader.pop(reader, None)

    def count(self, reader: Reader) -> int:
        """How many a reader has."""
        return len(self._of_reader.get(reader, ()))

    async def recheck(self, reader: Reader) -> None:
        """Take a reader's subscriptions down anew, after its grant has changed."""
        held = {
            topic: line.readers[reader] for topic, line in self._of_reader.get(reader, {}).items()
        }
        self.remove_all(reader)
        for topic, qos in held.items():
            reason = await self.add(reader, topic, qos)
            if reason is not Reason.SUCCESS:
                log.info("sensing.mqtt_subscription_ended topic=%r reason=%s", topic, reason.name)

    # --- new observations ----------------------------------------------------------------------

    def hear(self, changes: Sequence[Change]) -> None:
        """Tell of new observations."""
        library, unknown = self._library, []
        for change in changes:
            stream_id = change.row.stream_id
            if not self._hears_all and (Reach.STREAM, stream_id) not in self._by_target:
                continue
            facts = library.facts_of(stream_id)
            if facts is None:
                unknown.append(change)
            else:
                self._tell_observation(change, facts)
        if unknown:
            self._spawn(self._learn_and_tell(unknown))
        if self._hears_streams:
            self._note_extents(changes)

    async def _learn_and_tell(self, changes: Sequence[Change]) -> None:
        for change in changes:
            facts = await self._run(partial(self._library.learn, change.row.stream_id))
            if facts is not None:
                self._tell_observation(change, facts)

    def _lines_for(self, change: Change, facts: StreamFacts) -> Iterator[Line]:
        targets, stream_id = self._by_target, change.row.stream_id
        yield from targets.get(EVERYTHING, ())
        yield from targets.get((Reach.STREAM, stream_id), ())
        yield from targets.get((Reach.EACH_MULTI if facts.is_multi else Reach.EACH, 0), ())
        if not self._hears_features:
            return
        feature_id = self._library.feature_of(change.row)
        if feature_id is not None:
            yield from targets.get((Reach.FEATURE, feature_id), ())
            return
        for line in self._lines.values():
            if line.target[0] is Reach.FEATURE:
                self._ask(change, line)

    def _tell_observation(self, change: Change, facts: StreamFacts) -> None:
        made: dict[tuple[Selected, ...], bytes | None] = {}
        for line in list(self._lines_for(change, facts)):
            if facts.data_class > line.level:
                continue
            select = line.wish.options.select
            if select not in made:
                made[select] = self._library.encode(change, facts.is_multi, select)
            payload = made[select]
            if payload is None:
                self._ask(change, line)
            else:
                line.tell(payload, change.row.stream_id)

    def _ask(self, change: Change, line: Line) -> None:
        """Read an observation as a line would see it, where it cannot be told from memory."""
        self._spawn(self._read_and_tell([(line, Touched(OBSERVATION.name, change.id))]))

    def _note_extents(self, changes: Sequence[Change]) -> None:
        self._streams_due.update((change.row.stream_id, None) for change in changes)
        if self._extents_timer is None:
            loop = asyncio.get_running_loop()
            self._extents_timer = loop.call_later(EXTENTS_SECONDS, self._tell_extents)

    def _tell_extents(self) -> None:
        due, self._streams_due, self._extents_timer = self._streams_due, {}, None
        found = [Touched(name, stream_id, EXTENTS) for name in STREAMS for stream_id in due]
        pairs = [pair for pair in self._pairs(found) if pair[0].hears_extents]
        self._spawn(self._read_and_tell(pairs))

    # --- the register --------------------------------------------------------------------------

    async def hear_of_register(self, found: Sequence[Touched]) -> None:
        """Tell of entities that were created or changed; returns when all have been told."""
        winding = [line for line in self._lines.values() if line.winds]
        if winding and any(touched.entity_type != OBSERVATION.name for touched in found):
            for line in winding:
                await self._resolve_anew(line)
        await self._read_and_tell(self._pairs(found))

    def _pairs(self, found: Iterable[Touched]) -> list[tuple[Line, Touched]]:
        return [
            (line, touched)
            for touched in found
            for line in self._by_type.get(touched.entity_type, ())
            if may_concern(line.wish, touched)
        ]

    async def _resolve_anew(self, line: Line) -> None:
        try:
            target = await self._run(partial(resolve, self._library, line.wish, line.level))
        except Refusal as refusal:
            log.warning(
                "sensing.mqtt_subscription_unsure topic=%r code=%s", line.wish.text, refusal.code
            )
            return
        if (line.wish.text, line.level) in self._lines and line.readers:
            _take_out(self._by_target, line.target, line)
            line.target = target or NOTHING_NEW
            self._by_target.setdefault(line.target, []).append(line)
            self._weigh()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:  # Any: what nobody reads
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_and_tell(self, pairs: list[tuple[Line, Touched]]) -> None:
        if not pairs:
            return
        async with self._reading:
            try:
                found = await self._run(partial(read_notices, self._library, pairs))
            except Refusal as refusal:
                log.warning("sensing.mqtt_notices_lost count=%d code=%s", len(pairs), refusal.code)
                return
        for line, payload, number in found:
            line.tell(payload, number)

    def close(self) -> None:
        """Tell no more."""
        if self._extents_timer is not None:
            self._extents_timer.cancel()
        for task in self._tasks:
            task.cancel()


K = TypeVar("K")


def _take_out(lists: dict[K, list[Line]], key: K, line: Line) -> None:
    lists[key].remove(line)
    if not lists[key]:
        del lists[key]
