"""What a serving process does beside answering: follows the journal, delivers, commits readings."""

from __future__ import annotations

import asyncio
import os
import time

from hereabouts.journal.jobs import Worker
from hereabouts.journal.web.tail import STREAMS, Streams
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.adapters.lorawan.doors import LorawanDoors
from hereabouts.sensing.adapters.mqtt.door import MqttDoor
from hereabouts.sensing.jobs.connectors import connector_rounds
from hereabouts.sensing.jobs.rounds import Rounds
from hereabouts.sensing.jobs.watcher import Watcher
from hereabouts.site.configuration import from_environment
from hereabouts.site.housekeeping import Housekeeping


class Background:
    """The threads of one serving process."""

    def __init__(self, streams: Streams = STREAMS) -> None:
        self.streams = streams
        self.worker: Worker | None = None
        self.housekeeping: Housekeeping | None = None
        self.mqtt: MqttDoor | None = None
        self.watcher: Watcher | None = None
        self.rounds: Rounds | None = None
        self.feeds: Rounds | None = None

    async def start(self, *, embeds_worker: bool) -> None:
        """Follow the journal, and deliver reactions where no other process does."""
        await self.streams.start()
        await asyncio.to_thread(INGEST.start)
        settings = from_environment(os.environ).mqtt_settings()
        uplinks = LorawanDoors(INGEST, asyncio.to_thread)
        self.mqtt = MqttDoor(settings, take_uplink=uplinks.handle_mqtt)
        await self.mqtt.start()
        # Where observations are committed they are watched, however many processes there are.
        self.watcher = Watcher()
        self.watcher.start()
        if embeds_worker:
            self.rounds = Rounds()
            self.rounds.start()
            # Apart: a slow feed may not keep letters and findings waiting.
            self.feeds = Rounds(connector_rounds(time.monotonic()))
            self.feeds.start()
            self.worker = Worker()
            self.worker.start()
            self.housekeeping = Housekeeping()
            self.housekeeping.start()

    async def stop(self) -> None:
        """Finish what is at hand and end."""
        if self.mqtt is not None:
            await self.mqtt.stop()
            self.mqtt = None
        await self.streams.stop()
        if self.worker is not None:
            await asyncio.to_thread(self.worker.stop)
            self.worker = None
        if self.housekeeping is not None:
            await asyncio.to_thread(self.housekeeping.stop)
            self.housekeeping = None
        if self.feeds is not None:
            await asyncio.to_thread(self.feeds.stop)
            self.feeds = None
        if self.rounds is not None:
            await asyncio.to_thread(self.rounds.stop)
            self.rounds = None
        if self.watcher is not None:
            await asyncio.to_thread(self.watcher.stop)
            self.watcher = None
        # Last: whatever still comes in is committed before the process ends.
        await asyncio.to_thread(INGEST.stop)


BACKGROUND = Background()
"""The threads of this process."""
