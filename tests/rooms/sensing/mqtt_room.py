"""The door of MQTT on the room itself: a database, the application, and the writer of ingest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.adapters.mqtt.door import MqttDoor
from hereabouts.sensing.adapters.mqtt.settings import (
    BridgeSettings,
    ListenerSettings,
    MqttSettings,
)
from hereabouts.sensing.domain.grants import Grant
from tests.rooms.sensing.sta import ROOT


@asynccontextmanager
async def open_door(
    uplinks: list[tuple[str, bytes, Grant]] | None = None, bridge: BridgeSettings | None = None
) -> AsyncIterator[tuple[MqttDoor, int]]:
    """The door with its listener on a free port."""
    taken = [] if uplinks is None else uplinks
    door = MqttDoor(
        MqttSettings(ROOT, ListenerSettings(port=0), bridge),
        take_uplink=lambda topic, payload, grant: taken.append((topic, payload, grant)),
    )
    await door.start()
    assert door.listener is not None
    try:
        yield door, door.listener.port
    finally:
        await door.stop()
        await asyncio.to_thread(INGEST.stop)
