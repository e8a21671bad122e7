"""Tiles over HTTP: an entity tag known before the tile is, and bytes kept until data changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils import timezone

from hereabouts.kernel.access import public
from hereabouts.kernel.asgi import Request, Response
from hereabouts.kernel.http_caching import accepts_gzip, is_held
from hereabouts.places.adapters.tiles.cache import TileCache
from hereabouts.places.adapters.tiles.making import WHOLE, make_tile
from hereabouts.places.adapters.tiles.shaping import TileRequest
from hereabouts.places.domain.map_layers import has_tiles
from hereabouts.places.errors import NoSuchTile, TileNumberUnreadable
from hereabouts.places.queries.tiles import data_version

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=600"

MAKING = "2"
"""Raised whenever the same data makes other tiles, so that no reader keeps the old ones."""

GLANCE_S = 1.0
"""How long the version of the data is believed before the database is asked again."""

LONGEST_NUMBER = 8


@dataclass
class Glance:
    """The version of the data, asked for at most once a second however many tiles are wanted."""

    ask: Callable[[], str] = data_version
    clock: Callable[[], float] = time.monotonic
    seen: tuple[float, str] | None = None

    def version(self) -> str:
        """The data's version, the making's, and the day on which areas are valid."""
        moment = self.clock()
        if self.seen is None or moment - self.seen[0] >= GLANCE_S:
            self.seen = (moment, f"{self.ask()}-{MAKING}-{timezone.localdate():%Y%m%d}")
        return self.seen[1]


cache = TileCache()
glance = Glance()


@public
def tile(request: Request) -> Response:
    """Answer with one tile of all layers, numbered `z`, `x`, `y`."""
    return answer_tile(request, WHOLE)


def answer_tile(request: Request, parts: Collection[str]) -> Response:
    """Answer with some parts of the tile that the address numbers.

    Raises: TileNumberUnreadable; NoSuchTile outside the zooms and the map.
    """
    zoom, x, y = (_number(request, name) for name in ("z", "x", "y"))
    if not (has_tiles(zoom) and x < 2**zoom and y < 2**zoom):
        raise NoSuchTile(zoom=zoom)
    version = glance.version()
    key = (zoom, x, y, tuple(parts))
    # Weak, because the same tile travels plain and compressed.
    tag = f'W/"{version}-{zoom}-{x}-{y}"'
    headers = {"etag": tag, "cache-control": CACHE_CONTROL, "vary": "accept-encoding"}
    if is_held(request, tag):
        return Response(304, headers)
    wanted = TileRequest(zoom, x, y, version, timezone.localdate())
    stored = cache.get(version, key, lambda: make_tile(wanted, parts))
    headers["content-type"] = MEDIA_TYPE
    if stored.plain and accepts_gzip(request):
        return Response(200, {**headers, "content-encoding": "gzip"}, stored.zipped)
    return Response(200, headers, stored.plain)


def _number(request: Request, name: str) -> int:
    text = request.parameters[name]
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise TileNumberUnreadable(name=name, value=text[:40])
    return int(text)
