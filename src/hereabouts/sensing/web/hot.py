"""What the sensing room answers before the pages: SensorThings, and the doors of devices."""

from __future__ import annotations

from collections.abc import Callable

from hereabouts.kernel.access import Access, public
from hereabouts.kernel.asgi import HotRoute, Mount, Request, Response
from hereabouts.kernel.describe import describe
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.actions.uplinks.receive import Received
from hereabouts.sensing.adapters.connectors.webhook import routes as webhook_routes
from hereabouts.sensing.adapters.lorawan.doors import LorawanDoors
from hereabouts.sensing.adapters.sta.application import Application
from hereabouts.sensing.adapters.sta.posts import Posts
from hereabouts.sensing.adapters.sta.settings import PREFIX, StaSettings
from hereabouts.sensing.adapters.sta.threads import Threads
from hereabouts.sensing.web.live.routes import LIVE_ROUTES
from hereabouts.standards.lorawan.uplink import LONGEST_BODY

THREADS, LONGEST_QUEUE = 2, 200


def sensor_things(settings: StaSettings) -> Mount:
    """The SensorThings service; each request brings the credentials it needs."""
    return Mount(
        PREFIX,
        Application(settings, Posts(INGEST)),
        "sensing:sta",
        Access(),
        "OGC SensorThings API 1.1: things, streams and observations, read and written.",
    )


_threads = Threads(THREADS, LONGEST_QUEUE)


async def _in_thread(work: Callable[[], Received]) -> Received:
    return await _threads.run(work)


_doors = LorawanDoors(INGEST, _in_thread)


@public
@describe("Uplinks of The Things Stack, as its webhook sends them; with a key.", tag="sensing")
async def ttn(request: Request) -> Response:
    """Take an uplink of The Things Stack. Raises: refusals."""
    return await _doors.handle_ttn(request.headers, request.query, request.body)


@public
@describe("Uplinks of ChirpStack, as its HTTP integration sends them; with a key.", tag="sensing")
async def chirpstack(request: Request) -> Response:
    """Take an uplink of ChirpStack. Raises: refusals."""
    return await _doors.handle_chirpstack(request.headers, request.query, request.body)


IN = ("POST",)

routes = [
    HotRoute("/sensing/in/lorawan/ttn", ttn, "sensing:ttn", methods=IN, body_limit=LONGEST_BODY),
    HotRoute(
        "/sensing/in/lorawan/chirpstack",
        chirpstack,
        "sensing:chirpstack",
        methods=IN,
        body_limit=LONGEST_BODY,
    ),
    *webhook_routes,
    *LIVE_ROUTES,
]
