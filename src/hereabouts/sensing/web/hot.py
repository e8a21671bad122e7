"""What the sensing room answers before the pages: SensorThings, and the doors of devices."""

from __future__ import annotations

from hereabouts.kernel.access import Access
from hereabouts.kernel.asgi import Mount
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.adapters.sta.application import Application
from hereabouts.sensing.adapters.sta.posts import Posts
from hereabouts.sensing.adapters.sta.settings import PREFIX, StaSettings


def sensor_things(settings: StaSettings) -> Mount:
    """The SensorThings service; each request brings the credentials it needs."""
    return Mount(
        PREFIX,
        Application(settings, Posts(INGEST)),
        "sensing:sta",
        Access(),
        "OGC SensorThings API 1.1: things, streams and observations, read and written.",
    )
