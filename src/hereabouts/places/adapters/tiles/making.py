"""One tile from the gazetteer as it is now."""

from __future__ import annotations

from collections.abc import Collection

from hereabouts.places.adapters.tiles.layers import BUILDERS
from hereabouts.places.adapters.tiles.shaping import TileRequest
from hereabouts.standards.mvt import encode_tile

WHOLE = tuple(BUILDERS)
"""Every part of a tile."""


def make_tile(request: TileRequest, parts: Collection[str] = WHOLE) -> bytes:
    """A tile, or some parts of it; no bytes where there is nothing."""
    return b"".join(
        encode_tile(build(request))
        for part, (first, build) in BUILDERS.items()
        if part in parts and request.zoom >= first
    )
