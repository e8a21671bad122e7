"""What a serving process does beside answering: following the journal, delivering reactions."""

from __future__ import annotations

import asyncio

from hereabouts.journal.jobs import Worker
from hereabouts.journal.web.tail import STREAMS, Streams
from hereabouts.site.housekeeping import Housekeeping


class Background:
    """The threads of one serving process."""

    def __init__(self, streams: Streams = STREAMS) -> None:
        self.streams = streams
        self.worker: Worker | None = None
        self.housekeeping: Housekeeping | None = None

    async def start(self, *, embeds_worker: bool) -> None:
        """Follow the journal, and deliver reactions where no other process does."""
        await self.streams.start()
        if embeds_worker:
            self.worker = Worker()
            self.worker.start()
            self.housekeeping = Housekeeping()
            self.housekeeping.start()

    async def stop(self) -> None:
        """Finish what is at hand and end."""
        await self.streams.stop()
        if self.worker is not None:
            await asyncio.to_thread(self.worker.stop)
            self.worker = None
        if self.housekeeping is not None:
            await asyncio.to_thread(self.housekeeping.stop)
            self.housekeeping = None


BACKGROUND = Background()
"""The threads of this process."""
