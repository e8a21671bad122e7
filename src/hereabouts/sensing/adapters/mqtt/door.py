"""The door of MQTT as the serving process opens and closes it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from hereabouts.journal.api import RecordedEvent
from hereabouts.sensing.actions.ingest import INGEST, Change, Ingest
from hereabouts.sensing.actions.remembered import GRANTS
from hereabouts.sensing.adapters.mqtt.bridge import Bridge
from hereabouts.sensing.adapters.mqtt.counters import Counters
from hereabouts.sensing.adapters.mqtt.follower import Follower, moves_streams, touched_by
from hereabouts.sensing.adapters.mqtt.listener import Listener
from hereabouts.sensing.adapters.mqtt.room import (
    KnownStreams,
    RoomHub,
    RoomLibrary,
    TakesUplinks,
)
from hereabouts.sensing.adapters.mqtt.settings import MqttSettings
from hereabouts.sensing.adapters.mqtt.switchboard import Switchboard
from hereabouts.sensing.adapters.mqtt.threads import DatabaseThreads

THREADS = 4
TELL_SECONDS = 30.0
"""How long the journal waits for those who are told of it."""

log = logging.getLogger(__name__)


class MqttDoor:
    """The listener, the bridge, and what both need; one for each serving process."""

    def __init__(
        self,
        settings: MqttSettings,
        *,
        take_uplink: TakesUplinks,
        ingest: Ingest = INGEST,
    ) -> None:
        self.settings = settings
        self.listener: Listener | None = None
        self.bridge: Bridge | None = None
        self._streams = KnownStreams(ingest.find_stream)
        self._hub = RoomHub(ingest, self._streams, take_uplink)
        self._library = RoomLibrary(settings.base, ingest.find_stream)
        self._changes = ingest.changes
        self._switchboard: Switchboard | None = None
        self._follower: Follower | None = None
        self._threads: tuple[DatabaseThreads, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def counters(self) -> dict[str, Counters]:
        """What each open door has seen."""
        doors = {"listener": self.listener, "bridge": self.bridge}
        return {name: door.counters for name, door in doors.items() if door is not None}

    async def start(self) -> None:
        """Open what the settings say; a door that cannot open is named in the log."""
        if self.settings.listener is None and self.settings.bridge is None:
            return
        self._loop = asyncio.get_running_loop()
        doors, readers = DatabaseThreads(THREADS, "mqtt"), DatabaseThreads(THREADS, "mqtt-reading")
        self._threads = (doors, readers)
        self._switchboard = board = Switchboard(self._library, readers)
        if self.settings.listener is not None:
            self.listener = Listener(self._hub, board, self.settings.listener, threads=doors)
            await self.listener.start()
        if self.settings.bridge is not None:
            self.bridge = Bridge(self._hub, self.settings.bridge, doors)
            board.announce(self.bridge, self.settings.bridge.announces)
            self.bridge.start()
        self._follower = Follower(self._register_changed, self._rights_changed)
        await asyncio.to_thread(self._follower.start)
        self._changes.subscribe(self._observed)

    async def stop(self) -> None:
        """Close everything that is open."""
        self._changes.unsubscribe(self._observed)
        if self.listener is not None:
            await self.listener.stop()
        if self.bridge is not None:
            await self.bridge.stop()
        if self._follower is not None:
            await asyncio.to_thread(self._follower.stop)
        if self._switchboard is not None:
            self._switchboard.close()
        for threads in self._threads:
            await asyncio.to_thread(threads.close)
        self.listener = self.bridge = self._switchboard = self._follower = None
        self._threads = ()

    def _observed(self, changes: Sequence[Change]) -> None:
        """On the writer's thread: hand on what somebody listens to."""
        board, loop = self._switchboard, self._loop
        if board is None or loop is None or not board.hears_observations or loop.is_closed():
            return
        loop.call_soon_threadsafe(board.hear, changes)

    def _register_changed(self, events: Sequence[RecordedEvent]) -> None:
        """On the follower's thread: tell of it before the next is read."""
        if moves_streams(events):
            self._streams.forget()
        touched = touched_by(events)
        board, loop = self._switchboard, self._loop
        if board is None or loop is None or loop.is_closed() or not touched:
            return
        told = asyncio.run_coroutine_threadsafe(board.hear_of_register(touched), loop)
        try:
            told.result(TELL_SECONDS)
        except TimeoutError:
            log.warning("sensing.mqtt_notices_late count=%d", len(touched))

    def _rights_changed(self) -> None:
        """On the follower's thread."""
        GRANTS.forget()
        if self.listener is not None and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.listener.recheck)
